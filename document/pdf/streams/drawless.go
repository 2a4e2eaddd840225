package streams

import (
	"bytes"
	"compress/zlib"
	"io"
)

// Limits of the look for pictures: what is larger may have some.
const (
	maxContent = 4 << 20  // bytes of one stream, unpacked
	MaxLooked  = 64 << 20 // bytes of all streams, unpacked
)

// Pictureless tells that no page of the file can show a picture, so that the objects
// of its pages need not be asked one by one, which takes longer than reading their
// text. Names of stream dictionaries always stand in clear, so a picture of its own
// shows by its name; what is drawn within a page's content shows when each stream is
// unpacked. Whatever cannot be looked into may have pictures.
func Pictureless(data []byte) bool {
	if bytes.Contains(data, []byte("/Encrypt")) || named(data, "/Image") {
		return false
	}
	looked := 0
	for s := range Of(data) {
		if escaped(s.Dict) {
			return false
		}
		content, ok := s.Unpacked(MaxLooked - looked)
		if !ok || inline(content) {
			return false
		}
		looked += len(content)
	}
	return true
}

// named tells that a name stands in the data, and not only as the beginning of one.
func named(data []byte, name string) bool {
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte(name))
		if i < 0 {
			return false
		}
		at += i + len(name)
		if at >= len(data) || (data[at]|0x20) < 'a' || (data[at]|0x20) > 'z' {
			return true
		}
	}
}

// escaped tells that a name in a dictionary is written with #, which may hide one
// that is looked for.
func escaped(dict []byte) bool { return bytes.IndexByte(dict, '#') >= 0 }

// Unpacked gives a stream's content; ok is false when it could not be had whole.
func (p Packed) Unpacked(left int) (content []byte, ok bool) {
	limit := min(maxContent, left)
	switch {
	case !bytes.Contains(p.Dict, []byte("/Filter")):
		content = p.Raw()
		return content, content != nil && len(content) <= limit
	case bytes.Count(p.Dict, []byte("Decode")) != 1+bytes.Count(p.Dict, []byte("/DecodeParms")), !bytes.Contains(p.Dict, []byte("/FlateDecode")):
		return nil, false
	}
	return Unzipped(p.Body, limit)
}

// Unzipped gives what a Flate stream holds; ok is false when that is not whole or
// more than limit bytes.
func Unzipped(body []byte, limit int) (content []byte, ok bool) {
	z, err := zlib.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, false
	}
	content, err = io.ReadAll(io.LimitReader(z, int64(limit)+1))
	return content, err == nil && len(content) <= limit
}

// inline tells that a picture may stand in the content: the operators BI, ID, EI.
func inline(content []byte) bool {
	for at := 0; ; {
		i := bytes.Index(content[at:], []byte("ID"))
		if i < 0 {
			return false
		}
		at += i + 2
		if blank(content, at) && (blank(content, at-3) || content[at-3] == ']' || content[at-3] == '>') {
			before := content[max(0, at-2000):at]
			if k := bytes.LastIndex(before, []byte("BI")); k >= 0 && (k == 0 || blank(before, k-1)) {
				return true
			}
		}
	}
}

func blank(b []byte, i int) bool {
	return i < 0 || i < len(b) && (b[i] <= ' ')
}
