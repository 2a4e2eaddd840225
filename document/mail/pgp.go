package mail

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"brevvagt/document"
	"brevvagt/internal/prose"
)

var (
	armorBegin = []byte("-----BEGIN PGP MESSAGE")
	armorEnd   = []byte("-----END PGP MESSAGE")
)

// maxArmors is the number of armored blocks that are judged in one text; more is
// a gap.
const maxArmors = 1000

// pgpMessage reports whether a part should be judged as an OpenPGP message.
func pgpMessage(content []byte, within, name string) bool {
	if bytes.Contains(content, armorBegin) && !binary(content) {
		return true
	}
	name = strings.ToLower(name)
	binary := within == "encrypted" || strings.HasSuffix(name, ".gpg") || strings.HasSuffix(name, ".pgp")
	// A binary message begins with a session key packet (tag 1 or 3), in the old
	// or the new form of the tag byte.
	if !binary || len(content) < 2 || content[0]&0x80 == 0 {
		return false
	}
	tag := content[0] >> 2 & 0x0f
	if content[0]&0x40 != 0 {
		tag = content[0] & 0x3f
	}
	return tag == 1 || tag == 3 || tag == 8 || tag == 4 || tag == 11
}

// pgp judges a part that holds an OpenPGP message, armored or not. Text around an
// armored one is text of that part.
func (r *reader) pgp(name string, madeUp bool, content []byte) {
	if content[0]&0x80 != 0 && !bytes.Contains(content, armorBegin) {
		r.sealedName(name, madeUp)
		r.packets(name, content)
		return
	}
	r.sealedName(name, madeUp)
	rest := r.blocks(name, content)
	// Not a child: what is no message would be judged as one again and again.
	r.place = r.at(name).Path
	r.paragraphs(prose.DecodeLines(rest, ""), media{})
	r.place = ""
}

// sealedName reads the name of a part that gives no child.
func (r *reader) sealedName(name string, madeUp bool) {
	if !madeUp {
		r.out.Segment(document.Segment{Text: name, At: document.Location{Layer: document.Metadata}})
	}
}

// armored judges the armored blocks inside a text and returns the rest of it.
func (r *reader) armored(text []byte) []byte {
	if !bytes.Contains(text, armorBegin) {
		return text
	}
	return r.blocks("besked.asc", text)
}

func (r *reader) blocks(name string, text []byte) []byte {
	var rest []byte
	for n := 0; ; n++ {
		i := bytes.Index(text, armorBegin)
		if i < 0 {
			return append(rest, text...)
		}
		j := bytes.Index(text[i:], armorEnd)
		if n == maxArmors {
			r.out.Gap(document.Gap{At: r.at(name), Why: document.TooMany, Rest: true, Detail: fmt.Sprintf("more than %d PGP messages in one text", maxArmors)})
			return append(rest, text...)
		}
		if j < 0 {
			r.out.Gap(document.Gap{At: r.at(name), Why: document.Damaged, Detail: "PGP message without an end"})
			return append(rest, text...)
		}
		rest = append(rest, text[:i]...)
		block := text[i : i+j]
		_, after := nextLine(text, i+j)
		text = text[after:]
		head, raw := dearmor(block)
		rest = append(rest, head...)
		if !r.packets(name, raw) {
			rest = append(rest, block...) // what is no message may be text
			if readable(raw) {
				rest = append(append(rest, '\n'), raw...)
			}
		}
	}
}

// dearmor splits a block into its header lines (Comment: …), which are clear
// text, and its decoded data without the checksum.
func dearmor(block []byte) (head, raw []byte) {
	_, pos := nextLine(block, 0)
	for start := pos; pos < len(block); {
		end, next := nextLine(block, pos)
		line := bytes.TrimSpace(block[pos:end])
		if len(line) == 0 {
			head, pos = block[start:pos], next
			break
		}
		if !bytes.Contains(line, []byte(":")) {
			head = block[start:pos]
			break
		}
		pos = next
	}
	body := block[pos:]
	if i := bytes.LastIndex(body, []byte("\n=")); i >= 0 && len(body)-i < 12 {
		body = body[:i]
	}
	raw, _ = decodeBase64(body)
	return head, raw
}

// packets judges a message by its packets (RFC 9580): keys, then encrypted data
// is a seal; literal, compressed or only signed data is read. It reports whether
// the data was an OpenPGP message at all.
func (r *reader) packets(name string, raw []byte) bool {
	at := r.at(name)
	src := bytes.NewReader(raw)
	opaque := packet.NewOpaqueReader(src)
	keys := 0
	for range 1000 {
		p, err := opaque.Next()
		if err != nil {
			break
		}
		switch p.Tag {
		case 1, 3: // session keys
			keys++
		case 10, 21: // marker, padding
		case 9, 18, 20: // encrypted data
			if keys == 0 || len(p.Contents) < 16 || readable(p.Contents) {
				r.out.Gap(document.Gap{At: at, Why: document.Damaged, Detail: "PGP message that says it is encrypted and is not"})
				r.child("", ".txt", "", p.Contents)
				return true
			}
			r.clear(at, p.Contents)
			r.after(at, raw[len(raw)-src.Len():])
			r.out.Seal(document.Seal{At: at, Kind: "pgp"})
			return true
		case 2, 4, 8, 11: // signature, one-pass signature, compressed, literal
			r.open(name, raw)
			return true
		default:
			r.out.Gap(document.Gap{At: at, Why: document.UnknownType, Detail: "unknown PGP packets"})
			return false
		}
	}
	r.out.Gap(document.Gap{At: at, Why: document.Damaged, Detail: "malformed PGP message"})
	return false
}

// maxLayers is how many compressed packets may stand in each other.
const maxLayers = 4

// open reads the literal data of a message that is not encrypted.
func (r *reader) open(name string, raw []byte) {
	at := r.at(name)
	packets := packet.NewReader(io.LimitReader(bytes.NewReader(raw), int64(len(raw))))
	for layers := 0; ; {
		p, err := packets.Next()
		if err != nil {
			r.out.Gap(document.Gap{At: at, Why: document.Damaged, Detail: "PGP message without content"})
			return
		}
		switch p := p.(type) {
		case *packet.Compressed:
			if layers++; layers > maxLayers {
				r.out.Gap(document.Gap{At: at, Why: document.TooDeep, Detail: "compressed PGP data within each other"})
				return
			}
			if err := packets.Push(p.Body); err != nil {
				r.out.Gap(document.Gap{At: at, Why: document.TooDeep, Detail: "PGP data within each other"})
				return
			}
		case *packet.LiteralData:
			file := p.FileName
			r.out.Child(nameOr(file, name+".txt"), p.Body, document.Input{MadeUp: file == ""})
			return
		}
	}
}
