// Package uncover finds what a mail's text hides in encodings that nothing declares:
// base64 between the lines, quoted-printable that says it is plain, uuencode and
// yEnc, also behind quote marks. It refuses nothing and finds nothing twice.
package uncover

import (
	"bytes"
	"encoding/base64"
)

// File is a file that was encoded within a text.
type File struct {
	Name string // as it stands there
	Data []byte
}

// nextLine gives the end of the line at pos without its line end, and where the
// next one begins. CRLF, LF and a bare CR all end a line.
func nextLine(data []byte, pos int) (end, next int) {
	i := bytes.IndexAny(data[pos:], "\r\n")
	if i < 0 {
		return len(data), len(data)
	}
	end = pos + i
	if data[end] == '\r' && end+1 < len(data) && data[end+1] == '\n' {
		return end, end + 2
	}
	return end, end + 1
}

// minBase64 is how long a line of base64 must be to be looked at: 18 bytes of text,
// which is "CPR 010203-4567" and little more. maxBlocks bounds what one text gives.
const (
	minBase64 = 20
	maxBlocks = 1000
)

// Base64 decodes the runs of lines in a text that can be nothing but base64: each
// whole line without a blank, with small and capital letters. Only what decodes to
// text counts, since no mail program makes a file of the rest.
func Base64(text []byte) (blocks [][]byte) {
	for pos := 0; pos < len(text) && len(blocks) < maxBlocks; {
		end, next := lineFeed(text, pos)
		line := trim(text[pos:end])
		if len(line) < minBase64 || !base64Line(line) {
			pos = next
			continue
		}
		run := bytes.Clone(bytes.TrimRight(line, "="))
		for pos = next; pos < len(text); pos = next {
			end, next = lineFeed(text, pos)
			if line = trim(text[pos:end]); len(line) == 0 || !base64Line(line) {
				break
			}
			run = append(run, bytes.TrimRight(line, "=")...)
		}
		out := make([]byte, base64.RawStdEncoding.DecodedLen(len(run)))
		n, _ := base64.RawStdEncoding.Decode(out, run) // what stands before an error is decoded
		if out = out[:n]; n > 8 && readable(out) {
			blocks = append(blocks, out)
		}
	}
	return blocks
}

// lineFeed is nextLine for texts whose lines end in LF, and fast.
func lineFeed(text []byte, pos int) (end, next int) {
	if i := bytes.IndexByte(text[pos:], '\n'); i >= 0 {
		return pos + i, pos + i + 1
	}
	return len(text), len(text)
}

// trim takes blanks, quote marks and the rest of a line end off a line.
func trim(line []byte) []byte {
	for len(line) > 0 && (line[0] == '>' || line[0] == ' ' || line[0] == '\t') {
		line = line[1:]
	}
	for n := len(line); n > 0 && (line[n-1] == ' ' || line[n-1] == '\t' || line[n-1] == '\r'); n = len(line) {
		line = line[:n-1]
	}
	return line
}

func base64Line(line []byte) bool {
	for _, c := range line {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/', c == '=':
		default:
			return false
		}
	}
	return true
}

// readable reports whether bytes are text: hardly anything below the blank, and
// few enough bytes above ASCII.
func readable(b []byte) bool {
	control, high := 0, 0
	for _, c := range b {
		switch {
		case c < ' ' && c != '\n' && c != '\r' && c != '\t':
			control++
		case c >= 0x7f:
			high++
		}
	}
	return control == 0 && high*3 <= len(b)
}

// Quoted gives the paragraphs of a text that look like quoted-printable: with a
// line that ends in "=", or with escapes. They are as they stand there.
func Quoted(text []byte) (blocks [][]byte) {
	for from := 0; from < len(text) && len(blocks) < maxBlocks; {
		i := bytes.IndexByte(text[from:], '=')
		if i < 0 {
			break
		}
		at := from + i
		if !escape(text[at:]) {
			from = at + 1
			continue
		}
		begin, end := paragraph(text, from, at)
		blocks = append(blocks, text[begin:end])
		from = end
	}
	return blocks
}

// escape reports whether "=" begins a soft break or the escape of a byte that a
// number is written with: a digit, a hyphen, a blank, a line end.
func escape(b []byte) bool {
	if len(b) < 2 || b[1] == '\r' || b[1] == '\n' {
		return true
	}
	if len(b) < 3 {
		return false
	}
	switch b[1] {
	case '3':
		return b[2] >= '0' && b[2] <= '9'
	case '2':
		return b[2] == '0' || b[2] == 'D' || b[2] == 'd'
	}
	return false
}

// maxParagraph bounds how far a paragraph reaches to either side of an escape.
const maxParagraph = 64 << 10

// paragraph gives the text between the blank lines around at, not before from.
func paragraph(text []byte, from, at int) (begin, end int) {
	begin, end = max(from, at-maxParagraph), min(len(text), at+maxParagraph)
	for _, gap := range []string{"\n\n", "\n\r\n"} {
		if i := bytes.LastIndex(text[begin:at], []byte(gap)); i >= 0 {
			begin += i + len(gap)
		}
		if i := bytes.Index(text[at:end], []byte(gap)); i >= 0 {
			end = at + i + len(gap)
		}
	}
	return begin, end
}
