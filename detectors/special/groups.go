package special

import (
	"slices"

	"brevvagt/detectors"
	"brevvagt/detectors/special/group"
	"brevvagt/document"
)

const anchorList = "på en liste over personer med det til fælles"

// OnList reports whether a finding is a name of which nothing is said but that it stands
// on a list of citizens with a matter.
func OnList(x *detectors.Finding) bool { return slices.Contains(x.Why, anchorList) }

// means are the groups that every letter speaks of: to stand on a list by one of them is a
// private matter.
var means = setOf("social_oekonomi personalesag adressebeskyttelse")

// groups finds the people on lists of citizens with a matter, see package group.
func (ix *index) groups(doc *document.Document, _ detectors.Env) []detectors.Placed {
	var out []detectors.Placed
	for _, n := range group.Listed(doc, group.Words{Matter: ix.matterIn, Name: func(text string) bool { return isName("", text) }}) {
		category := n.Group
		if means[category] {
			category = Private
		}
		out = append(out, detectors.Placed{Segment: n.Segment, Span: detectors.Span{
			Start: n.Start, End: n.End, Category: category, Strength: detectors.Medium,
			Why: []string{"ord om " + groupTitles[n.Group], anchorList}, Value: n.Group + ":" + n.Stem, Display: shorten(n.Stem),
		}})
	}
	return out
}

// matterIn gives what a heading says its people have in common, of the lexicon's strong
// words, or of all where weak is true.
func (ix *index) matterIn(heading string, weak bool) (of, stem string) {
	for _, h := range ix.hits(heading, nil) {
		if h.entry.group == Private || !h.entry.strong && !weak {
			continue
		}
		if s := ix.sentenceAt(heading, h.start, 0); !s.listsCategories && !friendly(heading, &h, s) {
			return h.entry.group, h.entry.stem
		}
	}
	return "", ""
}
