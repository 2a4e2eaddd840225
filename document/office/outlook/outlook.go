// Package outlook reads Outlook's own mail formats: .msg files and the
// winmail.dat (TNEF) that Exchange attaches for other mail programs.
package outlook

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"mime"
	"net/textproto"
	"strconv"
	"strings"

	"bufio"

	"brevvagt/document"
	"brevvagt/document/office/flow"
	"brevvagt/document/office/ole"
	"brevvagt/document/office/rtf"
)

// Property identifiers of [MS-OXPROPS].
const (
	idSubject     = 0x0037
	idHeaders     = 0x007d
	idRecipType   = 0x0c15
	idSenderName  = 0x0c1a
	idSenderMail  = 0x0c1f
	idSenderSMTP  = 0x5d01
	idBody        = 0x1000
	idRTF         = 0x1009
	idHTML        = 0x1013
	idMessageID   = 0x1035
	idDisplayName = 0x3001
	idMail        = 0x3003
	idSMTP        = 0x39fe
	idData        = 0x3701
	idExtension   = 0x3703
	idShortName   = 0x3704
	idLongName    = 0x3707
	idMIME        = 0x370e
	idCodepage    = 0x3fde
	idMessagePage = 0x3ffd
	idClass       = 0x001a
)

const maxNested = 12

var errMessage = errors.New("message is cut off")

// bag is the properties of a message, recipient or attachment. Texts are decoded,
// all else is raw.
type bag struct {
	texts map[uint16]string
	bytes map[uint16][]byte
	nums  map[uint16]int
	other []string // texts without a meaning to us
}

func newBag() *bag {
	return &bag{texts: map[uint16]string{}, bytes: map[uint16][]byte{}, nums: map[uint16]int{}}
}

// text returns a property's text, also where it was stored as bytes.
func (b *bag) text(ids ...uint16) string {
	for _, id := range ids {
		if t := b.texts[id]; t != "" {
			return t
		}
	}
	return ""
}

// message is a mail as both formats tell it.
type message struct {
	bag
	to          []recipient
	attachments []attachment
	short       bool
}

type recipient struct {
	kind int // 1 To, 2 Cc, 3 Bcc
	document.Address
}

type attachment struct {
	name   string
	data   []byte
	media  string
	nested *message
}

type reader struct {
	ctx context.Context
	in  document.Input
	out *document.Builder
}

// tell passes a message on: envelope, texts, attachments, and the messages
// within it under a path of their own.
func (r *reader) tell(m *message, path string, depth int) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if depth > maxNested {
		r.out.Gap(document.Gap{At: document.Location{Path: path}, Why: document.TooDeep, Detail: "too many messages within each other"})
		return nil
	}
	env := m.envelope()
	if depth == 0 {
		r.out.Mail(env)
	}
	said := map[string]bool{}
	sink := &flow.Sink{Out: r.out, Path: path, Drop: func(t string) bool {
		t = strings.Join(strings.Fields(t), " ")
		if said[t] {
			return true
		}
		said[t] = true
		return false
	}}
	r.header(m, env, sink)
	for p := range strings.SplitSeq(strings.ReplaceAll(m.text(idBody), "\r\n", "\n"), "\n") {
		sink.Add(document.Segment{Text: p})
	}
	if html := m.html(); len(html) > 0 {
		r.out.ChildBytes("tekst.html", html, document.Input{Type: "text/html"})
	}
	if packed := m.bytes[idRTF]; len(packed) > 0 {
		text, err := unpackRTF(packed)
		if err == nil {
			err = rtf.Read(r.ctx, text, sink, document.Visible)
		}
		if err != nil && r.ctx.Err() == nil {
			r.out.Gap(document.Gap{At: document.Location{Path: path}, Why: document.Damaged, Detail: "the rich text of the message"})
		}
	}
	for _, t := range m.other {
		sink.Add(document.Segment{Text: t, At: document.Location{Layer: document.Metadata}})
	}
	for i, a := range m.attachments {
		name := a.name
		if name == "" {
			name = "vedhæftet-" + strconv.Itoa(i+1)
		}
		if a.nested != nil {
			if err := r.tell(a.nested, path+"/"+clean(name), depth+1); err != nil {
				return err
			}
			continue
		}
		r.out.ChildBytes(name, a.data, document.Input{Type: a.media})
	}
	if m.short {
		return errMessage
	}
	return nil
}

func clean(name string) string {
	name = strings.Map(func(c rune) rune {
		if c < ' ' || c == '/' || c == '\\' {
			return '_'
		}
		return c
	}, strings.ToValidUTF8(name, "?"))
	if len(name) > 120 {
		name = strings.ToValidUTF8(name[:120], "")
	}
	return name
}

// header says who wrote to whom about what.
func (r *reader) header(m *message, env document.Envelope, sink *flow.Sink) {
	at := document.Location{Layer: document.Header}
	sink.Add(document.Segment{Text: env.Subject, Label: "Subject", At: at})
	for _, a := range append(env.From, env.To...) {
		sink.Add(document.Segment{Text: strings.TrimSpace(a.Name + " " + a.Mail), At: at})
	}
	for _, line := range strings.Split(m.text(idHeaders), "\n") {
		sink.Add(document.Segment{Text: strings.TrimSpace(line), At: at})
	}
}

func (m *message) envelope() document.Envelope {
	e := document.Envelope{Subject: m.text(idSubject), MessageID: m.text(idMessageID), Header: map[string][]string{}}
	if from := (document.Address{Name: m.text(idSenderName), Mail: m.text(idSenderSMTP, idSenderMail)}); from != (document.Address{}) {
		e.From = []document.Address{from}
	}
	for kind := 1; kind <= 3; kind++ {
		for _, t := range m.to {
			if t.kind == kind || kind == 1 && (t.kind < 1 || t.kind > 3) {
				e.To = append(e.To, t.Address)
			}
		}
	}
	text := strings.TrimLeft(m.text(idHeaders), "\r\n ")
	if head, err := textproto.NewReader(bufio.NewReader(strings.NewReader(text + "\r\n\r\n"))).ReadMIMEHeader(); err == nil || len(head) > 0 {
		dec := mime.WordDecoder{}
		for k, vs := range head {
			for _, v := range vs {
				if d, err := dec.DecodeHeader(v); err == nil {
					v = d
				}
				e.Header[k] = append(e.Header[k], v)
			}
		}
		if d := e.Header["Date"]; len(d) > 0 {
			e.Date = d[0]
		}
	}
	return e
}

func (m *message) html() []byte {
	if b := m.bytes[idHTML]; len(b) > 0 {
		return b
	}
	return []byte(m.texts[idHTML])
}

// recipient reads one row of recipients.
func (b *bag) recipient() recipient {
	return recipient{b.nums[idRecipType], document.Address{Name: b.text(idDisplayName), Mail: b.text(idSMTP, idMail)}}
}

// attachment reads the properties of an attachment.
func (b *bag) attachment() attachment {
	return attachment{name: b.text(idLongName, idShortName, idDisplayName), data: b.bytes[idData], media: b.text(idMIME)}
}

var errRTF = errors.New("no compressed rich text")

const maxRTF = 64 << 20

// unpackRTF reads the compression of [MS-OXRTFCP].
func unpackRTF(b []byte) ([]byte, error) {
	if len(b) < 16 {
		return nil, errRTF
	}
	size, magic := int(binary.LittleEndian.Uint32(b[4:])), binary.LittleEndian.Uint32(b[8:])
	b = b[16:]
	switch {
	case magic == 0x414c454d: // "MELA": not compressed
		return b[:min(len(b), max(size, 0))], nil
	case magic != 0x75465a4c: // "LZFu"
		return nil, errRTF
	}
	var dict [4096]byte
	pos := copy(dict[:], rtfDict)
	out := make([]byte, 0, min(size, len(b)*17, maxRTF))
	for len(b) > 0 && len(out) < maxRTF {
		flags := b[0]
		b = b[1:]
		for bit := 0; bit < 8 && len(b) > 0; bit++ {
			if flags>>bit&1 == 0 {
				out = append(out, b[0])
				dict[pos] = b[0]
				pos = (pos + 1) & 4095
				b = b[1:]
				continue
			}
			if len(b) < 2 {
				return out, nil
			}
			ref := int(b[0])<<8 | int(b[1])
			b = b[2:]
			from, n := ref>>4, ref&15+2
			if from == pos {
				return out, nil
			}
			for range n {
				c := dict[from]
				from = (from + 1) & 4095
				out = append(out, c)
				dict[pos] = c
				pos = (pos + 1) & 4095
			}
		}
	}
	return out, nil
}

const rtfDict = "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"

// store files one property under its identifier.
func (b *bag) store(id, kind uint16, data []byte, page int) {
	switch kind {
	case 0x1e:
		b.set(id, ole.Decode(data, page))
	case 0x1f:
		b.set(id, ole.UTF16(data))
	case 0x102:
		if _, ok := b.bytes[id]; !ok {
			b.bytes[id] = data
		}
	case 0x03:
		if len(data) >= 4 {
			b.nums[id] = int(binary.LittleEndian.Uint32(data))
		}
	}
}

const maxOther = 10_000

func (b *bag) set(id uint16, text string) {
	if _, ok := b.texts[id]; !ok && len(b.texts) < maxOther {
		b.texts[id] = text
	}
	switch id {
	case idSubject, idBody, idHTML, idHeaders, idSenderName, idSenderMail, idSenderSMTP, idMessageID, idClass, idLongName, idShortName, idExtension, idMIME:
	default:
		if len(b.other) < maxOther && len(bytes.TrimSpace([]byte(text))) > 3 {
			b.other = append(b.other, text)
		}
	}
}
