package outlook

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"

	"brevvagt/document"
	"brevvagt/document/office/ole"
)

var tnefMagic = []byte{0x78, 0x9f, 0x3e, 0x22}

// IsTNEF tells winmail.dat by its first bytes.
func IsTNEF(head []byte) bool { return bytes.HasPrefix(head, tnefMagic) }

// Attributes of [MS-OXTNEF] 2.1.3.2.
const (
	attSubject    = 0x18004
	attBody       = 0x2800c
	attFrom       = 0x08000
	attOEMPage    = 0x69007
	attAttachData = 0x6800f
	attTitle      = 0x18010
	attRendData   = 0x69002
	attProps      = 0x69003
	attRecipients = 0x69004
	attAttachment = 0x69005
	attMessageID  = 0x18009
)

// ReadTNEF reads winmail.dat. Within a mail its envelope counts for nothing: only
// the item itself may speak, which the builder sees to.
func ReadTNEF(ctx context.Context, in document.Input, out *document.Builder) error {
	r := &reader{ctx: ctx, in: in, out: out}
	return r.tell(r.tnef(in.Data, 0), in.Path, 0)
}

func le32(b []byte) int { return int(binary.LittleEndian.Uint32(b)) }

// tnef reads one stream of attributes.
func (r *reader) tnef(b []byte, depth int) *message {
	m := &message{bag: *newBag()}
	if len(b) < 6 || !IsTNEF(b) {
		m.short = true
		return m
	}
	b = b[6:]
	page := 1252
	var cur *bag // properties of the attachment being read
	var file []byte
	title := ""
	end := func() {
		if cur == nil {
			return
		}
		a := cur.attachment()
		if len(file) > 0 {
			a.data = file
		}
		if a.name == "" {
			a.name = title
		}
		if len(a.data) > 16 && IsTNEF(a.data[16:]) && depth < maxNested {
			a.nested = r.tnef(a.data[16:], depth+1)
		}
		if len(a.data) == 0 {
			m.short = true // announced, but not there
		}
		m.attachments = append(m.attachments, a)
		m.other = append(m.other, cur.other...)
		cur, file, title = nil, nil, ""
	}
	for len(b) >= 11 && len(m.attachments) < maxOther {
		id, size := le32(b[1:]), le32(b[5:])
		if size > len(b)-11 {
			m.short = true
			size = len(b) - 11
		}
		data := b[9 : 9+size]
		b = b[11+size:]
		switch id {
		case attOEMPage:
			if len(data) >= 4 {
				page = le32(data)
			}
		case attSubject:
			m.set(idSubject, ole.Decode(data, page))
		case attBody:
			m.set(idBody, ole.Decode(data, page))
		case attMessageID:
			m.set(idMessageID, ole.Decode(data, page))
		case attFrom:
			m.set(0, strings.Join(strings.FieldsFunc(string(data), func(c rune) bool { return c < ' ' || c > '~' }), " "))
		case attProps:
			m.short = m.short || !mapi(data, &m.bag, page)
		case attRecipients:
			m.recipients(data, page)
		case attRendData:
			end()
			cur = newBag()
		case attTitle, attAttachData, attAttachment:
			if cur == nil {
				cur = newBag()
			}
			switch id {
			case attTitle:
				title = ole.Decode(data, page)
			case attAttachData:
				file = data
			default:
				m.short = m.short || !mapi(data, cur, page)
			}
		}
	}
	end()
	m.short = m.short || len(b) > 0 || len(m.texts)+len(m.bytes)+len(m.attachments) == 0
	return m
}

func (m *message) recipients(b []byte, page int) {
	if len(b) < 4 {
		return
	}
	rows := le32(b)
	b = b[4:]
	for range min(rows, maxOther) {
		row := newBag()
		rest, ok := properties(b, row, page)
		if !ok {
			m.short = true
			return
		}
		b = rest
		m.to = append(m.to, row.recipient())
	}
}

func mapi(b []byte, into *bag, page int) bool {
	_, ok := properties(b, into, page)
	return ok
}

// properties reads a counted list of properties and returns what follows it.
func properties(b []byte, into *bag, page int) (rest []byte, ok bool) {
	if len(b) < 4 {
		return nil, false
	}
	count := le32(b)
	b = b[4:]
	for range count {
		if len(b) < 4 {
			return nil, false
		}
		kind, id := binary.LittleEndian.Uint16(b), binary.LittleEndian.Uint16(b[2:])
		b = b[4:]
		if id >= 0x8000 {
			if b, ok = skipName(b); !ok {
				return nil, false
			}
			id = 0 // named: its number means nothing by itself
		}
		many := kind&0x1000 != 0
		kind &^= 0x1000
		values, fixed := 1, 0
		switch kind {
		case 0x02, 0x03, 0x04, 0x0a, 0x0b:
			fixed = 4
		case 0x05, 0x06, 0x07, 0x14, 0x40:
			fixed = 8
		case 0x48:
			fixed = 16
		case 0x0d, 0x1e, 0x1f, 0x102:
		default:
			return nil, false
		}
		if many || fixed == 0 {
			if len(b) < 4 {
				return nil, false
			}
			values = le32(b)
			b = b[4:]
		}
		for range values {
			size := fixed
			if fixed == 0 {
				if len(b) < 4 {
					return nil, false
				}
				size = le32(b)
				b = b[4:]
			}
			if size > len(b) {
				return nil, false
			}
			if kind == 0x0d {
				into.store(id, 0x102, b[:size], page)
			} else {
				into.store(id, kind, b[:size], page)
			}
			b = b[min(len(b), (size+3)&^3):]
		}
	}
	return b, true
}

// skipName passes the name of a named property.
func skipName(b []byte) ([]byte, bool) {
	if len(b) < 24 {
		return nil, false
	}
	n := 24
	if le32(b[16:]) == 1 {
		n += (le32(b[20:]) + 3) &^ 3
	}
	if n > len(b) {
		return nil, false
	}
	return b[n:], true
}
