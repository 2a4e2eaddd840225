package pdf

import (
	"bytes"
	"compress/zlib"
	"io"
)

// Limits of the look for pictures: what is larger may have some.
const (
	maxContent = 4 << 20  // bytes of one stream, unpacked
	maxLooked  = 64 << 20 // bytes of all streams, unpacked
)

// pictureless tells that no page of the file can show a picture, so that the objects
// of its pages need not be asked one by one, which takes longer than reading their
// text. Names of stream dictionaries always stand in clear, so a picture of its own
// shows by its name; what is drawn within a page's content shows when each stream is
// unpacked. Whatever cannot be looked into may have pictures.
func pictureless(data []byte) bool {
	if bytes.Contains(data, []byte("/Encrypt")) || named(data, "/Image") {
		return false
	}
	looked := 0
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte("stream"))
		if i < 0 {
			return true
		}
		start := at + i
		at = start + len("stream")
		if bytes.HasSuffix(data[:start], []byte("end")) {
			continue
		}
		dict := data[max(0, start-600):start]
		if open := bytes.LastIndex(dict, []byte("obj")); open >= 0 {
			dict = dict[open:]
		}
		if escaped(dict) {
			return false
		}
		body := bytes.TrimLeft(data[at:min(len(data), at+2)], "\r\n")
		content, ok := unpacked(dict, data[at+2-len(body):], maxLooked-looked)
		if !ok || inline(content) {
			return false
		}
		looked += len(content)
	}
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

// unpacked gives a stream's content; ok is false when it could not be had whole.
func unpacked(dict, body []byte, left int) (content []byte, ok bool) {
	limit := min(maxContent, left)
	switch {
	case !bytes.Contains(dict, []byte("/Filter")):
		end := bytes.Index(body, []byte("endstream"))
		if end < 0 || end > limit {
			return nil, false
		}
		return body[:end], true
	case bytes.Count(dict, []byte("Decode")) != 1+bytes.Count(dict, []byte("/DecodeParms")), !bytes.Contains(dict, []byte("/FlateDecode")):
		return nil, false
	}
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
