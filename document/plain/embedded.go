package plain

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"

	"brevvagt/document"
	"brevvagt/document/plain/looks"
)

// inner counts the files that stand inside a text, so that each has a name.
type inner struct {
	out *document.Builder
	n   int
}

func (i *inner) child(kind string, data []byte) {
	i.n++
	ext := "bin"
	if _, sub, ok := strings.Cut(kind, "/"); ok && len(sub) < 6 {
		ext = sub
	} else if strings.HasPrefix(kind, "image/svg") {
		ext = "svg"
	}
	i.out.ChildBytes(fmt.Sprintf("indlejret-%d.%s", i.n, ext), data, document.Input{Type: kind, MadeUp: true})
}

// dataURI hands on what a link holds in itself: "data:image/png;base64,...".
func (i *inner) dataURI(uri string) {
	head, body, ok := strings.Cut(uri[len("data:"):], ",")
	if !ok {
		return
	}
	kind, coding, _ := strings.Cut(head, ";")
	if strings.HasSuffix(strings.TrimSpace(coding), "base64") {
		if plain, err := url.PathUnescape(body); err == nil {
			body = plain
		}
		data, err := unpack(body)
		if err != nil {
			i.out.Gap(document.Gap{Why: document.Damaged, Detail: "malformed data in a page"})
		}
		i.child(kind, data)
		return
	}
	data := []byte(body)
	if plain, err := url.PathUnescape(body); err == nil {
		data = []byte(plain)
	}
	i.child(kind, data)
}

func unpack(body string) ([]byte, error) {
	clean := strings.Map(func(r rune) rune {
		if r <= ' ' || r == '=' {
			return -1
		}
		return r
	}, body)
	return base64.RawStdEncoding.DecodeString(clean)
}

// dataLink finds data links among other text: style sheets and lists of pictures.
var dataLink = regexp.MustCompile(`(?i)data:[a-z0-9.+-]+/[a-z0-9.+-]+[^,"'()\s]{0,100},[^"'()\s,]*(?:[\r\n]+[ \t]*[a-zA-Z0-9+/=]+)*`)

// dataURIs hands on every data link of a text and tells whether there was one.
func (i *inner) dataURIs(text string) bool {
	if !strings.Contains(text, "data:") {
		return false
	}
	links := dataLink.FindAllString(text, 1000)
	for _, l := range links {
		i.dataURI(l)
	}
	return len(links) > 0
}

// minPacked is the shortest value that is tried as base64: words and keys are shorter.
const minPacked = 32

// signatures begin the files that are put into XML and JSON.
var signatures = []string{"%PDF-", "PK\x03\x04", "\x89PNG", "\xff\xd8\xff", "GIF8", "{\\rtf", "\xd0\xcf\x11\xe0",
	"II*\x00", "MM\x00*", "RIFF", "BM", "<?xml", "<html", "<!DOCTYPE", "\x1f\x8b", "7z\xbc\xaf", "Rar!"}

// packed hands on a value that is a file in base64, as records of Digital Post and
// notebooks have it, and tells whether it was one. What unpacks to neither a known
// file nor text with blanks is no file but a key.
func (i *inner) packed(value string) bool {
	value = strings.TrimSpace(value)
	if len(value) < minPacked || !isBase64(value) {
		return false
	}
	data, err := unpack(value)
	if err != nil || len(data) == 0 {
		return false
	}
	known := false
	for _, s := range signatures {
		known = known || bytes.HasPrefix(data, []byte(s))
	}
	if !known {
		// A diagram of draw.io is packed once more.
		if more, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(data)), maxInflated)); err == nil && looks.Text(more) && bytes.HasPrefix(bytes.TrimSpace(more), []byte("%3C")) {
			if plain, err := url.PathUnescape(string(more)); err == nil {
				i.child("application/xml", []byte(plain))
				return true
			}
		}
	}
	if !known && looks.Text(data) && len(data) >= minPacked && isBase64(string(data)) && i.packed(string(data)) {
		return true // packed twice; each time it is a quarter shorter
	}
	if !known && (!looks.Text(data) || bytes.Count(data, []byte(" "))*20 < len(data) && !document.HoldsParted(data)) {
		return false
	}
	i.child("", data)
	return true
}

// maxInflated is how much of a packed value is unpacked once more.
const maxInflated = 32 << 20

// packedText hands on what a text is the base64 or hexadecimal form of, and nothing
// else, as mails are sent on by people who mean to hide a file, or by machines.
func (i *inner) packedText(data []byte) bool {
	if len(data) < minPacked || len(data) > maxInflated {
		return false
	}
	for _, c := range data[:minPacked] { // a word with a blank behind it ends it here
		if !packing(c) {
			return false
		}
	}
	if !varied(data) {
		return false
	}
	value := string(data)
	if raw, err := hex.DecodeString(strings.Join(strings.Fields(value), "")); err == nil {
		if !looks.Text(raw) && bytes.IndexByte(raw, 0) < 0 {
			return false
		}
		i.child("", raw)
		return true
	}
	return i.packed(value)
}

// varied reports whether a text has signs enough to be a packed one; a bomb of one
// sign, which both forms can be read from, would be unpacked in vain.
func varied(data []byte) bool {
	var seen [256]bool
	n := 0
	for _, c := range data[:min(len(data), 4096)] {
		if !seen[c] {
			seen[c] = true
			n++
		}
	}
	return n >= 8
}

func packing(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '+' || c == '/' || c == '=' || c == '\n' || c == '\r'
}

func isBase64(s string) bool {
	for k := range len(s) {
		c := s[k]
		if packing(c) || c <= ' ' {
			continue
		}
		return false
	}
	return true
}
