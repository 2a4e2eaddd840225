package office_test

import (
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
)

var pptxPlaces = []place{
	{what: "slide", layer: document.Visible},
	{what: "table cell", layer: document.Visible, label: "CPR-nummer"},
	{what: "hidden slide", layer: document.Hidden},
	{what: "notes", layer: document.Hidden},
	{what: "comment", layer: document.Comment},
	{what: "comment of today", layer: document.Comment},
	{what: "comment author", layer: document.Metadata},
	{what: "master", layer: document.Hidden},
	{what: "layout", layer: document.Hidden},
	{what: "alternative text", layer: document.Hidden},
	{what: "link tip", layer: document.Hidden},
	{what: "diagram", layer: document.Visible},
	{what: "tag", layer: document.Hidden},
	{what: "embedded workbook", layer: document.Visible, cell: "Ark1!B7"},
	{what: "number over runs", layer: document.Visible},
	{what: "chart title", layer: document.Visible},
	{what: "handout master", layer: document.Hidden},
	{what: "section name", layer: document.Hidden},
}

func pptxFile(t testing.TB) []byte {
	p := func(s string) string { return "<a:p><a:r><a:t>" + s + "</a:t></a:r></a:p>" }
	sld := func(attr, s string) string {
		return `<p:sld ` + attr + `><p:cSld><p:spTree><p:sp>` + s + `</p:sp></p:spTree></p:cSld></p:sld>`
	}
	book := zipOf(t, entry{"[Content_Types].xml", types},
		entry{"xl/workbook.xml", `<workbook><sheets><sheet name="Ark1" r:id="rId1"/></sheets></workbook>`},
		entry{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
		entry{"xl/worksheets/sheet1.xml", fill(`<worksheet><sheetData><row r="7"><c r="B7" t="inlineStr"><is><t>{13}</t></is></c></row></sheetData></worksheet>`)})
	e := []entry{
		{"[Content_Types].xml", types},
		{"ppt/presentation.xml", `<p:presentation><p:sldIdLst><p:sldId id="256" r:id="rId1"/><p:sldId id="257" r:id="rId2"/></p:sldIdLst><p14:sectionLst><p14:section name="Afsnit {17}"/></p14:sectionLst></p:presentation>`},
		{"ppt/_rels/presentation.xml.rels", `<Relationships><Relationship Id="rId1" Type="x/slide" Target="slides/slide2.xml"/><Relationship Id="rId2" Type="x/slide" Target="slides/slide1.xml"/></Relationships>`},
		{"ppt/slides/slide1.xml", sld(`show="0"`, p("{2}"))},
		{"ppt/slides/slide2.xml", sld("", p("{0}")+`<p:cNvPr id="2" name="x" descr="{9}"/><a:hlinkClick tooltip="{10}"/><a:p><a:r><a:t>{14x}</a:t></a:r><a:r><a:t>{14y}</a:t></a:r></a:p>`+
			`<a:tbl><a:tr><a:tc>`+p("Navn")+`</a:tc><a:tc>`+p("CPR-nummer")+`</a:tc></a:tr><a:tr><a:tc>`+p("Testperson")+`</a:tc><a:tc>`+p("{1}")+`</a:tc></a:tr></a:tbl>`)},
		{"ppt/slides/_rels/slide2.xml.rels", `<Relationships><Relationship Id="rId1" Type="x/notesSlide" Target="../notesSlides/notesSlide1.xml"/></Relationships>`},
		{"ppt/notesSlides/notesSlide1.xml", `<p:notes>` + p("{3}") + `</p:notes>`},
		{"ppt/comments/comment1.xml", `<p:cmLst><p:cm authorId="0"><p:text>{4}</p:text></p:cm></p:cmLst>`},
		{"ppt/comments/modern.xml", `<p188:cmLst><p188:cm><p188:txBody>` + p("{5}") + `</p188:txBody></p188:cm></p188:cmLst>`},
		{"ppt/commentAuthors.xml", `<p:cmAuthorLst><p:cmAuthor id="0" name="Sagsbehandler {6}" initials="TE"/></p:cmAuthorLst>`},
		{"ppt/slideMasters/slideMaster1.xml", `<p:sldMaster>` + p("{7}") + `</p:sldMaster>`},
		{"ppt/slideLayouts/slideLayout1.xml", `<p:sldLayout>` + p("{8}") + `</p:sldLayout>`},
		{"ppt/diagrams/data1.xml", `<dgm:dataModel><dgm:pt><dgm:t>` + p("{11}") + `</dgm:t></dgm:pt></dgm:dataModel>`},
		{"ppt/tags/tag1.xml", `<p:tagLst><p:tag name="SAG" val="{12}"/></p:tagLst>`},
		{"ppt/embeddings/Microsoft_Excel.xlsx", string(book)},
		{"ppt/charts/chart1.xml", `<c:chartSpace><c:title><c:tx><c:rich>` + p("{15}") + `</c:rich></c:tx></c:title></c:chartSpace>`},
		{"ppt/handoutMasters/handoutMaster1.xml", `<p:handoutMaster>` + p("{16}") + `</p:handoutMaster>`},
	}
	for i := range e {
		if e[i].name != "ppt/embeddings/Microsoft_Excel.xlsx" {
			e[i].body = fill(e[i].body)
		}
	}
	return zipOf(t, e...)
}

func TestPptxPlaces(t *testing.T) {
	d := documenttest.Read(t, formats(), "dias.pptx", pptxFile(t))
	checkPlaces(t, d, pptxPlaces)
	if len(d.Gaps) > 0 {
		t.Errorf("gaps: %v", d.Gaps)
	}
	for n, page := range map[int]int{0: 1, 2: 2, 3: 1} {
		if s := documenttest.Find(d, documenttest.Canary(n)); len(s) > 0 && s[0].At.Page != page {
			t.Errorf("canary %d on slide %d, want %d", n, s[0].At.Page, page)
		}
	}
}

// TestHiddenSlideTables: a table has its headings whether its slide is shown or not.
func TestHiddenSlideTables(t *testing.T) {
	c := func(s string) string { return "<a:tc><a:p><a:r><a:t>" + s + "</a:t></a:r></a:p></a:tc>" }
	for attr, layer := range map[string]document.Layer{"": document.Visible, `show="0"`: document.Hidden} {
		d := documenttest.Read(t, formats(), "dias.pptx", zipOf(t, entry{"[Content_Types].xml", types},
			entry{"ppt/slides/slide1.xml", `<p:sld ` + attr + `><p:cSld><p:spTree><a:tbl><a:tr>` + c("Navn") + c("Fødselsdato") + c("Løbenr.") + `</a:tr><a:tr>` + c("Testperson") + c("12-03-36") + c("3951") + `</a:tr></a:tbl></p:spTree></p:cSld></p:sld>`}))
		found := documenttest.Find(d, "120336-3951")
		if len(found) == 0 || found[0].At.Layer != layer || found[0].Label == "" {
			t.Errorf("%q: %s", attr, documenttest.Describe(d))
		}
	}
}

// TestODFPlaces: what LibreOffice can hide, beyond the sample files.
func TestODFPlaces(t *testing.T) {
	places := []place{
		{what: "formula", layer: document.Hidden},
		{what: "link", layer: document.Hidden},
		{what: "hidden section", layer: document.Hidden},
		{what: "hidden text field", layer: document.Hidden},
		{what: "user field", layer: document.Hidden},
		{what: "alternative text", layer: document.Hidden, label: "desc"},
		{what: "number over spans", layer: document.Visible},
		{what: "setting", layer: document.Hidden},
		{what: "inner object", layer: document.Visible},
		{what: "keyword", layer: document.Metadata, label: "keyword"},
		{what: "validation", layer: document.Hidden},
	}
	content := fill(`<office:document-content><office:body><office:text>
<table:table table:name="T"><table:table-row><table:table-cell table:formula="of:=&quot;{0}&quot;"><text:p>x</text:p></table:table-cell></table:table-row></table:table>
<text:p>se <text:a xlink:href="https://x.example/{1}">her</text:a> {6x}<text:span>{6y}</text:span></text:p>
<text:section text:display="none"><text:p>{2}</text:p></text:section>
<text:p><text:hidden-text text:string-value="{3}">x</text:hidden-text></text:p>
<text:user-field-decls><text:user-field-decl office:string-value="{4}" text:name="a"/></text:user-field-decls>
<text:p><draw:frame><svg:desc>{5}</svg:desc></draw:frame></text:p>
<table:content-validation table:condition="of:cell-content-is-in-list(&quot;{10}&quot;)"/>
</office:text></office:body></office:document-content>`)
	d := documenttest.Read(t, formats(), "x.odt", zipOf(t,
		entry{"mimetype", "application/vnd.oasis.opendocument.text"},
		entry{"content.xml", content},
		entry{"settings.xml", fill(`<office:document-settings><config:config-item config:name="PrinterName">{7}</config:config-item></office:document-settings>`)},
		entry{"Object 1/content.xml", fill(`<office:document-content><text:p>{8}</text:p></office:document-content>`)},
		entry{"meta.xml", fill(`<office:document-meta><office:meta><meta:keyword>{9}</meta:keyword></office:meta></office:document-meta>`)},
		entry{"META-INF/manifest.xml", `<manifest:manifest/>`}))
	checkPlaces(t, d, places)
	if len(d.Gaps) > 0 {
		t.Errorf("gaps: %v", d.Gaps)
	}
}
