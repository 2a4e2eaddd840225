package office_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
)

// flatOf is the package in one XML text that Word makes of a file.
func flatOf(t *testing.T, data []byte) []byte {
	t.Helper()
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := `<?xml version="1.0" standalone="yes"?><?mso-application progid="Word.Document"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">`
	for _, f := range zr.File {
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(rc)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == "[Content_Types].xml" {
			continue
		}
		out += `<pkg:part pkg:name="/` + f.Name + `">`
		if text := string(content); strings.HasPrefix(strings.TrimSpace(text), "<") {
			if _, after, ok := strings.Cut(text, "?>"); ok {
				text = after
			}
			out += `<pkg:xmlData>` + text + `</pkg:xmlData></pkg:part>`
		} else {
			out += `<pkg:binaryData>` + base64.StdEncoding.EncodeToString(content) + `</pkg:binaryData></pkg:part>`
		}
	}
	return []byte(out + `</pkg:package>`)
}

// TestFlatPackage: one XML text is read as the file that it was made of, with what ties
// its parts together: lists that count, addresses of links, styles that hide.
func TestFlatPackage(t *testing.T) {
	d := documenttest.Read(t, append(formats(), raw{}), "brev.xml", flatOf(t, sample(t, "brev.docx")))
	checkWants(t, d, letter)
	if len(d.Gaps) > 0 {
		t.Error(documenttest.Describe(d))
	}
	const item = `<w:numPr><w:ilvl w:val="0"/><w:numId w:val="7"/></w:numPr>`
	d = documenttest.Read(t, formats(), "liste.xml", flatOf(t, listed(t, levelXML("0", "3951", "decimal", "120336-%1", ""), "", "", item)))
	if !documenttest.Has(d, "120336-3951 Testperson") {
		t.Error(documenttest.Describe(d))
	}
	link := zipOf(t, entry{"word/document.xml", `<w:document xmlns:w="w"><w:body>` + para("Brev") + `</w:body></w:document>`},
		entry{"word/_rels/document.xml.rels", `<Relationships><Relationship Id="a" Type="hyperlink" TargetMode="External" Target="https://sag.example/120336-3951"/></Relationships>`})
	if d = documenttest.Read(t, formats(), "brev.xml", flatOf(t, link)); !documenttest.Has(d, "120336-3951") {
		t.Error(documenttest.Describe(d))
	}
}

// TestFlatPackageBroken: what breaks off is read as far as it goes, and told; what stands
// beside the parts is read too.
func TestFlatPackageBroken(t *testing.T) {
	whole := flatOf(t, docxOf(t, para("120336-3951")))
	cut := whole[:bytes.Index(whole, []byte("</w:body>"))]
	d := documenttest.Read(t, formats(), "brev.xml", cut)
	if !documenttest.Has(d, "120336-3951") || !documenttest.HasGap(d, document.Damaged) {
		t.Error(documenttest.Describe(d))
	}
	for place, beside := range map[string]string{"comment": "<!-- 130336-3951 -->", "text": "<pkg:note>130336-3951</pkg:note>", "name": `<pkg:note title="130336-3951"/>`} {
		text := strings.Replace(string(whole), "</pkg:package>", beside+"</pkg:package>", 1)
		if d := documenttest.Read(t, formats(), "brev.xml", []byte(text)); !documenttest.Has(d, "130336-3951") || !documenttest.Has(d, "120336-3951") {
			t.Error(fmt.Sprint(place, ": ", documenttest.Describe(d)))
		}
	}
}
