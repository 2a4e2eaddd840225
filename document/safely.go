package document

import (
	"context"
	"errors"
	"fmt"
)

// read has a format read a part; what it answers becomes a gap.
func (w *walk) read(ctx context.Context, format Format, in Input, depth int) {
	out := &Builder{walk: w, in: in, depth: depth, ctx: ctx}
	if err := readSafely(ctx, format, in, out); err != nil {
		g := gapOf(err, Location{Path: in.Path, Page: in.Page, Layer: in.Layer})
		g.owner = in.Path
		w.gap(g)
	}
	for i := range out.apart {
		if whole, ok := out.apart[i].end(); ok {
			w.segment(whole)
		}
	}
}

// readSafely keeps a panic in one format from ending the walk.
func readSafely(ctx context.Context, f Format, in Input, out *Builder) (err error) {
	defer func() {
		if r := recover(); r != nil {
			// The panic text may quote content, so only its type is kept.
			err = fmt.Errorf("%w: panic in %s (%T)", ErrCrashed, f.Name(), r)
		}
	}()
	return f.Read(ctx, in, out)
}

// gapOf maps an error of a format to its gap. The error's own text is kept out:
// parsers like to quote what they choked on.
func gapOf(err error, at Location) Gap {
	g := Gap{At: at, Why: Damaged}
	switch {
	case errors.Is(err, ErrEncrypted):
		g.Why = Encrypted
	case errors.Is(err, ErrTooDeep):
		g.Why = TooDeep
	case errors.Is(err, ErrNoEngine):
		g.Why = NoEngine
	case errors.Is(err, ErrCrashed):
		g.Why = Crashed
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		g.Why = OutOfTime
	}
	return g
}

// Text adds a visible paragraph.
func (b *Builder) Text(text string) { b.Segment(Segment{Text: text}) }
