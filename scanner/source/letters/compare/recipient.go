package compare

import (
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/internal/lower"
	"brevvagt/scanner/source/letters/list"
)

// recipient is somebody who is to get a letter.
type recipient struct {
	called
	places  []subject.Place
	number  string          // digest of the CPR number, "" without one
	value   string          // the number itself, for the age; never leaves this package
	allowed map[string]bool // digests of numbers declared beside it
	strict  bool            // any number that is not declared is foreign (MeMo)
	refs    []string        // files that the row names
	path    string          // of the MeMo message
	company bool            // no person: only the numbers in its letters are looked at
	cvr     string          // of a company on a list, else ""
	cells   []string        // of the row, by column
	label   string          // for people: initials, or the masked number
	page    int             // on which its letter begins in a merged file, 0 if unknown
}

// called is what a recipient is called.
type called struct {
	name    subject.Name
	names   []subject.Name // others that the letter may be made out for, by declaration
	words   []string       // of the name, for comparing with single words
	surname string         // as written
	full    [][]string     // the name folded, in the order of a text, by words, if it has two
	others  [][]string     // names declared beside it, likewise
	written string         // the name as written, to be looked for in a text
}

// is reports whether a name can be this person's or one declared beside it.
func (p *recipient) is(n subject.Name) bool {
	return p.name.Same(n) || slices.ContainsFunc(p.names, n.Same)
}

// shares reports whether a name has any word in common with this person's.
func (p *recipient) shares(n subject.Name) bool {
	return slices.ContainsFunc(p.words, func(w string) bool { return len(w) > 1 && subject.NewName(w).Same(n) })
}

func (p *recipient) lives(at subject.Place) bool {
	return slices.ContainsFunc(p.places, at.Same)
}

// family reports whether two recipients may belong to one household: by surname or
// by address. A first name in common says nothing.
func (p *recipient) family(o *recipient) bool {
	return p.surname != "" && subject.SameName(p.surname, o.surname) || slices.ContainsFunc(o.places, p.lives)
}

// newRecipient makes a recipient of a row.
func newRecipient(row list.Row, key detectors.Key) *recipient {
	name := living(row.Name)
	p := &recipient{called: called{name: subject.NewName(name), written: strings.ToLower(name)}, label: subject.NewName(name).String(), cvr: row.Company, cells: row.Cells}
	p.words = strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(" -,.\t", r) })
	last := name
	if before, _, ok := strings.Cut(name, ","); ok {
		last = before // "Eksempel, Testperson"
	}
	if fields := strings.Fields(last); len(fields) > 0 {
		p.surname = fields[len(fields)-1]
	}
	if value := row.Number; value != "" {
		p.number, p.value = key.Digest(value), value
		if p.label == "" {
			p.label = value[:6] + "-xxxx"
		}
		p.allowed = map[string]bool{p.number: true}
	}
	p.full = inOrderOfText(p.full, name)
	for _, o := range row.Others {
		p.others = inOrderOfText(p.others, living(o.Name))
		if n := subject.NewName(living(o.Name)); n.Full() {
			p.names = append(p.names, n)
		}
		if o.Number != "" {
			if p.allowed == nil {
				p.allowed = make(map[string]bool)
			}
			p.allowed[key.Digest(o.Number)] = true
		}
	}
	p.places = list.Places(row.Address)
	p.page = row.Page
	if p.label == "" && len(p.places) > 0 {
		p.label = "en adresse i " + p.places[0].String()
	}
	p.refs = row.Files
	return p
}

// living is the name in "Boet efter ...".
func living(name string) string {
	low := lower.InPlace(name)
	for _, mark := range []string{"boet efter ", "dødsboet efter ", "dødsbo efter ", "afdøde "} {
		if strings.HasPrefix(low, mark) {
			return name[len(mark):]
		}
	}
	return name
}

// inOrderOfText adds a name by its folded words as a text has them: "Eksempel, Testperson"
// is Testperson Eksempel. A name needs two words.
func inOrderOfText(to [][]string, name string) [][]string {
	if last, rest, ok := strings.Cut(name, ","); ok {
		name = rest + " " + last
	}
	var words []string
	for w := range strings.FieldsFuncSeq(name, noWord) {
		words = append(words, subject.Fold(w))
	}
	if len(words) < 2 {
		return to
	}
	return append(to, words)
}
