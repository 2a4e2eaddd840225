package subject

import (
	"strings"
	"unicode/utf8"

	"brevvagt/document"
)

// person is a name with its role in a paper and where it stands.
type person struct {
	name                      Name
	role                      Role
	field                     bool
	told                      Told
	page, segment, start, end int
}

func personAt(n Name, role Role, l line) person {
	return person{name: n, role: role, page: l.page, segment: l.segment, start: l.start, end: l.start + len(l.text)}
}

// field reports whether a segment is the value of a form's field.
func (p *papers) field(segment int) bool {
	if segment < 0 || segment >= len(p.doc.Segments) {
		return false
	}
	s := &p.doc.Segments[segment]
	return s.Label != "" && s.At.Cell == "" && s.At.Layer != document.Header
}

// subjectCues begin a line that names whom a paper is about.
var subjectCues = newWordList("navn:", "fulde navn:", "full name:", "name:", "name of child:", "person:", "parter:", "parterne:", "barn:", "barnet:", "den unge:", "klient:", "part:", "borgers navn:", "udtalelse om ", "notat om ", "journal for ", "handleplan for ", "statusrapport for ", "status for ", "afgørelse vedrørende ", "sagen vedrører ", "barnets navn:", "ansøger:", "borger:", "vedr.:", "vedr. ", "vedrørende:", "vedrørende ", "angående ", "sag om ", "elev:", "elevens navn:", "patient:", "patientens navn:", "forælder:", "ejer:", "til ejer:", "bygherre:", "grundejer:", "lejer:", "medarbejder:", "ansat:", "ansøgers navn:", "modtager:", "bidragsyder:", "bidragspligtig:", "skyldner:", "debitor:",
	"til forældrene til ", "til forældre til ", "forældrene til ", "forældre til ", "forældre/værge til:", "forældre/værge til ", "forældre til:", "værge for ", "værge for:", "værge til:", "undertegnede ")

// staffCues begin a line that names staff.
var staffCues = newWordList("sagsbehandler:", "sagsbehandler ", "kontaktperson:", "kontakt:", "rådgiver:", "læge:", "egen læge:", "behandler:")

// peopleOf reads the names of a paper: staff, and those it is written to or about.
func (p *papers) peopleOf(path string) (staff []Name, people []person) {
	lines := p.layout(path)
	for k := range lines {
		l := &lines[k]
		text := trim(l.text)
		if text == "" || len(text) > 200 {
			continue
		}
		switch {
		case l.zone == Closing:
			if n, ok := nameAt(text, false); ok && !sentenceLine(text) {
				staff = append(staff, n)
			}
		case l.zone == Address:
			if n, ok := addresseeLine(text); ok {
				people = append(people, personAt(n, Addressee, *l))
			}
		case staffCues.of(text) != "":
			if n, ok := nameAt(staffCues.after(text), false); ok {
				staff = append(staff, n)
			}
		case l.zone <= Body:
			if n, at, ok := subjectOf(lines, k, text); ok {
				people = append(people, personAt(n, About, lines[at]))
			}
		}
	}
	return staff, p.fields(path, people)
}

// birthCues begin a line that tells when somebody was born.
var birthCues = newWordList("født", "fødselsdato", "fødselsdag", "cpr", "personnr", "personnummer", "date of birth", "f. ")

// birthBelow reads a name behind whatever label, with a date of birth on the next line:
// that is a person's master data, whatever the paper calls the person.
func birthBelow(lines []line, k int) (Name, bool) {
	if k+1 == len(lines) || lines[k].noColon || birthCues.of(trim(lines[k+1].text)) == "" {
		return Name{}, false
	}
	label, value, ok := strings.Cut(trim(lines[k].text), ":")
	value = afterBlanks(value)
	if !ok || !capital(value) || len(label) > roleReach || !strings.ContainsAny(lines[k+1].text, "0123456789") || officeLabel(label) {
		return Name{}, false
	}
	return nameAt(value, false)
}

// sentenceLine tells a line of prose from one of a signature: a full stop ends it and it
// has a few words, so that what follows a signature is not taken for one.
func sentenceLine(text string) bool {
	return (strings.HasSuffix(text, ".") || len(text) > maxLabel) && strings.Count(text, " ") >= 4
}

// labels stand before a name without a colon: in a table that became text, or on a
// line of their own above the name.
var labels = set("navn fuldenavn ansøger ansoeger ansoegersnavn barnetsnavn borger borgersnavn borgerensnavn elev elevensnavn patient patientnavn patientensnavn barn barnet laaner beboer klient kursist lejer skyldner")

// maxLabel is longer than any label of a form, in bytes; lines of prose are longer.
const maxLabel = 60

// maxLabelLetters is more than the letters of any label, in bytes.
const maxLabelLetters = 20

// subjectLine reads whom line k says the paper is about, and on which line the name
// stands.
func subjectLine(lines []line, k int) (n Name, at int, ok bool) {
	return subjectOf(lines, k, trim(lines[k].text))
}

// subjectOf is subjectLine, given the line's text without the blanks around it.
func subjectOf(lines []line, k int, text string) (n Name, at int, ok bool) {
	if subjectCues.of(text) != "" {
		if n, ok := nameAt(subjectCues.after(text), false); ok {
			return n, k, true
		}
	}
	if n, ok := birthBelow(lines, k); ok {
		return n, k, true
	}
	begins := startsLabel(text)
	value, labelled := "", false
	if begins {
		value, labelled = afterLabel(text)
	}
	if n, ok := declares(text); ok && !labelled {
		return n, k, true
	}
	if !lines[k].noColon && !labelled {
		if n, ok := roleName(text); ok {
			return n, k, true
		}
	}
	if n, ok := paperOf(text); ok {
		return n, k, true
	}
	if n, ok := partyOf(text); ok {
		return n, k, true
	}
	if n, ok := labelAbove(lines, k, text); ok {
		return n, k + 1, true
	}
	if n, ok := writtenTo(lines, k, text); ok {
		return n, k, true
	}
	if !begins {
		return Name{}, 0, false
	}
	if !labelled {
		// "Borger Testperson Eksempel": a row of a table that lost its blanks.
		n, ok := bareLabel(text)
		return n, k, ok
	}
	if value = strings.TrimSpace(value); value != "" {
		n, ok = nameAt(value, false)
		return n, k, ok
	}
	if k+1 == len(lines) || lines[k+1].page != lines[k].page {
		return Name{}, 0, false
	}
	n, ok = wholeName(trim(lines[k+1].text))
	return n, k + 1, ok
}

// bareLabel reads "Borger Testperson Eksempel" and "Barnets navn Testperson Eksempel",
// where nothing but blanks parts the label from the name.
func bareLabel(text string) (Name, bool) {
	if len(text) > 2*maxLabel {
		return Name{}, false
	}
	first, rest, ok := strings.Cut(text, " ")
	if !ok || len(first) > maxLabelLetters || rest == "" {
		return Name{}, false
	}
	if second, name, two := strings.Cut(rest, " "); two && strings.EqualFold(second, "navn") && isLabel(first+second) {
		return wholeName(name)
	}
	if !capital(rest) || !isLabel(first) {
		return Name{}, false
	}
	return wholeName(rest)
}

// partyOf reads "mellem Eksempel Kommune og Testperson Eksempel" of an agreement.
func partyOf(text string) (Name, bool) {
	if len(text) > 160 || !beginsWith(text, "mellem ") {
		return Name{}, false
	}
	first, second, ok := strings.Cut(text, " og ")
	if !ok || !organisation(first) {
		return Name{}, false
	}
	n, ok := nameAt(second, false)
	return n, ok && n.Common()
}

// labelAbove reads a name on the line below a label for a citizen: "Elevens navn".
func labelAbove(lines []line, k int, text string) (Name, bool) {
	if !strings.HasSuffix(text, "avn") && !strings.HasSuffix(text, ":") {
		return Name{}, false
	}
	text = strings.TrimRight(text, ":")
	if len(text) > maxLabel || !strings.HasSuffix(text, "avn") || k+1 == len(lines) || lines[k+1].page != lines[k].page || !citizenLabel(text) {
		return Name{}, false
	}
	n, ok := wholeName(trim(lines[k+1].text))
	return n, ok && n.Common()
}

// writtenTo reads "Til: Testperson Eksempel" of a letter; a mail that was printed has
// "Fra:" near by.
func writtenTo(lines []line, k int, text string) (Name, bool) {
	if lines[k].zone > Salutation {
		return Name{}, false
	}
	if !beginsWith(text, "til") {
		return Name{}, false
	}
	if rest, ok := strings.CutPrefix(text, "Til "); ok {
		n, whole := wholeName(rest) // "Til Testperson Eksempel" above a letter
		return n, whole && n.Common() && !organisation(rest)
	}
	if !beginsWith(text, "til:") {
		return Name{}, false
	}
	for i := max(0, k-3); i < min(len(lines), k+3); i++ {
		for _, mark := range []string{"fra:", "from:", "sendt:", "emne:"} {
			if beginsWith(strings.TrimSpace(lines[i].text), mark) {
				return Name{}, false
			}
		}
	}
	return nameAt(strings.TrimSpace(text[len("til:"):]), false)
}

// afterLabel gives what follows the label for a name with which a line begins.
func afterLabel(text string) (value string, ok bool) {
	head := text[:min(len(text), maxLabel+1)]
	label := head
	if i := separator(head); i >= 0 {
		label, value = text[:i], text[i+1:]
	} else if i := strings.Index(head, "  "); i >= 0 {
		label, value = text[:i], text[i:]
	}
	return value, isLabel(label)
}

// separator gives the first place of what stands between a label and its value, or -1.
func separator(head string) int {
	for _, c := range []byte("\t:|") {
		if i := strings.IndexByte(head, c); i >= 0 {
			head = head[:i+1]
		}
	}
	if n := len(head) - 1; n >= 0 && strings.IndexByte("\t:|", head[n]) >= 0 {
		return n
	}
	return -1
}

// isLabel reports whether a text is the label of a name.
func isLabel(s string) bool {
	return len(s) <= maxLabel && startsLabel(s) && letters(s) <= maxLabelLetters && in(labels, s)
}

// startsLabel looks at a text's first two letters, which keeps prose away from the
// folding.
func startsLabel(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c < utf8.RuneSelf && (c|0x20 < 'a' || c|0x20 > 'z') {
			continue
		}
		if i+1 < len(s) && c < utf8.RuneSelf {
			if d := s[i+1] | 0x20; d >= 'a' && d <= 'z' {
				return labelPairs[c|0x20]&(1<<(d-'a')) != 0
			}
		}
		return labelStarts[c]
	}
	return false
}

// letters counts the bytes of a text that belong to letters.
func letters(s string) int {
	n := 0
	for i := range len(s) {
		if c := s[i]; c|0x20 >= 'a' && c|0x20 <= 'z' || c >= utf8.RuneSelf {
			n++
		}
	}
	return n
}

// labelStarts has the first bytes of labels; those beyond ASCII may fold to one.
var labelStarts = func() (table [256]bool) {
	for l := range labels {
		table[l[0]], table[l[0]-'a'+'A'] = true, true
	}
	for c := utf8.RuneSelf; c < len(table); c++ {
		table[c] = true
	}
	return table
}()

// labelPairs has the second letters of labels by the first.
var labelPairs = func() (table [256]uint32) {
	for l := range labels {
		table[l[0]] |= 1 << (l[1] - 'a')
	}
	return table
}()

// formWords stand in labels of a form and in no name: in an empty table a label may
// lie under the heading "Navn".
var formWords = set("cpr cprnr nr navn adresse telefon tlf email dato underskrift postnr postnummer personnr personnummer foedselsdato stilling civilstand aegtefaelle samlever ansoeger vaerge barnets")

// replies are what mail programs put before a subject.
var replies = strings.NewReplacer("SV: ", "", "Sv: ", "", "VS: ", "", "Re: ", "", "RE: ", "", "FW: ", "", "Fwd: ", "")

// fields adds the names in a form's fields and in a mail's subject.
func (p *papers) fields(path string, people []person) []person {
	for _, i := range p.segments[path] {
		s := &p.doc.Segments[i]
		if s.At.Layer == document.Header && s.Label == "Subject" && len(s.Text) < 200 {
			// "SV: Vedr. Testperson Eksempel"
			text := replies.Replace(s.Text)
			if n, _, ok := subjectLine([]line{{text: text}}, 0); ok {
				people = append(people, person{name: n, role: About, segment: i, end: len(s.Text)})
			}
			continue
		}
		if s.Label == "" || len(s.Text) > 100 || !nameField(s.Label) || s.At.Cell != "" && !p.besideLabel(i) {
			continue
		}
		if n := NewName(s.Text); n.Full() && !n.Any(formWords) && !phrase(s.Text) {
			people = append(people, person{name: n, role: About, field: true, page: s.At.Page, segment: i, end: len(s.Text)})
		}
	}
	return people
}

// besideLabel reports whether a cell's label is the cell to its left: a form in a
// spreadsheet, where a column of a table has its heading above.
func (p *papers) besideLabel(i int) bool {
	if i == 0 {
		return false
	}
	s, left := &p.doc.Segments[i], &p.doc.Segments[i-1]
	return left.Text == s.Label && left.At.Path == s.At.Path && left.At.Cell != "" && rowOf(&left.At) == rowOf(&s.At)
}

// phrase reports whether a field begins with a capital and goes on without, as a label
// under the heading "Navn" does and no name written by hand: "Årsag til ansøgning".
func phrase(text string) bool {
	fields := strings.Fields(text)
	if len(fields) < 2 || !capital(fields[0]) {
		return false
	}
	last := fields[len(fields)-1]
	return !capital(last) && !particles[Fold(last)]
}
