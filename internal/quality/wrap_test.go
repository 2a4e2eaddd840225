package quality_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"mime/quotedprintable"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// wrapper writes lines as a file of some kind. nil means that the kind cannot hold
// one of the characters.
type wrapper struct {
	kind, name string
	write      func(t *testing.T, lines []string) []byte
}

func wrappers() []wrapper {
	return []wrapper{
		{"text utf-8", "brev.txt", func(_ *testing.T, l []string) []byte { return joined(l) }},
		{"text windows-1252", "brev.txt", func(_ *testing.T, l []string) []byte { return in(charmap.Windows1252, joined(l)) }},
		{"text utf-16", "brev.txt", func(_ *testing.T, l []string) []byte { return utf16LE(string(joined(l))) }},
		{"csv", "liste.csv", csvFile},
		{"json", "data.json", jsonFile},
		{"xml", "data.xml", func(_ *testing.T, l []string) []byte {
			return []byte(`<?xml version="1.0" encoding="utf-8"?><sag><tekst>` + strings.Join(escaped(l, "\n"), "</tekst>\n<tekst>") + `</tekst></sag>`)
		}},
		{"svg", "tegning.svg", func(_ *testing.T, l []string) []byte {
			return []byte(`<svg xmlns="http://www.w3.org/2000/svg"><text>` + strings.Join(escaped(l, "\n"), `</text><text x="10" y="20">`) + `</text></svg>`)
		}},
		{"html", "side.html", func(_ *testing.T, l []string) []byte { return page(l, "p") }},
		{"html table", "side.html", func(_ *testing.T, l []string) []byte {
			return []byte("<!DOCTYPE html><table><tr><td>" + strings.Join(escaped(l, "<br>"), "</td></tr>\n<tr><td>") + "</td></tr></table>")
		}},
		{"rtf", "brev.rtf", rtfFile},
		{"docx", "brev.docx", docxFile},
		{"xlsx", "ark.xlsx", xlsxFile},
		{"odt", "brev.odt", odtFile},
		{"mail 8bit", "m.eml", func(_ *testing.T, l []string) []byte { return mail("text/plain; charset=utf-8", "8bit", joined(l)) }},
		{"mail quoted-printable latin-1", "m.eml", func(t *testing.T, l []string) []byte {
			body := in(charmap.ISO8859_1, joined(l))
			if body == nil {
				return nil
			}
			var b bytes.Buffer
			w := quotedprintable.NewWriter(&b)
			_, _ = w.Write(body) // a buffer takes everything
			_ = w.Close()
			return mail("text/plain; charset=iso-8859-1", "quoted-printable", b.Bytes())
		}},
		{"mail base64 html", "m.eml", func(_ *testing.T, l []string) []byte {
			return mail("text/html; charset=utf-8", "base64", wrapped(page(l, "div")))
		}},
		{"mail with docx", "m.eml", func(t *testing.T, l []string) []byte {
			return mail(`multipart/mixed; boundary="x"`, "7bit", []byte("--x\r\nContent-Type: text/plain\r\n\r\nSe bilag.\r\n--x\r\nContent-Type: application/octet-stream\r\n"+
				"Content-Disposition: attachment; filename=\"bilag.docx\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"+string(wrapped(docxFile(t, l)))+"\r\n--x--\r\n"))
		}},
		{"zip", "pak.zip", func(t *testing.T, l []string) []byte { return zipped(t, "note.txt", string(joined(l))) }},
		{"pdf", "brev.pdf", pdfFile},
	}
}

func joined(lines []string) []byte { return []byte(strings.Join(lines, "\n\n")) }

// in encodes text, nil if the charset lacks a character.
func in(enc encoding.Encoding, text []byte) []byte {
	out, err := enc.NewEncoder().Bytes(text)
	if err != nil {
		return nil
	}
	return out
}

func utf16LE(s string) []byte {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

func escaped(lines []string, br string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.ReplaceAll(html.EscapeString(l), "\n", br)
	}
	return out
}

func page(lines []string, tag string) []byte {
	return []byte("<!DOCTYPE html><html><head><meta charset=\"utf-8\"></head><body><" + tag + ">" +
		strings.Join(escaped(lines, "<br>"), "</"+tag+">\n<"+tag+">") + "</" + tag + "></body></html>")
}

func csvFile(_ *testing.T, lines []string) []byte {
	var b strings.Builder
	b.WriteString("Nr;Tekst;By\n")
	for i, l := range lines {
		fmt.Fprintf(&b, "%d;\"%s\";Eksempelby\n", i+1, strings.ReplaceAll(l, `"`, `""`))
	}
	return []byte(b.String())
}

func jsonFile(t *testing.T, lines []string) []byte {
	out, err := json.Marshal(map[string]any{"linjer": lines})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func rtfFile(_ *testing.T, lines []string) []byte {
	var b strings.Builder
	b.WriteString(`{\rtf1\ansi\ansicpg1252\uc1 `)
	for _, l := range lines {
		for _, u := range utf16.Encode([]rune(l)) {
			switch {
			case u == '\n':
				b.WriteString(`\line `)
			case u < 0x80:
				b.WriteByte(byte(u))
			default:
				fmt.Fprintf(&b, `\u%d?`, int16(u))
			}
		}
		b.WriteString(`\par `)
	}
	return []byte(b.String() + "}")
}

func mail(kind, coding string, body []byte) []byte {
	return append([]byte("From: a@kommune.example\r\nTo: b@firma.example\r\nSubject: Sag\r\nMIME-Version: 1.0\r\nContent-Type: "+kind+
		"\r\nContent-Transfer-Encoding: "+coding+"\r\n\r\n"), body...)
}

func wrapped(data []byte) []byte {
	s := base64.StdEncoding.EncodeToString(data)
	var b strings.Builder
	for ; len(s) > 76; s = s[76:] {
		b.WriteString(s[:76] + "\r\n")
	}
	return []byte(b.String() + s + "\r\n")
}

// zipped takes names and contents in turn.
func zipped(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err == nil {
			_, err = w.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func docxFile(t *testing.T, lines []string) []byte {
	var b strings.Builder
	for _, l := range escaped(lines, "\n") {
		// Two runs, as a spelling checker leaves them.
		half := []rune(l)
		b.WriteString(`<w:p>`)
		for _, part := range []string{string(half[:len(half)/2]), string(half[len(half)/2:])} {
			b.WriteString(`<w:r><w:t xml:space="preserve">` + strings.ReplaceAll(part, "\n", `</w:t><w:br/><w:t xml:space="preserve">`) + `</w:t></w:r>`)
		}
		b.WriteString(`</w:p>`)
	}
	return zipped(t, "[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"word/document.xml", `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`+b.String()+`</w:body></w:document>`)
}

func xlsxFile(t *testing.T, lines []string) []byte {
	var b strings.Builder
	for i, l := range escaped(lines, "\n") {
		fmt.Fprintf(&b, `<row r="%d"><c r="A%d"><v>%d</v></c><c r="B%d" t="inlineStr"><is><t>%s</t></is></c></row>`, i+1, i+1, i+1, i+1, l)
	}
	return workbook(t, b.String())
}

func workbook(t *testing.T, rows string) []byte {
	const ns = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	return zipped(t, "[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"xl/workbook.xml", `<workbook `+ns+` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Ark1" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml", `<worksheet `+ns+`><sheetData>`+rows+`</sheetData></worksheet>`)
}

func odtFile(t *testing.T, lines []string) []byte {
	return zipped(t, "mimetype", "application/vnd.oasis.opendocument.text", "content.xml",
		`<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text><text:p>`+
			strings.Join(escaped(lines, "<text:line-break/>"), "</text:p><text:p>")+`</text:p></office:text></office:body></office:document-content>`)
}

// pdfFile writes one page of lines in Helvetica.
func pdfFile(_ *testing.T, lines []string) []byte {
	text := in(charmap.Windows1252, []byte(strings.Join(lines, "\n\n")))
	if text == nil {
		return nil
	}
	var b bytes.Buffer
	b.WriteString("BT /F1 11 Tf 14 TL 50 780 Td\n")
	for _, l := range strings.Split(string(text), "\n") {
		b.WriteString("(" + strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(l) + ") Tj T*\n")
	}
	b.WriteString("ET")
	return fmt.Appendf(nil, "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"+
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n"+
		"4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n"+
		"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n", b.Len(), b.String())
}

// columns write numbers under the heading CPR-nr., some beside other columns of
// digits, and in a workbook as numbers, which lose their leading zero.
func columns() []wrapper {
	return []wrapper{
		{"csv column", "udtraek.csv", func(_ *testing.T, values []string) []byte {
			var b strings.Builder
			b.WriteString("Navn;CPR-nr.;Fakturanr.;By\n")
			for i, v := range values {
				fmt.Fprintf(&b, "Testperson %d;%s;%010d;Eksempelby\n", i, v, 1_234_567*i)
			}
			return []byte(b.String())
		}},
		{"html column", "udtraek.html", func(_ *testing.T, values []string) []byte {
			return []byte("<!DOCTYPE html><table><tr><th>Nr.</th><th>CPR-nr.</th></tr><tr><td>1</td><td>" + strings.Join(values, "</td></tr>\n<tr><td>1</td><td>") + "</td></tr></table>")
		}},
		{"xlsx numbers", "udtraek.xlsx", func(t *testing.T, values []string) []byte {
			var b strings.Builder
			b.WriteString(`<row r="1"><c r="A1" t="inlineStr"><is><t>CPR-nr.</t></is></c></row>`)
			for i, v := range values {
				fmt.Fprintf(&b, `<row r="%d"><c r="A%d"><v>%s</v></c></row>`, i+2, i+2, strings.TrimLeft(v, "0"))
			}
			return workbook(t, b.String())
		}},
	}
}
