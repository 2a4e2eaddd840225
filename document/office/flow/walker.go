package flow

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"

	"brevvagt/document"
	"brevvagt/document/office/cellfmt"
	"brevvagt/document/office/xmlscan"
)

// Options say how one part is read.
type Options struct {
	Layer  document.Layer  // of its paragraphs, Visible when empty
	Loose  document.Layer  // of text outside paragraphs and of attributes; Hidden when empty
	Broad  bool            // take every telling attribute, not only those of text parts
	Page   int             // slide number
	Cell   string          // cell that the part belongs to
	Label  string          // label of texts that have none of their own
	Hidden map[string]bool // ids of styles that hide text
	// Number gives what a list puts in front of the next paragraph of a style, list and
	// level, each "" where the paragraph does not say; nil for nothing.
	Number func(style, list, level string) string
	// Binary takes base64 content within the part (flat formats); nil drops it.
	Binary func(data []byte)
}

// Walk reads the XML of r into sink until its end, an error, ctx or the sink's
// limit.
func Walk(ctx context.Context, r io.Reader, sink *Sink, opt Options) error {
	if opt.Layer == "" {
		opt.Layer = document.Visible
	}
	if opt.Loose == "" {
		opt.Loose = document.Hidden
	}
	w := &walker{sc: xmlscan.New(r), sink: sink, opt: opt}
	for n := 0; ; n++ {
		if n&0x3fff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		switch w.sc.Next() {
		case xmlscan.EOF:
			w.finish()
			return w.close()
		case xmlscan.Start:
			if !marks[w.sc.Name()] {
				w.flushLoose("")
			}
			w.open(w.sc.Name())
		case xmlscan.End:
			w.unwind(w.sc.Depth())
		case xmlscan.Text:
			w.text(w.sc.Text())
		case xmlscan.Note:
			w.note(w.sc.Text())
		}
		if sink.Full() {
			return nil
		}
	}
}

// walker is the state of one part. open holds what each open element undoes.
type walker struct {
	sc   *xmlscan.Scanner
	sink *Sink
	opt  Options

	undo     []element
	paras    []*Para
	tables   []*table
	fields   []*field
	controls []control
	authors  map[string]bool
	loose    []byte // text of the innermost element outside paragraphs
	property string // name of the property being read
	series   string // name of a chart's series, or of a shape's property
	named    bool   // the series' name is being read
	copied   copied // cells of another workbook

	ins, del, props, change int
	inText, inInstr         int
	alternates              []*alternate
}

type element struct {
	name string
	act  action
}

type action uint8

const (
	none action = iota
	actPara
	actRun
	actText
	actInstr
	actIns
	actDel
	actProps
	actChange
	actTable
	actRow
	actCell
	actControl
	actControlProps
	actAlternate
	actFallback
	actProperty
)

// alternate remembers what mc:Choice said, so that mc:Fallback adds only what
// differs.
type alternate struct {
	seen     map[string]bool
	fallback bool
}

// field is a complex field: its code runs up to "separate", then its result.
type field struct {
	code   strings.Builder
	result bool
}

type control struct {
	label       string
	placeholder bool
	text        *strings.Builder
	props       bool
}

// close reports how sound the part was.
func (w *walker) close() error {
	if err := w.sc.Err(); err != nil {
		return err
	}
	if w.sc.Damaged() || w.sc.HasDTD() {
		return ErrUnsound
	}
	return nil
}

func (w *walker) finish() {
	w.flushLoose("")
	w.unwind(0)
	for _, f := range w.fields {
		w.fieldCode(f)
	}
	w.fields = nil
}

// marks stand within a text of Visio where its formatting changes.
var marks = map[string]bool{"cp": true, "pp": true, "tp": true, "fld": true}

// unwind undoes the elements that are no longer open.
func (w *walker) unwind(depth int) {
	for len(w.undo) > depth {
		e := w.undo[len(w.undo)-1]
		w.undo = w.undo[:len(w.undo)-1]
		if !marks[e.name] {
			w.flushLoose(e.name)
		}
		if e.act != none {
			w.shut(e.name, e.act)
		}
	}
}

func (w *walker) current() *Para {
	if len(w.paras) == 0 {
		return nil
	}
	return w.paras[len(w.paras)-1]
}

// openFormula begins a paragraph for a formula that stands outside every other.
func (w *walker) openFormula() action {
	if w.current() != nil {
		return none
	}
	w.paras = append(w.paras, &Para{})
	return actPara
}

// layer of the text at this point.
func (w *walker) layer() document.Layer {
	p := w.current()
	switch {
	case w.del > 0:
		return document.Deleted
	case p != nil && p.crossedOut():
		return document.Covered
	case p != nil && (p.runHidden || p.allHidden || p.whitedOut(w.cell() != nil)):
		return document.Hidden
	case w.ins > 0:
		return document.Inserted
	}
	return w.opt.Layer
}

func (w *walker) text(b []byte) {
	p := w.current()
	switch {
	case w.inInstr > 0:
		w.code(b)
	case w.inText > 0 && p != nil:
		w.append(p, b)
	case w.inText > 0, p == nil, len(w.loose) > 0:
		w.loose = append(w.loose, b...)
	case len(bytes.TrimSpace(b)) > 0:
		w.loose = append(w.loose, b...)
	}
}

var breaks = map[string]string{"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}

// Bounds on what nests: each level is looked at for every text.
const (
	maxPlaceholder = 64 << 10 // bytes of one prompt
	maxControls    = 64
	maxAlternates  = 16
	maxFields      = 64
)

// append adds to the paragraph, or to the code of a field that is still being
// spelled out.
func (w *walker) append(p *Para, b []byte) {
	for _, f := range w.fields {
		if !f.result {
			f.code.Write(b)
			return
		}
	}
	for i := len(w.controls) - 1; i >= 0; i-- {
		if c := &w.controls[i]; c.placeholder {
			if c.text.Len() < maxPlaceholder {
				c.text.Write(b)
			}
			break
		}
	}
	p.Add(w.layer(), b)
	if long := p.Cut(); long != nil {
		w.pass(long)
	}
}

func (w *walker) code(b []byte) {
	if n := len(w.fields); n > 0 {
		for _, f := range w.fields {
			if !f.result {
				f.code.Write(b)
				return
			}
		}
		w.fields[n-1].code.Write(b)
		return
	}
	w.add(document.Hidden, string(b), LabelField)
}

func (w *walker) fieldCode(f *field) {
	if code := strings.TrimSpace(f.code.String()); code != "" {
		w.add(document.Hidden, "{ "+code+" }", LabelField)
	}
}

// note takes comments and processing instructions, which no program shows.
func (w *walker) note(b []byte) {
	if text := strings.TrimSpace(string(b)); len(text) > 3 {
		w.add(document.Hidden, text, "")
	}
}

// skipped are elements whose text is layout, not content.
var skipped = map[string]bool{
	"posOffset": true, "pctPosHOffset": true, "pctPosVOffset": true, "pctWidth": true, "pctHeight": true,
	"fldData": true, "sp3d": true, "formatCode": true,
	"align": true, "Anchor": true, "AutoFill": true, "TextVAlign": true, "TextHAlign": true, "Row": true, "Column": true,
}

// inline are elements that hold a file in base64.
var inline = map[string]bool{"binData": true, "binaryData": true, "binary-data": true}

// unlabelled are elements whose name says nothing to a person.
var unlabelled = map[string]bool{
	"v": true, "f": true, "t": true, "lpwstr": true, "lpstr": true, "bstr": true, "text": true, "p": true, "r": true, "i4": true, "span": true,
}

func (w *walker) flushLoose(name string) {
	if len(w.loose) == 0 {
		return
	}
	text := w.loose
	w.loose = w.loose[:0]
	if name == "" && len(w.undo) > 0 {
		name = w.undo[len(w.undo)-1].name
	}
	if skipped[name] || len(bytes.TrimSpace(text)) == 0 {
		return
	}
	if name == "DataMashup" { // Power Query: four bytes each of version and size, a zip
		if data := decode64(text); len(data) > 8 && w.opt.Binary != nil {
			w.opt.Binary(data[8:])
		}
		return
	}
	if inline[name] {
		if w.opt.Binary != nil {
			if data := decode64(text); len(data) > 0 {
				w.opt.Binary(data)
			}
		}
		return
	}
	label := w.property
	if label == "" && !unlabelled[name] {
		label = name
	}
	layer := w.opt.Loose
	if w.del > 0 {
		layer = document.Deleted
	}
	if name == "v" {
		shown := cellfmt.Plain(string(text))
		switch {
		case w.copied.at != "":
			label = w.copied.label(shown)
		case w.named:
			w.series, w.named = shown, false
		case label == "":
			label = w.series
		}
		text = []byte(cellfmt.Format{}.Show(string(text), label, false))
		if len(text) == 0 {
			text = []byte(shown)
		}
	}
	w.add(layer, string(text), label)
}

// add passes one text on, unless the other branch of an alternate has said it.
func (w *walker) add(layer document.Layer, text, label string) {
	for _, a := range w.alternates {
		if a.fallback && a.seen[text] {
			return
		}
		if !a.fallback && len(a.seen) < 10_000 {
			a.seen[text] = true
		}
	}
	if label == "" {
		label = w.label()
	}
	w.sink.Add(document.Segment{Text: text, Label: label, At: document.Location{Layer: layer, Page: w.opt.Page, Cell: w.opt.Cell}})
}

func (w *walker) label() string {
	for i := len(w.controls) - 1; i >= 0; i-- {
		if w.controls[i].label != "" {
			return w.controls[i].label
		}
	}
	return w.opt.Label
}

func (w *walker) author() {
	name := w.sc.Attr("author")
	if name == "" || w.authors[name] || len(w.authors) > 1000 {
		return
	}
	if w.authors == nil {
		w.authors = map[string]bool{}
	}
	w.authors[name] = true
	w.sink.Add(document.Segment{Text: name, Label: LabelAuthor, At: document.Location{Layer: document.Metadata}})
}

func on(v string) bool {
	switch v {
	case "0", "false", "off", "none":
		return false
	}
	return true
}

func number(s string, low, high int) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return low
	}
	return max(low, min(n, high))
}
