package document

import (
	"time"
)

// Limits bound one walk over one item. The zero value of a field means the
// default of DefaultLimits.
type Limits struct {
	Bytes     int64         // decoded bytes over all parts
	PartBytes int64         // decoded bytes of one part
	TextBytes int64         // text over all segments; behind two thirds only what may hold a number
	Segments  int           // pieces of text, likewise: a table of tiny cells asks for much memory
	Parts     int           // parts, containers included
	Depth     int           // containers within containers
	Time      time.Duration // for the whole item
}

// DefaultLimits are generous for what people send and small for a machine.
func DefaultLimits() Limits {
	return Limits{
		Bytes:     1 << 30,
		PartBytes: 256 << 20,
		TextBytes: 42 << 20,
		Segments:  660_000,
		Parts:     10_000,
		Depth:     12,
		Time:      2 * time.Minute,
	}
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	if l.Bytes == 0 {
		l.Bytes = d.Bytes
	}
	if l.PartBytes == 0 {
		l.PartBytes = d.PartBytes
	}
	if l.TextBytes == 0 {
		l.TextBytes = d.TextBytes
	}
	if l.Segments == 0 {
		l.Segments = d.Segments
	}
	if l.Parts == 0 {
		l.Parts = d.Parts
	}
	if l.Depth == 0 {
		l.Depth = d.Depth
	}
	if l.Time == 0 {
		l.Time = d.Time
	}
	return l
}

// budget is what is left of the limits during one walk. One goroutine at a time.
type budget struct {
	limits    Limits
	bytes     int64
	textBytes int64
	parts     int
	segments  int
	toldText  bool // the text limit has been reported once
}
