package parties

import (
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/internal/lower"
	"brevvagt/scanner/policy/wording"
)

// toOtherParent finds a letter about a child of the reader's name that is made out for
// another grown-up: for the other parent, who may live elsewhere. It stops a mail where the
// letter tells of a parent as of somebody else, or that nothing is to be told to one.
func (it *Item) toOtherParent(p *paper, to subject.Name, r *readers) (Odd, bool) {
	l := p.letter
	if l == nil || p.body || !l.Addressee.Full() || !l.Addressee.Same(to) || it.staff(to) || len(it.External) != 1 || p.text.Head(headWords, toParents) {
		return Odd{}, false
	}
	child := slices.IndexFunc(sortedPeople(p), func(i int) bool { return it.Under(i, 18) && it.Subjects[i].Name.SameLoosely(to) })
	low := strings.ToLower(it.visible(it.bundle().paths[p.path]))
	said := wording.Parents(low)
	switch {
	case child >= 0, said == wording.Jointly, strings.Contains(low, "værge"), strings.Contains(low, "fuldmagt"):
		return Odd{}, false
	case said == wording.Apart:
		return it.somebody(p.name(), to, it.namesInFull(to)), true
	case r.akin(to), it.speaksOfName(to), wording.ToOtherParent(it.bodyText()):
		return Odd{}, false
	}
	return it.somebody(p.name(), to, true), true
}

// ofOtherChild reports whether the mail calls the reader's child by name, "din søn Emil", and
// a paper is about a child or its parents without that name in it.
func (it *Item) ofOtherChild(p *paper) bool {
	text := it.ownWords()
	names := wording.ChildNames(text, lower.InPlace(text))
	return len(names) > 0 && !slices.ContainsFunc(names, func(w string) bool {
		n := subject.NewName(w)
		return n.FirstIn(p.text) || slices.ContainsFunc(sortedPeople(p), func(i int) bool { return n.Alike(it.Subjects[i].Name) })
	})
}

// noteAnother finds a form of the reader's in whose fields a note on somebody's health or the
// like stands below the number and name of another, whom neither the mail nor the name ties
// to the reader: what the form was filled in with before.
func (it *Item) noteAnother(p *paper, r *readers) (Odd, bool) {
	if p.body || r.family {
		return Odd{}, false
	}
	for _, i := range sortedPeople(p) {
		s, in := &it.Subjects[i], p.people[i]
		if s.NameOnly || !in.field || !s.Name.Full() || it.knows(s.Name, r) || r.numbers[s.ID] || it.Under(i, 18) || it.speaksOfName(s.Name) {
			continue
		}
		if it.notedBelow(p.path, in.at.Segment) {
			return Odd{Where: p.name(), Who: it.who(i), Person: i, At: in.at, Form: true, Weak: !r.sure}, true
		}
	}
	return Odd{}, false
}

// notedFields is how many fields below a person's one tells of that person.
const notedFields = 4

// notedBelow reports whether something sensitive stands in the fields right below one.
func (it *Item) notedBelow(path string, from int) bool {
	return slices.ContainsFunc(it.Findings, func(x detectors.Finding) bool {
		return x.At.Path == path && x.Detector == "special-category" && x.Strength.Rank() >= detectors.Medium.Rank() &&
			x.Segment > from && x.Segment <= from+2*notedFields && x.Segment < len(it.Doc.Segments) && it.Doc.Segments[x.Segment].Label != ""
	})
}
