// Package rtf reads Rich Text Format: the text with its tracked changes, notes,
// fields and table cells, and the pictures and objects within.
package rtf

import (
	"bytes"
	"context"
	"encoding/hex"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"

	"brevvagt/document"
	"brevvagt/document/office/flow"
	"brevvagt/document/office/grid"
	"brevvagt/document/office/ole"
	"brevvagt/internal/paint"
)

// Is tells RTF by its first signs.
func Is(head []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(head[:min(len(head), 64)], "\xef\xbb\xbf \t\r\n\x00"), []byte(`{\rt`))
}

const maxGroups = 10_000

// Read reads a whole RTF text into sink. base is the layer of its plain text.
func Read(ctx context.Context, data []byte, sink *flow.Sink, base document.Layer) error {
	r := &reader{ctx: ctx, data: data, sink: sink, page: 1252, state: state{layer: base, skip: 1}, base: base}
	err := r.run()
	r.paragraph()
	r.endRow()
	for len(r.fields) > 0 {
		r.endField()
	}
	return err
}

// state is what a group inherits and restores.
type state struct {
	layer   document.Layer
	dest    dest
	skip    int // \uc: characters that stand in for a \u
	field   bool
	note    bool   // footnote, header or comment: a paragraph apart
	apart   int    // asides open around the group
	asked   string // what stands before a form's field
	table   int    // where a group of names begins, 0 for none
	look    look   // colours of the letters
	colours bool   // it is the table of colours
	store   bool   // it is the store of the document's data, in hexadecimal
}

// dest is where text of a group goes.
type dest uint8

const (
	body    dest = iota
	nothing      // fonts, colours, styles
	picture
	object
	quiet // like nothing, but destinations within count
	aside // text apart from the paragraph: a field's code, a property
)

type reader struct {
	ctx  context.Context
	data []byte
	pos  int
	sink *flow.Sink
	base document.Layer
	page int

	state state
	stack []state
	para  flow.Para
	bytes []byte   // text in the code page, not yet decoded
	wide  []uint16 // text given by \u, not yet decoded
	omit  int      // characters to leave out after a \u
	star  bool     // \* was read: the next word names a destination that may be unknown

	asides [][]byte
	fields [][]byte
	hex    []byte
	grid   grid.Grid
	cells  []grid.Cell

	colours []paint.Colour // of the table, the first is the program's own
}

func (r *reader) run() error {
	for n := 0; r.pos < len(r.data); n++ {
		if n&0xffff == 0 && r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		if r.sink.Full() {
			return nil
		}
		c := r.data[r.pos]
		r.pos++
		switch c {
		case '{':
			r.flush()
			if len(r.stack) >= maxGroups {
				return errDepth
			}
			r.stack = append(r.stack, r.state)
			r.omit = 0
		case '}':
			r.close()
			if len(r.stack) == 0 {
				return nil
			}
		case '\\':
			r.control()
		case '\r', '\n', 0:
		default:
			r.char(c)
		}
	}
	if len(r.stack) > 0 {
		return errShort
	}
	return nil
}

// close ends a group: what it gathered apart from the paragraph is passed on.
func (r *reader) close() {
	r.flush()
	n := len(r.stack)
	if n == 0 {
		return
	}
	was := r.state
	r.state = r.stack[n-1]
	r.stack = r.stack[:n-1]
	r.omit, r.star = 0, false
	switch {
	case was.table > 0 && r.state.table == 0:
		r.endTable(was)
	case was.field && !r.state.field:
		r.endField()
	case was.apart > r.state.apart:
		for len(r.asides) > r.state.apart {
			text := string(r.asides[len(r.asides)-1])
			r.asides = r.asides[:len(r.asides)-1]
			if telling(text) {
				r.add(text, was.asked, was.layer)
			}
		}
	case was.dest != r.state.dest && (was.dest == picture || was.dest == object):
		r.binary(was.dest)
	case was.note && !r.state.note:
		r.paragraph()
	}
}

// tableWord is a control word between the names of styles and lists.
var tableWord = regexp.MustCompile(`\\(?:'[0-9a-fA-F]{2}|[a-zA-Z]{1,32}-?\d{0,10} ?|.)|[{}\r\n]+`)

// endTable reads what no page shows: names that people gave styles and the levels of
// lists, for numbers alone, and the store of the data that the document was filled from.
func (r *reader) endTable(t state) {
	raw := r.data[t.table : r.pos-1]
	if t.colours {
		r.readColours(raw)
		return
	}
	if t.store {
		b := make([]byte, hex.DecodedLen(len(raw)))
		n, _ := hex.Decode(b, bytes.Join(bytes.Fields(raw), nil)) // what stands before an error is read
		if n > 0 {
			r.sink.Out.ChildBytes("datastore", b[:n], document.Input{MadeUp: true})
		}
		return
	}
	for name := range bytes.SplitSeq(tableWord.ReplaceAll(raw, []byte(" ")), []byte(";")) {
		if document.HoldsParted(name) {
			r.add(strings.TrimSpace(ole.Decode(name, r.page)), "", document.Metadata)
		}
	}
}

// telling leaves out measures and switches.
func telling(s string) bool {
	digits := 0
	for _, c := range s {
		if c >= '0' && c <= '9' {
			digits++
		} else if unicode.IsLetter(c) {
			return true
		}
	}
	return digits >= 6
}

func (r *reader) endField() {
	if n := len(r.fields); n > 0 {
		code := strings.TrimSpace(string(r.fields[n-1]))
		r.fields = r.fields[:n-1]
		if code != "" {
			r.add("{ "+code+" }", flow.LabelField, document.Hidden)
		}
	}
}

func (r *reader) add(text, label string, layer document.Layer) {
	r.sink.Add(document.Segment{Text: text, Label: label, At: document.Location{Layer: layer}})
}

// char takes one byte of text.
func (r *reader) char(c byte) {
	if r.omit > 0 {
		r.omit--
		return
	}
	switch r.state.dest {
	case nothing, quiet:
	case picture, object:
		if c > ' ' {
			r.hex = append(r.hex, c)
		}
	default:
		if len(r.wide) > 0 {
			r.flush()
		}
		r.bytes = append(r.bytes, c)
	}
}

// flush decodes what was gathered and adds it to where the group's text goes.
func (r *reader) flush() {
	if len(r.bytes) > 0 {
		r.emit(ole.Decode(r.bytes, r.page))
		r.bytes = r.bytes[:0]
	}
	if len(r.wide) > 0 {
		r.emit(string(utf16.Decode(r.wide)))
		r.wide = r.wide[:0]
	}
}

func (r *reader) emit(s string) {
	switch {
	case r.state.dest != body && r.state.dest != aside:
	case r.state.field:
		if n := len(r.fields); n > 0 && len(r.fields[n-1]) < 1<<20 {
			r.fields[n-1] = append(r.fields[n-1], s...)
		}
	case r.state.dest == aside:
		if n := len(r.asides); n > 0 {
			r.asides[n-1] = append(r.asides[n-1], s...)
		}
	default:
		r.para.Add(r.shownLayer(), []byte(s))
		if long := r.para.Cut(); long != nil {
			for _, p := range long.Pieces(r.base) {
				r.add(p.Text, "", p.Layer)
			}
		}
	}
}

func (r *reader) paragraph() {
	r.flush()
	for _, p := range r.para.Pieces(r.base) {
		r.add(p.Text, "", p.Layer)
	}
	r.para = flow.Para{}
}

func (r *reader) endCell() {
	r.flush()
	var plain []string
	for _, p := range r.para.Pieces(r.base) {
		if p.Layer == r.base {
			plain = append(plain, p.Text)
		} else {
			r.add(p.Text, "", p.Layer)
		}
	}
	r.para = flow.Para{}
	if len(r.cells) < 10_000 {
		r.cells = append(r.cells, grid.Cell{Col: len(r.cells), Text: strings.Join(plain, "\n")})
	}
}

func (r *reader) endRow() {
	labels := r.grid.Row(r.cells)
	for i, c := range r.cells {
		r.add(c.Text, labels[i], r.base)
	}
	for _, j := range grid.Comb(r.cells, labels) {
		r.add(j.Text, labels[j.From], r.base)
	}
	r.cells = r.cells[:0]
}

// binary hands on a picture or an object. An object of OLE 1 wraps the file that
// was embedded; a compound file within is cut out by its magic.
func (r *reader) binary(d dest) {
	b := make([]byte, hex.DecodedLen(len(r.hex)))
	n, _ := hex.Decode(b, r.hex)
	b, r.hex = b[:n], r.hex[:0]
	if n == 0 {
		return
	}
	name := "billede"
	if d == object {
		name = "objekt"
		if i := bytes.Index(b, ole.Magic); i > 0 {
			b = b[i:]
		} else if i := bytes.Index(b, []byte("PK\x03\x04")); i > 0 {
			b = b[i:]
		}
	} else if bytes.HasPrefix(b, []byte{1, 0, 9, 0}) {
		name = "billede.wmf"
	}
	r.sink.Out.ChildBytes(name, b, document.Input{})
}
