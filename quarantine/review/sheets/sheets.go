// Package sheets draws the page of a case's file on which a finding stands: the place
// framed, every number on the page blacked out, whatever is a picture covered. PDF is
// drawn as it is, office files are made PDF by LibreOffice first. Nothing is kept.
package sheets

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"path/filepath"
	"strings"
	"time"

	"brevvagt/detectors"
	"brevvagt/document"
	"brevvagt/document/pdf"
	"brevvagt/quarantine"
	"brevvagt/quarantine/review/sheets/libre"
)

// Errors that callers tell apart beside those of libre. None quotes content.
var (
	ErrGone   = errors.New("the file was not found in the original")
	ErrAbsent = errors.New("what was found does not stand on a page")
	ErrUnsure = errors.New("the page could not be read for sure")
)

// Drawer draws pages. All fields are needed.
type Drawer struct {
	// Formats read the original as far as the file lies within it.
	Formats []document.Format
	// Texts and Sheet are pdf.Sheets, and Pictures those of OCR, in worker processes.
	Texts, Sheet document.Format
	Pictures     []document.Format
	Set          func() *detectors.Set // of the policy in force
	Office       *libre.Office
}

// Offers reports whether a page can be asked for: of a PDF always, of an office file too,
// since the answer may be why it cannot be drawn.
func Offers(path string) bool { return isPDF(path) || libre.Kind(path) != "" }

func isPDF(path string) bool { return strings.EqualFold(filepath.Ext(path), ".pdf") }

// Draw is the page on which something was found, as PNG. Errors: those of this package
// and of libre.
func (d *Drawer) Draw(ctx context.Context, original []byte, at quarantine.Place) ([]byte, error) {
	file := d.file(ctx, original, at)
	if file == nil {
		return nil, ErrGone
	}
	if !isPDF(at.Path) {
		made, err := d.Office.PDF(ctx, libre.Kind(at.Path), file)
		if err != nil {
			return nil, err
		}
		file = made
	}
	page, nth, err := d.page(ctx, file, at)
	if err != nil {
		return nil, err
	}
	return d.draw(ctx, file, page, nth, at.Value)
}

// file is the content of the part with a path, nil when there is none.
func (d *Drawer) file(ctx context.Context, original []byte, at quarantine.Place) []byte {
	w := &wanted{path: at.Path}
	list := make([]document.Format, len(d.Formats))
	for i, f := range d.Formats {
		list[i] = onTheWay{f, w}
	}
	(&document.Formats{List: list}).Read(ctx, at.Name, original)
	return w.data
}

type wanted struct {
	path string // redacted, as a case keeps it
	data []byte
}

// onTheWay reads only what lies around the wanted file.
type onTheWay struct {
	document.Format
	w *wanted
}

func (o onTheWay) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	path := detectors.RedactNumbers(in.Path)
	if path == o.w.path && o.w.data == nil {
		o.w.data = bytes.Clone(in.Data)
	}
	if o.w.data != nil || !strings.HasPrefix(o.w.path, path+"/") {
		return nil
	}
	return o.Format.Read(ctx, in, out)
}

// page looks for a value on the pages of a PDF: the page, and the how manieth of the
// value's places there it is, from 0. Where a value stands more often in the file than on
// the pages, its last place stands for the rest.
func (d *Drawer) page(ctx context.Context, file []byte, at quarantine.Place) (page, nth int, err error) {
	told, err := d.ask(ctx, d.Texts, file, 0)
	if err != nil {
		return 0, 0, ErrUnsure
	}
	type place struct{ page, nth int }
	var all, there []place
	for _, e := range told {
		if e.Segment == nil {
			continue
		}
		for k := range places(e.Segment.Text, at.Value) {
			p := place{e.Segment.At.Page, k}
			all = append(all, p)
			if p.page == at.Page {
				there = append(there, p)
			}
		}
	}
	switch {
	case len(there) > 0:
		return there[0].page, there[0].nth, nil
	case len(all) == 0:
		return 0, 0, ErrAbsent
	}
	p := all[min(at.Before, len(all)-1)]
	return p.page, p.nth, nil
}

// ask has a worker run a format over a file.
func (d *Drawer) ask(ctx context.Context, f document.Format, file []byte, page int) ([]document.Emitted, error) {
	var all []document.Emitted
	err := document.Stream(ctx, f, document.Input{Name: "side", Path: "side", Data: file, Page: page, MadeUp: true}, 0, document.Limits{Time: time.Minute}, func(e document.Emitted) { all = append(all, e) })
	return all, err
}

// draw draws a page and covers what must not be seen.
func (d *Drawer) draw(ctx context.Context, file []byte, page, nth int, value string) ([]byte, error) {
	told, err := d.ask(ctx, d.Sheet, file, page)
	if err != nil {
		return nil, ErrUnsure
	}
	var text *document.Segment
	var covers cover
	var drawn []byte
	for _, e := range told {
		switch {
		case e.Child != nil:
			drawn = e.Child.Data
		case e.Segment != nil && e.Segment.At.Box != nil && e.Segment.Text == pdf.Picture:
			covers.grey = append(covers.grey, *e.Segment.At.Box)
		case e.Segment != nil && text == nil:
			text = e.Segment
		}
	}
	if text == nil || drawn == nil {
		return nil, ErrUnsure
	}
	img, err := png.Decode(bytes.NewReader(drawn))
	if err != nil {
		return nil, ErrUnsure
	}
	spots := places(text.Text, value)
	if nth >= len(spots) {
		return nil, ErrAbsent
	}
	for k, s := range spots {
		for _, w := range text.Words {
			if w.End <= s[0] || w.Start >= s[1] {
				continue
			}
			covers.black = append(covers.black, w.Box)
			if k == nth {
				covers.framed = append(covers.framed, w.Box)
			}
		}
	}
	if covers.framed == nil {
		return nil, ErrUnsure
	}
	covers.black = append(covers.black, d.numbers(ctx, *text)...)
	return d.checked(ctx, covers.on(img))
}

// checked reads the covered picture as a person would: what OCR still finds on it, as
// where digits are drawn as shapes, is covered too. Without OCR nothing is shown.
func (d *Drawer) checked(ctx context.Context, img *image.RGBA) ([]byte, error) {
	data, err := encode(img)
	if err != nil {
		return nil, err
	}
	var f document.Format
	for _, o := range d.Pictures {
		if o.Match(data[:min(len(data), document.HeadBytes)], "side.png") {
			f = o
			break
		}
	}
	if f == nil {
		return nil, ErrUnsure
	}
	told, err := d.ask(ctx, f, data, 0)
	if err != nil {
		return nil, ErrUnsure
	}
	var more cover
	for _, e := range told {
		if e.Segment != nil {
			more.black = append(more.black, d.numbers(ctx, *e.Segment)...)
		}
	}
	if len(more.black) == 0 {
		return data, nil
	}
	return encode(more.on(img))
}

func encode(img image.Image) ([]byte, error) {
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, fmt.Errorf("cannot encode a page: %w", err)
	}
	return out.Bytes(), nil
}

// Why is the word for an error of Draw, of which the page makes a sentence.
func Why(err error) string {
	for _, w := range []struct {
		err  error
		word string
	}{
		{libre.ErrMissing, "missing"}, {libre.ErrTime, "time"}, {libre.ErrFailed, "failed"}, {libre.ErrTooBig, "big"}, {libre.ErrOpen, "open"},
		{ErrGone, "gone"}, {ErrAbsent, "absent"}, {ErrUnsure, "unsure"}, {quarantine.ErrNotFound, "gone"},
	} {
		if errors.Is(err, w.err) {
			return w.word
		}
	}
	return "broken"
}
