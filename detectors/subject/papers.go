package subject

import (
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/document"
)

// papers reads the parts of a document as letters, forms and tables, each once.
type papers struct {
	doc       *document.Document
	order     []string         // paths in the order they were read
	segments  map[string][]int // indices of the segments at a path
	lines     map[string][]line
	rows      map[string]Name // names of table rows, by path, sheet and row
	inBody    map[int]bool    // findings that stand in a letter's body
	reference map[string]bool // papers with a number in head or reference block
	sensitive map[int]bool    // segments in which a word of a special category was found
}

func newPapers(doc *document.Document) *papers {
	p := &papers{doc: doc, segments: make(map[string][]int), lines: make(map[string][]line), inBody: make(map[int]bool), reference: make(map[string]bool)}
	for i := range doc.Segments {
		path := doc.Segments[i].At.Path
		if _, seen := p.segments[path]; !seen {
			p.order = append(p.order, path)
		}
		p.segments[path] = append(p.segments[path], i)
	}
	return p
}

func (p *papers) layout(path string) []line {
	l, ok := p.lines[path]
	if !ok {
		l = layout(p.doc, p.segments[path])
		p.lines[path] = l
	}
	return l
}

// roleOf tells how the paper speaks of the person with the number found.
func (p *papers) roleOf(index int, f *detectors.Finding) Role {
	labelled := slices.ContainsFunc(f.Why, func(w string) bool { return strings.HasPrefix(w, "label:") })
	role := Mentioned
	if labelled {
		role = About
	}
	l, ok := p.lineOf(f)
	if !ok {
		return role
	}
	switch l.zone {
	case Address:
		return Addressee
	case Head, Reference, Salutation:
		if labelled || l.zone == Reference {
			p.reference[f.At.Path] = true
			return About
		}
	case Body:
		p.inBody[index] = true
	case Closing:
		return Signature
	case Guidance:
		return Guided
	case CopyLines:
		return Copied
	}
	return role
}

func (p *papers) lineOf(f *detectors.Finding) (line, bool) {
	lines := p.layout(f.At.Path)
	// The last line of that segment which begins at or before the finding.
	i, _ := slices.BinarySearchFunc(lines, f, func(l line, f *detectors.Finding) int {
		if l.segment != f.Segment {
			return l.segment - f.Segment
		}
		if l.start <= f.Start {
			return -1
		}
		return 1
	})
	if i == 0 || lines[i-1].segment != f.Segment {
		return line{}, false
	}
	return lines[i-1], true
}

// nameOf finds the name that belongs to a number: in its table row, beside it in
// the text, or in the form's field for it.
func (p *papers) nameOf(f *detectors.Finding) (Name, bool) {
	if f.Segment < 0 || f.Segment >= len(p.doc.Segments) {
		return Name{}, false
	}
	s := &p.doc.Segments[f.Segment]
	if f.End > len(s.Text) || f.Start > f.End {
		return Name{}, false
	}
	if s.At.Cell != "" {
		n, ok := p.rowNames()[rowOf(&s.At)]
		return n, ok && n.Full()
	}
	if n, ok := nameBefore(s.Text, f.Start); ok {
		return n, true
	}
	if n, ok := nameBehind(s.Text, f.End); ok {
		return n, true
	}
	if n, ok := p.neighbourName(f); ok {
		return n, true
	}
	return p.fieldName(f.Segment)
}

// neighbourName reads "Navn: Testperson Eksempel" in the paragraph before or after
// one that begins with the number, since each line of a form may be a paragraph.
func (p *papers) neighbourName(f *detectors.Finding) (Name, bool) {
	s := &p.doc.Segments[f.Segment]
	if s.Label != "" || withoutLabel(s.Text[:f.Start]) != "" {
		return Name{}, false
	}
	for _, k := range []int{f.Segment - 1, f.Segment + 1} {
		if k < 0 || k >= len(p.doc.Segments) {
			continue
		}
		o := &p.doc.Segments[k]
		if o.At.Path != s.At.Path || o.At.Layer != s.At.Layer || o.At.Cell != "" || o.Label != "" {
			continue
		}
		text := strings.TrimSpace(o.Text)
		if k < f.Segment {
			text = text[strings.LastIndexByte(text, '\n')+1:]
		} else {
			text, _, _ = strings.Cut(text, "\n")
		}
		if n, _, ok := subjectLine([]line{{text: text}}, 0); ok {
			return n, true
		}
	}
	return Name{}, false
}

// rowNames reads the names of all table rows, once.
func (p *papers) rowNames() map[string]Name {
	if p.rows != nil {
		return p.rows
	}
	p.rows = make(map[string]Name)
	parts := make(map[string][]string)
	for i := range p.doc.Segments {
		s := &p.doc.Segments[i]
		if s.At.Cell == "" || len(s.Text) > 100 {
			continue
		}
		if at := rowOf(&s.At); nameField(s.Label) && len(parts[at]) < 4 {
			parts[at] = append(parts[at], s.Text)
		}
	}
	for at, words := range parts {
		p.rows[at] = NewName(strings.Join(words, " "))
	}
	return p.rows
}

// rowOf names a table row: "a.xlsx" and "Ark1!B7" make "a.xlsx Ark1 7".
func rowOf(at *document.Location) string {
	sheet, cell, ok := strings.Cut(at.Cell, "!")
	if !ok {
		sheet, cell = "", at.Cell
	}
	return at.Path + "\x00" + sheet + "\x00" + strings.TrimLeft(cell, "$ABCDEFGHIJKLMNOPQRSTUVWXYZ")
}

// NameInRow is the full name that a cell's row of a table holds, where one of its cells
// is a name and nothing else. The index is the cell's segment.
func NameInRow(doc *document.Document, cell int) (Name, bool) {
	row := rowOf(&doc.Segments[cell].At)
	for _, step := range [2]int{-1, 1} {
		for i := cell + step; i >= 0 && i < len(doc.Segments) && i-cell < maxRowCells && cell-i < maxRowCells; i += step {
			s := &doc.Segments[i]
			if s.At.Cell == "" || rowOf(&s.At) != row {
				break
			}
			if n, ok := Named(s.Text); ok && n.Common() {
				return n, true
			}
		}
	}
	return Name{}, false
}

// maxRowCells is how many cells to either side are asked for a name.
const maxRowCells = 30

// nameField tells columns and fields that hold a person's name.
func nameField(label string) bool {
	for _, w := range words(label) {
		switch Fold(w) {
		case "navn", "fornavn", "fornavne", "efternavn", "mellemnavn", "borgernavn", "name", "firstname", "lastname", "fulde", "borger", "barn", "ansoeger":
			return true
		case "filnavn", "firmanavn", "brugernavn", "vejnavn", "bynavn", "skolenavn":
			return false
		}
	}
	return false
}

// fieldReach is how many fields away a form's name may stand from its number.
const fieldReach = 6

// fieldName looks for the name field of a form near the field with the number.
func (p *papers) fieldName(segment int) (Name, bool) {
	s := &p.doc.Segments[segment]
	if s.Label == "" {
		return Name{}, false
	}
	for step := 1; step <= fieldReach; step++ {
		for _, k := range []int{segment - step, segment + step} {
			if k < 0 || k >= len(p.doc.Segments) {
				continue
			}
			o := &p.doc.Segments[k]
			if o.At.Path != s.At.Path || o.At.Cell != "" || !nameField(o.Label) || len(o.Text) > 100 {
				continue
			}
			if k+1 < len(p.doc.Segments) && p.doc.Segments[k+1].Label == strings.TrimSpace(o.Text) {
				continue // in a table of labels and values: the label below a name's
			}
			if n := NewName(o.Text); n.Full() {
				return n, true
			}
		}
	}
	return Name{}, false
}

// beforeNumber are words between a name and its number.
var beforeNumber = set("cpr cprnr cprnummer nr nummer personnummer personnr foedt f med har og den er civilregistration")

// nameBefore reads "Testperson Eksempel, CPR-nr. " before a number. On the line
// before, only a name by itself or one that is said to be whose it is counts: a
// caseworker's name may stand there as well.
func nameBefore(text string, start int) (Name, bool) {
	s := clip(text[:start], 120, true)
	cut := strings.LastIndexByte(s, '\n') + 1
	if rest := withoutLabel(s[cut:]); rest != "" || cut == 0 {
		return nameAt(rest, true)
	}
	above := lastLine(s[:cut])
	if withoutLabel(above) == "" && above != "" {
		// The number's label has a line of its own.
		above = lastLine(strings.TrimSuffix(strings.TrimSpace(s[:cut]), above))
	}
	if label, value, ok := strings.Cut(above, "\t"); ok && isLabel(label) {
		return nameAt(value, false)
	}
	if value := subjectCues.after(above); value != "" {
		return nameAt(value, false)
	}
	return wholeName(above)
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return strings.TrimSpace(s[strings.LastIndexByte(s, '\n')+1:])
}

// withoutLabel takes the words for a number off the end of a line.
func withoutLabel(s string) string {
	for range 6 {
		s = strings.TrimRight(s, " \t\r:,.;-–—(/#=|\"'\u00a0")
		i := strings.LastIndexFunc(s, func(r rune) bool { return strings.ContainsRune(" \t-.,:(/\u00a0", r) })
		if !beforeNumber[Fold(s[i+1:])] {
			break
		}
		s = s[:i+1]
	}
	return s
}

// nameBehind reads ", Testperson Eksempel" after a number on the same line.
func nameBehind(text string, end int) (Name, bool) {
	s := clip(text[end:], 100, false)
	s, _, _ = strings.Cut(s, "\n")
	s = strings.TrimLeft(s, " \t,;:-–()|\u00a0")
	if first, rest, ok := strings.Cut(s, " "); ok && strings.EqualFold(first, "navn") {
		s = rest
	}
	return nameAt(s, false)
}

// clip keeps at most n bytes of a text's end or beginning, on whole characters.
func clip(s string, n int, end bool) string {
	if len(s) <= n {
		return s
	}
	if end {
		return strings.ToValidUTF8(s[len(s)-n:], "")
	}
	return strings.ToValidUTF8(s[:n], "")
}
