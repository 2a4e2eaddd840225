package mail

import (
	"bytes"
	"context"
	"strings"

	"brevvagt/document"
	"brevvagt/internal/sweep"
)

// sealed reads S/MIME and OpenPGP files that stand outside a mail: what is only
// signed is opened, what is encrypted is a seal.
type sealed struct{}

func (sealed) Name() string { return "sealed" }

// Match goes by the outer structure. A text with an armored message somewhere
// inside is still a text.
func (sealed) Match(head []byte, name string) bool {
	if _, ok := outerOID(head); ok {
		return true
	}
	name = strings.ToLower(name)
	return bytes.HasPrefix(bytes.TrimSpace(head), armorBegin) ||
		(strings.HasSuffix(name, ".gpg") || strings.HasSuffix(name, ".pgp") || strings.HasSuffix(name, ".asc")) && pgpMessage(head, "", name)
}

func (sealed) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	r := &reader{ctx: ctx, in: in, out: out, itself: true}
	r.walker = newWalker(nil, r.part)
	name := in.Name
	for _, ext := range []string{".p7m", ".p7s", ".gpg", ".pgp", ".asc"} {
		if cut := len(name) - len(ext); cut > 0 && strings.EqualFold(name[cut:], ext) {
			name = name[:cut]
		}
	}
	if kind, ok := outerOID(in.Data); ok {
		r.cms(kind, name, true, in.Data)
	} else {
		r.pgp(name, true, in.Data)
	}
	return ctx.Err()
}

// at is the place of a sealed part: the part of the mail with this name, or the
// input itself.
func (r *reader) at(name string) document.Location {
	if r.itself {
		return document.Location{}
	}
	return document.Location{Path: r.out.ChildPath(name)}
}

// longRun is how many printable bytes in a row stand in no encrypted data: of random
// bytes 38 in 100 are printable.
const longRun = 32

// clear reads text that stands within what should be random, beside the seal.
func (r *reader) clear(at document.Location, data []byte) {
	run := 0
	for _, c := range data {
		if run++; (c < ' ' || c > '~') && c != '\r' && c != '\n' {
			run = 0
		}
		if run == longRun {
			r.after(at, data)
			return
		}
	}
}

// after reads what stands behind an encrypted or signed structure, where none of it is
// part of what was sealed.
func (r *reader) after(at document.Location, data []byte) {
	if len(bytes.Trim(data, "\x00\r\n\t ")) == 0 {
		return
	}
	r.out.Gap(document.Gap{At: at, Why: document.Damaged, Detail: "more than the encrypted or signed data"})
	if readable(data) {
		r.child("", ".txt", "", data)
		return
	}
	found, _ := sweep.Texts(data)
	for _, text := range found {
		r.out.Segment(document.Segment{Text: text, At: at})
	}
}
