package office_test

import (
	"testing"

	"brevvagt/document/documenttest"
)

// TestNumbersInNames plants a number in the name of a style, a font, a number format,
// and in other places that no reader of text looks at.
func TestNumbersInNames(t *testing.T) {
	const number = "130151-5355"
	sheet := func(styles, cell, tail string) []byte {
		return zipOf(t, entry{"[Content_Types].xml", "<Types/>"},
			entry{"xl/workbook.xml", `<workbook><sheets><sheet name="A" id="r1"/></sheets></workbook>`},
			entry{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
			entry{"xl/styles.xml", "<styleSheet>" + styles + "</styleSheet>"},
			entry{"xl/worksheets/sheet1.xml", `<worksheet><sheetData><row r="1">` + cell + "</row></sheetData>" + tail + "</worksheet>"})
	}
	format := func(code string) string {
		return `<numFmts><numFmt numFmtId="164" formatCode="` + code + `"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs>`
	}
	word := func(name, body string) []byte {
		return zipOf(t, entry{"[Content_Types].xml", "<Types/>"}, entry{"word/document.xml", "<w:document><w:body>" + para("hej") + "</w:body></w:document>"}, entry{name, body})
	}
	odf := func(content string) []byte {
		return zipOf(t, entry{"mimetype", "application/vnd.oasis.opendocument.text"}, entry{"content.xml", content})
	}
	for name, data := range map[string][]byte{
		"format.xlsx":   sheet(format(`&quot;CPR `+number+` &quot;0`), "", ""),
		"escaped.xlsx":  sheet(format(`\1\3\0\1\5\1\-\5\3\5\5`), "", ""),
		"half.xlsx":     sheet(format(`&quot;CPR 130151-&quot;0000`), `<c r="A1" s="1"><v>5355</v></c>`, ""),
		"style.xlsx":    sheet(`<cellStyles><cellStyle name="CPR `+number+`"/></cellStyles>`, "", ""),
		"rule.xlsx":     sheet("", "", `<conditionalFormatting><cfRule type="containsText" text="CPR `+number+`"/></conditionalFormatting>`),
		"style.docx":    word("word/styles.xml", `<w:styles><w:style><w:name w:val="CPR `+number+`"/></w:style></w:styles>`),
		"font.docx":     word("word/fontTable.xml", `<w:fonts><w:font w:name="CPR `+number+`"/></w:fonts>`),
		"relation.docx": word("word/_rels/document.xml.rels", `<Relationships><Relationship Id="r1" Type="x/hyperlink" Target="https://x.example/?cpr=`+number+`"/></Relationships>`),
		"symbols.docx":  docxOf(t, `<w:p><w:r><w:t>CPR 130151</w:t></w:r><w:r><w:sym w:font="Arial" w:char="F02D"/></w:r><w:r><w:t>5355</w:t></w:r></w:p>`),
		"reading.docx":  docxOf(t, `<w:p><w:r><w:ruby><w:rt><w:r><w:t>`+number+`</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>1</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>`),
		"section.odt":   odf(`<office:document-content><office:body><text:section text:name="CPR ` + number + `"/></office:body></office:document-content>`),
		"mark.odt":      odf(`<office:document-content><office:body><text:p><text:reference-mark text:name="CPR ` + number + `"/></text:p></office:body></office:document-content>`),
	} {
		if d := documenttest.Read(t, formats(), name, data); !documenttest.Has(d, number) {
			t.Errorf("%s: not found in %s", name, documenttest.Describe(d))
		}
	}
}
