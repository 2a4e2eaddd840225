// Package looks tells text from other bytes by how it looks, and what the name and
// declared type of a text say about it.
package looks

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"brevvagt/internal/prose"
)

// Charset is the charset of a media type, "" if there is none.
func Charset(mediaType string) string {
	_, params, err := mime.ParseMediaType(mediaType)
	if err != nil {
		_, after, _ := strings.Cut(strings.ToLower(mediaType), "charset=")
		after, _, _ = strings.Cut(after, ";")
		return after
	}
	return params["charset"]
}

// Text decides whether data is text: few control characters, no known
// signature of a binary file.
func Text(head []byte) bool {
	for _, magic := range binary {
		if bytes.HasPrefix(head, []byte(magic)) {
			return false
		}
	}
	sample := whole(head, 16<<10)
	if len(sample) == 0 {
		return false
	}
	if prose.AsIs(sample) { // nearly every text of today
		return !picture(sample) && fewControls(sample)
	}
	if pixels(sample) {
		return false
	}
	text := prose.Decode(sample, "")
	// Zero bytes vanish in decoding: many of them are UTF-16 or 32, whose text is a
	// half or a quarter as long, or no text at all.
	if zeros := bytes.Count(sample, []byte{0}); zeros*100 > len(sample) && zeros > stray {
		if len(text) > len(sample)*3/4 || len(text) < len(sample)/6 {
			return false
		}
	}
	return fewControls([]byte(text))
}

// fewControls reports whether a decoded text has no more control signs than texts have.
func fewControls(text []byte) bool {
	n := controls(text)
	return n*50 <= len(text) || n <= stray && n*3 <= len(text) && n == separators(text)
}

// binary are beginnings of files that look like text for a while.
var binary = []string{"%PDF-", "PK\x03\x04", "\x89PNG", "GIF8", "\xd0\xcf\x11\xe0", "Rar!", "7z\xbc\xaf",
	"\x1f\x8b", "II*\x00", "MM\x00*", "BZh", "\xfd7zXZ", "\x28\xb5\x2f\xfd", "!BDN", "RIFF", "\x7fELF",
	"!<arch>\n", "070701", "070702", "070707", "age-encryption.org/", "Salted__", "MSCF", "ITSF", "SQLite format 3"}

// portable are the pictures and drawings that are written as text, or begin so.
var portable = regexp.MustCompile(`^(P[1-7]\s+(#|\d+\s)|/\* XPM \*/|#define \S+_width \d)`)

// picture asks for portable at the few beginnings that it has.
func picture(sample []byte) bool {
	return strings.IndexByte("P/#", sample[0]) >= 0 && portable.Match(sample)
}

// pixels tells pictures without a signature that go for text: rows of numbers, or one
// byte of no charset's letters over and over, as a white page has it.
func pixels(sample []byte) bool {
	if picture(sample) {
		return true
	}
	if utf8.Valid(sample) {
		return false
	}
	return bytes.Count(sample, []byte{0xff})*4 > len(sample)
}

// stray is how many separators a text may have, however short it is.
const stray = 8

// controls counts the signs that no text has.
func controls[T string | []byte](text T) (n int) {
	for i := 0; i < len(text); {
		for i+8 <= len(text) && printable(text[i:i+8]) {
			i += 8
		}
		if i == len(text) {
			break
		}
		if c := text[i]; c < utf8.RuneSelf { // nearly all of most texts
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b || c == 0x7f {
				n++
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(string(text[i:min(i+utf8.UTFMax, len(text))]))
		if r == utf8.RuneError || r < 0xa0 {
			n++
		}
		i += size
	}
	return n
}

// printable reports whether eight bytes are ASCII from the blank to the tilde.
func printable[T string | []byte](s T) bool {
	_ = s[7]
	const ones, high = 0x0101010101010101, 0x8080808080808080
	w := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	return (w|(w-' '*ones)|(w+ones))&high == 0
}

// separators counts the marks that old programs and printers leave between records.
func separators(text []byte) (n int) {
	for i := range len(text) {
		switch text[i] {
		case 0, 2, 3, 8, 0x0b, 0x1a, 0x1c, 0x1d, 0x1e, 0x1f:
			n++
		}
	}
	return n
}

// Broken reports whether a text that began as one goes on as something else, such
// as a program behind a script.
func Broken(text string) bool {
	const piece = 16 << 10
	for len(text) > piece {
		text = text[piece:]
		if part := text[:min(len(text), piece)]; controls(part)*20 > len(part) {
			return true
		}
	}
	return false
}

// Start gives the decoded beginning of a file without mark and blanks.
func Start(head []byte) string {
	text := prose.Decode(whole(head, 2048), "")
	return strings.TrimLeft(text, "\ufeff \t\r\n")
}

// whole gives the first n bytes of data, without the last character where that is cut
// in two: it would make the text one with errors, which costs time.
func whole(data []byte, n int) []byte {
	if len(data) <= n {
		return data
	}
	if data = data[:n]; bytes.IndexByte(data, 0) >= 0 {
		return data // of two or four bytes a character, of which none is cut here
	}
	for k := n - 1; k > n-utf8.UTFMax; k-- {
		if utf8.RuneStart(data[k]) {
			if !utf8.FullRune(data[k:]) {
				return data[:k]
			}
			break
		}
	}
	return data
}

// MayStart reports whether Start can begin with one of the given ASCII signs. It looks
// at the first sign only, and is for formats to ask first.
func MayStart(head []byte, signs string) bool {
	for _, c := range head {
		switch {
		case c == 0 || c == ' ' || c == '\t' || c == '\r' || c == '\n':
		case c >= utf8.RuneSelf: // a mark, or a sign of another width
			return true
		default:
			return strings.IndexByte(signs, c) >= 0
		}
	}
	return false
}

// Ext reports whether a name ends in one of the given endings, letter case ignored.
func Ext(name string, exts ...string) bool {
	name = strings.ToLower(name)
	for _, ext := range exts {
		if strings.HasSuffix(name, ext) {
			return true
		}
	}
	return false
}

// Sign reports whether a text has a letter or digit at all.
func Sign(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= utf8.RuneSelf {
			return true
		}
	}
	return false
}

// Column names a column as a spreadsheet does: A, B, … Z, AA.
func Column(i int) string {
	var name []byte
	for i++; i > 0; i = (i - 1) / 26 {
		name = append(name, byte('A'+(i-1)%26))
	}
	for a, b := 0, len(name)-1; a < b; a, b = a+1, b-1 {
		name[a], name[b] = name[b], name[a]
	}
	return string(name)
}
