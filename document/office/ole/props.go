package ole

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/htmlindex"
)

// Property is a text of a property set ([MS-OLEPS]): title, author, or one that
// the user defined, with its name.
type Property struct{ Name, Text string }

var summaryNames = map[uint32]string{2: "title", 3: "subject", 4: "author", 5: "keywords", 6: "comments", 7: "template", 8: "lastAuthor", 18: "application"}

// Limits of one set: properties overlap in hostile files.
const (
	maxProperties = 1024
	maxProperty   = 64 << 10 // bytes of one text
	maxName       = 512
)

// Properties reads the texts of a property set stream; what is unsound is left
// out.
func Properties(b []byte) []Property {
	if len(b) < 28 || b[0] != 0xfe || b[1] != 0xff {
		return nil
	}
	var out []Property
	sets := min(binary.LittleEndian.Uint32(b[24:]), 2)
	for i := range sets {
		at := 28 + int(i)*20
		if at+20 > len(b) {
			break
		}
		off := int(binary.LittleEndian.Uint32(b[at+16:]))
		if off < 0 || off+8 > len(b) {
			continue
		}
		out = append(out, section(b[off:], i)...)
	}
	return out
}

func section(b []byte, set uint32) []Property {
	n := min(int(binary.LittleEndian.Uint32(b[4:])), maxProperties, (len(b)-8)/8)
	page, names := 1252, map[uint32]string{}
	var out []Property
	named := false
	for pass := range 2 {
		for i := range n {
			id := binary.LittleEndian.Uint32(b[8+i*8:])
			off := int(binary.LittleEndian.Uint32(b[12+i*8:]))
			if off < 0 || off+8 > len(b) {
				continue
			}
			v := b[off:]
			switch {
			case id == 1 && pass == 0:
				page = int(binary.LittleEndian.Uint16(v[4:]))
			case id == 0 && pass == 1 && set == 1 && !named:
				named = true
				dictionary(v, page, names)
			}
		}
	}
	for i := range n {
		id := binary.LittleEndian.Uint32(b[8+i*8:])
		off := int(binary.LittleEndian.Uint32(b[12+i*8:]))
		if id < 2 || off < 0 || off+8 > len(b) {
			continue
		}
		if text := value(b[off:], page); text != "" {
			name := names[id]
			if name == "" && set == 0 {
				name = summaryNames[id]
			}
			out = append(out, Property{name, text})
		}
	}
	return out
}

// value reads VT_LPSTR (30) and VT_LPWSTR (31).
func value(v []byte, page int) string {
	n := int(binary.LittleEndian.Uint32(v[4:]))
	if n < 0 || n > maxProperty {
		n = maxProperty
	}
	switch binary.LittleEndian.Uint32(v) {
	case 30:
		return Decode(cut(v[8:], n), page)
	case 31:
		return UTF16(cut(v[8:], n*2))
	}
	return ""
}

func dictionary(v []byte, page int, names map[uint32]string) {
	n := min(int(binary.LittleEndian.Uint32(v)), maxProperties)
	v = v[4:]
	for range n {
		if len(v) < 8 {
			return
		}
		id, size := binary.LittleEndian.Uint32(v), int(binary.LittleEndian.Uint32(v[4:]))
		v = v[8:]
		if page == 1200 {
			size = min(max(size, 0), maxName, len(v)/2) * 2
			names[id] = UTF16(v[:size])
			size = min((size+3)&^3, len(v))
		} else {
			size = min(max(size, 0), maxName, len(v))
			names[id] = Decode(v[:size], page)
		}
		v = v[size:]
	}
}

func cut(b []byte, n int) []byte { return b[:max(0, min(n, len(b)))] }

// UTF16 reads little-endian UTF-16 up to its end or first NUL.
func UTF16(b []byte) string {
	u := make([]uint16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		c := binary.LittleEndian.Uint16(b[i:])
		if c == 0 {
			break
		}
		u = append(u, c)
	}
	return string(utf16.Decode(u))
}

var pages = map[int]string{
	0: "windows-1252", 10000: "macintosh", 20127: "windows-1252", 28591: "windows-1252", 28605: "iso-8859-15", 65001: "utf-8", 932: "shift_jis", 936: "gbk",
	949: "euc-kr", 950: "big5", 866: "ibm866", 1250: "windows-1250", 1251: "windows-1251", 1252: "windows-1252", 1253: "windows-1253", 1254: "windows-1254",
	1255: "windows-1255", 1256: "windows-1256", 1257: "windows-1257", 1258: "windows-1258", 28592: "iso-8859-2", 20866: "koi8-r",
}

// Decode reads bytes of a Windows code page up to their end or first NUL.
// Unknown pages count as 1252.
func Decode(b []byte, page int) string {
	if page == 1200 {
		return UTF16(b)
	}
	if i := strings.IndexByte(string(b), 0); i >= 0 {
		b = b[:i]
	}
	name, ok := pages[page]
	if !ok {
		name = "windows-1252"
	}
	enc, err := htmlindex.Get(name)
	if err != nil {
		return strings.ToValidUTF8(string(b), "?")
	}
	text, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "?")
	}
	return string(text)
}
