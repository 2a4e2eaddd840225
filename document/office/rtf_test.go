package office_test

import (
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"brevvagt/document"
	"brevvagt/document/documenttest"
	"brevvagt/document/office/flow"
	"brevvagt/internal/spent"
)

func TestRTFOddities(t *testing.T) {
	for _, c := range []struct {
		in, want string
		layer    document.Layer
		label    string
	}{
		{`\'e6\'f8\'e5 120336\_3951\par`, "æøå 120336-3951", document.Visible, ""},
		{`\uc1 \u230 ?\u8364 ? x\par`, "æ€ x", document.Visible, ""},
		{`\uc2\u230 ab1\par`, "æ1", document.Visible, ""},
		{`{\uc0\u230}1\u-10179 ?\u-8704 ?\par`, "æ1😀", document.Visible, ""},
		{`1203{\b 36}\--3951\par`, "120336-3951", document.Visible, ""},
		{`a{\v skjult 120336-3951}b\par`, "skjult 120336-3951", document.Hidden, ""},
		{`{\deleted slettet 120336-3951}\par`, "slettet 120336-3951", document.Deleted, ""},
		{`{\revised indsat 120336-3951}\par`, "indsat 120336-3951", document.Inserted, ""},
		{`{\field{\*\fldinst{MERGEFIELD CPR}}{\fldrslt x}}\par`, "{ MERGEFIELD CPR }", document.Hidden, flow.LabelField},
		{`{\header hoved 120336-3951\par}`, "hoved 120336-3951", document.Header, ""},
		{`krop{\footnote fod 120336-3951}\par`, "fod 120336-3951", document.Visible, ""},
		{`{\*\annotation note 120336-3951}`, "note 120336-3951", document.Comment, ""},
		{`{\info{\title titel 120336-3951}}`, "titel 120336-3951", document.Metadata, ""},
		{`{\*\userprops{\propname Borger}{\staticval 120336-3951}}`, "120336-3951", document.Metadata, ""},
		{`{\*\ukendt gemt 120336-3951}`, "gemt 120336-3951", document.Hidden, ""},
		{`\trowd Navn\cell CPR-nr.\cell\row\trowd Testperson\cell 120336-3951\cell\row`, "120336-3951", document.Visible, "CPR-nr."},
		{`{\object{\*\objdata 01050000` + hex.EncodeToString([]byte("objekt 120336-3951")) + `}}`, "objekt 120336-3951", document.Visible, ""},
		{`{\pict\bin18 billed 120336-3951}`, "billed 120336-3951", document.Visible, ""},
		{`{\stylesheet{\s1\ql\fs22 Brev 120336-3951;}{\s2 Normal;}}efter\par`, "Brev 120336-3951", document.Metadata, ""},
		{`{\*\listtable{\list{\listlevel{\leveltext\'0b120336-3951;}}}}efter\par`, "120336-3951", document.Metadata, ""},
		{`{\*\datastore ` + hex.EncodeToString([]byte("lager 120336-3951")) + `}`, "lager 120336-3951", document.Visible, ""},
		{`{\fonttbl{\f0 Arial;}}{\colortbl;}efter 120336-3951`, "efter 120336-3951", document.Visible, ""},
	} {
		d := documenttest.Read(t, append(formats(), raw{}), "x.rtf", []byte(`{\rtf1\ansi\ansicpg1252 `+c.in+`}`))
		ok := false
		for _, s := range documenttest.Find(d, c.want) {
			ok = ok || s.At.Layer == c.layer && s.Label == c.label
		}
		if !ok || len(d.Gaps) > 0 {
			t.Errorf("%s: %q not found in %s: %+v", c.in, c.want, c.layer, d.Segments)
		}
	}
}

// TestRTFDepth reaches the limit on groups.
func TestRTFDepth(t *testing.T) {
	d := documenttest.Read(t, formats(), "x.rtf", []byte(`{\rtf1 120336-3951\par`+strings.Repeat("{", 20_000)))
	if !documenttest.Has(d, "120336-3951") || !documenttest.HasGap(d, document.TooDeep) {
		t.Error(documenttest.Describe(d))
	}
}

// TestNestingIsLinear: markup within markup may not multiply the work.
func TestNestingIsLinear(t *testing.T) {
	text := strings.Repeat(para("tekst uden indhold"), 20_000)
	for name, shell := range map[string][2]string{
		"controls":   {`<w:sdt><w:sdtPr><w:alias w:val="a"/><w:showingPlcHdr/></w:sdtPr><w:sdtContent>`, `</w:sdtContent></w:sdt>`},
		"alternates": {`<mc:AlternateContent><mc:Choice>`, `</mc:Choice></mc:AlternateContent>`},
		"insertions": {`<w:ins w:author="a">`, `</w:ins>`},
		"tables":     {`<w:tbl><w:tr><w:tc>`, `</w:tc></w:tr></w:tbl>`},
		"paragraphs": {`<w:p>`, `</w:p>`},
	} {
		const depth = 1000
		start := spent.Processor()
		d := documenttest.Read(t, formats(), "x.docx", docxOf(t, strings.Repeat(shell[0], depth)+text+strings.Repeat(shell[1], depth)))
		if took := spent.Processor() - start; took > 8*time.Second || !documenttest.Has(d, "tekst uden indhold") {
			t.Errorf("%s: %s, gaps %v", name, took, d.Gaps)
		}
	}
}

// TestManySegments reaches the limit on cells.
func TestManySegments(t *testing.T) {
	doc := &document.Formats{List: []document.Format{capped{}}}
	d := doc.Read(t.Context(), "x", []byte("x"))
	n := 0
	for _, s := range d.Segments {
		if s.At.Layer == document.Visible { // the item's name is metadata
			n++
		}
	}
	if n != 10 || !documenttest.HasGap(d, document.TooMany) {
		t.Errorf("%d segments, gaps %v", n, d.Gaps)
	}
}
