// Package subject groups findings into the people a document is about. It knows
// people by the keyed digest of what was found and never by the value itself.
package subject

import (
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/document"
)

// Subject is one person that an item tells something about.
type Subject struct {
	ID       string // keyed digest of the national id, or of the name where none was found
	Display  string // masked number, or masked name
	Findings []int  // indices into the findings, in order
	Paths    []string
}

// Group makes one subject of every distinct person whose national id was found
// with at least Weak strength. The result is ordered by first appearance.
func Group(doc *document.Document, findings []detectors.Finding) []Subject {
	var out []Subject
	index := make(map[string]int)
	for i, f := range findings {
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
		if !slices.Contains(s.Paths, f.At.Path) {
			s.Paths = append(s.Paths, f.At.Path)
		}
	}
	for i := range out {
		slices.SortFunc(out[i].Paths, strings.Compare)
	}
	return out
}
