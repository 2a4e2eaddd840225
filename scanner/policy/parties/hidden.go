package parties

import (
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/document"
)

// Hidden are people whose number stands only where a reader of the file does
// not see it: in a tracked deletion, a comment, a hidden sheet, the properties or
// an earlier revision. A file's name is no hidden layer, and a row whose person is seen by name is none either.
func (it *Item) Hidden() []Odd {
	if !it.dug {
		it.under, it.dug = it.hidden(), true
	}
	return it.under
}

func (it *Item) hidden() []Odd {
	if len(it.External) == 0 {
		return nil
	}
	var out []Odd
	for i := range it.Subjects {
		s := &it.Subjects[i]
		first := -1
		for k, o := range s.Where {
			if o.Finding < 0 || it.Findings[o.Finding].Strength.Rank() < detectors.Medium.Rank() {
				continue
			}
			if !hiddenLayer(o.Layer) || it.fileName(&it.Findings[o.Finding]) {
				first = -1
				break
			}
			if first < 0 {
				first = k
			}
		}
		if first < 0 || s.Name.Full() && s.Name.Among(it.seen(s.Where[first].Path)) {
			continue
		}
		o := s.Where[first]
		p := paper{path: o.Path}
		out = append(out, Odd{Where: p.name(), Who: it.who(i), Person: i, At: o})
	}
	if o, ok := it.remarked(); ok && len(out) == 0 {
		out = append(out, o)
	}
	slices.SortStableFunc(out, func(a, b Odd) int { return strings.Compare(a.At.Path, b.At.Path) })
	return out
}

// casework are words of a remark on a citizen's case, beside the citizen's name.
var casework = []string{"brev", "sag", "afgørelse", "bevil", " fik ", " får ", "kr.", "ligesom", "samme", "skabelon", "skema", "ansøg", "afslag"}

// remarked finds the full name of somebody in a comment or in deleted text of a letter to a
// reader, in a remark on that one's case. It is worth a warning: a name alone is no number.
func (it *Item) remarked() (Odd, bool) {
	if it.Doc.Mail == nil {
		return Odd{}, false
	}
	for i := range it.Doc.Segments {
		s := &it.Doc.Segments[i]
		if l := s.At.Layer; l != document.Comment && l != document.Deleted || !hasAny(strings.ToLower(s.Text), casework) {
			continue
		}
		r := it.readers()
		if !r.citizen() || r.family {
			return Odd{}, false
		}
		for _, f := range subject.NamesIn(s.Text, false) {
			if n := f.Name; n.Full() && !it.knows(n, r) && !it.speaksOfName(n) && !n.Among(it.seen(s.At.Path)) {
				return it.somebody(detectors.RedactNumbers(lastName(s.At.Path)), n, true), true
			}
		}
	}
	return Odd{}, false
}

func hiddenLayer(l document.Layer) bool {
	switch l {
	case document.Deleted, document.Comment, document.Hidden, document.Covered, document.Metadata, document.Earlier:
		return true
	}
	return false
}

// fileName reports whether a finding stands in a file's own name.
func (it *Item) fileName(x *detectors.Finding) bool {
	s := &it.Doc.Segments[x.Segment]
	return s.At.Layer == document.Metadata && s.Text == lastName(s.At.Path)
}

// seen is what a reader of a file sees of its words.
func (it *Item) seen(path string) *subject.Text {
	b := it.bundle()
	if b.seen[path] == nil {
		t := new(subject.Text)
		for _, i := range b.paths[path] {
			if s := &it.Doc.Segments[i]; s.At.Layer == document.Visible {
				t.Add(s.Text)
			}
		}
		b.seen[path] = t
	}
	return b.seen[path]
}
