package document

import "context"

// Emitted is one thing that a format said about its input; exactly one field is
// set. Child is a contained file that nobody has recognised or read yet: its Name
// is the name the format gave it, Path is left empty.
type Emitted struct {
	Segment *Segment
	Gap     *Gap
	Seal    *Seal
	Mail    *Envelope
	Child   *Input
}

// Stream runs one format over one input and hands over what it emits, as it
// emits it. Nothing contained is read: children go to emit as they are, so that a
// process of its own can run a format while the one walker, elsewhere, charges
// its children to the one budget. depth is the input's depth in that walk. The
// limits count for this input alone. A panic of the format comes back as
// ErrCrashed, any other error as the format returned it.
func Stream(ctx context.Context, f Format, in Input, depth int, limits Limits, emit func(Emitted)) error {
	w := &walk{budget: budget{limits: limits.orDefault()}, doc: &Document{}, emit: emit}
	out := &Builder{walk: w, in: in, depth: depth, ctx: ctx}
	return readSafely(ctx, f, in, out)
}

// Collect is Stream into a list.
func Collect(ctx context.Context, f Format, in Input, limits Limits) ([]Emitted, error) {
	var all []Emitted
	err := Stream(ctx, f, in, 0, limits, func(e Emitted) { all = append(all, e) })
	return all, err
}

// child charges a child of a streamed input and passes it on unread.
func (w *walk) child(ctx context.Context, name string, in Input, path string, depth int) {
	if why, detail := w.charge(ctx, in, depth); why != "" {
		w.gap(Gap{At: Location{Path: path, Page: in.Page, Layer: in.Layer}, Why: why, Detail: detail})
		return
	}
	in.Name, in.Path = name, ""
	w.emit(Emitted{Child: &in})
}
