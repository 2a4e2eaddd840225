package office

import (
	"context"

	"brevvagt/document"
	"brevvagt/document/office/metafile"
)

// emf and wmf are the metafiles that office programs put into their files.
type emf struct{}

func (emf) Name() string                     { return "emf" }
func (emf) Match(head []byte, _ string) bool { return metafile.IsEMF(head) }

func (emf) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	return metafile.ReadEMF(ctx, in, out)
}

type wmf struct{}

func (wmf) Name() string                     { return "wmf" }
func (wmf) Match(head []byte, _ string) bool { return metafile.IsWMF(head) }

func (wmf) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	return metafile.ReadWMF(ctx, in, out)
}
