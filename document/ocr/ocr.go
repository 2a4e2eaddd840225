// Package ocr reads the text in pictures: PNG, JPEG, GIF, BMP, WebP, TIFF with all
// its pages, and HEIC and AVIF where libheif is installed. Pictures are made ready in
// Go; tesseract, through gosseract, sees uncompressed grey pixels only. Its formats belong into a worker
// process (package isolate): C code cannot be stopped in any other way. Making and
// asking them costs nothing and runs no C.
//
// Boxes are in pixels of the picture as a viewer shows it, EXIF orientation
// applied, and before any zoom or turn of ours: they fit onto what Decode returns.
package ocr

import (
	"context"
	"errors"
	"fmt"
	"image"

	"brevvagt/document"
	"brevvagt/document/ocr/engine"
	"brevvagt/document/ocr/heif"
	"brevvagt/document/ocr/picture"
	"brevvagt/document/ocr/prepare"
	"brevvagt/document/ocr/spots"
)

const maxPages = 200

// Formats gives the formats; they share one engine and read one picture at a
// time. Missing engine or language: Read returns document.ErrNoEngine.
func Formats() []document.Format {
	e := &reader{engine: &engine.Engine{}}
	var all []document.Format
	for _, k := range picture.Kinds() {
		all = append(all, &format{name: k.Name, match: k.Match, kind: k, reader: e})
	}
	h := heif.New()
	return append(all, &format{name: "heif", match: h.Match, kind: h, reader: e})
}

type format struct {
	name   string
	match  func(head []byte) bool
	kind   decoder
	reader *reader
}

// decoder gives the pages of a file of one kind.
type decoder interface {
	// Pages is how many are to be read; all is false when there are more.
	Pages(data []byte) (n int, all bool)
	// Load decodes one, from 1.
	Load(data []byte, page int) (picture.Page, error)
}

// reader reads one picture at a time.
type reader struct {
	engine *engine.Engine
	unread string // what of the last picture could not be read, "" when nothing
	left   int    // pixels that may be read again
}

func (f *format) Name() string { return f.name }

func (f *format) Match(head []byte, _ string) bool { return f.match(head) }

func (f *format) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	n, all := f.kind.Pages(in.Data)
	if !all {
		out.Gap(document.Gap{Why: document.TooMany, Detail: fmt.Sprintf("only %d pictures of the file were read", n)})
	}
	for page := 1; page <= n; page++ {
		at := document.Location{}
		if n > 1 || in.Page == 0 { // a picture on page 3 of a PDF stays on page 3
			at.Page = page
		}
		if page > maxPages {
			at.Page = 0
			out.Gap(document.Gap{At: at, Why: document.TooMany, Detail: fmt.Sprintf("more than %d pages", maxPages)})
			return nil
		}
		err := f.page(ctx, in, page, at, out)
		switch {
		case err == nil:
		case n == 1, ctx.Err() != nil, errors.Is(err, document.ErrNoEngine):
			return err
		default: // one bad page is no reason to leave the others unread
			out.Gap(document.Gap{At: at, Why: document.Damaged})
		}
	}
	return nil
}

// Smaller pictures are icons, unless there is a row of letters: someone cut out a number.
const (
	iconWidth  = 90
	iconHeight = 16
)

func (f *format) page(ctx context.Context, in document.Input, page int, at document.Location, out *document.Builder) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p, err := f.kind.Load(in.Data, page)
	if errors.Is(err, picture.ErrTooBig) {
		out.Gap(document.Gap{At: at, Why: document.TooBig, Detail: picture.ErrTooBig.Error()})
		return nil
	}
	if err != nil {
		return err
	}
	b := p.Image.Bounds()
	if b.Dx() < picture.MinWidth || b.Dy() < picture.MinHeight {
		return nil
	}
	// A strip may be a cut-out number whose letters touch.
	if strip := b.Dx() >= 4*b.Dy() && b.Dy() >= 8; !strip && (b.Dx() < iconWidth || b.Dy() < iconHeight) {
		if spots.LettersOf(prepare.Gray(p.Image)).Longest < spots.ChainBar {
			return nil
		}
	}
	f.reader.unread = ""
	segs, err := f.reader.read(ctx, p)
	for _, s := range segs {
		s.At.Page = at.Page
		out.Segment(s)
	}
	if err == nil && f.reader.unread != "" {
		out.Gap(document.Gap{At: at, Why: document.NoText, Detail: f.reader.unread})
	}
	return err
}

// read reads the letters of one picture, and its codes.
func (e *reader) read(ctx context.Context, p picture.Page) ([]document.Segment, error) {
	g := prepare.Gray(p.Image)
	coded := codedSegments(g)
	segs, err := e.recognise(ctx, p, g)
	return append(segs, coded...), err
}

// Decode gives the picture in data as a viewer shows it, which is what the boxes of
// this package's segments fit onto; see picture.Decode.
func Decode(data []byte) (image.Image, error) { return picture.Decode(data) }
