package office_test

import (
	"strconv"
	"strings"
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
)

// TestWhatStandsApart plants a number whose label or whose other half stands elsewhere
// in an office file.
func TestWhatStandsApart(t *testing.T) {
	const digits = "1203363951"
	sp := func(x, y int, s string) string {
		return strings.NewReplacer("X", strconv.Itoa(x), "Y", strconv.Itoa(y), "T", s).Replace(`<p:sp><p:spPr><a:xfrm><a:off x="X" y="Y"/></a:xfrm></p:spPr><p:txBody><a:p><a:r><a:t>T</a:t></a:r></a:p></p:txBody></p:sp>`)
	}
	sheet := `<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>`
	book := func(part, xml string) []byte {
		return zipOf(t, entry{"[Content_Types].xml", types}, entry{"xl/workbook.xml", `<workbook><sheets><sheet name="Ark1" r:id="rId1"/></sheets></workbook>`},
			entry{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
			entry{"xl/worksheets/sheet1.xml", sheet}, entry{part, xml})
	}
	for name, c := range map[string]struct {
		data        []byte
		text, label string
	}{
		"halves.pptx": {zipOf(t, entry{"[Content_Types].xml", types}, entry{"ppt/slides/slide1.xml", `<p:sld><p:cSld><p:spTree>` + sp(2000000, 900000, "-3951") + sp(9, 5000000, "Kort") + sp(1600000, 900000, "120336") + `</p:spTree></p:cSld></p:sld>`}), "120336 -3951", ""},
		"label.pptx":  {zipOf(t, entry{"[Content_Types].xml", types}, entry{"ppt/slides/slide1.xml", `<p:sld><p:cSld><p:spTree>` + sp(2000000, 900000, digits) + sp(9, 5000000, "Kort") + sp(900000, 900000, "CPR-nr.:") + `</p:spTree></p:cSld></p:sld>`}), "CPR-nr.: " + digits, ""},
		"order.xps":   {zipOf(t, entry{"[Content_Types].xml", types}, entry{"Documents/1/Pages/1.fpage", `<FixedPage><Glyphs OriginX="150" OriginY="100" UnicodeString="` + digits + `" FontRenderingEmSize="12"/><Glyphs OriginX="60" OriginY="700" UnicodeString="Side 1"/><Glyphs OriginX="60" OriginY="100" UnicodeString="Cpr-nr.:"/></FixedPage>`}), "Cpr-nr.: " + digits, ""},
		"chart.xlsx":  {book("xl/charts/chart1.xml", `<c:chartSpace><c:ser><c:tx><c:strRef><c:strCache><c:pt idx="0"><c:v>CPR</c:v></c:pt></c:strCache></c:strRef></c:tx><c:val><c:numRef><c:numCache><c:pt idx="0"><c:v>102030004</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser></c:chartSpace>`), "0102030004", "CPR"},
		"extern.xlsx": {book("xl/externalLinks/externalLink1.xml", `<externalLink><externalBook><sheetDataSet><sheetData sheetId="0"><row r="1"><cell r="A1" t="str"><v>Navn</v></cell><cell r="B1" t="str"><v>CPR</v></cell></row><row r="2"><cell r="B2"><v>102030004</v></cell></row></sheetData></sheetDataSet></externalBook></externalLink>`), "0102030004", "CPR"},
		"plan.vsdx":   {zipOf(t, entry{"[Content_Types].xml", types}, entry{"visio/document.xml", `<VisioDocument/>`}, entry{"visio/pages/page1.xml", `<PageContents><Shapes><Shape><Section N="Property"><Row N="Row_1"><Cell N="Label" V="CPR"/><Cell N="Value" V="` + digits + `"/></Row></Section></Shape></Shapes></PageContents>`}), digits, "CPR"},
		"fields.xlsx": {book("xl/worksheets/sheet2.xml", `<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Dag</t></is></c><c r="B1" t="inlineStr"><is><t>Måned</t></is></c><c r="C1" t="inlineStr"><is><t>År</t></is></c><c r="D1" t="inlineStr"><is><t>Løbenr</t></is></c></row><row r="2"><c r="A2"><v>12</v></c><c r="B2"><v>03</v></c><c r="C2"><v>36</v></c><c r="D2"><v>3951</v></c></row></sheetData></worksheet>`), "120336-3951", ""},
	} {
		d := documenttest.Read(t, append(formats(), raw{}), name, c.data)
		found := false
		for _, s := range d.Segments {
			found = found || strings.Contains(s.Text, c.text) && (c.label == "" || s.Label == c.label)
		}
		if !found {
			t.Errorf("%s: no %q with label %q in %s", name, c.text, c.label, documenttest.Describe(d))
		}
	}
	d := documenttest.Read(t, append(formats(), raw{}), "model.xlsx", book("xl/model/item.data", "XPress9\x00\x00pakket"))
	if len(d.Gaps) != 1 || d.Gaps[0].Why != document.UnknownType {
		t.Errorf("a data model leaves %v", d.Gaps)
	}
}
