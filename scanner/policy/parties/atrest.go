package parties

import (
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
)

// This file looks at files that lie still and go to nobody: who has a case there is
// whoever the file tells of, without a reader to be compared with.

// Case is a person, masked, of whom one file tells at least n different things of the
// given categories, one of them outright. Whoever signs it, holds a post of that name,
// died long ago, or is told of in books, plays and exercises has none.
func (it *Item) Case(categories map[string]bool, n int) (who string, ok bool) {
	type told struct {
		words  map[string]bool
		stated bool
	}
	met, tries := make(map[string]*told), maxCalled // by path and initials
	for k := range it.Findings {
		x := &it.Findings[k]
		if !categories[x.Category] || x.Strength.Rank() < detectors.Medium.Rank() {
			continue
		}
		name, ok := it.toldOf(x)
		if !ok && tries > 0 {
			tries--
			name, ok = it.calledAbove(x)
		}
		if !ok || it.noCase(x, name) {
			continue
		}
		who := name.String()
		t := met[x.At.Path+"\x00"+who]
		if t == nil {
			t = &told{words: make(map[string]bool)}
			met[x.At.Path+"\x00"+who] = t
		}
		t.words[x.Value.Digest()] = true
		t.stated = t.stated || it.stated(x)
		if t.stated && len(t.words) >= n {
			return who, true
		}
	}
	return "", false
}

// noCase reports whether what a finding says of somebody is no case.
func (it *Item) noCase(x *detectors.Finding, name subject.Name) bool {
	return it.staff(name) || it.postOf(x) || it.Programme(x) || it.shows(x.At.Path).exercises
}

// Bounds of the search for somebody's full name above the place where a first name stands.
const (
	maxCalled  = 200  // findings of an item for which it is looked for
	aboveTexts = 40   // texts that are read
	aboveBytes = 4000 // and bytes of them
)

// calledAbove is whom the paragraph of a finding calls by first name and a text above it,
// mostly the line that says whose paper it is, by the full one.
func (it *Item) calledAbove(x *detectors.Finding) (subject.Name, bool) {
	if x.Segment < 0 || x.Segment >= len(it.Doc.Segments) {
		return subject.Name{}, false
	}
	s := &it.Doc.Segments[x.Segment]
	if s.At.Cell != "" || x.Start > x.End || x.End > len(s.Text) {
		return subject.Name{}, false
	}
	_, high := sentence(s.Text, x.Start, x.End)
	var near subject.Text
	near.Add(strings.ToValidUTF8(s.Text[max(0, x.Start-maxSentence):high], ""))
	left := aboveBytes
	for i := x.Segment - 1; i >= max(0, x.Segment-aboveTexts) && left > 0; i-- {
		above := &it.Doc.Segments[i]
		if above.At.Path != s.At.Path || above.At.Layer != s.At.Layer {
			continue
		}
		text := strings.ToValidUTF8(above.Text[max(0, len(above.Text)-left):], "")
		left -= len(text)
		for _, f := range slices.Concat(subject.PeopleIn(text), subject.HoldersIn(text)) {
			if f.Name.Full() && f.Name.FirstIn(&near) {
				return f.Name, true
			}
		}
	}
	return subject.Name{}, false
}
