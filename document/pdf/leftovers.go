package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"image"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	"brevvagt/document"
	"brevvagt/document/pdf/streams"
)

// Limits of what is looked for beside the pages.
const (
	maxLeftovers = 1000    // texts and pictures
	maxLiteral   = 8 << 10 // bytes of one string
)

// leftovers goes through the file's own bytes for what no call of the engine gives:
// numbers in strings of dictionaries (custom properties, actions, default values,
// notes that hang on no page), XMP properties, pictures that no page shows and
// attached files that are listed nowhere. What was handed on already is passed over.
// Encrypted files are left to the engine.
func (r *reader) leftovers() {
	data := r.in.Data
	if bytes.Contains(data, []byte("/Encrypt")) {
		return
	}
	masks := referred(data)
	last, looked := 0, 0
	for s := range streams.Of(data) {
		if r.ctx.Err() != nil || looked > streams.MaxLooked {
			return
		}
		r.literals(data[last:max(last, s.Start)]) // a dictionary may reach back to the last stream
		r.literals(s.Dict)
		last = s.End
		if s.Has("/Image") {
			if !masks[s.Number] {
				r.unplaced(s)
			}
			continue
		}
		if s.Has("/Length1") || s.Has("/Length2") {
			continue // a font
		}
		content, ok := s.Unpacked(streams.MaxLooked - looked)
		looked += len(content)
		switch {
		case !ok:
		case s.Has("/ObjStm"):
			r.literals(content)
		case s.Has("/XML"), s.Has("/Metadata"):
			r.xmp(content)
		case s.Has("/EmbeddedFile"):
			r.unlisted(content)
		default:
			r.numbers(content)
		}
	}
	r.literals(data[last:])
}

// spare is one more leftover; false when there were enough.
func (r *reader) spare() bool {
	r.left++
	return r.left <= maxLeftovers
}

var maskEntry = regexp.MustCompile(`/S?Mask\s+(\d{1,9})\s+\d{1,5}\s+R`)

// referred are the objects that are some picture's mask: shapes without content.
func referred(data []byte) map[int]bool {
	out := map[int]bool{}
	for _, m := range maskEntry.FindAllSubmatch(data, 10_000) {
		n, _ := strconv.Atoi(string(m[1])) // nine digits at most
		out[n] = true
	}
	return out
}

// literals hands on the strings in dictionaries that hold six digits or more.
func (r *reader) literals(data []byte) {
	name, named := "", 0
	for i := 0; i < len(data); i++ {
		var raw []byte
		opened := i
		switch {
		case data[i] == '(':
			var n int
			raw, n = literal(data[i+1:])
			if n == 0 && !r.spare() {
				return // a hostile file opens a million brackets and closes none
			}
			i += n
		case data[i] == '<' && i+1 < len(data) && data[i+1] == '<':
			i++ // a dictionary
			continue
		case data[i] == '<':
			end := bytes.IndexByte(data[i:min(len(data), i+2*maxLiteral)], '>')
			if end < 0 {
				continue
			}
			raw = unhex(data[i+1 : i+end])
			i += end
		default:
			continue
		}
		text := decoded(raw)
		if plentyOfDigits(text) && !strings.HasPrefix(text, "D:") && !r.shown(text) && r.spare() {
			s := document.Segment{Text: text, At: document.Location{Layer: document.Hidden}}
			if len(text) == 10 && i-named < nameReach && fieldName.MatchString(name) {
				s.Label = name // of a form's field that stands on no page
			} else if m := keyBefore.FindSubmatch(data[max(0, opened-nameReach):opened]); m != nil {
				s.Label = string(m[1]) // of what a program keeps in a dictionary of its own
			}
			r.text(s)
		}
		name, named = text, i
	}
}

// nameReach is how far behind the name of a field its value stands, in bytes.
const nameReach = 100

var keyBefore = regexp.MustCompile(`(?i)/([A-Za-z_.-]{0,20}(?:cpr|personn)[A-Za-z_.-]{0,20})\s*$`)

var fieldName = regexp.MustCompile(`(?i)^.{0,20}(?:cpr|personn)`)

// literal reads a string up to its closing bracket and tells how long it is.
func literal(data []byte) (out []byte, n int) {
	depth := 1
	for n = 0; n < len(data) && n < maxLiteral; n++ {
		c := data[n]
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return out, n + 1
			}
		case '\\':
			n++
			if n >= len(data) {
				return out, n
			}
			var used int
			c, used = escape(data[n:])
			n += used - 1
			if c == 0 {
				continue
			}
		}
		out = append(out, c)
	}
	return nil, 0 // no end: not a string
}

// escape is what stands behind a backslash; 0 for nothing, as at a broken line.
func escape(data []byte) (c byte, used int) {
	switch c = data[0]; {
	case c == 'n', c == 'r', c == 't', c == 'b', c == 'f':
		return ' ', 1
	case c == '\n', c == '\r':
		return 0, 1
	case c < '0' || c > '7':
		return c, 1
	}
	v := 0
	for used < 3 && used < len(data) && data[used] >= '0' && data[used] <= '7' {
		v = v*8 + int(data[used]-'0')
		used++
	}
	return byte(v), used
}

func unhex(data []byte) []byte {
	data = bytes.Join(bytes.Fields(data), nil)
	out := make([]byte, hex.DecodedLen(len(data)))
	n, _ := hex.Decode(out, data) // up to what is no digit
	return out[:n]
}

// decoded gives a text string: UTF-16 or UTF-8 by their marks, else one byte a letter.
func decoded(raw []byte) string {
	switch {
	case bytes.HasPrefix(raw, []byte("\xfe\xff")):
		var units []uint16
		for i := 2; i+1 < len(raw); i += 2 {
			units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
		}
		return string(utf16.Decode(units))
	case bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")):
		return strings.ToValidUTF8(string(raw[3:]), "?")
	}
	runes := make([]rune, len(raw))
	for i, b := range raw {
		runes[i] = rune(b)
	}
	return string(runes)
}

// plentyOfDigits tells a readable text with at least six digits.
func plentyOfDigits(s string) bool {
	n := 0
	for _, c := range s {
		if unicode.IsControl(c) && !unicode.IsSpace(c) {
			return false
		}
		if c >= '0' && c <= '9' {
			n++
		}
	}
	return n >= 6
}

// xmp reads the properties of an XMP packet, in elements and in attributes; what
// programs write there about themselves is passed over.
func (r *reader) xmp(data []byte) {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.Strict = false
	label := ""
	say := func(name, value string) {
		value = strings.TrimSpace(value)
		if value == "" || bookkeeping(name) || r.shown(value) || !r.spare() {
			return
		}
		r.text(document.Segment{Text: value, Label: name, At: document.Location{Layer: document.Metadata}})
	}
	for {
		t, err := d.Token()
		if err != nil {
			return // its end, or damage: numbers in clear are found anyway
		}
		switch t := t.(type) {
		case xml.StartElement:
			if n := t.Name.Local; n != "li" && n != "Alt" && n != "Seq" && n != "Bag" {
				label = n
			}
			for _, a := range t.Attr {
				if plentyOfDigits(a.Value) {
					say(a.Name.Local, a.Value)
				}
			}
		case xml.CharData:
			say(label, string(t))
		}
	}
}

// bookkeeping tells a property that programs write about the file.
func bookkeeping(name string) bool {
	return strings.HasSuffix(name, "Date") || strings.HasSuffix(name, "ID") || strings.HasPrefix(name, "xmlns") ||
		slices.Contains([]string{"when", "format", "Producer", "CreatorTool", "softwareAgent", "part", "conformance", "about", "lang", "action", "changed", "RDF", "Description", "xmpmeta", "history", "History"}, name)
}

// unlisted hands on an attached file that the engine did not find.
func (r *reader) unlisted(content []byte) {
	if sum := sha256.Sum256(content); !r.handed[sum] && r.spare() {
		r.handed[sum] = true
		r.files++
		r.remember(strings.ToValidUTF8(string(content), "?")) // it may stand in clear in the file
		r.child(fmt.Sprintf("bilag-uden-navn-%d", r.files), content, document.Input{Layer: document.Hidden, MadeUp: true})
	}
}

var sizeEntry = regexp.MustCompile(`/(Width|Height)\s+(\d{1,6})\b`)

// unplaced hands on a picture that was found on no page: in a pattern, in the
// appearance of a note, under a layer, or left behind by an editor.
func (r *reader) unplaced(s streams.Packed) {
	raw := s.Raw()
	if sum := sha256.Sum256(raw); r.placed[sum] {
		return
	}
	w, h := 0, 0
	for _, m := range sizeEntry.FindAllSubmatch(s.Dict, 4) {
		n, _ := strconv.Atoi(string(m[2])) // six digits at most
		if m[1][0] == 'W' {
			w = n
		} else {
			h = n
		}
	}
	if w < minPictureW || h < minPictureH || float64(w)*float64(h) > pixelBudget {
		return
	}
	hint := document.Input{Layer: document.Hidden, MadeUp: true}
	switch name := fmt.Sprintf("billede-uden-side-%d", s.Number); {
	case s.Has("/DCTDecode") && bytes.Count(s.Dict, []byte("Decode")) == 1 && r.spare():
		r.child(name+".jpg", raw, hint)
	case s.Has("/FlateDecode") && !s.Has("/DecodeParms") && bytes.Contains(s.Dict, []byte("/BitsPerComponent 8")):
		content, ok := streams.Unzipped(s.Body, 3*w*h)
		img := plainPixels(content, w, h)
		if !ok || img == nil || !r.spare() {
			return
		}
		if data, err := encode(img, 0); err == nil {
			r.child(name+".png", data, hint)
		}
	}
}

// plainPixels makes a picture of grey or of red, green and blue bytes; nil when there
// are not as many as either needs.
func plainPixels(b []byte, w, h int) image.Image {
	switch len(b) {
	case w * h:
		return &image.Gray{Pix: b, Stride: w, Rect: image.Rect(0, 0, w, h)}
	case 3 * w * h:
		out := image.NewNRGBA(image.Rect(0, 0, w, h))
		for i := range w * h {
			copy(out.Pix[4*i:], b[3*i:3*i+3])
			out.Pix[4*i+3] = 255
		}
		return out
	}
	return nil
}
