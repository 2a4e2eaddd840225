// Package said finds CPR numbers that are told and not typed: digits in words, the date of
// birth in one place and the last four digits in another, strewn over lines or texts.
package said

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/detectors/identity/digits"
	"brevvagt/detectors/identity/label"
	"brevvagt/detectors/identity/number"
	"brevvagt/detectors/identity/verdict"
	"brevvagt/internal/glance"
)

// This file reads numbers that people take apart when they write of somebody: the
// date of birth in one place, the last four digits in another.

// birthLabel is how many bytes are looked back from the date for what calls it one of birth.
const birthLabel = 32

var (
	// cardWords say that four digits are the end of something else.
	cardWords  = regexp.MustCompile(`(?i)kort|konto|visa|betal|telefon|tlf|mobil|card|account|phone`)
	birthWords = regexp.MustCompile(`(?i)f(?:ø|oe?)d|f\.|cpr|person|born|birth`)
)

// Reader reads the numbers of one text that are said, or taken apart.
type Reader struct {
	verdict.Judge
	Spoken bool // four digits stand behind a word that may call them the end of a number
}

// ReadSpoken judges "født 22.06.2045, de sidste fire er 7026": four digits that are
// called the end of a number, with a date of birth before them. Hardly any text has
// such words, so that they are looked for first.
func (f *Reader) ReadSpoken() {
	if !f.Spoken || !slices.ContainsFunc(serialStems, func(w string) bool { return strings.Contains(f.Text, w) }) {
		return
	}
	for at := 0; ; {
		m := detectors.SpokenSerial.FindStringSubmatchIndex(f.Text[at:])
		if m == nil {
			return
		}
		words, serial := at+m[0], at+m[2]
		at += m[3]
		from := max(0, words-verdict.BirthWindow)
		if cards := cardWords.FindAllStringIndex(f.Text[from:serial], -1); cards != nil {
			// "Indbetalingen for Testperson, født 220645 løbenr. 7026" is about no card.
			from += cards[len(cards)-1][1]
			if words < from || !birthWords.MatchString(f.Text[from:words]) {
				continue
			}
		}
		four, width := toldSerial(f.Text[serial:])
		if width == 0 || f.ReadAt(serial) || f.spokenBetween(from, words, serial, four, width) {
			continue
		}
		// "de sidste fire er 7026, og hun er født 22.06.2045"
		f.spokenBetween(serial+width, min(len(f.Text), serial+width+verdict.BirthWindow/2), serial, four, width)
	}
}

// spokenBetween judges the serial with each date in text[from:to], the last first.
func (f *Reader) spokenBetween(from, to, serial int, four [4]byte, width int) bool {
	all := verdict.SpokenDate.FindAllStringSubmatchIndex(f.Text[from:to], -1)
	for k := len(all) - 1; k >= 0; k-- {
		c, ok := f.SpokenNumber(from, all[k], four)
		if from > serial {
			ok = ok && birthWords.MatchString(f.Text[from:c.Start])
			c.Start, c.End = serial, from+all[k][1]
		} else {
			c.End = serial + width
		}
		if ok && f.Take(c) {
			return true
		}
	}
	return false
}

// NoteFour notes whether the four digits at start stand behind a word that may call
// them the end of a number. Most are years, or begin a case number: "er 2026-004711".
func (f *Reader) NoteFour(start int) {
	if f.Spoken {
		return
	}
	if c := f.Text[start]; (c == '1' || c == '2') && f.SaidNear(start) {
		f.Spoken = true
		return
	}
	if rest := f.Text[start:]; len(rest) > 5 && (rest[4] == '-' || rest[4] == '/') && digits.Digit(rest[5]) {
		return
	}
	f.Spoken = callsSerial(f.Text[:start])
}

// SaidNear reports whether words near a date, or the year of one, at byte i call what
// follows the end of a number: it may be said in words.
func (f *Reader) SaidNear(i int) bool {
	const near = 64 // bytes, within which a search is at its quickest
	if i >= near && glance.Pairs(f.Text, i-near, 'd', 's')|glance.Pairs(f.Text, i, 'd', 's') == 0 {
		return false // rarer than any other part of both
	}
	behind := f.Text[i:min(len(f.Text), i+near)]
	for at := 0; ; at++ { // an f is rarer than what stands before it
		n := strings.IndexByte(behind[at:], 'f')
		if n < 0 {
			break
		}
		if at += n; at+1 < len(behind) && behind[at+1] == 'i' && strings.HasPrefix(behind[at:], "fire") && strings.HasSuffix(behind[:at], "idste ") {
			return true
		}
	}
	return strings.Contains(f.Text[max(0, i-near):i], "ire sidste")
}

// callsSerial reports whether s may end in what [detectors.SpokenSerial] asks to
// stand before a serial: it is never false where that matches.
func callsSerial(s string) bool {
	s = s[max(0, len(s)-40):]
	if n := len(s); n > 4 && s[n-1] == ' ' && !mayCall(s[:n-1]) {
		return false
	}
	for s != "" {
		if serialSigns[s[len(s)-1]] {
			s = s[:len(s)-1]
		} else if rest, ok := strings.CutSuffix(s, "–"); ok {
			s = rest
		} else {
			break
		}
	}
	begin := len(s)
	for begin > 0 && s[begin-1] != ' ' && s[begin-1] != '\t' && s[begin-1] != '\r' && s[begin-1] != '\n' {
		begin--
	}
	token := s[begin:]
	var low [40]byte
	n := 0
	for ; n < len(token); n++ {
		low[n] = token[n]
		if c := low[n]; c >= 'A' && c <= 'Z' {
			low[n] = c + 'a' - 'A'
		}
	}
	word := low[:n]
	for k := n; k > 0; k-- {
		if c := low[k-1]; !digits.Alnum(c) && c < 0x80 {
			word = low[k:n]
			break
		}
	}
	switch string(word) {
	case "sidste", "fire", "4", "four", "tal", "tallene", "digits", "er", "lyder", "is", "are":
		return true
	case "på", "med":
		return strings.HasSuffix(s, "slutter "+token) || strings.HasSuffix(s, "ender "+token)
	}
	for _, end := range serialEnds {
		if len(word) >= len(end) && string(word[len(word)-len(end):]) == end {
			return true
		}
	}
	return bytes.Contains(low[:n], []byte("cpr"))
}

// mayCall is callsSerial for what ends in a word, as far as its last three letters and
// those of "cpr" tell.
func mayCall(s string) bool {
	n := len(s)
	var x, y, z byte
	if s[n-3]|s[n-2]|s[n-1] < 0x80 {
		x, y, z = label.Lower[s[n-3]], label.Lower[s[n-2]], label.Lower[s[n-1]]
	}
	if x == 0 || y == 0 || z == 0 || y == 'n' && z == 'r' {
		return true
	}
	switch [3]byte{x, y, z} {
	case [3]byte{'s', 't', 'e'}, [3]byte{'i', 'r', 'e'}, [3]byte{'o', 'u', 'r'}, [3]byte{'t', 'a', 'l'}, [3]byte{'e', 'n', 'e'}, [3]byte{'i', 't', 's'},
		[3]byte{'d', 'e', 'r'}, [3]byte{'a', 'r', 'e'}, [3]byte{'m', 'e', 'd'}, [3]byte{'m', 'e', 'r'}, [3]byte{'r', 'e', 't'}, [3]byte{'f', 'r', 'e'}:
		return true
	}
	for k := n - 1; k >= 0 && s[k] != ' ' && s[k] != '\n'; k-- {
		if s[k]|0x20 == 'c' {
			return true
		}
	}
	return false
}

// serialSigns may stand between these words and the digits.
var serialSigns = func() (t [256]bool) {
	for _, c := range []byte(" \t\r\n\v\f:.=(-") {
		t[c] = true
	}
	return t
}()

var serialEnds = []string{"nr", "nummer", "nummeret", "cifre", "cifrene"}

// serialStems stand in every text that calls four digits the end of a CPR number.
var serialStems = []string{"sidste", "Sidste", "SIDSTE", "øbe", "oebe", "ontrolcif", "ONTROLCIF", "last f", "last 4", "slutter", "ender p", "ender m", "esten af", "esten på", "esten i"}

// SpokenNumber puts a date and a serial together. A date with its century must be
// the one that the serial tells; one of six digits or behind a word for birth needs
// nothing more.
func (f *Reader) SpokenNumber(from int, m []int, four [4]byte) (verdict.Candidate, bool) {
	part := func(k int) string {
		if m[2*k] < 0 {
			return ""
		}
		return f.Text[from+m[2*k] : from+m[2*k+1]]
	}
	day, month, year := part(1), part(2), part(3)
	start := m[2]
	switch {
	case part(4) != "":
		day, month, year, start = part(4), part(5), part(6), m[8]
	case part(7) != "":
		day, month, year, start = part(7), number.TwoDigits(number.MonthOf(strings.ToLower(part(8)))), part(9), m[14]
	case part(10) != "":
		day, month, year, start = part(12), part(11), part(10), m[20]
	}
	c := verdict.Candidate{Start: from + start, Form: verdict.FormParted, Spoken: true}
	text := number.Pad(day) + number.Pad(month) + year[len(year)-2:]
	for i := range text {
		c.Digits[i] = text[i] - '0'
	}
	copy(c.Digits[6:], four[:])
	born, raised, ok := number.BirthOf(&c.Digits)
	if !ok || raised {
		return c, false
	}
	if len(year) == 4 {
		return c, number.Pad(year) == year && born.Year == int(year[0]-'0')*1000+int(year[1]-'0')*100+int(year[2]-'0')*10+int(year[3]-'0')
	}
	before := f.Text[max(0, c.Start-birthLabel):c.Start]
	return c, part(4) != "" || birthWords.MatchString(before)
}
