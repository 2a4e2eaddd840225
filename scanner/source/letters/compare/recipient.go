package compare

import (
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/scanner/source/letters/list"
)

// recipient is somebody who is to get a letter.
type recipient struct {
	name    subject.Name
	names   []subject.Name // others that the letter may be made out for, by declaration
	words   []string       // of the name, for comparing with single words
	surname string         // as written
	written string         // the name as written, to be looked for in a text
	places  []subject.Place
	number  string          // digest of the CPR number, "" without one
	value   string          // the number itself, for the age; never leaves this package
	allowed map[string]bool // digests of numbers declared beside it
	strict  bool            // any number that is not declared is foreign (MeMo)
	refs    []string        // files that the row names
	path    string          // of the MeMo message
	company bool            // no person: only the numbers in its letters are looked at
	label   string          // for people: initials, or the masked number
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
	name := row.Name
	p := &recipient{name: subject.NewName(name), written: strings.ToLower(name), label: subject.NewName(name).String()}
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
	p.places = list.Places(row.Address)
	p.refs = row.Files
	return p
}
