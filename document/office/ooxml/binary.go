package ooxml

import (
	"io"
	"strings"

	"brevvagt/document"
	"brevvagt/document/office/xlsb"
	"brevvagt/internal/sweep"
)

// binaryRoot tells the parts of a binary workbook, which have no root element.
// Their kinds are prefixed with "bin:".
func binaryRoot(name string, head []byte) string {
	if !strings.HasSuffix(strings.ToLower(name), ".bin") {
		return ""
	}
	if k := xlsb.Kind(head); k != "" {
		return "bin:" + k
	}
	return ""
}

// bytesOf reads a part whole, within the limits of the package.
func (r *reader) bytesOf(p *part) (data []byte) {
	r.with(p, func(rd io.Reader) (err error) {
		data, err = io.ReadAll(rd)
		return err
	})
	return data
}

// prepareBinary reads the workbook, styles and strings of a binary workbook.
func (r *reader) prepareBinary() {
	for _, p := range r.list {
		switch p.root {
		case "bin:workbook":
			sheets, since, err := xlsb.Workbook(r.bytesOf(p))
			r.fault(p, err)
			r.book.since1904, r.book.binary = since, true
			rels := r.relations(p)
			for _, s := range sheets {
				r.add(s.Name, document.Metadata, "")
				r.assign(rels[s.ID].target, &sheet{name: s.Name, hidden: s.Hidden})
			}
		case "bin:styleSheet":
			f, err := xlsb.Formats(r.bytesOf(p))
			r.fault(p, err)
			r.book.formats = f
		case "bin:sst":
			s, err := xlsb.Strings(r.bytesOf(p))
			r.fault(p, err)
			r.book.strings, r.book.used = s, make([]bool, len(s))
		}
	}
}

// readBinary reads a part of a binary workbook. What its reader does not ask for
// (names, headers, validation, links) is found by its characters.
func (r *reader) readBinary(p *part) {
	if p.root == "bin:sst" || p.root == "bin:styleSheet" {
		return
	}
	data := r.bytesOf(p)
	s := sheet{}
	if p.sheet != nil {
		s = *p.sheet
	}
	var err error
	switch p.root {
	case "bin:worksheet":
		b := &xlsb.Book{Strings: r.book.strings, Used: r.book.used, Formats: r.book.formats, Since1904: r.book.since1904}
		var lost bool
		lost, err = xlsb.Worksheet(data, b, s.name, s.hidden, r.sink)
		r.book.lost = r.book.lost || lost
	case "bin:comments":
		err = xlsb.Comments(data, s.name, r.sink)
	}
	r.fault(p, err)
	if p.root != "bin:comments" {
		r.sweepWide(data)
	}
}

// sweepWide takes the texts of two bytes a character: cells again, but also
// headers, validation lists and formulas, which no record reader asks for.
func (r *reader) sweepWide(data []byte) {
	texts, cut := sweep.Wide(data)
	for _, t := range texts {
		r.add(t, document.Hidden, "")
	}
	if cut {
		r.out.Gap(document.Gap{Why: document.TooBig, Detail: "more text than a sweep keeps"})
	}
}
