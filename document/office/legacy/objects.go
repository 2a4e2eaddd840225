package legacy

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"strings"

	"brevvagt/document"
	"brevvagt/document/office/ole"
)

// main streams are read by the format's own reader.
var main = map[string]bool{
	"worddocument": true, "0table": true, "1table": true, "workbook": true, "book": true, "powerpoint document": true, "current user": true,
}

// layout streams hold no text of a person: links, class names, icons.
var layout = map[string]bool{
	"\x01compobj": true, "\x01ole": true, "\x03objinfo": true, "\x03ole": true, "\x02olepres000": false,
	"\x03linkinfo": true, "\x03eprint": true, "\x03print": true, "_vba_project": true,
}

// rest reads all streams that the format's own reader does not.
func (r *reader) rest() {
	for i := range r.file.Streams {
		if r.ctx.Err() != nil || r.sink.Full() {
			return
		}
		s := &r.file.Streams[i]
		name := strings.ToLower(s.Name)
		switch {
		case s.Storage == "" && main[name], layout[name], len(s.Data) == 0:
		case name == "\x05summaryinformation" || name == "\x05documentsummaryinformation":
			for _, p := range ole.Properties(s.Data) {
				r.add(p.Text, p.Name, document.Location{Layer: document.Metadata})
			}
		case name == "\x01ole10native":
			r.native(s.Data)
		case name == "package" || name == "contents" || name == "embeddedodf":
			r.out.ChildBytes(s.Name, s.Data, document.Input{})
		case s.Storage == "" && (name == "data" || name == "pictures"):
			r.blips(s.Data)
		case name == "workbook" || name == "book" || name == "worddocument" || name == "powerpoint document":
			if r.objects++; r.objects > maxObjects {
				r.gap(document.TooMany, "too many embedded objects")
				return
			}
			r.embedded(s.Storage)
		case strings.HasSuffix(strings.ToLower(s.Storage), "vba"):
			r.macro(s.Data)
		default:
			Sweep(s.Data, r.sink)
		}
	}
}

const maxObjects = 1000

// embedded reads an Office object that stands in a storage of its own.
func (r *reader) embedded(storage string) {
	sub := &ole.File{Short: r.file.Short, Crossed: r.file.Crossed}
	for _, s := range r.file.Streams {
		if s.Storage == storage {
			s.Storage = ""
			sub.Streams = append(sub.Streams, s)
		}
	}
	in := &reader{ctx: r.ctx, out: r.out, sink: r.sink, file: sub}
	var err error
	switch Kind(sub) {
	case "doc":
		err = in.doc()
	case "xls":
		err = in.workbook()
	case "ppt":
		err = in.ppt()
	}
	if err == document.ErrEncrypted {
		r.gap(document.Encrypted, "an embedded object needs a password")
	} else if err != nil {
		r.gap(document.Damaged, "an embedded object could not be read")
	}
}

// native unwraps a file that was dropped into a document ([MS-OLEDS] 2.3.6): size,
// label, original path, temporary path, content.
func (r *reader) native(b []byte) {
	if len(b) < 6 {
		return
	}
	rest := b[4:]
	if binary.LittleEndian.Uint16(rest) == 2 {
		name, p := text(rest[2:])
		_, p = text(p)
		if len(p) > 8 {
			n := int(binary.LittleEndian.Uint32(p[4:]))
			if p = p[8:]; n >= 0 && n+4 <= len(p) {
				size := int(binary.LittleEndian.Uint32(p[n:]))
				if content := p[n+4:]; size >= 0 {
					r.out.ChildBytes(name, content[:min(size, len(content))], document.Input{})
					if size > len(content) {
						r.gap(document.Damaged, "an embedded file is cut off")
					}
					return
				}
			}
		}
	}
	r.out.ChildBytes("indlejret", rest, document.Input{})
}

func text(b []byte) (string, []byte) {
	i := bytes.IndexByte(b, 0)
	if i < 0 {
		return "", nil
	}
	return ole.Decode(b[:i], 1252), b[i+1:]
}

// blips hands on the pictures of a drawing stream ([MS-ODRAW] 2.2.23). The
// records are searched for, as streams of pictures carry no directory.
func (r *reader) blips(b []byte) {
	for i := 0; i+8 < len(b); i++ {
		if b[i+3] != 0xf0 || b[i+2] < 0x1a || b[i+2] > 0x2a {
			continue
		}
		size := int(binary.LittleEndian.Uint32(b[i+4:]))
		if size < 20 || size > len(b)-i-8 {
			continue
		}
		body := b[i+8 : i+8+size]
		if name, data := blip(b[i+2], body); data != nil {
			r.out.ChildBytes(name, data, document.Input{})
			i += 7 + size
		}
	}
}

var pictureStarts = []struct{ name, magic string }{
	{"billede.png", "\x89PNG"}, {"billede.jpg", "\xff\xd8\xff"}, {"billede.tif", "II*\x00"}, {"billede.tif", "MM\x00*"}, {"billede.dib", "\x28\x00\x00\x00"},
}

// blip finds the picture within a record: behind one or two identifiers of 16
// bytes and a tag, or packed behind a metafile header.
func blip(kind byte, body []byte) (string, []byte) {
	for _, skip := range []int{17, 33} {
		if len(body) <= skip+34 {
			return "", nil
		}
		if kind <= 0x1c {
			head := body[skip-1:]
			if head[32] != 0 { // not packed with deflate
				continue
			}
			zr, err := zlib.NewReader(bytes.NewReader(head[34:]))
			if err != nil {
				continue
			}
			data, _ := io.ReadAll(io.LimitReader(zr, 32<<20))
			if len(data) > 0 {
				return "billede." + []string{"emf", "wmf", "pict"}[kind-0x1a], data
			}
			continue
		}
		for _, p := range pictureStarts {
			if bytes.HasPrefix(body[skip:], []byte(p.magic)) {
				return p.name, body[skip:]
			}
		}
	}
	return "", nil
}

// macro unpacks the source of a module ([MS-OVBA] 2.4.1) wherever in the stream
// it begins; the rest is compiled code and is swept.
func (r *reader) macro(b []byte) {
	if i := bytes.Index(b, []byte("\x00Attribut")); i > 2 {
		if src := unpack(b[i-3:]); len(src) > 0 {
			r.add(ole.Decode(src, 1252), "", document.Location{Layer: document.Hidden})
			return
		}
	}
	Sweep(b, r.sink)
}

const maxMacro = 8 << 20

// unpack reads a compressed container: chunks of 4 kB of tokens.
func unpack(b []byte) []byte {
	if len(b) == 0 || b[0] != 1 {
		return nil
	}
	b = b[1:]
	var out []byte
	for len(b) >= 2 && len(out) < maxMacro {
		head := binary.LittleEndian.Uint16(b)
		size := int(head&0xfff) + 3
		chunk := b[2:min(size, len(b))]
		b = b[min(size, len(b)):]
		if head&0x8000 == 0 {
			out = append(out, chunk...)
			continue
		}
		start := len(out)
		for len(chunk) > 0 {
			flags := chunk[0]
			chunk = chunk[1:]
			for bit := 0; bit < 8 && len(chunk) > 0; bit++ {
				if flags>>bit&1 == 0 {
					out = append(out, chunk[0])
					chunk = chunk[1:]
					continue
				}
				if len(chunk) < 2 {
					return out
				}
				token := binary.LittleEndian.Uint16(chunk)
				chunk = chunk[2:]
				bits := 4
				for 1<<bits < len(out)-start {
					bits++
				}
				length := int(token&(0xffff>>bits)) + 3
				back := int(token>>(16-bits)) + 1
				if back > len(out)-start {
					return out
				}
				for range length {
					out = append(out, out[len(out)-back])
				}
			}
		}
	}
	return out
}
