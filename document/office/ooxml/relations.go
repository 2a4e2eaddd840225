package ooxml

import (
	"bytes"
	"io"
	"math"
	"net/url"
	"path"
	"strconv"
	"strings"

	"brevvagt/document"
	"brevvagt/document/office/numbering"
	"brevvagt/document/office/xmlscan"
)

// relation is one line of a part's relationship file.
type relation struct {
	kind   string // last element of the type
	target string // name of the part, "" when external
}

// relations of a part by id (OPC 9.3).
func (r *reader) relations(p *part) map[string]relation {
	dir, base := path.Split(p.file.Name)
	rels := r.parts[strings.ToLower(dir+"_rels/"+base+".rels")]
	if rels == nil {
		return nil
	}
	found := map[string]relation{}
	r.with(rels, func(rd io.Reader) error {
		sc := xmlscan.New(rd)
		for k := sc.Next(); k != xmlscan.EOF; k = sc.Next() {
			if k != xmlscan.Start || sc.Name() != "Relationship" || sc.Attr("TargetMode") == "External" {
				continue
			}
			target := strings.ReplaceAll(sc.Attr("Target"), "\\", "/")
			if !strings.HasPrefix(target, "/") {
				target = path.Join("/", dir, target)
			}
			found[sc.Attr("Id")] = relation{kind: path.Base(sc.Attr("Type")), target: strings.ToLower(strings.TrimPrefix(target, "/"))}
		}
		return nil
	})
	return found
}

// external takes the addresses that a part points to outside the file.
func (r *reader) external(p *part) {
	r.with(p, func(rd io.Reader) error {
		sc := xmlscan.New(rd)
		for k := sc.Next(); k != xmlscan.EOF; k = sc.Next() {
			if k != xmlscan.Start {
				continue
			}
			if target := sc.Attr("Target"); strings.Contains(target, ":") || strings.EqualFold(sc.Attr("TargetMode"), "External") {
				if plain, err := url.PathUnescape(target); err == nil {
					target = plain
				}
				r.add(target, document.Hidden, "")
			}
		}
		return sc.Err()
	})
}

// names reads a part that holds no text but names: of styles, fonts, number formats.
// Somebody may have put a number there, or a program made a name of a text.
func (r *reader) names(p *part) {
	r.with(p, func(rd io.Reader) error {
		sc := xmlscan.New(rd)
		for k := sc.Next(); k != xmlscan.EOF; k = sc.Next() {
			if k != xmlscan.Start || !sc.HasAttrs() {
				continue
			}
			sc.Attrs(func(name, value []byte) {
				if string(name) == "formatCode" {
					value = []byte(formatMarks.Replace(string(value)))
				}
				if document.HoldsParted(value) {
					r.add(string(value), document.Hidden, "")
				}
			})
		}
		return nil // the ones that matter are read elsewhere, and say so
	})
}

// manyPaths is how many lines and fillings a page without a letter has when its
// letters are drawn.
const manyPaths = 100

// drawn makes a gap of a page of an XPS file that has drawings only, as programs make
// it that take letters for lines.
func (r *reader) drawn(p *part) {
	paths, glyphs := 0, 0
	var pieces []document.Placed
	r.with(p, func(rd io.Reader) error {
		sc := xmlscan.New(rd)
		for k := sc.Next(); k != xmlscan.EOF; k = sc.Next() {
			switch {
			case k == xmlscan.Start && sc.Name() == "Path":
				paths++
			case k == xmlscan.Start && sc.Name() == "Glyphs":
				glyphs++
				if len(pieces) < document.MaxPlaced {
					pieces = append(pieces, document.Placed{X: measure(sc.Attr("OriginX")), Y: measure(sc.Attr("OriginY")),
						Size: measure(sc.Attr("FontRenderingEmSize")), Text: strings.TrimPrefix(sc.Attr("UnicodeString"), "{}")})
				}
			}
		}
		return nil // read once more for its text, where faults are told
	})
	for _, line := range document.Lines(pieces) {
		r.add(line, "", "")
	}
	if glyphs == 0 && paths > manyPaths {
		r.out.Gap(document.Gap{At: document.Location{Path: r.in.Path + "/" + label(p.file.Name)}, Why: document.NoText, Detail: "a page of lines without letters"})
	}
}

// measure is a length of a drawing, 0 where none can be read.
func measure(s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}

// boxes reads the short texts of a slide in the order in which they stand on it: boxes
// lie in the file in the order in which they were made.
func (r *reader) boxes(p *part) {
	var pieces []document.Placed
	r.with(p, func(rd io.Reader) error {
		sc := xmlscan.New(rd)
		var box document.Placed
		var text []byte
		inText, placed := false, false
		for k := sc.Next(); k != xmlscan.EOF && len(pieces) < document.MaxPlaced; k = sc.Next() {
			switch {
			case k == xmlscan.Start && sc.Name() == "sp":
				box, text, placed = document.Placed{Size: boxLine}, text[:0], false
			case k == xmlscan.Start && sc.Name() == "off" && !placed:
				box.X, box.Y, placed = measure(sc.Attr("x")), measure(sc.Attr("y")), true
			case sc.Name() == "t" && k != xmlscan.Text:
				inText = k == xmlscan.Start
			case k == xmlscan.Text && inText && len(text) < 200:
				text = append(text, sc.Text()...)
			case k == xmlscan.End && sc.Name() == "sp":
				if box.Text = string(bytes.TrimSpace(text)); placed && box.Text != "" && len(box.Text) < 60 {
					pieces = append(pieces, box)
				}
			}
		}
		return nil // read once more for its text, where faults are told
	})
	for _, line := range document.Lines(pieces) {
		r.sink.Add(document.Segment{Text: line, At: document.Location{Page: p.page}})
	}
}

// boxLine is the height of a line of text on a slide, in EMU (914,400 to an inch).
const boxLine = 250_000

// formatMarks set off the words within a number format.
var formatMarks = strings.NewReplacer(`"`, "", `\`, "")

// styles notes which styles hide text, by themselves or by the style they build
// on.
func (r *reader) styles(p *part) {
	base := map[string]string{}
	numbered := map[string]numbering.Style{}
	r.with(p, func(rd io.Reader) error {
		sc := xmlscan.New(rd)
		id := ""
		for k := sc.Next(); k != xmlscan.EOF; k = sc.Next() {
			if k != xmlscan.Start {
				continue
			}
			switch sc.Name() {
			case "style":
				id = sc.Attr("styleId")
			case "basedOn":
				base[id] = sc.Attr("val")
				numbered[id] = numbering.Style{Base: base[id]}
			case "numId":
				numbered[id] = numbering.Style{Base: base[id], List: sc.Attr("val"), Level: numbered[id].Level}
			case "ilvl":
				numbered[id] = numbering.Style{Base: base[id], List: numbered[id].List, Level: sc.Attr("val")}
			case "vanish":
				if v := sc.Attr("val"); id != "" && v != "0" && v != "false" && v != "off" {
					r.hiddenStyles[id] = true
				}
			}
		}
		return nil // a style sheet holds no text: a broken one hides none
	})
	r.lists.Styles(numbered)
	for id := range base {
		for at, n := id, 0; n < 20 && at != ""; at, n = base[at], n+1 {
			if r.hiddenStyles[at] {
				r.hiddenStyles[id] = true
			}
		}
	}
}

// slides numbers the slides in their order, with their notes and comments.
func (r *reader) slides(p *part) {
	rels := r.relations(p)
	page := 0
	r.with(p, func(rd io.Reader) error {
		sc := xmlscan.New(rd)
		for k := sc.Next(); k != xmlscan.EOF; k = sc.Next() {
			if k != xmlscan.Start || sc.Name() != "sldId" {
				continue
			}
			page++
			// Both the slide's id and the relation's are called id; the latter starts with a letter.
			ref := ""
			sc.Attrs(func(name, value []byte) {
				if string(name) == "id" && rels[string(value)].target != "" {
					ref = rels[string(value)].target
				}
			})
			slide := r.parts[ref]
			if slide == nil {
				continue
			}
			if slide.page != 0 {
				continue // named twice
			}
			slide.page = page
			for _, rel := range r.relations(slide) {
				if other := r.parts[rel.target]; other != nil && other.page == 0 && rel.kind != "slideLayout" {
					other.page = page
				}
			}
		}
		return nil
	})
}

func (r *reader) slideHidden(p *part) bool {
	rc, err := p.file.Open()
	if err != nil {
		return false
	}
	defer rc.Close()
	sc := xmlscan.New(rc)
	for k := sc.Next(); k != xmlscan.EOF; k = sc.Next() {
		if k == xmlscan.Start {
			v := sc.Attr("show")
			return v == "0" || v == "false"
		}
	}
	return false
}
