// Package ooxml reads the modern Office files: Word, Excel and PowerPoint in
// their macro, template and strict variants.
//
// A part is known by the root element of its XML, not by its name or declared
// type: those may be anything, and what a program shows depends on neither. Every
// entry of the zip is read, handed on as a child, or one of the few kinds that
// hold no text (fonts, themes, style sheets).
package ooxml

import (
	"context"
	"errors"
	"io"
	"path"
	"strings"

	"brevvagt/document"
	"brevvagt/document/office/flow"
	"brevvagt/document/office/numbering"
	"brevvagt/document/office/overlaid"
	"brevvagt/document/office/pack"
	"brevvagt/document/office/xlsb"
	"brevvagt/document/office/xmlscan"
	"brevvagt/internal/sweep"
)

// Limits of one file beside those of the walker.
const (
	maxEntries = 10_000
	maxTotal   = 1 << 30
	maxRatio   = 200
)

// Open opens the zip of an office file within the limits of the walk.
func Open(data []byte, out *document.Builder) (*pack.Package, error) {
	return pack.Open(data, pack.Limits{Entry: out.PartLimit(), Total: maxTotal, Ratio: maxRatio, Entries: maxEntries})
}

// Is tells whether the package is one of this kind at all.
func Is(p *pack.Package) bool {
	return p.Find("[Content_Types].xml") != nil || p.Find("_rels/.rels") != nil
}

// Read reads every entry of p.
func Read(ctx context.Context, in document.Input, p *pack.Package, out *document.Builder) error {
	r := &reader{ctx: ctx, in: in, out: out, pkg: p, sink: &flow.Sink{Out: out}, parts: map[string]*part{}}
	r.classify()
	r.prepare()
	for _, f := range r.list {
		if err := ctx.Err(); err != nil {
			return err
		}
		r.read(f)
	}
	r.orphans()
	if p.Comment != "" {
		r.add(p.Comment, document.Metadata, "")
	}
	if p.More {
		out.Gap(document.Gap{Why: document.TooMany, Detail: "too many entries"})
	}
	return nil
}

// part is one entry with its root element, "" when it is no XML.
type part struct {
	file  *pack.File
	root  string
	sheet *sheet // the worksheet it is or belongs to
	page  int    // the slide it is or belongs to
}

type reader struct {
	ctx   context.Context
	in    document.Input
	out   *document.Builder
	pkg   *pack.Package
	sink  *flow.Sink
	list  []*part
	parts map[string]*part // by lower-case name

	hiddenStyles map[string]bool
	lists        numbering.Lists
	book         book
}

// classify looks at the beginning of each entry.
func (r *reader) classify() {
	for _, f := range r.pkg.Files {
		p := &part{file: f, root: rootOf(f)}
		r.list = append(r.list, p)
		r.parts[strings.ToLower(f.Name)] = p
	}
}

// foreign are suffixes that other formats read although they look like XML.
var foreign = map[string]bool{".html": true, ".htm": true, ".xhtml": true, ".mht": true, ".svg": true, ".txt": true, ".eml": true, ".rtf": true}

func rootOf(f *pack.File) string {
	if foreign[strings.ToLower(path.Ext(f.Name))] {
		return ""
	}
	head := f.Head(256)
	if !xmlish(head) {
		return binaryRoot(f.Name, head)
	}
	rc, err := f.Open()
	if err != nil {
		return ""
	}
	defer rc.Close()
	sc := xmlscan.New(rc) // the root's own tag may be long: some declare every namespace there is
	for {
		switch sc.Next() {
		case xmlscan.Start:
			switch strings.ToLower(sc.Name()) {
			case "html", "svg":
				return ""
			}
			return sc.Name()
		case xmlscan.EOF:
			return "?"
		}
	}
}

// xmlish tells XML by its first sign, in UTF-8 or UTF-16.
func xmlish(head []byte) bool {
	for _, b := range head {
		switch b {
		case 0xef, 0xbb, 0xbf, 0xfe, 0xff, 0, ' ', '\t', '\r', '\n':
		default:
			return b == '<'
		}
	}
	return false
}

// prepare reads what the others need: styles, workbook, order of slides.
func (r *reader) prepare() {
	r.hiddenStyles = map[string]bool{}
	for _, p := range r.list {
		switch p.root {
		case "styles":
			r.styles(p)
		case "numbering":
			r.with(p, func(rd io.Reader) error {
				r.lists.Read(rd)
				return nil // it is read again as text, and that says what is wrong with it
			})
		case "workbook":
			r.workbook(p)
		case "presentation":
			r.slides(p)
		}
	}
	r.prepareBinary()
	for _, p := range r.list {
		switch p.root {
		case "styleSheet":
			r.cellFormats(p)
		case "sst":
			r.sharedStrings(p)
		}
	}
}

// read sends one part to its reader.
func (r *reader) read(p *part) {
	if strings.HasPrefix(p.root, "bin:") {
		r.readBinary(p)
		return
	}
	opt := flow.Options{Hidden: r.hiddenStyles, Page: p.page, Binary: r.binary, Number: r.lists.Before}
	switch p.root {
	case "":
		r.child(p)
		return
	case "Types", "theme", "fonts", "styles", "styleSheet", "sst", "tblStyleLst", "themeOverride", "clrMap", "chartStyle", "colorStyle":
		r.names(p)
		return
	case "Relationships":
		r.external(p)
		return
	case "worksheet", "chartsheet", "dialogsheet", "macrosheet":
		r.worksheet(p)
		return
	case "ThreadedComments":
		r.notes(p)
		return
	case "comments":
		if p.sheet != nil || strings.HasPrefix(strings.ToLower(p.file.Name), "xl/") {
			r.notes(p)
			return
		}
		opt.Layer = document.Comment
	case "document", "footnotes", "endnotes", "package", "wordDocument", "sld":
	case "hdr", "ftr":
		opt.Layer = document.Header
	case "cmLst":
		opt.Layer, opt.Loose = document.Comment, document.Comment
	case "glossaryDocument", "notes", "sldMaster", "sldLayout", "notesMaster", "handoutMaster":
		opt.Layer = document.Hidden
	case "wsDr", "chartSpace", "dataModel", "drawing", "userShapes":
		opt.Loose = document.Visible
	case "coreProperties", "Properties", "workbook", "people", "personList", "cmAuthorLst", "authorLst":
		opt.Loose, opt.Layer, opt.Broad = document.Metadata, document.Metadata, true
	case "settings", "numbering", "webSettings":
		opt.Layer = document.Hidden
	default:
		opt.Layer, opt.Broad = document.Hidden, true
	}
	switch p.root {
	case "FixedPage":
		r.drawn(p)
	case "sld":
		r.boxes(p)
		r.with(p, func(rd io.Reader) error {
			for _, text := range overlaid.Texts(rd) {
				r.sink.Add(document.Segment{Text: text, At: document.Location{Page: p.page, Layer: document.Covered}})
			}
			return nil // read once more for its text, where faults are told
		})
	case "sldLayout", "dataModel", "chartSpace", "webSettings", "settings", "numbering":
		r.names(p)
	}
	if p.root == "sld" && r.slideHidden(p) || p.sheet != nil && p.sheet.hidden {
		opt.Layer, opt.Loose = document.Hidden, document.Hidden
	}
	r.walk(p, opt)
}

func (r *reader) walk(p *part, opt flow.Options) {
	r.with(p, func(rd io.Reader) error { return flow.Walk(r.ctx, rd, r.sink, opt) })
}

// with opens a part for f and makes a gap of what goes wrong.
func (r *reader) with(p *part, f func(io.Reader) error) {
	rc, err := p.file.Open()
	if err == nil {
		defer rc.Close()
		err = f(rc)
	}
	r.fault(p, err)
}

func (r *reader) fault(p *part, err error) {
	if err == nil || r.ctx.Err() != nil {
		return // the walker sees for itself that time is up
	}
	g := document.Gap{At: document.Location{Path: r.in.Path + "/" + label(p.file.Name)}, Why: document.Damaged}
	switch {
	case errors.Is(err, pack.ErrTooBig), errors.Is(err, xmlscan.ErrToken):
		g.Why = document.TooBig
	case errors.Is(err, xmlscan.ErrDepth):
		g.Why = document.TooDeep
	case errors.Is(err, pack.ErrEntryEncrypted):
		g.Why = document.Encrypted
	}
	r.out.Gap(g)
}

// label makes an entry's name fit for a path.
func label(name string) string {
	name = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return -1
		}
		return c
	}, strings.ToValidUTF8(name, "?"))
	if len(name) > 200 {
		name = name[:200]
	}
	return name
}

func (r *reader) add(text string, layer document.Layer, label string) {
	r.sink.Add(document.Segment{Text: text, Label: label, At: document.Location{Layer: layer}})
}

func (r *reader) binary(data []byte) {
	r.out.ChildBytes("indlejret", data, document.Input{})
}

// child hands a part that is no XML back to the walker. Fonts hold no text of
// the document; printer settings are a binary block without a published layout,
// so their strings are swept.
func (r *reader) child(p *part) {
	name := strings.ToLower(p.file.Name)
	switch path.Ext(name) {
	case ".odttf", ".fntdata", ".ttf", ".otf":
		return
	}
	if strings.HasSuffix(name, "model/item.data") {
		r.out.Gap(document.Gap{At: document.Location{Path: r.in.Path + "/" + label(p.file.Name)}, Why: document.UnknownType, Detail: "the data model of Power Pivot"})
		return
	}
	if strings.Contains(name, "printersettings") && strings.HasSuffix(name, ".bin") {
		r.with(p, func(rd io.Reader) error {
			data, err := io.ReadAll(rd)
			r.sweep(data)
			return err
		})
		return
	}
	r.with(p, func(rd io.Reader) error {
		if len(p.file.Head(1)) == 0 {
			return nil
		}
		if strings.HasPrefix(name, "docprops/") || r.book.binary && strings.HasSuffix(name, ".bin") {
			return r.known(p, rd)
		}
		hint := document.Input{Page: p.page}
		if p.sheet != nil && p.sheet.hidden {
			hint.Layer = document.Hidden
		}
		r.out.Child(p.file.Name, rd, hint)
		return nil
	})
}

// known reads the small picture of page one and the parts of a binary workbook
// that only hold records, and hands on what looks like either and is not.
func (r *reader) known(p *part, rd io.Reader) error {
	data, err := io.ReadAll(rd)
	switch {
	case pack.IsThumbnail(p.file.Name, data):
	case r.book.binary && xlsb.Sound(data):
		r.sweepWide(data)
	default:
		r.out.ChildBytes(p.file.Name, data, document.Input{Page: p.page})
	}
	return err
}

func (r *reader) sweep(data []byte) {
	texts, cut := sweep.Texts(data)
	for _, t := range texts {
		r.add(t, document.Hidden, "")
	}
	if cut {
		r.out.Gap(document.Gap{Why: document.TooBig, Detail: "more text than a sweep keeps"})
	}
}
