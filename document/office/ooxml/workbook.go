package ooxml

import (
	"fmt"
	"io"
	"strconv"

	"brevvagt/document"
	"brevvagt/document/office/cellfmt"
	"brevvagt/document/office/flow"
	"brevvagt/document/office/pack"
	"brevvagt/document/office/xmlscan"
)

// sheet is what the workbook says of a worksheet.
type sheet struct {
	name   string
	hidden bool
}

// book is what all worksheets share.
type book struct {
	strings   []string
	used      []bool
	formats   []cellfmt.Format // by style index
	paints    paints
	since1904 bool
	lost      bool // a cell refers to a string that is not there
	binary    bool // an .xlsb, whose parts are records
}

// Limits of the shared strings of one workbook.
const (
	maxStrings     = 4_000_000
	maxStringBytes = 48 << 20 // that are kept for the cells that show them
)

// workbook learns the sheets' names and which of them are hidden.
func (r *reader) workbook(p *part) {
	rels := r.relations(p)
	r.with(p, func(rd io.Reader) error {
		sc := xmlscan.New(rd)
		for k := sc.Next(); k != xmlscan.EOF; k = sc.Next() {
			if k != xmlscan.Start {
				continue
			}
			switch sc.Name() {
			case "workbookPr":
				v := sc.Attr("date1904")
				r.book.since1904 = v == "1" || v == "true"
			case "sheet":
				r.claimSheet(sc, rels)
			}
		}
		return nil // read in full, and judged, with the other parts
	})
}

func (r *reader) claimSheet(sc *xmlscan.Scanner, rels map[string]relation) {
	state := sc.Attr("state")
	s := &sheet{name: sc.Attr("name"), hidden: state == "hidden" || state == "veryHidden"}
	r.assign(rels[sc.Attr("id")].target, s)
}

// assign gives a worksheet, and what it refers to, its name and state.
func (r *reader) assign(name string, s *sheet) {
	p := r.parts[name]
	if p == nil || p.sheet != nil {
		return
	}
	p.sheet = s
	for _, rel := range r.relations(p) {
		other := r.parts[rel.target]
		if other == nil || other.sheet != nil {
			continue
		}
		other.sheet = s
		for _, next := range r.relations(other) { // the pictures of a drawing
			if q := r.parts[next.target]; q != nil && q.sheet == nil {
				q.sheet = s
			}
		}
	}
}

// cellFormats reads the number format of each cell style.
func (r *reader) cellFormats(p *part) {
	codes := map[int]string{}
	cells := false
	r.with(p, func(rd io.Reader) error {
		sc := xmlscan.New(rd)
		for k := sc.Next(); k != xmlscan.EOF; k = sc.Next() {
			if k == xmlscan.End && sc.Name() == "cellXfs" {
				cells = false
			}
			if k != xmlscan.Start {
				continue
			}
			r.book.paints.open(sc, cells)
			switch sc.Name() {
			case "numFmt":
				if id, err := strconv.Atoi(sc.Attr("numFmtId")); err == nil && len(codes) < 10_000 {
					codes[id] = sc.Attr("formatCode")
				}
			case "cellXfs":
				cells = true
			case "xf":
				if id, err := strconv.Atoi(sc.Attr("numFmtId")); cells && len(r.book.formats) < 70_000 {
					if err != nil {
						id = 0
					}
					r.book.formats = append(r.book.formats, cellfmt.Parse(id, codes[id]))
				}
			}
		}
		return sc.Err()
	})
}

// sharedStrings reads the table of texts that cells refer to by number.
func (r *reader) sharedStrings(p *part) {
	r.with(p, func(rd io.Reader) error {
		sc := xmlscan.New(rd)
		var text, reading []byte // a reading aid stands in the middle of a word and is no part of it
		inText, size, aid := 0, 0, false
		for k := sc.Next(); k != xmlscan.EOF; k = sc.Next() {
			switch k {
			case xmlscan.Start:
				switch sc.Name() {
				case "si":
					text, reading, aid = text[:0], reading[:0], false
				case "t":
					inText++
				case "rPh":
					reading, aid = append(reading, '\n'), true
				case "color":
					r.book.paints.own(len(r.book.strings))
				}
			case xmlscan.End:
				switch sc.Name() {
				case "t":
					inText = max(0, inText-1)
				case "rPh":
					aid = false
				case "si":
					text = append(text, reading...)
					size += len(text)
					switch n := len(r.book.strings); {
					case n >= maxStrings:
						return pack.ErrTooBig
					case size <= maxStringBytes:
						r.book.strings = append(r.book.strings, string(text))
					default:
						r.outside(text, size-len(text) <= maxStringBytes)
						r.book.strings = append(r.book.strings, "")
					}
				}
			case xmlscan.Text:
				switch {
				case inText > 0 && aid:
					reading = append(reading, sc.Text()...)
				case inText > 0:
					if text = append(text, sc.Text()...); len(text) > maxCellText {
						r.add(string(text), document.Visible, "")
						text = text[:0]
					}
				}
			}
		}
		return verdict(sc)
	})
	r.book.used = make([]bool, len(r.book.strings))
}

// outside reads a shared string for which there is no room, apart from its cell: only
// where it may hold a number, as the first of them tells.
func (r *reader) outside(text []byte, first bool) {
	if first {
		r.out.Gap(document.Gap{Why: document.TooBig, Detail: fmt.Sprintf("of the shared strings behind the first %d bytes only those that may hold a person's number were read", maxStringBytes)})
	}
	if document.MayHoldNumber(text) {
		r.add(string(text), document.Visible, "")
	}
}

// verdict is nil for a sound XML text that has been read to its end.
func verdict(sc *xmlscan.Scanner) error {
	if err := sc.Err(); err != nil {
		return err
	}
	if sc.Damaged() || sc.HasDTD() {
		return flow.ErrUnsound
	}
	return nil
}

// orphans are shared strings that no cell shows: what was there before an edit.
func (r *reader) orphans() {
	if r.book.lost {
		r.out.Gap(document.Gap{Why: document.Damaged, Detail: "cells refer to shared strings that are missing"})
	}
	for i, s := range r.book.strings {
		if !r.book.used[i] {
			r.add(s, document.Hidden, "")
		}
	}
}

// notes reads the old and the threaded comments of a worksheet.
func (r *reader) notes(p *part) {
	name := ""
	if p.sheet != nil {
		name = p.sheet.name + "!"
	}
	r.with(p, func(rd io.Reader) error {
		sc := xmlscan.New(rd)
		var text []byte
		cell, inText, author := "", 0, false
		for k := sc.Next(); k != xmlscan.EOF; k = sc.Next() {
			switch k {
			case xmlscan.Start:
				switch sc.Name() {
				case "comment", "threadedComment":
					cell, text = sc.Attr("ref"), text[:0]
				case "t", "text":
					inText++
				case "author":
					author, text = true, text[:0]
				}
			case xmlscan.End:
				switch sc.Name() {
				case "comment", "threadedComment":
					r.sink.Add(document.Segment{Text: string(text), At: document.Location{Layer: document.Comment, Cell: name + cell}})
					text = text[:0]
				case "t", "text":
					inText = max(0, inText-1)
				case "author":
					r.add(string(text), document.Metadata, flow.LabelAuthor)
					author, text = false, text[:0]
				}
			case xmlscan.Text:
				if inText > 0 && sc.Depth() > 0 || author {
					text = append(text, sc.Text()...)
				}
			}
		}
		return verdict(sc)
	})
}
