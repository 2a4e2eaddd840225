// Package postscript reads the strings of print files: programs that draw a page, of
// which no more than what they say in words is searched.
package postscript

import (
	"bytes"
	"context"
	"strings"

	"brevvagt/document"
	"brevvagt/document/plain/looks"
	"brevvagt/internal/prose"
)

// Format reads the strings of print files (.ps, .eps). It is a program that draws:
// what its strings say is searched, and that the page itself was not seen is a gap.
type Format struct{}

// Name is the format's name.
func (Format) Name() string { return "postscript" }

// Match goes by the first bytes, also behind the mark that printers put before.
func (Format) Match(head []byte, _ string) bool {
	return bytes.HasPrefix(bytes.TrimLeft(head[:min(len(head), 16)], "\x04\x00\r\n \xef\xbb\xbf"), []byte("%!"))
}

// Read joins the strings of each line, since programs part a word to set its letters
// closer, and reads the rest, comments above all, as it stands.
func (Format) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	out.Gap(document.Gap{Why: document.NoText, Detail: "PostScript: only the strings of the program were read"})
	text := prose.DecodeLines(in.Data, "")
	line := 0
	for l := range strings.SplitSeq(text, "\n") {
		if line++; line%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if said := shown(l); looks.Sign(said) {
			out.Segment(document.Segment{Text: said, At: document.Location{Line: line}})
		}
	}
	prose.Paragraphs(text, 1, func(line int, p string) {
		out.Segment(document.Segment{Text: p, At: document.Location{Line: line}})
	})
	return ctx.Err()
}

// shown joins the strings in parentheses on a line of PostScript. Octal escapes are
// undone; a string that goes on over the line's end is read to it.
func shown(line string) string {
	var b strings.Builder
	depth := 0
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '\\' && depth > 0 && i+1 < len(line):
			i++
			if v, n := octal(line[i:]); n > 0 {
				b.WriteByte(v)
				i += n - 1
			} else {
				b.WriteByte(line[i])
			}
			continue
		case c == '(':
			if depth++; depth == 1 {
				continue
			}
		case c == ')' && depth > 0:
			if depth--; depth == 0 {
				continue
			}
		}
		if depth > 0 {
			b.WriteByte(c)
		}
	}
	return strings.ToValidUTF8(b.String(), "")
}

// octal reads up to three octal digits.
func octal(s string) (v byte, n int) {
	for n < 3 && n < len(s) && s[n] >= '0' && s[n] <= '7' {
		v = v<<3 | (s[n] - '0')
		n++
	}
	return v, n
}
