package plain

import (
	"context"

	"golang.org/x/text/encoding/charmap"

	"brevvagt/document"
)

// Mainframe reads text in EBCDIC, the charset of IBM's large machines, where elder
// registers of persons live: code page 037 with the Danish letters of 277.
type Mainframe struct{}

// Name is the format's name.
func (Mainframe) Name() string { return "ebcdic" }

// Match goes by what the bytes are: nearly all are letters, digits and signs there,
// with blanks between, and digits or letters would be no such text in ASCII.
func (Mainframe) Match(head []byte, _ string) bool {
	sample := head[:min(len(head), 4096)]
	if len(sample) < 16 {
		return false
	}
	known, blanks, ascii, figures := 0, 0, 0, 0
	for _, c := range sample {
		if c >= 0xf0 && c <= 0xf9 {
			figures++
		}
		switch {
		case c == 0x40:
			blanks++
			known++
		case c >= 0xf0 && c <= 0xf9, c >= 0xc1 && c <= 0xc9, c >= 0xd1 && c <= 0xd9, c >= 0xe2 && c <= 0xe9,
			c >= 0x81 && c <= 0x89, c >= 0x91 && c <= 0x99, c >= 0xa2 && c <= 0xa9:
			known++
		case c == 0x4b, c == 0x60, c == 0x61, c == 0x6b, c == 0x7a, c == 0x15, c == 0x25, c == 0x0d, c == 0x5e, c == 0x7b, c == 0x7c, c == 0x5b, c == 0xc0, c == 0x6a, c == 0xd0:
			known++
		case c == ' ', c == 'e', c == '\n':
			if ascii++; ascii*50 > len(sample) {
				return false
			}
		}
	}
	if len(sample) < 40 && (known < len(sample) || figures < 6) { // a short one must be nothing else
		return false
	}
	return known*10 >= len(sample)*9 && (known-blanks)*16 >= len(sample) && blanks*25 >= len(sample)
}

// danish are the letters that code page 277 has where 037 has signs.
var danish = map[byte]rune{0x7b: 'Æ', 0x7c: 'Ø', 0x5b: 'Å', 0xc0: 'æ', 0x6a: 'ø', 0xd0: 'å', 0x15: '\n', 0x25: '\n'}

// Read decodes the text and cuts it into paragraphs; records without line ends stay
// one.
func (Mainframe) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	text := make([]rune, len(in.Data))
	for i, c := range in.Data {
		r, ok := danish[c]
		if !ok {
			r = charmap.CodePage037.DecodeByte(c)
		}
		text[i] = r
	}
	paragraphs(ctx, string(text), 1, out)
	return ctx.Err()
}
