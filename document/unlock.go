package document

import (
	"context"
	"iter"
	"slices"

	"brevvagt/internal/spoken"
)

// This file opens what is encrypted with a password that stands in the same item: a
// mail that carries both protects nothing from whoever gets it by mistake.

// Bounds of such tries.
const (
	maxLocked      = 16        // parts that are tried
	maxLockedBytes = 256 << 20 // kept for it
)

// opensWith lists the formats that take passwords (Input.Passwords).
var opensWith = []string{"zip", "7z", "rar", "pdf", "encrypted-office", "ole2"}

// locked is a part of which something stayed closed.
type locked struct {
	in    Input
	depth int
}

// notes keeps a part whose gaps, from the given one on, say that it is encrypted.
func (w *walk) notes(in Input, depth, from int, format string) {
	if w.emit != nil || in.Passwords != nil || len(w.locked) >= maxLocked || !slices.Contains(opensWith, format) {
		return
	}
	own := slices.ContainsFunc(w.doc.Gaps[from:], func(g Gap) bool { return g.Why == Encrypted && g.owner == in.Path })
	if own && w.lockedBytes+len(in.Data) <= maxLockedBytes {
		w.locked, w.lockedBytes = append(w.locked, locked{in, depth}), w.lockedBytes+len(in.Data)
	}
}

// unlock reads the noted parts once more, with the passwords that the item tells. It
// comes last: the text with the password may stand behind the attachment.
func (w *walk) unlock(ctx context.Context) {
	for i := 0; i < len(w.locked); i++ { // what is opened may hold another
		words := spoken.Passwords(w.texts())
		if len(words) == 0 || ctx.Err() != nil {
			return
		}
		l := w.locked[i]
		w.locked[i].in.Data = nil
		l.in.Passwords = words
		w.doc.Gaps = slices.DeleteFunc(w.doc.Gaps, func(g Gap) bool { return g.Why == Encrypted && g.owner == l.in.Path })
		w.read(ctx, w.match(l.in), l.in, l.depth)
	}
}

// texts are what people wrote, not what was read from pictures.
func (w *walk) texts() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, s := range w.doc.Segments {
			if !s.At.OCR && !yield(s.Text) {
				return
			}
		}
	}
}
