package incidents

import (
	"bytes"
	"fmt"
	"strings"
)

// perPage is how many lines fit on a page.
const perPage = 48

// pdf writes lines as a PDF, a new page at "\f" and where one is full.
func pdf(lines []string) []byte {
	pages := [][]string{nil}
	for _, line := range lines {
		last := len(pages) - 1
		if line == "\f" || len(pages[last]) == perPage {
			pages = append(pages, nil)
			last++
		}
		if line != "\f" {
			pages[last] = append(pages[last], wrapLine(line)...)
		}
	}
	w := pdfWriter{}
	w.WriteString("%PDF-1.4\n")
	var kids []string
	for i := range pages {
		kids = append(kids, fmt.Sprintf("%d 0 R", 4+2*i))
	}
	w.object("<< /Type /Catalog /Pages 2 0 R >>")
	w.object(fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kids, " "), len(pages)))
	w.object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
	for i, page := range pages {
		var text strings.Builder
		text.WriteString("BT /F1 10 Tf 60 790 Td 15 TL\n")
		for _, line := range page {
			text.WriteString("(" + winAnsi(line) + ") Tj T*\n")
		}
		text.WriteString("ET")
		w.object(fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>", 5+2*i))
		w.object(fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", text.Len(), text.String()))
	}
	return w.end()
}

// wrapLine breaks a paragraph as a word processor would.
func wrapLine(line string) []string {
	const width = 92
	line = strings.ReplaceAll(line, " | ", "   ")
	var out []string
	for len(line) > width {
		cut := strings.LastIndexByte(line[:width], ' ')
		if cut < 1 {
			break
		}
		out, line = append(out, line[:cut]), line[cut+1:]
	}
	return append(out, line)
}

// pdfForm is a PDF with form fields: names of fields and their values.
func pdfForm(title string, fields [][2]string) []byte {
	w := pdfWriter{}
	w.WriteString("%PDF-1.4\n")
	var refs []string
	for i := range fields {
		refs = append(refs, fmt.Sprintf("%d 0 R", 6+i))
	}
	all := strings.Join(refs, " ")
	w.object("<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [" + all + "] /DA (/F1 11 Tf 0 g) /DR << /Font << /F1 4 0 R >> >> >> >>")
	w.object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	w.object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R /Annots [" + all + "] >>")
	w.object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
	text := "BT /F1 12 Tf 60 790 Td (" + winAnsi(title) + ") Tj ET"
	w.object(fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(text), text))
	for i, f := range fields {
		y := 740 - 26*i
		w.object(fmt.Sprintf("<< /Type /Annot /Subtype /Widget /FT /Tx /T (%s) /V (%s) /Rect [60 %d 400 %d] /P 3 0 R >>", winAnsi(f[0]), winAnsi(f[1]), y, y+18))
	}
	return w.end()
}

type pdfWriter struct {
	bytes.Buffer
	at []int
}

func (w *pdfWriter) object(text string) {
	w.at = append(w.at, w.Len())
	fmt.Fprintf(w, "%d 0 obj\n%s\nendobj\n", len(w.at), text)
}

func (w *pdfWriter) end() []byte {
	start := w.Len()
	fmt.Fprintf(w, "xref\n0 %d\n0000000000 65535 f \n", len(w.at)+1)
	for _, o := range w.at {
		fmt.Fprintf(w, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(w, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(w.at)+1, start)
	return w.Bytes()
}

// winAnsi writes a line as a PDF string; letters outside the charset lose their marks.
func winAnsi(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case strings.ContainsRune(`()\`, r):
			b.WriteString(`\` + string(r))
		case r < 0x100:
			b.WriteByte(byte(r))
		case r == '–':
			b.WriteByte(0x96)
		case r == '•':
			b.WriteByte(0x95)
		default:
			b.WriteString(map[rune]string{'ş': "s", 'ı': "i", '«': "\xab", '»': "\xbb"}[r])
		}
	}
	return b.String()
}
