// Package subject groups findings into the people a document is about. It knows
// people by the keyed digest of what was found and never by the value itself.
//
// Glossary: a Subject is a person; its Role says how a paper speaks of them (the
// one it is written to, the one it is about, somebody mentioned, staff). A Zone is
// a part of a Danish letter. A Name or Place can be compared but not printed.
package subject

import (
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/document"
)

// Role is how a paper speaks of a person.
type Role string

// The roles, weightiest first.
const (
	Addressee Role = "addressee" // stands in the address block
	About     Role = "subject"   // stands in the reference block, or with a label
	Mentioned Role = "mentioned"
	Copied    Role = "copied"    // "Kopi til", "Bilag"
	Signature Role = "signature" // staff: after "Med venlig hilsen", or "Sagsbehandler"
	Guided    Role = "guidance"  // in complaint guidance and legal text
)

// Rank orders roles, weightiest 0; an unknown role comes last.
func (r Role) Rank() int {
	all := []Role{Addressee, About, Mentioned, Copied, Signature, Guided}
	if i := slices.Index(all, r); i >= 0 {
		return i
	}
	return len(all)
}

// Occurrence is one place where a person stands.
type Occurrence struct {
	Path    string
	Page    int // 0 if unknown
	Layer   document.Layer
	Role    Role
	Finding int  // index into the findings, -1 for a name without one
	Field   bool // stands in a form's field
	// Segment, Start and End are where it stands in the document's text: the
	// number, or the line with the name.
	Segment, Start, End int
}

// Subject is one person that an item tells something about.
type Subject struct {
	ID       string // keyed digest of the national id, or of the name where none was found
	Display  string // masked number, or masked name
	Findings []int  // indices into the findings, in order
	Paths    []string

	Name     Name             // the name that stands beside the number, if any
	NameID   detectors.Masked // keyed form of the name; zero without one or without a key
	NameOnly bool             // known by name alone: weak
	Told     Told             // what a paper tells beside the name, where no number is known
	Role     Role             // the weightiest of the occurrences
	Where    []Occurrence
}

// RoleIn is the weightiest role that the person has in a paper, or "".
func (s *Subject) RoleIn(path string) Role {
	var role Role
	for _, o := range s.Where {
		if o.Path == path && (role == "" || o.Role.Rank() < role.Rank()) {
			role = o.Role
		}
	}
	return role
}

// Group makes one subject of every distinct person whose national id was found
// with at least Weak strength. The result is ordered by first appearance.
func Group(doc *document.Document, findings []detectors.Finding) []Subject {
	return newPapers(doc).numbers(findings)
}

// GroupWith is Group with names keyed, and with one more subject for every person
// whom a paper is written to or about by name alone. Those are weak: staff is left
// out, and so is whoever has a number under the same name.
func GroupWith(key detectors.Key, doc *document.Document, findings []detectors.Finding) []Subject {
	p := newPapers(doc)
	p.sensitive = make(map[int]bool)
	for i := range findings {
		if f := &findings[i]; f.Detector == "special-category" || f.Detector == "protected-address" {
			p.sensitive[f.Segment] = true
		}
	}
	out := p.numbers(findings)
	for i := range out {
		if !out[i].Name.Empty() {
			out[i].NameID = out[i].Name.Mask(key)
		}
	}
	return p.names(key, out)
}

// numbers makes subjects of national ids.
func (p *papers) numbers(findings []detectors.Finding) []Subject {
	var out []Subject
	index := make(map[string]int)
	for i := range findings {
		f := &findings[i]
		if f.Category != "national-id" || f.Strength.Rank() < detectors.Weak.Rank() {
			continue
		}
		id := f.Value.Digest()
		at, known := index[id]
		if !known {
			at = len(out)
			index[id] = at
			out = append(out, Subject{ID: id, Display: f.Value.String()})
		}
		s := &out[at]
		s.Findings = append(s.Findings, i)
		s.add(Occurrence{Path: f.At.Path, Page: f.At.Page, Layer: f.At.Layer, Role: p.roleOf(i, f), Finding: i,
			Field: p.field(f.Segment), Segment: f.Segment, Start: f.Start, End: f.End})
		if !s.Name.Full() {
			if n, ok := p.nameOf(f); ok {
				s.Name = n
			}
		}
	}
	for i := range out {
		p.settle(&out[i])
		slices.SortFunc(out[i].Paths, strings.Compare)
	}
	return out
}

func (s *Subject) add(o Occurrence) {
	s.Where = append(s.Where, o)
	if !slices.Contains(s.Paths, o.Path) {
		s.Paths = append(s.Paths, o.Path)
	}
}

// settle makes of a labelled number in a letter's body a mentioned one when
// another person stands in the reference block of that letter: a spouse's number
// has a label too.
func (p *papers) settle(s *Subject) {
	for k := range s.Where {
		o := &s.Where[k]
		if o.Role == About && p.inBody[o.Finding] && p.reference[o.Path] {
			o.Role = Mentioned
		}
	}
	for _, o := range s.Where {
		if s.Role == "" || o.Role.Rank() < s.Role.Rank() {
			s.Role = o.Role
		}
	}
}

// maxNames bounds the people known by name alone: they are weak, and a list of
// thousands tells nothing more than one of hundreds.
const maxNames = 500

// names adds the people that papers are written to or about by name alone.
func (p *papers) names(key detectors.Key, out []Subject) []Subject {
	index := make(nameIndex)
	for i := range out {
		index.add(out[i].Name, i)
	}
	seen := 0
	for _, path := range p.order {
		staff, people := p.peopleOf(path)
		people = append(people, p.listed(path)...)
		for _, n := range people {
			if seen++; seen > maxNames {
				break
			}
			if slices.ContainsFunc(staff, n.name.Same) {
				continue
			}
			i := index.find(n.name, out)
			if i < 0 {
				i = len(out)
				masked := n.name.Mask(key)
				out = append(out, Subject{ID: masked.Digest(), Display: masked.String(), Name: n.name, NameID: masked, NameOnly: true})
				index.add(n.name, i)
			}
			out[i].Told = out[i].Told.or(n.told)
			out[i].meet(path, n)
		}
	}
	for i := range out {
		slices.SortFunc(out[i].Paths, strings.Compare)
	}
	return out
}

// meet notes that the person stands in a paper by name, once a page and role.
func (s *Subject) meet(path string, n person) {
	if !slices.ContainsFunc(s.Where, func(o Occurrence) bool {
		return o.Path == path && o.Page == n.page && o.Role.Rank() <= n.role.Rank() && o.Field == n.field
	}) {
		s.add(Occurrence{Path: path, Page: n.page, Layer: document.Visible, Role: n.role, Finding: -1,
			Field: n.field, Segment: n.segment, Start: n.start, End: n.end})
	}
	if s.Role == "" || n.role.Rank() < s.Role.Rank() {
		s.Role = n.role
	}
}

// nameIndex finds subjects by the words of their names: names of one person share
// a word.
type nameIndex map[string][]int

func (x nameIndex) add(n Name, subject int) {
	for _, t := range n.meaning() {
		x[t] = append(x[t], subject)
	}
}

func (x nameIndex) find(n Name, all []Subject) int {
	for _, t := range n.meaning() {
		for _, i := range x[t] {
			if all[i].Name.Same(n) {
				return i
			}
		}
	}
	return -1
}
