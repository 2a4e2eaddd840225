// Package flow turns the XML of office parts into segments: paragraphs with
// their tracked changes, hidden text and fields, tables with labelled cells, and
// whatever else a part says in text or attributes.
//
// A Label of "showingPlcHdr" marks text that is the prompt of an unfilled content
// control, "instrText" the code of a field, "author" the name of a person who
// wrote a comment or a change. Every other label is what a person would read
// beside the text: a column heading, a form's left cell, a control's title.
package flow

import (
	"brevvagt/document"
)

// MaxSegments bounds the segments of one file, cells included. The walker keeps no more
// than its own limit of them.
const MaxSegments = 30_000_000

// Labels that detectors may key on.
const (
	LabelPlaceholder = "showingPlcHdr"
	LabelField       = "instrText"
	LabelAuthor      = "author"
)

// Sink passes segments on to the walker and stops with a gap at MaxSegments.
type Sink struct {
	Out   *document.Builder
	Max   int                    // 0 means MaxSegments
	Path  string                 // of a part that is no child of its own, "" for the input
	Drop  func(text string) bool // tells texts that were said before; may be nil
	count int
	told  bool
}

// Add passes one segment on. It reports false when the file has had its share:
// the reader should stop.
func (s *Sink) Add(seg document.Segment) bool {
	limit := s.Max
	if limit == 0 {
		limit = MaxSegments
	}
	if s.count >= limit {
		if !s.told {
			s.told = true
			s.Out.Gap(document.Gap{At: document.Location{Cell: seg.At.Cell}, Why: document.TooMany, Detail: "too many cells or paragraphs"})
		}
		return false
	}
	if s.Drop != nil && s.Drop(seg.Text) {
		return true
	}
	if seg.At.Path == "" {
		seg.At.Path = s.Path
	}
	s.count++
	s.Out.Segment(seg)
	return true
}

// Full tells that Add has refused a segment.
func (s *Sink) Full() bool { return s.told }
