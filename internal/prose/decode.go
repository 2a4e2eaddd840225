// Package prose turns bytes into text and text into paragraphs: the charset is
// decided by content before anything that was declared, and nothing is refused.
package prose

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// Decode gives the text of data. In this order: byte order mark, UTF-16 by the
// pattern of its zero bytes, a declared 7-bit code with shifts (UTF-7, ISO-2022),
// UTF-8 if it is that, the declared charset, Windows-1252 or the code page of DOS. It never
// fails; zero bytes, which no reader shows, are dropped.
func Decode(data []byte, declared string) string {
	declared = strings.ToLower(strings.Trim(strings.TrimSpace(declared), `"'`))
	if !Shifts(declared) && AsIs(data) {
		return string(data)
	}
	return fold(strings.ReplaceAll(decode(data, declared), "\x00", ""))
}

// AsIs reports whether Decode, told no charset, gives data as it is: UTF-8 without a
// mark, zero bytes or letters that are folded.
func AsIs(data []byte) bool {
	// The lead bytes of what is folded do not occur in Danish.
	return utf8.Valid(data) && bytes.IndexByte(data, 0) < 0 && bytes.IndexByte(data, 0xef) < 0 && bytes.IndexByte(data, 0xe0) < 0 && bytes.IndexByte(data, 0xe1) < 0
}

// DecodeLines is Lines of Decode with one copy fewer for what most mails are, UTF-8.
func DecodeLines(data []byte, declared string) string {
	declared = strings.ToLower(strings.Trim(strings.TrimSpace(declared), `"'`))
	if !Shifts(declared) && marked(data) == nil {
		if len(data) <= quickly {
			if text, wide, ok := plainLines(data); ok && !wide {
				return text
			} else if ok {
				return fold(text)
			}
		} else if bytes.IndexByte(data, 0) < 0 && utf8.Valid(data) {
			return fold(linesOf(data))
		}
	}
	return fold(Lines(strings.ReplaceAll(decode(data, declared), "\x00", "")))
}

// Large is the size in bytes from which DecodeLarge gives the lines of a text.
const Large = 4 << 20

// DecodeLarge is Decode of a text, and DecodeLines of a large one, which is then held only
// once beside its file.
func DecodeLarge(data []byte, declared string) string {
	if len(data) >= Large {
		return DecodeLines(data, declared)
	}
	return Decode(data, declared)
}

func decode(data []byte, declared string) string {
	if enc := marked(data); enc != nil {
		return with(enc, data)
	}
	if enc := zeroPattern(data); enc != nil {
		return with(enc, data)
	}
	if Shifts(declared) && ascii(data) {
		if strings.Contains(declared, "utf-7") || declared == "utf7" {
			return utf7(data)
		}
		if enc := lookup(declared); enc != nil {
			return with(enc, data)
		}
	}
	if utf8.Valid(data) {
		return string(data)
	}
	if plain, changed := shorten(data); changed {
		return decode(plain, declared)
	}
	if mostlyUTF8(data) {
		return strings.ToValidUTF8(string(data), "\ufffd")
	}
	if enc := lookup(declared); enc != nil && !strings.HasPrefix(declared, "utf") {
		return with(enc, data)
	}
	return oneByte(data)
}

func with(enc encoding.Encoding, data []byte) string {
	out, err := enc.NewDecoder().Bytes(data)
	if err != nil {
		// The decoders of x/text replace what they do not know; should one ever
		// refuse, the bytes are still searched.
		return strings.ToValidUTF8(string(data), "\ufffd")
	}
	return string(out)
}

func marked(data []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(data, []byte{0xef, 0xbb, 0xbf}):
		if mostlyUTF8(data) {
			return unicode.UTF8BOM
		}
	case bytes.HasPrefix(data, []byte{0xff, 0xfe, 0, 0}):
		return utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)
	case bytes.HasPrefix(data, []byte{0, 0, 0xfe, 0xff}):
		return utf32.UTF32(utf32.BigEndian, utf32.UseBOM)
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	}
	return nil
}

// zeroPattern recognises UTF-16 without a mark: Danish text has its zero bytes
// in every second place.
func zeroPattern(data []byte) encoding.Encoding {
	head := data[:min(len(data), 4096)&^1]
	if len(head) < 4 || bytes.IndexByte(head, 0) < 0 {
		return nil
	}
	var zero [2]int
	for i, c := range head {
		if c == 0 {
			zero[i&1]++
		}
	}
	half := len(head) / 2
	switch {
	case zero[1]*10 >= half*6 && zero[0]*20 <= half:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case zero[0]*10 >= half*6 && zero[1]*20 <= half:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	return nil
}

// minOverlong is how many signs must be written too long before they are taken for what
// they say: by chance À and a sign follow each other in a text of one byte a letter.
const minOverlong = 4

// shorten writes the ASCII characters that UTF-8 spells in two or three bytes, against
// its rules, as the one byte that they are: some programs show them.
func shorten(data []byte) ([]byte, bool) {
	if bytes.IndexByte(data, 0xc0) < 0 && !bytes.Contains(data, []byte{0xe0, 0x80}) && !bytes.Contains(data, []byte{0xe0, 0x81}) {
		return data, false
	}
	out, n := make([]byte, 0, len(data)), 0
	for i := 0; i < len(data); {
		c, width := overlong(data[i:])
		if width > 1 {
			n++
		}
		out = append(out, c)
		i += width
	}
	return out, n >= minOverlong
}

// overlong reads one character; width is 1 for whatever is not written too long.
func overlong(b []byte) (c byte, width int) {
	low := func(i int) bool { return len(b) > i && b[i]&0xc0 == 0x80 }
	switch {
	case b[0]&^1 == 0xc0 && low(1):
		return b[0]<<6 | b[1]&0x3f, 2
	case b[0] == 0xe0 && low(2) && b[1]&^1 == 0x80:
		return b[1]<<6 | b[2]&0x3f, 3
	}
	return b[0], 1
}

// mostlyUTF8 lets a few broken bytes (a cut end, a pasted word) not turn every
// other letter of a UTF-8 text into two wrong ones.
func mostlyUTF8(data []byte) bool {
	if utf8.Valid(data) {
		return true
	}
	good, bad := 0, 0
	for i := 0; i < len(data); {
		if data[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			good++
		}
		i += n
	}
	return good > 4*bad
}

func lookup(name string) encoding.Encoding {
	if name == "" {
		return nil
	}
	if enc, canonical := charset.Lookup(name); enc != nil && canonical != "replacement" {
		return enc
	}
	if ebcdic(name) {
		return charmap.CodePage037
	}
	enc, err := ianaindex.MIME.Encoding(name)
	if err != nil {
		return nil
	}
	return enc
}

// mainframes are the numbers of the code pages of mainframes that have the Latin letters
// in their usual places, those for Turkish, Greek, Cyrillic and Eastern Europe and those
// with the euro sign included.
var mainframes = []string{"37", "273", "277", "278", "280", "284", "285", "297", "500", "870", "871", "875", "905", "924", "1025", "1026", "1047",
	"1140", "1141", "1142", "1143", "1144", "1145", "1146", "1147", "1148", "1149", "1153", "1154", "1155"}

// ebcdic tells the codes of mainframes. They share letters and digits; where they
// differ, in signs and accents, the American one stands for all.
func ebcdic(name string) bool {
	if strings.HasPrefix(name, "ebcdic") || strings.HasPrefix(name, "csibmebcdic") || strings.HasPrefix(name, "csebcdic") {
		return true
	}
	for _, prefix := range []string{"ibm", "cp", "csibm", "ccsid", "x-ibm"} {
		if code, ok := strings.CutPrefix(name, prefix); ok && slices.Contains(mainframes, strings.TrimLeft(code, "-_0")) {
			return true
		}
	}
	return false
}

// Shifts reports whether a charset writes other characters in 7-bit bytes (UTF-7,
// ISO-2022): only then can a text of plain ASCII mean something else by its label.
func Shifts(name string) bool {
	name = strings.ToLower(strings.Trim(strings.TrimSpace(name), `"'`))
	return strings.Contains(name, "utf-7") || name == "utf7" ||
		strings.HasPrefix(name, "iso-2022-") || strings.HasPrefix(name, "hz-")
}

func ascii(data []byte) bool {
	for _, c := range data {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// utf7 decodes RFC 2152; what is no sound shift sequence stays as it is.
func utf7(data []byte) string {
	var b strings.Builder
	for i := 0; i < len(data); {
		if data[i] != '+' {
			b.WriteByte(data[i])
			i++
			continue
		}
		j := i + 1
		for j < len(data) && (data[j] == '+' || data[j] == '/' || alnum(data[j])) {
			j++
		}
		text, ok := utf7Run(data[i+1 : j])
		switch {
		case j == i+1 && j < len(data) && data[j] == '-': // "+-" is a plus
			b.WriteByte('+')
			j++
		case !ok:
			b.Write(data[i:j])
		default:
			b.WriteString(text)
			if j < len(data) && data[j] == '-' {
				j++
			}
		}
		i = j
	}
	return b.String()
}

func utf7Run(run []byte) (string, bool) {
	raw, err := base64.RawStdEncoding.DecodeString(string(run))
	if err != nil || len(raw) < 2 {
		return "", false
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
	}
	return string(utf16.Decode(units)), true
}

func alnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
