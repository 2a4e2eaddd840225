package flow

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"

	"brevvagt/document"
	"brevvagt/document/office/cellfmt"
	"brevvagt/document/office/xmlscan"
)

// ErrUnsound tells that a part's XML was broken or declared a document type;
// what could be read of it was.
var ErrUnsound = errors.New("unsound XML")

// open acts on a start tag. WordprocessingML and DrawingML share these names.
func (w *walker) open(name string) {
	act := none
	switch name {
	case "p":
		act = actPara
		p := &Para{}
		w.paras = append(w.paras, p)
	case "r":
		if p := w.current(); p != nil {
			act = actRun
			p.beginRun()
		}
	case "oMathPara", "oMath":
		act = w.openFormula()
	case "t", "delText":
		act = actText
		w.inText++
	case "instrText", "delInstrText":
		act = actInstr
		w.inInstr++
	case "tab", "ptab", "br", "cr", "noBreakHyphen":
		if p := w.current(); p != nil && w.props == 0 {
			w.append(p, []byte(breaks[name]))
		}
	case "ins", "moveTo":
		act = actIns
		w.ins++
		w.author()
	case "del", "moveFrom":
		act = actDel
		w.del++
		w.author()
	case "pPr":
		act = actProps
		w.props++
	case "rPrChange", "pPrChange", "tblPrChange", "sectPrChange":
		act = actChange
		w.change++
		w.author()
	case "rt", "rubyBase": // a reading above a word is no part of it
		if p := w.current(); p != nil {
			w.append(p, []byte(" "))
		}
	case "sym":
		if p := w.current(); p != nil {
			w.append(p, symbol(w.sc.Attr("font"), w.sc.Attr("char")))
		}
	case "numId", "ilvl":
		w.listed(name)
	case "vanish", "rStyle", "pStyle", "highlight", "shd", "color":
		w.hide(name)
	case "srgbClr", "schemeClr", "sysClr", "prstClr":
		w.painted()
	case "fldChar":
		w.fieldMark(w.sc.Attr("fldCharType"))
	case "fldSimple":
		w.add(document.Hidden, "{ "+strings.TrimSpace(w.sc.Attr("instr"))+" }", LabelField)
	case "comment", "cm":
		w.author()
	case "tbl", "tr", "tc", "gridSpan", "tblHeader", "Table", "Row", "Cell":
		act = w.openTable(name)
	case "Data": // a cell's text in Excel's XML of 2003
		if w.cell() != nil {
			act = actPara
			w.paras = append(w.paras, &Para{})
			w.inText++
		}
	case "sdt", "sdtPr", "alias", "tag", "showingPlcHdr":
		act = w.openControl(name)
	case "AlternateContent":
		if len(w.alternates) < maxAlternates {
			act = actAlternate
			w.alternates = append(w.alternates, &alternate{seen: map[string]bool{}})
		}
	case "Fallback":
		if n := len(w.alternates); n > 0 {
			act = actFallback
			w.alternates[n-1].fallback = true
		}
	case "property", "cacheField", "definedName":
		act = actProperty
		w.property = w.sc.Attr("name")
	case "ser": // of a chart: its name labels its values
		w.series, w.named = "", false
	case "tx":
		w.named = w.series == ""
	case "val", "xVal", "yVal", "cat", "bubbleSize":
		w.named = false
	case "cell": // of the copy that is kept of another workbook
		w.copied.at = w.sc.Attr("r")
	}
	w.undo = append(w.undo, element{name, act})
	if w.sc.HasAttrs() {
		w.attributes(name)
	}
}

// shut acts when an element that needed undoing ends.
func (w *walker) shut(name string, act action) {
	switch act {
	case actPara:
		p := w.current()
		w.paras = w.paras[:len(w.paras)-1]
		if name == "Data" {
			w.inText--
		}
		w.endPara(p)
	case actRun:
		if p := w.current(); p != nil {
			p.beginRun()
		}
	case actText:
		w.inText--
	case actInstr:
		w.inInstr--
	case actIns:
		w.ins--
	case actDel:
		w.del--
	case actProps:
		if w.props--; w.props == 0 && w.change == 0 {
			w.number()
		}
	case actChange:
		w.change--
	case actTable, actRow, actCell:
		w.shutTable(act)
	case actControl, actControlProps:
		w.shutControl(act)
	case actAlternate:
		w.alternates = w.alternates[:len(w.alternates)-1]
	case actFallback:
		if n := len(w.alternates); n > 0 {
			w.alternates[n-1].fallback = false
		}
	case actProperty:
		w.property = ""
	}
}

func (w *walker) hide(name string) {
	p := w.current()
	if p == nil || w.change > 0 {
		return
	}
	val, ok := w.sc.Lookup("val")
	switch name {
	case "vanish":
		if w.props == 0 && (!ok || on(val)) {
			p.runHidden = true
		}
	case "rStyle":
		if w.props == 0 && w.opt.Hidden[val] {
			p.runHidden = true
		}
	case "pStyle":
		p.allHidden = p.allHidden || w.opt.Hidden[val]
		p.numbered.style = val
	case "highlight":
		p.runBlack = p.runBlack || w.props == 0 && val == "black"
	case "shd":
		if w.props == 0 && w.cell() == nil {
			p.runBlack = p.runBlack || w.sc.Attr("fill") == "000000" || val == "solid" && blackOrAuto(w.sc.Attr("color"))
		}
	case "color":
		if w.props == 0 {
			p.runColor = colorOf(val)
		}
	}
}

func (w *walker) fieldMark(kind string) {
	n := len(w.fields)
	switch {
	case kind == "begin" && n < maxFields:
		w.fields = append(w.fields, &field{})
	case kind == "separate" && n > 0:
		w.fields[n-1].result = true
	case kind == "end" && n > 0:
		f := w.fields[n-1]
		w.fields = w.fields[:n-1]
		w.fieldCode(f)
	}
}

// endPara passes a paragraph on: into the cell it stands in, or out.
func (w *walker) endPara(p *Para) {
	for _, pc := range p.Pieces(w.opt.Layer) {
		if cell := w.cell(); cell != nil && len(w.paras) == cell.depth {
			cell.add(pc, w.opt.Layer)
			continue
		}
		w.add(pc.Layer, pc.Text, p.label)
	}
}

// pass passes on what is read of a paragraph that is not at its end.
func (w *walker) pass(p *Para) {
	for _, pc := range p.Pieces(w.opt.Layer) {
		w.add(pc.Layer, pc.Text, p.label)
	}
}

// openControl reads content controls: their title labels what stands in them.
func (w *walker) openControl(name string) action {
	n := len(w.controls)
	switch name {
	case "sdt":
		if n < maxControls {
			w.controls = append(w.controls, control{text: &strings.Builder{}})
			return actControl
		}
	case "sdtPr":
		if n > 0 {
			w.controls[n-1].props = true
			return actControlProps
		}
	case "alias", "tag":
		if n > 0 && w.controls[n-1].props && (w.controls[n-1].label == "" || name == "alias") {
			w.controls[n-1].label = w.sc.Attr("val")
			if p := w.current(); p != nil && p.label == "" {
				p.label = w.controls[n-1].label
			}
		}
	case "showingPlcHdr":
		if n > 0 && w.controls[n-1].props {
			v, ok := w.sc.Lookup("val")
			w.controls[n-1].placeholder = !ok || on(v)
		}
	}
	return none
}

func (w *walker) shutControl(act action) {
	n := len(w.controls)
	if n == 0 {
		return
	}
	if act == actControlProps {
		w.controls[n-1].props = false
		return
	}
	c := w.controls[n-1]
	w.controls = w.controls[:n-1]
	if c.placeholder {
		w.add(w.opt.Layer, c.text.String(), LabelPlaceholder)
	}
}

// telling are attributes that a person wrote or reads, by any element.
var telling = map[string]bool{
	"descr": true, "title": true, "alt": true, "tooltip": true, "string": true, "displayText": true,
	"screenTip": true, "caption": true, "initials": true, "UnicodeString": true, "prompt": true, "promptTitle": true, "error": true, "errorTitle": true,
	"prefixMappings": false,
}

// valued are elements whose val, value or name attribute is text.
var valued = map[string]bool{
	"docVar": true, "bookmarkStart": true, "attr": true, "default": true, "statusText": true, "helpText": true,
	"listItem": true, "listEntry": true, "docPr": true, "cNvPr": true, "alias": true, "tag": true, "control": true,
	"docPart": true, "property": true, "customXml": true, "smartTag": true, "category": true, "lvlText": true,
	"tableCaption": true, "tableDescription": true, "person": true, "author": true, "query": true, "connectString": true, "udl": true, "documentProtection": false,
}

// plain are attribute names that carry numbers of the layout in every format.
var plain = map[string]bool{
	"cx": true, "cy": true, "x": true, "y": true, "id": true, "Id": true, "style": true, "points": true, "path": true,
	"paraId": true, "textId": true, "rsidR": true, "algn": true, "w": true, "h": true, "ContentType": true, "Type": true,
	"schemaLocation": true, "fmtid": true, "rotWithShape": true, "uri": true, "d": true, "viewBox": true, "coordsize": true, "uid": true,
	"paraIdParent": true, "durableId": true, "dateUtc": true, "calcId": true, "rupBuild": true, "documentId": true, "sqref": true,
}

// attributes takes the values that a person wrote as one text per element.
func (w *walker) attributes(name string) {
	var out []byte
	label := ""
	if name == "Row" { // of a shape's properties in Visio
		w.series = w.sc.Attr("N")
	}
	w.sc.Attrs(func(attr, value []byte) {
		if len(value) == 0 {
			return
		}
		take := telling[string(attr)]
		if valued[name] {
			switch string(attr) {
			case "name":
				if name == "docVar" || name == "attr" || name == "property" {
					label = string(value)
				}
				take = true
			case "val", "value", "element", "initials", "userId", "displayName", "author":
				take = true
			}
		}
		if w.opt.Broad && !take {
			take = broad(attr, value)
		}
		if string(attr) == "V" && name == "Cell" { // a property of a shape in Visio
			switch w.sc.Attr("N") {
			case "Label":
				w.series = string(value)
			case "Value":
				label = w.series
			}
		}
		if !take {
			return
		}
		if len(out) > 0 {
			out = append(out, ' ')
		}
		if string(attr) == "v" { // a cached cell value
			value = []byte(cellfmt.Format{}.Show(string(value), w.property, false))
			label = w.property
		}
		out = append(out, value...)
	})
	if name == "default" { // of a form's field: what stands before it
		label = w.current().Asks()
	}
	if len(out) > 0 && name != "property" && name != "alias" && name != "tag" {
		w.add(w.opt.Loose, string(out), label)
	} else if len(out) > 0 {
		w.add(document.Hidden, string(out), name)
	}
}

// broad takes an attribute for content when it could be an identifier, an
// address or words.
func broad(attr, value []byte) bool {
	if plain[string(attr)] || bytes.HasPrefix(value, []byte("http://schemas.")) || bytes.HasPrefix(value, []byte("http://purl.oclc.org/ooxml")) {
		return false
	}
	switch string(attr) {
	case "v", "val", "value", "name", "Target", "displayName", "text", "href":
		return len(value) > 2
	}
	digits, letters, blank := 0, 0, false
	for _, c := range value {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == ' ' || c == '@':
			blank = true
		case c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80:
			letters++
		}
	}
	return digits >= 6 && letters < 12 || blank && letters > 3 || digits >= 10
}

// decode64 reads base64 with blanks in it; nil when it is none.
func decode64(b []byte) []byte {
	b = bytes.Join(bytes.Fields(b), nil)
	out := make([]byte, base64.StdEncoding.DecodedLen(len(b)))
	n, err := base64.StdEncoding.Decode(out, b)
	if err != nil && n == 0 {
		return nil
	}
	return out[:n]
}

// Telling joins the attributes of the latest start that may be content.
func Telling(sc *xmlscan.Scanner) string {
	var out []byte
	sc.Attrs(func(attr, value []byte) {
		if len(value) > 0 && (telling[string(attr)] || broad(attr, value)) {
			if len(out) > 0 {
				out = append(out, ' ')
			}
			out = append(out, value...)
		}
	})
	return string(out)
}
