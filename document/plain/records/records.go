// Package records reads texts that programs write for programs, where what a number is
// stands somewhere else than before it: in the list of columns of an SQL dump, in the
// standard that a message follows (HL7, EDIFACT, the CPR register's own records), in a
// heading far above, in the tag of a drawing.
package records

import (
	"regexp"
	"strings"
)

// Found is a number, or a text with one, and what it is.
type Found struct {
	Line        int // of the text, from 1; 0 where it is not told
	Label, Text string
}

// Limits of one text.
const (
	maxFound = 100_000 // numbers
	maxLine  = 1 << 20 // bytes of a line that is read
)

// personColumn is how a column or field with persons' numbers is called.
var personColumn = regexp.MustCompile(`(?i)cpr|person-?_?n(?:umme)?r|pers[._]?_?nr|^\W*pnr\W*$`)

// civil labels numbers that a standard says are CPR numbers.
const civil = "CPR-nr."

// Find reads a text, with its line ends as LF. A text of none of these kinds costs a
// look for a few words.
func Find(text string) []Found {
	f := &finder{}
	head := text[:min(len(text), 4<<10)]
	switch {
	case strings.HasPrefix(strings.TrimLeft(head, "\x0b\ufeff\n "), "MSH|"):
		f.hl7(text)
	case strings.Contains(head, "UNB+"):
		f.edifact(text)
	case drawing(head):
		f.drawing(text)
	case mayRegister(head) && register.MatchString(head):
		f.register(text)
	default:
		f.sql(text)
		if numbered(text) { // as columns looks for such numbers only
			f.columns(text)
		}
	}
	return f.found
}

// numbered reports whether a text holds nine digits in a row. Such a row covers every
// ninth place of the text once, so that no more has to be looked at.
func numbered(text string) bool {
	const row = 9
	for at := row - 1; at < len(text); at += row {
		if !digit(text[at]) {
			continue
		}
		from, to := at, at+1
		for from > 0 && digit(text[from-1]) {
			from--
		}
		for to < len(text) && digit(text[to]) {
			to++
		}
		if to-from >= row {
			return true
		}
		at = to - 1 // ends no row
	}
	return false
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

type finder struct{ found []Found }

func (f *finder) add(line int, label, text string) {
	if len(f.found) < maxFound {
		f.found = append(f.found, Found{line, label, text})
	}
}

// number tells ten digits, or nine whose zero is lost.
func number(s string) bool {
	if len(s) != 10 && len(s) != 9 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// hl7 reads HL7 version 2: the third field of PID is the patient's number, and the
// fourth and fifth part of any number say whose it is.
func (f *finder) hl7(text string) {
	n := 0
	for line := range strings.Lines(text) {
		n++
		fields := strings.Split(strings.Trim(line, "\r\n\x0b\x1c"), "|")
		for i, field := range fields {
			for id := range strings.SplitSeq(field, "~") {
				parts := strings.Split(id, "^")
				if len(parts[0]) != 10 || !number(parts[0]) {
					continue
				}
				kind := ""
				for _, p := range parts[1:] {
					if personColumn.MatchString(p) || strings.Contains(p, cprRoot) {
						kind = civil
					} else if kind == "" && strings.TrimSpace(p) != "" {
						kind = "andet"
					}
				}
				patient := fields[0] == "PID" && i >= 2 && i <= 4 || fields[0] == "PID" && i == 19
				if kind == civil || kind == "" && patient {
					f.add(n, civil, parts[0])
				}
			}
		}
	}
}

// cprRoot is the object identifier of CPR numbers.
const cprRoot = "1.2.208.176.1.2"

// edifact reads messages of MedCom: PNA is a person with the number behind the role.
func (f *finder) edifact(text string) {
	n := 1
	for segment := range strings.SplitSeq(text, "'") {
		at := n + strings.Count(segment[:len(segment)-len(strings.TrimLeft(segment, "\n "))], "\n")
		n += strings.Count(segment, "\n")
		elements := strings.Split(strings.TrimSpace(segment), "+")
		for i, e := range elements[1:] {
			parts := strings.Split(e, ":")
			if len(parts[0]) != 10 || !number(parts[0]) {
				continue
			}
			said := len(parts) > 1 && personColumn.MatchString(parts[1])
			if said || elements[0] == "PNA" && i <= 1 && (len(parts) == 1 || parts[1] == "") {
				f.add(at, civil, parts[0])
			}
		}
	}
}

// register is the head of a file from the CPR register: records of a type of three
// digits, of which the first has the type 000 and is the sender's.
var register = regexp.MustCompile(`^\x{feff}?000[^\n]{4,}\n(?:0\d\d\d{10})`)

// mayRegister is asked first, at a fraction of the cost.
func mayRegister(head string) bool {
	return strings.HasPrefix(strings.TrimPrefix(head, "\ufeff"), "000")
}

// register reads its records: a person's number stands behind the type.
func (f *finder) register(text string) {
	seen := map[string]bool{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		if len(line) < 13 || !number(line[3:13]) || strings.HasPrefix(line, "000") || strings.HasPrefix(line, "999") {
			continue
		}
		if id := line[3:13]; dated(id) && !seen[id] && len(seen) < maxFound {
			seen[id] = true
			f.add(n, civil, id)
		}
	}
}

// dated tells that a number begins with a day and a month.
func dated(s string) bool {
	day, month := int(s[0]-'0')*10+int(s[1]-'0'), int(s[2]-'0')*10+int(s[3]-'0')
	return (day >= 1 && day <= 31 || day > 60 && day <= 91) && month >= 1 && month <= 12
}

// drawing tells a DXF file, whose lines are pairs of a code and a value.
func drawing(head string) bool {
	head = strings.TrimLeft(head, "\ufeff \n")
	if strings.HasPrefix(head, "999\n") {
		return strings.Contains(head, "\nSECTION")
	}
	return strings.HasPrefix(head, "0\nSECTION")
}

var drawingCode = regexp.MustCompile(`\\[PX]|\\[A-Za-z][^;\\{}]{0,60};|\\~|[{}]|\\[LlOoKk]`)

// drawing reads its texts without the codes for their looks. The value of an attribute
// is labelled by its tag, which stands behind it.
func (f *finder) drawing(text string) {
	var long strings.Builder
	code, value, at, pair := "", "", 0, 0
	say := func(tag string) {
		if value = drawingCode.ReplaceAllStringFunc(value, plainCode); digitsOf(value) >= 6 {
			f.add(at, tag, value)
		}
		value = ""
	}
	for line := range strings.Lines(text) {
		pair++
		line = strings.TrimRight(line, "\n")
		if pair%2 == 1 {
			code = strings.TrimSpace(line)
			continue
		}
		switch code {
		case "0":
			say("")
			long.Reset()
		case "3":
			if long.Len() < maxLine {
				long.WriteString(line)
			}
		case "1":
			say("")
			value, at = long.String()+line, pair
			long.Reset()
		case "2":
			if value != "" {
				say(line)
			}
		}
	}
	say("")
}

// plainCode is what a code of a drawing's text shows.
func plainCode(code string) string {
	switch {
	case code == `\P` || code == `\X`:
		return "\n"
	case code == `\~`:
		return " "
	}
	return ""
}

func digitsOf(s string) (n int) {
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}
