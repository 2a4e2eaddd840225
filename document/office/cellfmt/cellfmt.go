// Package cellfmt shows a number of a spreadsheet cell as the program shows it,
// as far as that matters for finding persons: fixed digit patterns, dates, and
// the leading zero that a CPR number loses when it is stored as a number.
package cellfmt

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Format is a number format, made ready once per style.
type Format struct {
	pattern string // digits pattern such as 000000-0000, quotes resolved
	digits  int    // number of digit places in pattern
	date    string // Go layout, "" when it is no date
}

// builtin date formats of ECMA-376 part 1, 18.8.30, as a Danish Excel shows them.
var builtin = map[int]string{
	14: "dd-mm-yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
	22: "dd-mm-yyyy hh:mm",
}

// Parse reads a format by its number and its code; the code of a built-in one is
// empty.
func Parse(id int, code string) Format {
	if code == "" {
		code = builtin[id]
	}
	code, _, _ = strings.Cut(code, ";")
	if f, ok := parseDigits(code); ok {
		return f
	}
	return Format{date: dateLayout(code)}
}

// parseDigits takes a code that is zeros and literals only.
func parseDigits(code string) (Format, bool) {
	var b strings.Builder
	n, literal, quoted := 0, 0, false
	for i := 0; i < len(code); i++ {
		c := code[i]
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
			b.WriteByte(c)
			if c >= '0' && c <= '9' { // a part of the number may stand in the format
				literal++
			}
		case c == '\\' && i+1 < len(code):
			i++
			b.WriteByte(code[i])
		case c == '0':
			n++
			b.WriteByte(0)
		case c == '-' || c == ' ' || c == '/' || c == '(' || c == ')':
			b.WriteByte(c)
		default:
			return Format{}, false
		}
	}
	return Format{pattern: b.String(), digits: n}, n > 0 && n+literal >= 6 && !quoted
}

var brackets = regexp.MustCompile(`\[[^\]]*\]|"[^"]*"|\\.|_.|\*.`)

// dateLayout turns a date code into a Go layout; "" when the code has no day,
// month or year.
func dateLayout(code string) string {
	code = strings.ToLower(brackets.ReplaceAllStringFunc(code, func(s string) string {
		if s[0] == '\\' && (s[1] == '-' || s[1] == '.' || s[1] == ' ' || s[1] == '/') {
			return s[1:]
		}
		return ""
	}))
	if !strings.Contains(code, "y") && !strings.Contains(code, "d") || strings.ContainsAny(code, "#0?e") {
		return ""
	}
	var b strings.Builder
	for i := 0; i < len(code); {
		j := i
		for j < len(code) && code[j] == code[i] {
			j++
		}
		b.WriteString(datePart(code[i], j-i, strings.HasSuffix(b.String(), ":") || strings.Contains(b.String(), "15")))
		i = j
	}
	return b.String()
}

func datePart(c byte, n int, clock bool) string {
	switch c {
	case 'd':
		return []string{"2", "02", "Mon", "Monday"}[min(n, 4)-1]
	case 'm':
		if clock {
			return "04"
		}
		return []string{"1", "01", "Jan", "January"}[min(n, 4)-1]
	case 'y', 'å':
		if n > 2 {
			return "2006"
		}
		return "06"
	case 'h', 't':
		return "15"
	case 's':
		return "05"
	case '-', '.', '/', ' ', ',', ':':
		return strings.Repeat(string(c), n)
	}
	return ""
}

// CPRHeading tells a heading under which CPR numbers stand.
var CPRHeading = regexp.MustCompile(`(?i)cpr|c\.p\.r|person-?(?:nr|num|id)|pers\.?\s?nr|fødselsnr|fødselsnummer|\bp-?nr`)

// Show renders the stored number. heading is the cell's label. Under a heading
// for CPR numbers, nine digits get their leading zero back. since1904 is the
// workbook's date system. A text that is no number comes back as it is.
func (f Format) Show(stored, heading string, since1904 bool) string {
	v := Plain(stored)
	if f.digits > 0 && allDigits(v) && len(v) <= f.digits {
		return f.fill(v)
	}
	if f.date != "" {
		if t, ok := date(v, since1904); ok {
			return t.Format(f.date)
		}
	}
	if len(v) == 9 && allDigits(v) && CPRHeading.MatchString(heading) {
		return "0" + v
	}
	return v
}

func (f Format) fill(v string) string {
	v = strings.Repeat("0", f.digits-len(v)) + v
	out, at := []byte(f.pattern), 0
	for i, c := range out {
		if c == 0 {
			out[i] = v[at]
			at++
		}
	}
	return string(out)
}

// Plain writes a whole number in exponent form, or with a fraction lost to the
// last bit, as digits. Any other text comes back as it is.
func Plain(v string) string {
	if allDigits(v) || !strings.ContainsAny(v, "eE.") || len(v) > 40 {
		return v
	}
	n, err := strconv.ParseFloat(v, 64)
	if err != nil || math.Abs(n) >= 1e15 {
		return v
	}
	if r := math.Round(n); math.Abs(n-r) < 1e-6*max(1, math.Abs(n)/1e9) {
		return strconv.FormatFloat(r, 'f', 0, 64)
	}
	return v
}

func date(v string, since1904 bool) (time.Time, bool) {
	n, err := strconv.ParseFloat(v, 64)
	if err != nil || n < 1 || n > 2958465 {
		return time.Time{}, false
	}
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if since1904 {
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	} else if n < 60 {
		n++ // the program believes in a 29 February 1900
	}
	days := math.Floor(n)
	return base.AddDate(0, 0, int(days)).Add(time.Duration((n-days)*86400+0.5) * time.Second), true
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// Column is the letters of a column counted from 0: 0 is A, 26 is AA.
func Column(n int) string {
	var b [8]byte
	i := len(b)
	for n++; n > 0 && i > 0; n = (n - 1) / 26 {
		i--
		b[i] = byte('A' + (n-1)%26)
	}
	return string(b[i:])
}

// Ref splits "B7" into column 1 and row 7; ok is false for anything else.
func Ref(s string) (col, row int, ok bool) {
	i := 0
	for i < len(s) && i < 4 && s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z' {
		col = col*26 + int(s[i]|0x20-'a') + 1
		i++
	}
	row, err := strconv.Atoi(s[i:])
	return col - 1, row, i > 0 && err == nil && row > 0
}
