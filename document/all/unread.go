package all

import (
	"context"

	"brevvagt/document"
)

// unread recognises a format but does not read it, so that what was switched off
// is reported as a gap and never taken for clean.
type unread struct{ document.Format }

// Read always answers ErrNoEngine.
func (unread) Read(context.Context, document.Input, *document.Builder) error {
	return document.ErrNoEngine
}
