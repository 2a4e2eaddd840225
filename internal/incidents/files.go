package incidents

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"html"
	"strings"
)

// A document is given as lines. "a | b" is a row of a table, "\f" a new page.

// document writes lines as a file of the given kind; nil for an unknown one.
func document(kind string, lines []string) []byte {
	switch kind {
	case "docx":
		return docx(lines, nil)
	case "pdf":
		return pdf(lines)
	case "txt":
		return []byte(strings.Join(lines, "\r\n"))
	case "html":
		return htmlFile(lines)
	case "rtf":
		return rtf(lines)
	}
	return nil
}

func escape(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.String()
}

// docx writes a Word file; parts are further parts of the package by name.
func docx(lines []string, parts map[string]string) []byte {
	var body strings.Builder
	table := false
	for _, line := range lines {
		cells := strings.Split(line, " | ")
		if table != (len(cells) > 1) {
			table = !table
			body.WriteString(map[bool]string{true: "<w:tbl>", false: "</w:tbl>"}[table])
		}
		if !table {
			body.WriteString(paragraph(line))
			continue
		}
		body.WriteString("<w:tr>")
		for _, c := range cells {
			body.WriteString("<w:tc>" + paragraph(c) + "</w:tc>")
		}
		body.WriteString("</w:tr>")
	}
	if table {
		body.WriteString("</w:tbl>")
	}
	return wordFile(body.String(), parts)
}

func paragraph(text string) string {
	if text == "\f" {
		return `<w:p><w:r><w:br w:type="page"/></w:r></w:p>`
	}
	return `<w:p><w:r><w:t xml:space="preserve">` + escape(text) + "</w:t></w:r></w:p>"
}

func wordFile(body string, parts map[string]string) []byte {
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	types := `<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>`
	rels := `<Relationship Id="rId1" Type="` + office + `officeDocument" Target="word/document.xml"/>`
	wordRels := ""
	if parts["docProps/core.xml"] != "" {
		types += `<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>`
		rels += `<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>`
	}
	for i, kind := range []string{"header1", "footer1", "comments"} {
		if parts["word/"+kind+".xml"] == "" {
			continue
		}
		name := strings.TrimSuffix(kind, "1")
		types += `<Override PartName="/word/` + kind + `.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.` + name + `+xml"/>`
		wordRels += fmt.Sprintf(`<Relationship Id="rId%d" Type="%s%s" Target="%s.xml"/>`, i+1, office, name, kind)
	}
	const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
	all := []file{
		{"[Content_Types].xml", []byte(head + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` + types + `</Types>`)},
		{"_rels/.rels", []byte(head + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + rels + `</Relationships>`)},
		{"word/document.xml", []byte(head + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body + `</w:body></w:document>`)},
	}
	if wordRels != "" {
		all = append(all, file{"word/_rels/document.xml.rels", []byte(head + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + wordRels + `</Relationships>`)})
	}
	for _, name := range []string{"docProps/core.xml", "word/header1.xml", "word/footer1.xml", "word/comments.xml"} {
		if parts[name] != "" {
			all = append(all, file{name, []byte(head + parts[name])})
		}
	}
	return zipped(all)
}

// wordPart is the XML of a header, footer or note.
func wordPart(tag string, lines ...string) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(paragraph(l))
	}
	return `<w:` + tag + ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">` + b.String() + `</w:` + tag + `>`
}

func titled(title string) map[string]string {
	return map[string]string{"docProps/core.xml": `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>` + escape(title) + `</dc:title><dc:creator>abc</dc:creator></cp:coreProperties>`}
}

func zipped(files []file) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		part, err := w.Create(f.name)
		if err == nil {
			_, _ = part.Write(f.data) // into a buffer
		}
	}
	_ = w.Close()
	return b.Bytes()
}

// xlsx writes one sheet of text cells.
func xlsx(rows [][]string) []byte {
	var b strings.Builder
	for y, row := range rows {
		fmt.Fprintf(&b, `<row r="%d">`, y+1)
		for x, cell := range row {
			fmt.Fprintf(&b, `<c r="%c%d" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, 'A'+x, y+1, escape(cell))
		}
		b.WriteString("</row>")
	}
	const head, office = `<?xml version="1.0" encoding="UTF-8"?>`, "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	return zipped([]file{
		{"[Content_Types].xml", []byte(head + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`)},
		{"_rels/.rels", []byte(head + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`)},
		{"xl/workbook.xml", []byte(head + `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` + office + `"><sheets><sheet name="Ark1" sheetId="1" r:id="rId1"/></sheets></workbook>`)},
		{"xl/_rels/workbook.xml.rels", []byte(head + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + office + `/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`)},
		{"xl/worksheets/sheet1.xml", []byte(head + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + b.String() + `</sheetData></worksheet>`)},
	})
}

func csvFile(rows [][]string) []byte {
	var b strings.Builder
	for _, row := range rows {
		b.WriteString(strings.Join(row, ";") + "\r\n")
	}
	return []byte(b.String())
}

func htmlFile(lines []string) []byte {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>Dokument</title></head><body>\n")
	for _, line := range lines {
		if cells := strings.Split(html.EscapeString(line), " | "); len(cells) > 1 {
			b.WriteString("<table><tr><td>" + strings.Join(cells, "</td><td>") + "</td></tr></table>\n")
			continue
		}
		b.WriteString("<p>" + html.EscapeString(strings.Trim(line, "\f")) + "</p>\n")
	}
	return []byte(b.String() + "</body></html>")
}

func rtf(lines []string) []byte {
	var b strings.Builder
	b.WriteString(`{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Calibri;}}\f0\fs22 `)
	for _, line := range lines {
		for _, r := range strings.ReplaceAll(line, " | ", "\t") {
			switch {
			case r == '\f':
				b.WriteString(`\page `)
			case r == '\t':
				b.WriteString(`\tab `)
			case strings.ContainsRune(`\{}`, r):
				b.WriteString(`\` + string(r))
			case r >= 0x80:
				fmt.Fprintf(&b, `\u%d?`, int16(r))
			default:
				b.WriteRune(r)
			}
		}
		b.WriteString("\\par\n")
	}
	return []byte(b.String() + "}")
}
