package odf

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"strconv"
	"strings"

	"brevvagt/document"
	"brevvagt/document/office/flow"
	"brevvagt/document/office/xmlscan"
)

// Walk reads one OpenDocument XML text. styles tells that its paragraphs are
// page headers and footers.
func Walk(ctx context.Context, r io.Reader, sink *flow.Sink, styles bool) error {
	w := &walker{sc: xmlscan.New(r), sink: sink, base: document.Visible, hiddenStyles: map[string]bool{}, looks: map[string]look{}}
	if styles {
		w.base = document.Header
	}
	for n := 0; ; n++ {
		if n&0x3fff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		switch w.sc.Next() {
		case xmlscan.EOF:
			w.unwind(0)
			if err := w.sc.Err(); err != nil {
				return err
			}
			if w.sc.Damaged() || w.sc.HasDTD() {
				return flow.ErrUnsound
			}
			return nil
		case xmlscan.Start:
			w.open(w.sc.Name())
		case xmlscan.End:
			w.unwind(w.sc.Depth())
		case xmlscan.Text:
			w.text(w.sc.Text())
		case xmlscan.Note:
			w.add(string(w.sc.Text()), document.Hidden, "")
		}
		if sink.Full() {
			return nil
		}
	}
}

type walker struct {
	sc   *xmlscan.Scanner
	sink *flow.Sink
	base document.Layer

	undo         []open
	paras        []*flow.Para
	tables       []*table
	hiddenStyles map[string]bool
	looks        map[string]look // of styles, by name
	style        string          // the style being defined
	loose        []byte
	changes      map[string]bool // open insertions by id
	inserted     int
	page         int
}

// open is an element with the layer that its texts have.
type open struct {
	name  string
	layer document.Layer
	label string
	look  look // of its letters
}

func (w *walker) layer() document.Layer {
	if n := len(w.undo); n > 0 {
		if l := w.undo[n-1].layer; l != w.base || w.inserted == 0 {
			return l
		}
		return document.Inserted
	}
	return w.base
}

func (w *walker) label() string {
	if n := len(w.undo); n > 0 {
		return w.undo[n-1].label
	}
	return ""
}

// layers that an element gives to all within it.
var layers = map[string]document.Layer{
	"annotation": document.Comment, "deletion": document.Deleted, "meta": document.Metadata,
	"header": document.Header, "footer": document.Header, "header-left": document.Header, "footer-left": document.Header,
	"header-first": document.Header, "footer-first": document.Header,
	"notes": document.Hidden, "hidden-text": document.Hidden, "hidden-paragraph": document.Hidden, "settings": document.Hidden,
	"tracked-changes": document.Deleted, "change-track-table-cell": document.Deleted, "database-ranges": document.Hidden, "dde-links": document.Hidden,
	"variable-decls": document.Hidden, "user-field-decls": document.Hidden,
}

func (w *walker) open(name string) {
	w.flush()
	o := open{name: name, layer: w.layerBelow(), label: w.label(), look: w.look()}
	if l, ok := layers[name]; ok && o.layer != document.Deleted {
		o.layer = l
	}
	switch name {
	case "p", "h":
		if o.layer == w.base && w.hiddenStyles[w.sc.Attr("style-name")] {
			o.layer = document.Hidden
		}
		w.paras = append(w.paras, &flow.Para{})
	case "span":
		if w.hiddenStyles[w.sc.Attr("style-name")] {
			o.layer = document.Hidden
		}
	case "section":
		if d := w.sc.Attr("display"); d == "none" || d == "condition" {
			o.layer = document.Hidden
		}
	case "s":
		n, _ := strconv.Atoi(w.sc.Attr("c"))
		w.put(bytes.Repeat([]byte(" "), max(1, min(n, 1000))))
	case "tab":
		w.put([]byte("\t"))
	case "line-break":
		w.put([]byte("\n"))
	case "change-start":
		w.change(w.sc.Attr("change-id"), true)
	case "change-end":
		w.change(w.sc.Attr("change-id"), false)
	case "page":
		w.page++
		if w.hiddenStyles[w.sc.Attr("style-name")] {
			o.layer = document.Hidden
		}
	case "style":
		w.style = w.sc.Attr("name")
		if w.hiddenStyles[w.sc.Attr("parent-style-name")] {
			w.hiddenStyles[w.style] = true
		}
		w.derive(w.sc.Attr("parent-style-name"))
	case "text-properties", "table-properties", "drawing-page-properties":
		w.hidingStyle()
		w.colours(name)
	case "paragraph-properties", "table-cell-properties":
		w.colours(name)
	case "user-defined":
		o.label = w.sc.Attr("name")
	default:
		w.openTable(name, &o)
	}
	w.dress(name, &o)
	w.undo = append(w.undo, o)
	w.attributes(name, o)
}

// layerBelow is the layer of the enclosing element, insertions left out.
func (w *walker) layerBelow() document.Layer {
	if n := len(w.undo); n > 0 {
		return w.undo[n-1].layer
	}
	return w.base
}

func (w *walker) hidingStyle() {
	hides := w.sc.Attr("display") == "none" || w.sc.Attr("display") == "false" || w.sc.Attr("visibility") == "hidden"
	if hides && w.style != "" && len(w.hiddenStyles) < 100_000 {
		w.hiddenStyles[w.style] = true
	}
}

func (w *walker) change(id string, start bool) {
	if w.changes == nil {
		w.changes = map[string]bool{}
	}
	if start && len(w.changes) < 100_000 && !w.changes[id] {
		w.changes[id] = true
		w.inserted++
	} else if !start && w.changes[id] {
		delete(w.changes, id)
		w.inserted--
	}
}

// put adds to the paragraph; outside one the text waits for its element's end.
func (w *walker) put(b []byte) {
	if n := len(w.paras); n > 0 {
		w.paras[n-1].Add(w.layer(), b)
		if long := w.paras[n-1].Cut(); long != nil {
			for _, s := range long.Pieces(w.base) {
				w.add(s.Text, s.Layer, w.label())
			}
		}
	}
}

func (w *walker) text(b []byte) {
	if n := len(w.undo); n > 0 {
		switch w.undo[n-1].name {
		case "creator", "initials", "creator-initials", "date", "date-string", "binary-data", "note-citation", "desc", "title":
			w.loose = append(w.loose, b...)
			return
		}
	}
	if len(w.paras) == 0 {
		w.loose = append(w.loose, b...)
		return
	}
	// Line ends and runs of blanks count as one blank (part 3, 6.1.2).
	w.put([]byte(collapse(b)))
}

func collapse(b []byte) string {
	s := string(b)
	if !strings.ContainsAny(s, "\n\r\t") && !strings.Contains(s, "  ") {
		return s
	}
	var out strings.Builder
	blank := false
	for _, r := range s {
		if r == ' ' || r == '\n' || r == '\r' || r == '\t' {
			if !blank {
				out.WriteByte(' ')
			}
			blank = true
			continue
		}
		blank = false
		out.WriteRune(r)
	}
	return out.String()
}

func (w *walker) flush() {
	if len(w.loose) == 0 || len(w.undo) == 0 {
		w.loose = w.loose[:0]
		return
	}
	o := w.undo[len(w.undo)-1]
	text := bytes.TrimSpace(w.loose)
	w.loose = w.loose[:0]
	if len(text) == 0 {
		return
	}
	switch o.name {
	case "binary-data":
		raw := bytes.Join(bytes.Fields(text), nil)
		data := make([]byte, base64.StdEncoding.DecodedLen(len(raw)))
		if n, _ := base64.StdEncoding.Decode(data, raw); n > 0 {
			w.sink.Out.ChildBytes("indlejret", data[:n], document.Input{Label: o.label})
		}
	case "creator", "initials", "creator-initials":
		w.add(string(text), document.Metadata, flow.LabelAuthor)
	case "date", "date-string", "note-citation":
	case "config-item": // hundreds of switches; a name or path is longer
		if len(text) > 5 {
			w.add(string(text), document.Hidden, o.label)
		}
	default:
		label := o.label
		if label == "" {
			label = o.name
		}
		layer := o.layer
		if layer == document.Visible {
			layer = document.Hidden
		}
		w.add(string(text), layer, label)
	}
}

func (w *walker) unwind(depth int) {
	for len(w.undo) > depth {
		w.flush()
		o := w.undo[len(w.undo)-1]
		w.undo = w.undo[:len(w.undo)-1]
		switch o.name {
		case "p", "h":
			if n := len(w.paras); n > 0 {
				p := w.paras[n-1]
				w.paras = w.paras[:n-1]
				w.endPara(p, o)
			}
		case "style":
			w.style = ""
		default:
			w.shutTable(o)
		}
	}
}

func (w *walker) endPara(p *flow.Para, o open) {
	base := o.layer
	for _, s := range p.Pieces(base) {
		if c := w.cell(); c != nil && s.Layer == c.layer && len(w.paras) == c.depth {
			c.texts = append(c.texts, s.Text)
			continue
		}
		w.add(s.Text, s.Layer, o.label)
	}
}

func (w *walker) add(text string, layer document.Layer, label string) {
	at := document.Location{Layer: layer, Page: w.page}
	if t := w.table(); t != nil && t.open != nil && layer == document.Comment {
		at = w.cellAt(t, t.open)
		at.Layer = layer
	}
	w.sink.Add(document.Segment{Text: text, Label: label, At: at})
}

// attributes takes what elements say in attributes: links, descriptions,
// formulas with text, conditions, field definitions.
func (w *walker) attributes(name string, o open) {
	if !w.sc.HasAttrs() {
		return
	}
	layer := document.Hidden
	if o.layer == document.Metadata {
		layer = document.Metadata
	}
	properties := strings.HasSuffix(name, "-properties")
	w.sc.Attrs(func(attr, value []byte) {
		if !document.HoldsParted(value) && (properties || !w.telling(name, attr, value)) {
			return
		}
		if string(value) == "true" || string(value) == "false" {
			return
		}
		label := ""
		if name == "user-field-decl" || name == "variable-set" || name == "user-defined" {
			label = w.sc.Attr("name")
		}
		w.add(string(value), layer, label)
	})
}

// telling knows the attributes that hold text.
func (w *walker) telling(name string, attr, value []byte) bool {
	switch string(attr) {
	case "string-value", "href", "condition", "description", "connect-string", "placeholder", "base-cell-address", "title", "help-message", "label", "current-value", "content-validation-message", "expression":
	case "formula":
		if !bytes.ContainsAny(value, `"`) && longestDigits(value) < 6 {
			return false
		}
	case "name":
		if name != "table" && name != "bookmark" && name != "user-field-decl" && name != "named-expression" && name != "frame" {
			return false
		}
	case "value":
		if name == "table-cell" || name == "covered-table-cell" || longestDigits(value) < 6 {
			return false
		}
	default:
		return false
	}
	return true
}

func longestDigits(b []byte) int {
	best, run := 0, 0
	for _, c := range b {
		if c >= '0' && c <= '9' {
			run++
			best = max(best, run)
			continue
		}
		run = 0
	}
	return best
}
