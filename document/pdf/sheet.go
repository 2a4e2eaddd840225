package pdf

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"brevvagt/document"
)

// Picture marks, in what a Sheet tells, a place on the page that holds a picture.
const Picture = "\ufffc"

const (
	sheetDPI   = 150
	sheetPages = 500     // whose text is told
	sheetSigns = 100_000 // on one page, with their places
)

// errSheet is for a page whose text cannot be told for sure: it is not shown.
var errSheet = errors.New("the page's text cannot be read for sure")

// Sheets are the two formats with which a page is shown to a person, for workers as are
// Formats. They find nothing and belong in no list of formats that read an item.
//
// "pdf-texts" tells the text of each page, a segment each, as "pdf-sheet" tells it.
// "pdf-sheet" tells of page Input.Page the text with the places of its words in pixels,
// then each picture on it as a segment Picture with its box, and last the page drawn
// without form fields and notes, as a PNG child. A page whose text cannot be told for
// sure is an error.
func Sheets(cfg Config) []document.Format {
	e := &engine{cacheDir: cfg.CacheDir, pages: memoryPages}
	return []document.Format{&sheets{name: "pdf-texts", engine: e, read: (*reader).texts}, &sheets{name: "pdf-sheet", engine: e, read: (*reader).sheet}}
}

type sheets struct {
	name   string
	engine *engine
	read   func(*reader) error
}

func (s *sheets) Name() string              { return s.name }
func (s *sheets) Match([]byte, string) bool { return false }

func (s *sheets) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	p, err := s.engine.instance(ctx)
	if err != nil {
		return err
	}
	defer p.Close()
	r := &reader{ctx: ctx, in: in, out: out, p: p, seen: map[[32]byte]bool{}, placed: map[[32]byte]bool{}}
	if r.doc, err = unlock(p, in); err != nil {
		return err
	}
	return s.read(r)
}

// texts tells what stands on each page.
func (r *reader) texts() error {
	n, err := r.p.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: r.doc})
	if err != nil {
		return fmt.Errorf("cannot count the pages: %w", err)
	}
	for i := range min(n.PageCount, sheetPages) {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		err := r.onPage(i, func(_ requests.Page, t textPage) error {
			r.out.Segment(document.Segment{Text: t.text, At: document.Location{Page: i + 1, OCR: true}})
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// onPage does something with a page and its text.
func (r *reader) onPage(index int, do func(requests.Page, textPage) error) error {
	loaded, err := r.p.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: r.doc, Index: index})
	if err != nil {
		return fmt.Errorf("cannot load page %d: %w", index+1, err)
	}
	page := requests.Page{ByReference: &loaded.Page}
	text, err := r.pageText(page)
	if err != nil {
		return fmt.Errorf("cannot read the text of page %d: %w", index+1, err)
	}
	err = do(page, text)
	if closed := r.closeText(text); err == nil {
		err = closed
	}
	_, closed := r.p.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: loaded.Page})
	return errors.Join(err, closed)
}

// sheet draws one page.
func (r *reader) sheet() error {
	index := r.in.Page - 1
	size, err := r.p.FPDF_GetPageSizeByIndex(&requests.FPDF_GetPageSizeByIndex{Document: r.doc, Index: index})
	if err != nil {
		return fmt.Errorf("cannot measure page %d: %w", index+1, err)
	}
	dpi := math.Floor(min(sheetDPI, math.Sqrt(pixelBudget/(max(size.Width*size.Height, 1)/72/72))))
	if dpi < 40 {
		return errSheet
	}
	return r.onPage(index, func(page requests.Page, t textPage) error {
		if err := r.sure(t); err != nil {
			return err
		}
		pic, err := r.p.RenderPageInDPI(&requests.RenderPageInDPI{Page: page, DPI: int(dpi), ImageFormat: requests.RenderImageFormatRGBA})
		if err != nil {
			return fmt.Errorf("cannot draw page %d: %w", index+1, err)
		}
		defer pic.Cleanup()
		img := pic.Result.RenderedImage
		d := device{r: r, page: page, width: img.Bounds().Dx(), height: img.Bounds().Dy()}
		words, err := d.words(t)
		if err != nil {
			return err
		}
		r.out.Segment(document.Segment{Text: t.text, Words: words, At: document.Location{Page: index + 1, OCR: true}})
		if err := d.pictures(); err != nil {
			return err
		}
		data, err := encode(img, dpi)
		if err != nil {
			return fmt.Errorf("cannot encode page %d: %w", index+1, err)
		}
		r.child("side.png", data, document.Input{Page: index + 1})
		return nil
	})
}

// sure tells that the fonts of a page say which letters each of its signs is.
func (r *reader) sure(t textPage) error {
	if t.size > sheetSigns || t.size > 0 && strings.TrimSpace(t.text) != "" && !usable(t) {
		return errSheet
	}
	for i := range max(t.size, 0) {
		m, err := r.p.FPDFText_HasUnicodeMapError(&requests.FPDFText_HasUnicodeMapError{TextPage: t.ref, Index: i})
		if err != nil || m.HasUnicodeMapError {
			return errSheet
		}
	}
	return nil
}

// device tells where on the drawn page something stands.
type device struct {
	r             *reader
	page          requests.Page
	width, height int
}

// box is a rectangle of the page in pixels, whichever way the page is turned.
func (d *device) box(left, top, right, bottom float64) (document.Box, error) {
	x0, y0, err := d.point(left, top)
	if err != nil {
		return document.Box{}, err
	}
	x1, y1, err := d.point(right, bottom)
	if err != nil {
		return document.Box{}, err
	}
	x0, x1, y0, y1 = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
	return document.Box{x0, y0, x1 - x0 + 1, y1 - y0 + 1}, nil
}

func (d *device) point(x, y float64) (int, int, error) {
	p, err := d.r.p.FPDF_PageToDevice(&requests.FPDF_PageToDevice{Page: d.page, SizeX: d.width, SizeY: d.height, PageX: x, PageY: y})
	if err != nil {
		return 0, 0, errSheet
	}
	return p.DeviceX, p.DeviceY, nil
}

// words are the runs of signs between blanks, each with its place.
func (d *device) words(t textPage) ([]document.Word, error) {
	var words []document.Word
	start := -1
	for i, c := range t.text + " " {
		blank := unicode.IsSpace(c) || c == '\ufffd'
		if !blank && start < 0 {
			start = i
		}
		if !blank || start < 0 {
			continue
		}
		box, err := d.word(t, start, i)
		if err != nil {
			return nil, err
		}
		words = append(words, document.Word{Start: start, End: i, Box: box, Confidence: 100})
		start = -1
	}
	return words, nil
}

func (d *device) word(t textPage, from, to int) (document.Box, error) {
	left, top, right, bottom := math.Inf(1), math.Inf(-1), math.Inf(-1), math.Inf(1)
	for unit := t.unit(from); unit < t.unit(to); unit++ {
		l, r, ok := t.side(unit)
		if !ok {
			return document.Box{}, errSheet
		}
		tp, bt, ok := t.top(unit)
		if !ok {
			return document.Box{}, errSheet
		}
		left, right, top, bottom = min(left, l), max(right, r), max(top, tp), min(bottom, bt)
	}
	return d.box(left, top, right, bottom)
}

// pictures tells of the places where a picture stands, which may show any number. What
// stands in a group counts with the group's place.
func (d *device) pictures() error {
	n, err := d.r.p.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: d.page})
	if err != nil || n.Count > maxObjects {
		return errSheet
	}
	for i := range n.Count {
		ref, ok := d.r.object(d.page, nil, i)
		if !ok {
			return errSheet
		}
		holds, err := d.holdsPicture(ref, 0)
		if err != nil {
			return err
		}
		if !holds {
			continue
		}
		b, err := d.r.p.FPDFPageObj_GetBounds(&requests.FPDFPageObj_GetBounds{PageObject: ref})
		if err != nil {
			return errSheet
		}
		box, err := d.box(float64(b.Left), float64(b.Top), float64(b.Right), float64(b.Bottom))
		if err != nil {
			return err
		}
		d.r.out.Segment(document.Segment{Text: Picture, At: document.Location{Page: d.r.in.Page, OCR: true, Box: &box}})
	}
	return nil
}

func (d *device) holdsPicture(ref references.FPDF_PAGEOBJECT, depth int) (bool, error) {
	kind, err := d.r.p.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: ref})
	switch {
	case err != nil || depth > 8:
		return false, errSheet
	case kind.Type == enums.FPDF_PAGEOBJ_IMAGE:
		return true, nil
	case kind.Type != enums.FPDF_PAGEOBJ_FORM:
		return false, nil
	}
	n, err := d.r.p.FPDFFormObj_CountObjects(&requests.FPDFFormObj_CountObjects{PageObject: ref})
	if err != nil || n.Count > maxObjects {
		return false, errSheet
	}
	for i := range n.Count {
		inner, ok := d.r.object(d.page, &ref, i)
		if !ok {
			return false, errSheet
		}
		if holds, err := d.holdsPicture(inner, depth+1); holds || err != nil {
			return holds, err
		}
	}
	return false, nil
}
