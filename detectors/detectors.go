// Package detectors says what a document contains that may belong to somebody:
// it turns segments into findings. It is pure: no disk, no clock, no net, and a
// found value is masked from the moment it is found.
//
// Glossary: a Detector is a value, listed explicitly by its family; a Span is
// what its Find returns; a Finding is the masked, located, sorted result. Nothing
// inside a detector silences a labelled number: evidence raises or lowers the
// Strength, and thresholds are policy.
package detectors

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"brevvagt/document"
)

// Strength grades how sure a finding is.
type Strength string

// The strengths, weakest first. Info counts for nothing by itself (a test
// number, a masked number); Weak needs company; Medium and Strong act alone.
const (
	Info   Strength = "info"
	Weak   Strength = "weak"
	Medium Strength = "medium"
	Strong Strength = "strong"
)

// Rank orders strengths, weakest 0.
func (s Strength) Rank() int {
	return slices.Index([]Strength{Info, Weak, Medium, Strong}, s)
}

// Env is what a detector may know beside the text.
type Env struct {
	AsOf time.Time // the day to judge birth dates by
}

// Span is a hit in a segment's text: byte range [Start, End).
type Span struct {
	Start, End int
	// Detector and Category override the detector's own where one scan serves a
	// family ("cpr", "cpr-replacement"). Empty means the detector's own.
	Detector, Category string
	Strength           Strength
	Why                []string // Danish, short, never the value: "dato", "modulus 11", "label: CPR-nr."
	Value              string   // normalised, the key that equal values share; "" means the text itself
	Display            string   // masked form to show: "010203-xxxx"; never holds the whole value
}

// Detector finds one kind of thing. Hints are words, lower case, of which at
// least one must occur in the item for Find to be worth calling; nil means always.
type Detector struct {
	ID       string // stable name in the JSON contract
	Title    string // Danish, for people
	Category string // "national-id", "special-category", "placeholder", ...
	Find     func(seg document.Segment, env Env) []Span
	// Across, where there is one, looks once at the whole document for what no segment
	// tells by itself: a number whose halves stand in two of them.
	Across func(doc *document.Document, env Env) []Placed
	// Settle, where there is one, looks once at the whole document and gives back the
	// findings, with the strength and reasons of the detector's own changed or some of
	// them left out: what a number is, its column tells better than its cell.
	Settle func(doc *document.Document, found []Finding, env Env) []Finding
}

// Placed is a span in the segment with that index in Document.Segments.
type Placed struct {
	Segment int
	Span
}

// Finding is a masked hit at its place.
type Finding struct {
	Detector string            `json:"detector"`
	Category string            `json:"category"`
	Strength Strength          `json:"strength"`
	Value    Masked            `json:"value"`
	At       document.Location `json:"at"`
	Why      []string          `json:"why"`
	Segment  int               `json:"-"` // index into Document.Segments
	Start    int               `json:"-"` // byte range in that segment's text
	End      int               `json:"-"`
}

// Set is the list of detectors that are run over every document.
type Set struct {
	List []Detector
	Key  Key
}

// Scan runs every detector over every segment and returns the findings sorted by
// place. A panic in a detector becomes a gap in the second result, so one hostile
// text never hides behind a crash. A cancelled ctx ends the scan with a gap, and of one
// kind of finding no more than mostAlike are kept, which is a gap too.
func (s *Set) Scan(ctx context.Context, doc *document.Document, env Env) ([]Finding, []document.Gap) {
	var found []Finding
	var gaps []document.Gap
	room := room{}
	for i := range doc.Segments {
		seg := &doc.Segments[i]
		if ctx.Err() != nil {
			gaps = append(gaps, document.Gap{At: seg.At, Why: document.OutOfTime, Detail: "detectors"})
			break
		}
		for d := range s.List {
			spans, ok := findSafely(&s.List[d], *seg, env)
			if !ok {
				gaps = append(gaps, document.Gap{At: seg.At, Why: document.Crashed, Detail: "detector " + s.List[d].ID})
			}
			for _, sp := range spans {
				if room.take(d, sp.Strength) {
					found = append(found, s.finding(&s.List[d], seg, i, sp))
				}
			}
		}
	}
	for d := range s.List {
		across, ok := acrossSafely(&s.List[d], doc, env)
		if !ok {
			gaps = append(gaps, document.Gap{Why: document.Crashed, Detail: "detector " + s.List[d].ID})
		}
		for _, p := range across {
			if room.take(d, p.Strength) {
				found = append(found, s.finding(&s.List[d], &doc.Segments[p.Segment], p.Segment, p.Span))
			}
		}
	}
	if left := room.left(); left > 0 {
		gaps = append(gaps, document.Gap{Why: document.TooMany, Detail: fmt.Sprintf("%d more findings of a kind that was found %d times were counted and not kept", left, mostAlike)})
	}
	Sort(found)
	found = dedupe(found)
	for d := range s.List {
		if s.List[d].Settle == nil {
			continue
		}
		settled, ok := settleSafely(&s.List[d], doc, found, env)
		if !ok {
			gaps = append(gaps, document.Gap{Why: document.Crashed, Detail: "detector " + s.List[d].ID})
			continue
		}
		found = settled
	}
	return found, gaps
}

// mostAlike is how many findings of one detector and strength are kept of one item. A file
// with a person in each of a million rows is judged by the first of them, in the memory of
// a small one; none of another strength is left out for them.
const mostAlike = 50_000

// room counts the findings of each detector, by its number, and strength.
type room map[alike]int

type alike struct {
	detector int
	strength Strength
}

// take tells that there is room for one more.
func (r room) take(detector int, strength Strength) bool {
	k := alike{detector, strength}
	r[k]++
	return r[k] <= mostAlike
}

// left is how many there was no room for.
func (r room) left() (n int) {
	for _, seen := range r {
		n += max(0, seen-mostAlike)
	}
	return n
}

// settleSafely keeps a panic in one detector from ending the scan; the findings stay
// as they were then.
func settleSafely(d *Detector, doc *document.Document, found []Finding, env Env) (settled []Finding, ok bool) {
	defer func() {
		if recover() != nil {
			settled, ok = nil, false
		}
	}()
	return d.Settle(doc, slices.Clone(found), env), true
}

// acrossSafely is findSafely for the whole document.
func acrossSafely(d *Detector, doc *document.Document, env Env) (placed []Placed, ok bool) {
	defer func() {
		if recover() != nil {
			placed, ok = nil, false
		}
	}()
	if d.Across == nil {
		return nil, true
	}
	placed = d.Across(doc, env)
	for _, p := range placed {
		_ = doc.Segments[p.Segment].Text[p.Start:p.End]
	}
	return placed, true
}

// findSafely keeps a panic in one detector, or a span outside of the text, from
// ending the scan; ok is false then.
func findSafely(d *Detector, seg document.Segment, env Env) (spans []Span, ok bool) {
	defer func() {
		if recover() != nil {
			spans, ok = nil, false
		}
	}()
	spans = d.Find(seg, env)
	for _, sp := range spans {
		_ = seg.Text[sp.Start:sp.End]
	}
	return spans, true
}

func (s *Set) finding(d *Detector, seg *document.Segment, index int, sp Span) Finding {
	text := seg.Text[sp.Start:sp.End]
	f := Finding{
		Detector: cmp.Or(sp.Detector, d.ID), Category: cmp.Or(sp.Category, d.Category),
		Strength: sp.Strength, At: place(seg, sp.Start, sp.End), Why: sp.Why,
		Value:   s.Key.Mask(cmp.Or(sp.Value, text), sp.Display),
		Segment: index, Start: sp.Start, End: sp.End,
	}
	return f
}

// place narrows a segment's location to a span: its line, and on a recognised
// picture the box around its words.
func place(seg *document.Segment, start, end int) document.Location {
	at := seg.At
	if at.Line > 0 {
		at.Line += strings.Count(seg.Text[:start], "\n")
	}
	for _, w := range seg.Words {
		if w.End <= start || w.Start >= end {
			continue
		}
		box := w.Box
		if at.Box != nil && at.Box != seg.At.Box {
			box = at.Box.Union(box)
		}
		at.Box = &box
	}
	return at
}

// Sort orders findings by place, then detector and offset, so that the same item
// always gives the same list.
func Sort(f []Finding) {
	slices.SortStableFunc(f, func(a, b Finding) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Segment, b.Segment), cmp.Compare(a.Start, b.Start),
			strings.Compare(a.Detector, b.Detector), strings.Compare(a.Value.digest, b.Value.digest))
	})
}

// dedupe drops a finding that says the same about the same place a second time,
// as when a file holds a text box twice.
func dedupe(f []Finding) []Finding {
	return slices.CompactFunc(f, func(a, b Finding) bool {
		return a.Detector == b.Detector && a.Segment == b.Segment && a.Start == b.Start && a.End == b.End
	})
}
