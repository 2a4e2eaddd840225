// Package pdf reads PDF files with pdfium, compiled to WebAssembly: the text of
// every page, and all that page text leaves out: form values, notes, attachments,
// titles, bookmarks, links, XFA data and what an earlier revision of the file
// still says. Pages and pictures without usable text become picture children and
// so meet OCR. The format belongs into a worker process (package isolate): code in
// WebAssembly cannot be stopped in any other way. Making and asking it costs
// nothing.
package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/klippa-app/go-pdfium"
	pdfiumerrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"brevvagt/document"
	"brevvagt/document/pdf/bars"
	"brevvagt/document/pdf/streams"
)

// Config says how to read. Zero fields take the default in brackets.
type Config struct {
	CacheDir  string // folder of compiled code, made by Warm [none: two seconds a worker]
	MaxPages  int    // pages read of one file [3000]
	Revisions int    // earlier revisions read of one file [8]
}

func (c Config) orDefault() Config {
	if c.MaxPages <= 0 {
		c.MaxPages = 3000
	}
	if c.Revisions <= 0 {
		c.Revisions = 8
	}
	return c
}

// Formats gives the one format of this package.
func Formats(cfg Config) []document.Format {
	return []document.Format{&format{cfg: cfg.orDefault(), engine: &engine{cacheDir: cfg.CacheDir, pages: memoryPages}}}
}

type format struct {
	cfg    Config
	engine *engine
}

func (f *format) Name() string { return "pdf" }

// Match looks for the mark in the first 1024 bytes, as every viewer does, but not
// behind the head of a mail.
func (f *format) Match(head []byte, _ string) bool {
	at := bytes.Index(head[:min(len(head), 1024)], []byte("%PDF-"))
	return at == 0 || at > 0 && !mailHead(head[:at])
}

// mailHead reports whether what stands before the mark is the head of a mail, which
// may speak of a PDF: two fields, the first at once or behind the line that begins a
// mail in a mailbox file.
func mailHead(before []byte) bool {
	fields := 0
	for line := range bytes.Lines(before) {
		if headField.Match(line) {
			fields++
		} else if fields == 0 && !bytes.HasPrefix(line, []byte("From ")) {
			return false
		}
	}
	return fields > 1
}

var headField = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*:(?:[ \t]|\r?\n|$)`)

// reader is one file being read.
type reader struct {
	ctx   context.Context
	cfg   Config
	in    document.Input
	out   *document.Builder
	p     pdfium.Pdfium
	doc   references.FPDF_DOCUMENT
	seen  map[[32]byte]bool // pictures that were handed on already
	lines map[string]bool   // lines of text the newest revision shows
	empty int               // pages on which nothing at all is drawn
	files int               // attached files that were handed on
	put   int               // texts and pictures that came out
	plain bool              // the file can have no picture
	left  int               // leftovers that were handed on

	barred  bool     // the file may draw dark bars
	layered bool     // the file has layers, which may be switched off
	drawn   bool     // the page has notes, or letters, that only a picture of it shows
	written bool     // the page has text that no font map tells
	undone  []undone // pages of a large file whose pictures are still to be read

	headings []heading // of columns, on the pages so far
	unasked  []int     // pages whose headings were not asked for yet
	persons  bool      // a page so far speaks of persons' numbers

	placed map[[32]byte]bool // pictures that stand on some page
	handed map[[32]byte]bool // attached files that were handed on
}

func (f *format) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	p, err := f.engine.instance(ctx)
	if err != nil {
		return err
	}
	defer p.Close()
	r := &reader{ctx: ctx, cfg: f.cfg, in: in, out: out, p: p, plain: streams.Pictureless(in.Data), barred: bars.Possible(in.Data), layered: bytes.Contains(in.Data, []byte("/OCG")), seen: map[[32]byte]bool{}, lines: map[string]bool{}, placed: map[[32]byte]bool{}, handed: map[[32]byte]bool{}}
	if r.doc, err = unlock(p, in); err != nil {
		return err
	}
	if err := r.newest(); err != nil {
		return err
	}
	if _, err := p.FPDF_CloseDocument(&requests.FPDF_CloseDocument{Document: r.doc}); err != nil {
		return fmt.Errorf("cannot close the file: %w", err)
	}
	if err := r.earlier(); err != nil {
		return err
	}
	r.unseen()
	return nil
}

// unlock opens a file that needs no password, an empty one, or one that the item tells.
func unlock(p pdfium.Pdfium, in document.Input) (references.FPDF_DOCUMENT, error) {
	d, err := open(p, in.Data, nil)
	for i := 0; i < len(in.Passwords) && errors.Is(err, document.ErrEncrypted); i++ {
		d, err = open(p, in.Data, &in.Passwords[i])
	}
	return d, err
}

// copied is the size up to which the engine gets a copy of the file into its own memory, in
// bytes; of a larger one it asks for the pieces that it needs, which takes a little longer.
const copied = 16 << 20

func open(p pdfium.Pdfium, data []byte, password *string) (references.FPDF_DOCUMENT, error) {
	request := requests.OpenDocument{File: &data, Password: password}
	if len(data) > copied {
		request = requests.OpenDocument{FileReader: bytes.NewReader(data), FileReaderSize: int64(len(data)), Password: password}
	}
	d, err := p.OpenDocument(&request)
	switch {
	case err == nil:
		return d.Document, nil
	case errors.Is(err, pdfiumerrors.ErrPassword), errors.Is(err, pdfiumerrors.ErrSecurity):
		return "", fmt.Errorf("cannot open: %w", document.ErrEncrypted)
	}
	return "", fmt.Errorf("cannot open: %w", err)
}

// newest reads the file as a viewer shows it.
func (r *reader) newest() error {
	n, err := r.p.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: r.doc})
	if err != nil {
		return fmt.Errorf("cannot count the pages: %w", err)
	}
	r.aboutFile()
	form := r.hasForm()
	bad := 0
	for i := range n.PageCount {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		if i >= r.cfg.MaxPages {
			r.out.Gap(document.Gap{Why: document.TooMany, Detail: fmt.Sprintf("only the first %d pages were read", r.cfg.MaxPages)})
			break
		}
		if err := r.page(i, form); err != nil {
			if r.ctx.Err() != nil {
				return r.ctx.Err()
			}
			// A hostile file can claim two thousand million pages and have one.
			if bad++; bad > 20 {
				return fmt.Errorf("cannot read page %d: %w", i+1, err)
			}
			r.out.Gap(document.Gap{At: document.Location{Page: i + 1}, Why: document.Damaged, Detail: "the page could not be read"})
		}
	}
	r.attachments()
	r.xfa()
	if err := r.allPictures(); err != nil {
		return err
	}
	r.suspicions(n.PageCount)
	return nil
}

// text hands a text on and remembers its lines.
func (r *reader) text(s document.Segment) {
	if r.remember(s.Text) {
		r.put++
	}
	r.out.Segment(s)
}
