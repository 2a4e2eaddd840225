package subject

import (
	"strconv"
	"strings"
	"time"

	"brevvagt/document"
)

// LetterInfo is what a letter says of whom it is for. Names and address can be
// compared but not printed.
type LetterInfo struct {
	Page       int       // page it begins on, 0 if unknown
	Addressee  Name      // of the address block
	Address    Place     // street and town of the address block
	Salutation Name      // after "Kære", often a first name
	Titled     bool      // the salutation is by last name: "Dear Mr Eksempel"
	Date       time.Time // the letter's own date, zero if none was found
}

// Place is an address that can be compared but not printed: its form for people
// is the post code.
type Place struct{ post, street string }

// String is the masked form: the post code.
func (p Place) String() string { return p.post }

// GoString keeps %#v from showing more than the masked form.
func (p Place) GoString() string { return "Place(" + p.post + ")" }

// Empty reports whether there is no address.
func (p Place) Empty() bool { return p.post == "" && p.street == "" }

// NewPlace reads an address of one or more lines.
func NewPlace(s string) Place {
	var p Place
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '\n' || r == ',' || r == ';' }) {
		part = strings.TrimSpace(part)
		switch {
		case postLine(part):
			part = strings.TrimPrefix(strings.TrimPrefix(part, "DK-"), "DK ")
			p.post = part[:4]
		case p.street == "" && streetLine(part):
			p.street = foldStreet(part)
		}
	}
	return p
}

// foldStreet keeps the road and the house number: floors and doors are written in
// too many ways.
func foldStreet(s string) string {
	var b strings.Builder
	for _, w := range strings.Fields(s) {
		b.WriteString(Fold(w))
		if w[0] >= '0' && w[0] <= '9' {
			break
		}
	}
	return b.String()
}

// Same reports whether two addresses are the same house. A part that one of them
// lacks does not count; nothing in common is not the same.
func (p Place) Same(o Place) bool {
	street := p.street != "" && o.street != ""
	post := p.post != "" && o.post != ""
	return (street || post) && (!street || p.street == o.street) && (!post || p.post == o.post)
}

// Letter gives the first letter of a paper; ok is false when it has neither an
// address block nor a salutation.
func Letter(doc *document.Document, path string) (LetterInfo, bool) {
	all := Letters(doc, path)
	if len(all) == 0 {
		return LetterInfo{}, false
	}
	return all[0], true
}

// Letters gives the letters of a paper in order: a merged file has many, each
// beginning with an address block, or with a salutation where it has none.
func Letters(doc *document.Document, path string) []LetterInfo {
	return LettersOf(doc, segmentsAt(doc, path))
}

// LettersOf is Letters for the segments of one path, see ByPath.
func LettersOf(doc *document.Document, segments []int) []LetterInfo {
	lines := layout(doc, segments)
	var out []LetterInfo
	begin := 0
	for i := 1; i <= len(lines); i++ {
		if i < len(lines) && !(lines[i].zone == Address && lines[i-1].zone != Address && hasLetter(lines[begin:i])) {
			continue
		}
		if info, ok := readLetter(lines[begin:i]); ok {
			out = append(out, info)
		}
		begin = i
	}
	return out
}

func segmentsAt(doc *document.Document, path string) []int {
	var out []int
	for i := range doc.Segments {
		if doc.Segments[i].At.Path == path {
			out = append(out, i)
		}
	}
	return out
}

func hasLetter(lines []line) bool {
	for i := range lines {
		if lines[i].zone == Address || lines[i].zone == Salutation {
			return true
		}
	}
	return false
}

func readLetter(lines []line) (LetterInfo, bool) {
	var info LetterInfo
	var block []string
	found := false
	for i := range lines {
		text := strings.TrimSpace(lines[i].text)
		switch lines[i].zone {
		case Address:
			if !found {
				info.Page = lines[i].page
			}
			found = true
			block = append(block, text)
			if n, ok := addresseeLine(text); ok && info.Addressee.Empty() {
				info.Addressee = n
			}
		case Salutation:
			if !found {
				info.Page = lines[i].page
			}
			found = true
			if info.Salutation.Empty() {
				info.Salutation, info.Titled = salutation(text)
			}
		}
		if info.Date.IsZero() && lines[i].zone <= Salutation {
			if d, ok := letterDate(text); ok {
				info.Date = d
			}
		}
	}
	info.Address = NewPlace(strings.Join(block, "\n"))
	return info, found
}

// salutation reads the name after "Kære", and whether a title stands before it.
func salutation(text string) (n Name, titled bool) {
	_, rest, ok := strings.Cut(text, " ")
	if !ok || organisation(rest) {
		return Name{}, false
	}
	var taken []string
	fields := strings.Fields(initialsApart(rest))
	for len(fields) > 0 && (in(titles, fields[0]) || in(families, fields[0])) {
		titled = titled || in(titles, fields[0])
		fields = fields[1:] // "Kære hr./fru", "Dear Mrs"
	}
	for _, w := range fields[:min(maxNameWords, len(fields))] {
		trimmed := strings.TrimRight(w, ",.!:")
		if ok, _ := nameWord(trimmed); !ok {
			break
		}
		taken = append(taken, trimmed)
		if trimmed != w {
			break
		}
	}
	return NewName(strings.Join(taken, " ")), titled
}

// families begin a salutation of a whole family: "Kære familien Eksempel".
var families = set("familie familien")

var months = []string{"januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober", "november", "december"}

// letterDate reads the date of a line in the letter's head: "Den 21. november
// 2026", "Dato: 21-11-2026", "21.11.2026". A date of birth is none.
func letterDate(text string) (time.Time, bool) {
	if len(text) > 80 || !strings.ContainsAny(text, "0123456789") {
		return time.Time{}, false
	}
	low := strings.ToLower(text)
	if strings.Contains(low, "født") || strings.Contains(low, "cpr") || strings.Contains(low, "frist") {
		return time.Time{}, false
	}
	fields := strings.FieldsFunc(low, func(r rune) bool { return r == ' ' || r == ',' || r == ':' || r == '\t' || r == '\u00a0' })
	for i, w := range fields {
		if d, ok := numericDate(w); ok {
			return d, true
		}
		day, err := strconv.Atoi(strings.TrimSuffix(w, "."))
		if err != nil || i+2 >= len(fields) {
			continue
		}
		year, err := strconv.Atoi(strings.TrimSuffix(fields[i+2], "."))
		if err != nil || year < 1900 || year > 2200 {
			continue
		}
		for m, name := range months {
			if fields[i+1] == name || len(fields[i+1]) >= 3 && strings.HasPrefix(name, strings.TrimSuffix(fields[i+1], ".")) {
				return day0(year, m+1, day)
			}
		}
	}
	return time.Time{}, false
}

// numericDate reads 21.11.2026, 21-11-2026, 21/11/2026 and 2026-11-21.
func numericDate(w string) (time.Time, bool) {
	parts := strings.FieldsFunc(w, func(r rune) bool { return r == '.' || r == '-' || r == '/' })
	if len(parts) != 3 {
		return time.Time{}, false
	}
	var n [3]int
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil {
			return time.Time{}, false
		}
		n[i] = v
	}
	switch {
	case len(parts[0]) == 4:
		return day0(n[0], n[1], n[2])
	case len(parts[2]) == 4:
		return day0(n[2], n[1], n[0])
	}
	return time.Time{}, false
}

func day0(year, month, day int) (time.Time, bool) {
	d := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return d, year >= 1900 && year <= 2200 && d.Day() == day && int(d.Month()) == month
}
