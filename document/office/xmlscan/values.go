package xmlscan

import (
	"bufio"
	"bytes"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Attr returns the decoded value of the attribute with this local name on the
// latest start, "" when there is none.
func (s *Scanner) Attr(local string) string {
	v, _ := s.Lookup(local)
	return v
}

// Lookup is Attr that tells an empty attribute from a missing one.
func (s *Scanner) Lookup(local string) (value string, ok bool) {
	rest := s.attrs
	for {
		var name, v []byte
		if name, v, rest = nextAttr(rest); name == nil {
			return "", false
		}
		if string(name) == local {
			return string(s.unescape(v)), true
		}
	}
}

// Attrs calls f with each attribute of the latest start, namespace declarations
// left out. Both values are valid during the call only.
func (s *Scanner) Attrs(f func(name, value []byte)) {
	rest := s.attrs
	for {
		var name, v []byte
		if name, v, rest = nextAttr(rest); name == nil {
			return
		}
		if len(name) > 0 {
			f(name, s.unescape(v))
		}
	}
}

// HasAttrs tells whether the latest start carries attributes.
func (s *Scanner) HasAttrs() bool { return len(s.attrs) > 2 }

// nextAttr splits the first attribute off b. A namespace declaration has the
// empty name; a nil name means that there is none left.
func nextAttr(b []byte) (name, value, rest []byte) {
	i := 0
	for i < len(b) && space(b[i]) {
		i++
	}
	b = b[i:]
	eq := bytes.IndexByte(b, '=')
	if eq <= 0 {
		return nil, nil, nil
	}
	name = bytes.TrimSpace(b[:eq])
	if bytes.HasPrefix(name, []byte("xmlns")) {
		name = name[:0]
	} else if c := bytes.IndexByte(name, ':'); c >= 0 {
		name = name[c+1:]
	}
	if name == nil {
		return nil, nil, nil
	}
	b = b[eq+1:]
	for len(b) > 0 && space(b[0]) {
		b = b[1:]
	}
	if len(b) == 0 {
		return name, nil, nil
	}
	if q := b[0]; q == '"' || q == '\'' {
		end := bytes.IndexByte(b[1:], q)
		if end < 0 {
			return name, b[1:], nil
		}
		return name, b[1 : 1+end], b[2+end:]
	}
	end := bytes.IndexAny(b, " \t\r\n")
	if end < 0 {
		end = len(b)
	}
	return name, b[:end], b[end:]
}

// unescape resolves the five named and the numeric entities; others stay as
// they are written.
func (s *Scanner) unescape(b []byte) []byte {
	i := bytes.IndexByte(b, '&')
	if i < 0 {
		return b
	}
	out := append(s.scratch[:0], b[:i]...)
	for i < len(b) {
		if b[i] != '&' {
			next := bytes.IndexByte(b[i:], '&')
			if next < 0 {
				next = len(b) - i
			}
			out = append(out, b[i:i+next]...)
			i += next
			continue
		}
		end := bytes.IndexByte(b[i:min(len(b), i+16)], ';')
		if end < 0 {
			out = append(out, '&')
			i++
			continue
		}
		if r := entity(string(b[i+1 : i+end])); r >= 0 {
			out = utf8.AppendRune(out, r)
		} else {
			out = append(out, b[i:i+end+1]...)
		}
		i += end + 1
	}
	s.scratch = out
	return out
}

func entity(name string) rune {
	switch name {
	case "amp":
		return '&'
	case "lt":
		return '<'
	case "gt":
		return '>'
	case "quot":
		return '"'
	case "apos":
		return '\''
	}
	if !strings.HasPrefix(name, "#") {
		return -1
	}
	base, digits := 10, name[1:]
	if strings.HasPrefix(digits, "x") || strings.HasPrefix(digits, "X") {
		base, digits = 16, digits[1:]
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune {
		return -1
	}
	return rune(n)
}

var declared = regexp.MustCompile(`^<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{2,40})["']`)

// decoded turns r into UTF-8.
func decoded(r io.Reader) io.Reader {
	br := bufio.NewReaderSize(r, 4096)
	head, _ := br.Peek(256)
	switch {
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		br.Discard(3) // the bytes were peeked: it cannot fail
		return br
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}), bytes.HasPrefix(head, []byte{0, '<'}):
		return transform.NewReader(br, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder())
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{'<', 0}):
		return transform.NewReader(br, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	}
	m := declared.FindSubmatch(head)
	if m == nil || strings.EqualFold(string(m[1]), "utf-8") || strings.HasPrefix(strings.ToLower(string(m[1])), "utf-16") {
		return br
	}
	if cr, err := charset.NewReaderLabel(string(m[1]), br); err == nil {
		return cr
	}
	return br
}
