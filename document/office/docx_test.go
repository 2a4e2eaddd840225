package office_test

import (
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
)

const wordNS = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"`

var docxPlaces = []place{
	{what: "body", layer: document.Visible},
	{what: "split over runs", layer: document.Visible},
	{what: "no-break hyphen", layer: document.Visible},
	{what: "soft hyphen in the middle", layer: document.Visible},
	{what: "table cell under a heading", layer: document.Visible, label: "CPR-nummer"},
	{what: "form row", layer: document.Visible, label: "Personnummer"},
	{what: "date and serial in two cells", layer: document.Visible},
	{what: "nested table", layer: document.Visible},
	{what: "header", layer: document.Header},
	{what: "footer", layer: document.Header},
	{what: "footnote", layer: document.Visible},
	{what: "endnote", layer: document.Visible},
	{what: "comment", layer: document.Comment},
	{what: "comment author", layer: document.Metadata, label: "author"},
	{what: "text box", layer: document.Visible},
	{what: "text box fallback that differs", layer: document.Visible},
	{what: "inserted", layer: document.Inserted},
	{what: "deleted", layer: document.Deleted},
	{what: "moved from", layer: document.Deleted},
	{what: "change over half a number", layer: document.Inserted},
	{what: "hidden", layer: document.Hidden},
	{what: "hidden by style", layer: document.Hidden},
	{what: "field code", layer: document.Hidden, label: "instrText"},
	{what: "field code over runs", layer: document.Hidden, label: "instrText"},
	{what: "fldSimple", layer: document.Hidden, label: "instrText"},
	{what: "content control", layer: document.Visible, label: "Borgerens CPR"},
	{what: "placeholder", layer: document.Visible, label: "showingPlcHdr"},
	{what: "drop-down entry", layer: document.Hidden},
	{what: "alternative text", layer: document.Hidden},
	{what: "bookmark", layer: document.Hidden},
	{what: "word art", layer: document.Hidden},
	{what: "hyperlink target", layer: document.Hidden},
	{what: "core property", layer: document.Metadata, label: "title"},
	{what: "custom property", layer: document.Metadata, label: "Borger"},
	{what: "company", layer: document.Metadata},
	{what: "document variable", layer: document.Hidden, label: "sag"},
	{what: "custom XML", layer: document.Hidden, label: "cprnr"},
	{what: "glossary", layer: document.Hidden},
	{what: "alternative chunk", layer: document.Visible},
	{what: "embedded file", layer: document.Visible},
	{what: "people", layer: document.Metadata},
	{what: "chart cache", layer: document.Visible},
	{what: "diagram", layer: document.Visible},
	{what: "XML comment", layer: document.Hidden},
	{what: "legacy form field", layer: document.Hidden},
	{what: "equation", layer: document.Visible},
	{what: "field result", layer: document.Visible},
}

func wordBody() string {
	return fill(`<w:p><w:r><w:t>CPR: {0}</w:t></w:r></w:p>
<w:p><w:r><w:t>{1x}</w:t></w:r><w:proofErr/><w:r><w:rPr><w:b/></w:rPr><w:t>{1y}</w:t></w:r></w:p>
<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t>{2a}</w:t><w:noBreakHyphen/><w:t>{2b}</w:t></w:r></w:p>
<w:p><w:r><w:t>{3x}</w:t><w:softHyphen/><w:t>{3y}</w:t></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Navn</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>CPR-nummer</w:t></w:r></w:p></w:tc></w:tr>
<w:tr><w:tc><w:p><w:r><w:t>Testperson Eksempel</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>{4}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Navn</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Testperson Eksempel</w:t></w:r></w:p></w:tc></w:tr>
<w:tr><w:tc><w:p><w:r><w:t>Personnummer:</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>{5}</w:t></w:r></w:p></w:tc></w:tr>
<w:tr><w:tc><w:p><w:r><w:t>{6a}-</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>{6b}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:tbl><w:tr><w:tc><w:tbl><w:tr><w:tc><w:p><w:r><w:t>{7}</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p/></w:tc></w:tr></w:tbl>
<w:p><w:r><mc:AlternateContent><mc:Choice><wps:txbx><w:txbxContent><w:p><w:r><w:t>{14}</w:t></w:r></w:p></w:txbxContent></wps:txbx></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent><w:p><w:r><w:t>{14}</w:t></w:r></w:p><w:p><w:r><w:t>{15}</w:t></w:r></w:p></w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>
<w:p><w:r><w:t xml:space="preserve">Plain </w:t></w:r><w:ins w:author="Testperson"><w:r><w:t>{16}</w:t></w:r></w:ins><w:del w:author="Testperson"><w:r><w:delText>{17}</w:delText></w:r></w:del></w:p>
<w:p><w:moveFrom><w:r><w:t>{18}</w:t></w:r></w:moveFrom></w:p>
<w:p><w:r><w:t>CPR {19a}-</w:t></w:r><w:del><w:r><w:delText>9999</w:delText></w:r></w:del><w:ins><w:r><w:t>{19b}</w:t></w:r></w:ins><w:r><w:t> efter</w:t></w:r></w:p>
<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{20}</w:t></w:r></w:p>
<w:p><w:r><w:rPr><w:rStyle w:val="Skjult"/></w:rPr><w:t>{21}</w:t></w:r></w:p>
<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> IF x = "{22}" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{46}</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>
<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>MERGEFIELD {23x}</w:instrText></w:r><w:r><w:instrText>{23y}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>
<w:p><w:fldSimple w:instr="QUOTE {24}"><w:r><w:t>vist</w:t></w:r></w:fldSimple></w:p>
<w:sdt><w:sdtPr><w:alias w:val="Borgerens CPR"/><w:tag w:val="cpr"/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>{25}</w:t></w:r></w:p></w:sdtContent></w:sdt>
<w:p><w:sdt><w:sdtPr><w:showingPlcHdr/><w:dropDownList><w:listItem w:displayText="{27}" w:value="a"/></w:dropDownList></w:sdtPr><w:sdtContent><w:r><w:t>Klik her {26}</w:t></w:r></w:sdtContent></w:sdt></w:p>
<w:p><w:r><w:drawing><wp:inline><wp:extent cx="1234567890" cy="2"/><wp:docPr id="1" name="Billede 1" descr="Skærmbillede {28}"/></wp:inline></w:drawing></w:r><w:bookmarkStart w:id="0" w:name="borger_{29}"/><w:r><w:pict><v:shape><v:textpath string="{30}"/></v:shape></w:pict></w:r></w:p>
<!-- {43} -->
<w:p><w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:textInput><w:default w:val="{44}"/></w:textInput></w:ffData></w:fldChar><w:fldChar w:fldCharType="end"/></w:r></w:p>
<w:p><m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:r><m:t>{45}</m:t></m:r></m:oMath></w:p>
<w:altChunk r:id="rId9"/><w:sectPr/>`)
}

func wordFile(t testing.TB) []byte {
	e := []entry{
		{"[Content_Types].xml", `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`},
		{"_rels/.rels", `<Relationships><Relationship Id="rId1" Type="x/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document ` + wordNS + `><w:body>` + wordBody() + `</w:body></w:document>`},
		{"word/_rels/document.xml.rels", fill(`<Relationships><Relationship Id="rId1" Type="x/hyperlink" Target="https://sag.example/?cpr={31}" TargetMode="External"/></Relationships>`)},
		{"word/header1.xml", fill(`<w:hdr ` + wordNS + `><w:p><w:r><w:t>{8}</w:t></w:r></w:p></w:hdr>`)},
		{"word/footer1.xml", fill(`<w:ftr ` + wordNS + `><w:p><w:r><w:t>{9}</w:t></w:r></w:p></w:ftr>`)},
		{"word/footnotes.xml", fill(`<w:footnotes ` + wordNS + `><w:footnote><w:p><w:r><w:t>{10}</w:t></w:r></w:p></w:footnote></w:footnotes>`)},
		{"word/endnotes.xml", fill(`<w:endnotes ` + wordNS + `><w:endnote><w:p><w:r><w:t>{11}</w:t></w:r></w:p></w:endnote></w:endnotes>`)},
		{"word/comments.xml", fill(`<w:comments ` + wordNS + `><w:comment w:author="Sagsbehandler {13}" w:initials="TE"><w:p><w:r><w:t>{12}</w:t></w:r></w:p></w:comment></w:comments>`)},
		{"word/styles.xml", `<w:styles ` + wordNS + `><w:style w:styleId="Basis"><w:rPr><w:vanish/></w:rPr></w:style><w:style w:styleId="Skjult"><w:basedOn w:val="Basis"/></w:style></w:styles>`},
		{"docProps/core.xml", fill(`<cp:coreProperties xmlns:dc="d" xmlns:cp="c"><dc:title>Sag {32}</dc:title><dc:creator>Testperson Eksempel</dc:creator></cp:coreProperties>`)},
		{"docProps/custom.xml", fill(`<Properties><property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="Borger"><vt:lpwstr>{33}</vt:lpwstr></property></Properties>`)},
		{"docProps/app.xml", fill(`<Properties><Company>{34}</Company></Properties>`)},
		{"word/settings.xml", fill(`<w:settings ` + wordNS + `><w:docVars><w:docVar w:name="sag" w:val="{35}"/></w:docVars></w:settings>`)},
		{"customXml/item1.xml", fill(`<sag xmlns="urn:example"><cprnr>{36}</cprnr></sag>`)},
		{"word/glossary/document.xml", fill(`<w:glossaryDocument ` + wordNS + `><w:docParts><w:docPart><w:docPartBody><w:p><w:r><w:t>{37}</w:t></w:r></w:p></w:docPartBody></w:docPart></w:docParts></w:glossaryDocument>`)},
		{"word/afchunk.html", fill(`<html><body>{38}</body></html>`)},
		{"word/embeddings/oleObject1.dat", fill(`any {39}`)},
		{"word/people.xml", fill(`<w15:people><w15:person w15:author="Person {40}"/></w15:people>`)},
		{"word/charts/chart1.xml", fill(`<c:chartSpace><c:strCache><c:pt idx="0"><c:v>{41}</c:v></c:pt></c:strCache></c:chartSpace>`)},
		{"word/diagrams/data1.xml", fill(`<dgm:dataModel><dgm:pt><dgm:t><a:p><a:r><a:t>{42}</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:dataModel>`)},
	}
	return zipOf(t, e...)
}

func TestDocxPlaces(t *testing.T) {
	d := documenttest.Read(t, append(formats(), raw{}), "brev.docx", wordFile(t))
	checkPlaces(t, d, docxPlaces)
	if len(d.Gaps) > 0 {
		t.Errorf("gaps: %v", d.Gaps)
	}
	if n := len(documenttest.Find(d, documenttest.Canary(14))); n != 1 {
		t.Errorf("a text box is told %d times, want once", n)
	}
	if n := len(documenttest.Find(d, documenttest.Canary(16))); n != 1 {
		t.Errorf("an insertion is told %d times, want once", n)
	}
}

func TestDocxSuite(t *testing.T) {
	c := documenttest.Canary
	documenttest.Run(t, documenttest.Suite{
		Format:  format(t, "docx"),
		Others:  append(formats(), raw{}),
		Samples: []documenttest.Sample{{Name: "brev.docx", Data: wordFile(t), Canaries: []string{c(0), c(4), c(8), c(12), c(38)}}},
	})
}

// TestSwitches: an element that says no.
// TestCrossedOut: a highlight or a shading in black takes nothing away.
func TestCrossedOut(t *testing.T) {
	d := documenttest.Read(t, formats(), "x.docx", docxOf(t, `<w:p><w:r><w:t xml:space="preserve">Notat om </w:t></w:r><w:r><w:rPr><w:highlight w:val="black"/></w:rPr><w:t>Testperson Eksempel</w:t></w:r></w:p>`+
		`<w:p><w:r><w:rPr><w:shd w:val="clear" w:fill="000000"/><w:color w:val="000000"/></w:rPr><w:t>Anden Prøve</w:t></w:r></w:p>`+
		`<w:p><w:r><w:rPr><w:highlight w:val="black"/><w:color w:val="FFFFFF"/></w:rPr><w:t>Overskrift</w:t></w:r></w:p>`))
	checkWants(t, d, []want{{text: "Testperson Eksempel", layer: document.Covered}, {text: "Anden Prøve", layer: document.Covered}, {text: "Overskrift", layer: document.Visible}})
}

func TestSwitches(t *testing.T) {
	d := documenttest.Read(t, formats(), "x.docx", docxOf(t, `<w:p><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>synlig 120336-3951</w:t></w:r></w:p>`+
		`<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:t>synlig 130336-3951</w:t></w:r></w:p>`+
		`<w:sdt><w:sdtPr><w:showingPlcHdr w:val="false"/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>udfyldt 140336-3951</w:t></w:r></w:p></w:sdtContent></w:sdt>`))
	checkWants(t, d, []want{{text: "synlig 120336-3951", layer: document.Visible}, {text: "synlig 130336-3951", layer: document.Visible}, {text: "udfyldt 140336-3951", layer: document.Visible}})
	for _, s := range d.Segments {
		if s.Label == "showingPlcHdr" {
			t.Error("a filled control is taken for a prompt")
		}
	}
}
