package mail

import (
	"bytes"
	"context"
	"strings"

	"brevvagt/document"
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
