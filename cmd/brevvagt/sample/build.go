package sample

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"mime"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// attachment is a file that goes with a mail.
type attachment struct {
	name, mediaType string
	data            []byte
}

// message composes a mail as a mail program would.
func message(from, to, subject, text string, files ...attachment) []byte {
	var b bytes.Buffer
	header := func(k, v string) { fmt.Fprintf(&b, "%s: %s\r\n", k, v) }
	header("From", from)
	header("To", to)
	header("Subject", mime.QEncoding.Encode("utf-8", subject))
	header("Date", "Tue, 24 Nov 2026 09:15:00 +0100")
	header("Message-ID", fmt.Sprintf("<%x@kommune.example>", len(subject)*7919+len(text)))
	header("MIME-Version", "1.0")
	const boundary = "=_brevvagt_demo"
	header("Content-Type", `multipart/mixed; boundary="`+boundary+`"`)
	fmt.Fprintf(&b, "\r\n--%s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n", boundary)
	b.WriteString(strings.ReplaceAll(text, "\n", "\r\n") + "\r\n")
	for _, f := range files {
		fmt.Fprintf(&b, "--%s\r\nContent-Type: %s\r\nContent-Disposition: attachment; %s\r\nContent-Transfer-Encoding: base64\r\n\r\n",
			boundary, f.mediaType, mime.FormatMediaType("x", map[string]string{"filename": f.name})[3:])
		b.WriteString(wrap(base64.StdEncoding.EncodeToString(f.data)))
	}
	fmt.Fprintf(&b, "--%s--\r\n", boundary)
	return b.Bytes()
}

func wrap(s string) string {
	var b strings.Builder
	for len(s) > 76 {
		b.WriteString(s[:76] + "\r\n")
		s = s[76:]
	}
	b.WriteString(s + "\r\n")
	return b.String()
}

// screenshot draws a window with a table, the way a support case shows it.
func Screenshot(title string, rows [][]string) ([]byte, error) {
	face, err := newFace(15)
	if err != nil {
		return nil, err
	}
	const rowHeight, columnWidth = 30, 200
	img := image.NewRGBA(image.Rect(0, 0, 20+columnWidth*len(rows[0]), rowHeight*(len(rows)+2)))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(0, 0, img.Bounds().Dx(), rowHeight), image.NewUniform(color.RGBA{0x1b, 0x4f, 0x8a, 0xff}), image.Point{}, draw.Src)
	pen := font.Drawer{Dst: img, Src: image.White, Face: face, Dot: fixed.P(12, 21)}
	pen.DrawString(title)
	pen.Src = image.Black
	for y, row := range rows {
		if y%2 == 0 {
			draw.Draw(img, image.Rect(0, rowHeight*(y+1)+4, img.Bounds().Dx(), rowHeight*(y+2)+4), image.NewUniform(color.RGBA{0xee, 0xf3, 0xf8, 0xff}), image.Point{}, draw.Src)
		}
		for x, cell := range row {
			pen.Dot = fixed.P(14+x*columnWidth, rowHeight*(y+1)+25)
			pen.DrawString(cell)
		}
	}
	var b bytes.Buffer
	err = png.Encode(&b, img)
	return b.Bytes(), err
}

func newFace(size float64) (font.Face, error) {
	f, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return nil, err
	}
	return opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
}

// Docx is a Word file with one paragraph a line; "a | b" becomes a table row.
func Docx(lines ...string) ([]byte, error) {
	var body strings.Builder
	for _, line := range lines {
		left, right, row := strings.Cut(line, " | ")
		if row {
			body.WriteString("<w:tbl><w:tr><w:tc>" + paragraph(left) + "</w:tc><w:tc>" + paragraph(right) + "</w:tc></w:tr></w:tbl>")
			continue
		}
		body.WriteString(paragraph(line))
	}
	return zipped(map[string][]byte{
		"[Content_Types].xml": []byte(`<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`),
		"_rels/.rels":         []byte(`<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`),
		"word/document.xml":   []byte(`<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body.String() + `</w:body></w:document>`),
	}, "[Content_Types].xml", "_rels/.rels", "word/document.xml")
}

func paragraph(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a bytes.Buffer never fails
	return "<w:p><w:r><w:t xml:space=\"preserve\">" + b.String() + "</w:t></w:r></w:p>"
}

// zipped packs files in the given order.
func zipped(files map[string][]byte, order ...string) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range order {
		f, err := w.Create(name)
		if err != nil {
			return nil, err
		}
		if _, err := f.Write(files[name]); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}
