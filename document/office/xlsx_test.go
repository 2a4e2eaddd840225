package office_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"brevvagt/document"
	"brevvagt/document/documenttest"
	"brevvagt/internal/spent"
)

var xlsxPlaces = []place{
	{what: "shared string", layer: document.Visible, label: "CPR", cell: "Ark1!B2"},
	{what: "inline string over runs", layer: document.Visible, label: "CPR", cell: "Ark1!B3"},
	{what: "cached formula value", layer: document.Visible, label: "CPR", cell: "Ark1!B4"},
	{what: "formula", layer: document.Hidden, cell: "Ark1!B5"},
	{what: "comment", layer: document.Comment, cell: "Ark1!B2"},
	{what: "threaded comment", layer: document.Comment, cell: "Ark1!B3"},
	{what: "page header", layer: document.Header},
	{what: "sheet name", layer: document.Metadata},
	{what: "defined name", layer: document.Metadata},
	{what: "validation list", layer: document.Hidden},
	{what: "external link cache", layer: document.Hidden},
	{what: "text box", layer: document.Visible},
	{what: "hidden row", layer: document.Hidden, cell: "Ark1!B6"},
	{what: "hidden column", layer: document.Hidden, cell: "Ark1!D2"},
	{what: "hidden sheet", layer: document.Hidden},
	{what: "very hidden sheet", layer: document.Hidden},
	{what: "pivot cache", layer: document.Hidden},
	{what: "custom property", layer: document.Metadata, label: "Borger"},
	{what: "orphaned shared string", layer: document.Hidden},
	{what: "hyperlink tip", layer: document.Hidden},
	{what: "comment author", layer: document.Metadata, label: "author"},
	{what: "conditional format", layer: document.Hidden},
	{what: "connection", layer: document.Hidden},
}

func xlsxFile(t testing.TB) []byte {
	const ns = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	sheet1 := `<worksheet ` + ns + `><cols><col min="4" max="4" hidden="1"/></cols><sheetData>
<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>2</v></c></row>
<row r="2"><c r="A2" t="s"><v>3</v></c><c r="B2" t="s"><v>0</v></c><c r="D2" t="inlineStr"><is><t>{13}</t></is></c></row>
<row r="3"><c r="B3" t="inlineStr"><is><r><t>{1x}</t></r><rPh sb="0" eb="1"><t>77</t></rPh><r><t>{1y}</t></r></is></c></row>
<row r="4"><c r="B4" t="str"><f>A1</f><v>{2}</v></c></row>
<row r="5"><c r="B5"><f>IF(A1="{3}",1,2)</f><v>2</v></c></row>
<row r="6" hidden="1"><c r="B6" t="inlineStr"><is><t>{12}</t></is></c></row>
<row r="7"><c r="A7" t="inlineStr"><is><t>Testperson</t></is></c><c r="B7"><v>102030004</v></c></row>
<row r="8"><c r="B8"><v>1.02030008E8</v></c></row>
<row r="9"><c r="C9" s="1"><v>102030012</v></c><c r="E9" s="2"><v>2958465</v></c></row>
</sheetData><conditionalFormatting sqref="A1"><cfRule><formula>"{21}"</formula></cfRule></conditionalFormatting>
<dataValidations><dataValidation type="list"><formula1>"{9},x"</formula1></dataValidation></dataValidations>
<hyperlinks><hyperlink ref="A1" tooltip="{19}"/></hyperlinks><headerFooter><oddHeader>&amp;L{6}</oddHeader></headerFooter><drawing r:id="rId3"/></worksheet>`
	other := func(n string) string {
		return `<worksheet ` + ns + `><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>` + n + `</t></is></c></row></sheetData></worksheet>`
	}
	e := []entry{
		{"[Content_Types].xml", `<Types/>`},
		{"_rels/.rels", `<Relationships/>`},
		{"xl/workbook.xml", `<workbook ` + ns + `><sheets><sheet name="Ark1" sheetId="1" r:id="rId1"/><sheet name="Skjult {7}" sheetId="2" state="hidden" r:id="rId2"/><sheet name="Dybt" sheetId="3" state="veryHidden" r:id="rId3"/></sheets><definedNames><definedName name="borger">"{8}"</definedName></definedNames></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="x/worksheet" Target="/xl/worksheets/sheet2.xml"/><Relationship Id="rId3" Type="x/worksheet" Target="worksheets/sheet3.xml"/></Relationships>`},
		{"xl/worksheets/sheet1.xml", sheet1},
		{"xl/worksheets/_rels/sheet1.xml.rels", `<Relationships><Relationship Id="rId1" Type="x/comments" Target="../comments1.xml"/><Relationship Id="rId2" Type="x/threadedComment" Target="../threadedComments/tc1.xml"/><Relationship Id="rId3" Type="x/drawing" Target="../drawings/drawing1.xml"/></Relationships>`},
		{"xl/worksheets/sheet2.xml", other("{14}")},
		{"xl/worksheets/sheet3.xml", other("{15}")},
		{"xl/sharedStrings.xml", `<sst ` + ns + `><si><r><t>{0x}</t></r><rPh sb="0" eb="1"><t>77</t></rPh><r><t>{0y}</t></r></si><si><t>Navn</t></si><si><t>CPR</t></si><si><t>Testperson Eksempel</t></si><si><t>{18}</t></si></sst>`},
		{"xl/styles.xml", `<styleSheet ` + ns + `><numFmts><numFmt numFmtId="164" formatCode="000000\-0000"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/></cellXfs></styleSheet>`},
		{"xl/comments1.xml", `<comments ` + ns + `><authors><author>Sagsbehandler {20}</author></authors><commentList><comment ref="B2"><text><r><t>{4x}</t></r><r><t>{4y}</t></r></text></comment></commentList></comments>`},
		{"xl/threadedComments/tc1.xml", `<ThreadedComments><threadedComment ref="B3"><text>{5}</text></threadedComment></ThreadedComments>`},
		{"xl/drawings/drawing1.xml", `<xdr:wsDr><xdr:sp><xdr:txBody><a:p><a:r><a:t>{11}</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:wsDr>`},
		{"xl/externalLinks/externalLink1.xml", `<externalLink><externalBook><sheetDataSet><sheetData><row r="1"><cell r="A1" t="str"><v>{10}</v></cell></row></sheetData></sheetDataSet></externalBook></externalLink>`},
		{"xl/pivotCache/pivotCacheDefinition1.xml", `<pivotCacheDefinition><cacheFields><cacheField name="CPR"><sharedItems><s v="{16}"/><n v="1.02030009E8"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>`},
		{"xl/connections.xml", `<connections><connection name="q" connection="select * where cpr = '{22}'"/></connections>`},
		{"docProps/custom.xml", `<Properties><property name="Borger"><vt:lpwstr>{17}</vt:lpwstr></property></Properties>`},
	}
	for i := range e {
		e[i].body = fill(e[i].body)
	}
	return zipOf(t, e...)
}

func TestXlsxPlaces(t *testing.T) {
	d := documenttest.Read(t, formats(), "liste.xlsx", xlsxFile(t))
	checkPlaces(t, d, xlsxPlaces)
	if len(d.Gaps) > 0 {
		t.Errorf("gaps: %v", d.Gaps)
	}
	for text, cell := range map[string]string{
		"0102030004": "Ark1!B7", "0102030008": "Ark1!B8", "010203-0012": "Ark1!C9", "31-12-9999": "Ark1!E9", "0102030009": "",
	} {
		if f := documenttest.Find(d, text); len(f) == 0 || f[0].At.Cell != cell {
			t.Errorf("%s not found at %s: %+v", text, cell, f)
		}
	}
}

func TestXlsxSuite(t *testing.T) {
	c := documenttest.Canary
	documenttest.Run(t, documenttest.Suite{
		Format:  format(t, "xlsx"),
		Others:  formats(),
		Samples: []documenttest.Sample{{Name: "liste.xlsx", Data: xlsxFile(t), Canaries: []string{c(0), c(1), c(4), c(14), "010203-0012"}}},
	})
}

// TestXlsxByExcelize reads what another program wrote.
func TestXlsxByExcelize(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	style, err := f.NewStyle(&excelize.Style{CustomNumFmt: new("000000-0000")})
	if err != nil {
		t.Fatal(err)
	}
	for cell, v := range map[string]any{"A1": "Navn", "B1": "CPR-nr.", "A2": "Testperson Eksempel", "B2": 102030004, "C1": "Født", "C2": time.Date(2041, 2, 3, 0, 0, 0, 0, time.UTC)} {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellStyle("Sheet1", "B2", "B2", style); err != nil {
		t.Fatal(err)
	}
	want, err := f.GetCellValue("Sheet1", "B2")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	d := documenttest.Read(t, formats(), "x.xlsx", b.Bytes())
	got := documenttest.Find(d, want)
	if len(got) != 1 || got[0].At.Cell != "Sheet1!B2" || got[0].Label != "CPR-nr." {
		t.Errorf("%q: %+v", want, got)
	}
	if len(d.Gaps) > 0 {
		t.Errorf("gaps: %v", d.Gaps)
	}
}

// TestXlsxManyRows: time and memory grow with the rows, not with their square.
func TestXlsxManyRows(t *testing.T) {
	var b strings.Builder
	b.WriteString(`<worksheet><sheetData>`)
	const rows = 60_000
	for i := range rows {
		fmt.Fprintf(&b, `<row r="%d"><c r="A%d"><v>%d</v></c><c r="B%d" t="inlineStr"><is><t>tekst</t></is></c></row>`, i+1, i+1, i, i+1)
	}
	b.WriteString(`</sheetData></worksheet>`)
	data := zipOf(t, entry{"[Content_Types].xml", "<Types/>"}, entry{"xl/worksheets/sheet1.xml", b.String()})
	start := spent.Processor()
	d := documenttest.Read(t, formats(), "x.xlsx", data)
	if len(d.Segments) < 2*rows-1 || len(d.Gaps) > 0 {
		t.Errorf("%d segments, gaps %v", len(d.Segments), d.Gaps)
	}
	if took := spent.Processor() - start; took > 10*time.Second {
		t.Errorf("took %s", took)
	}
}
