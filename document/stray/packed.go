package stray

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"

	"brevvagt/document"
)

// Packed wraps a format whose mark may stand somewhat behind the beginning of a file, as
// PDF's does behind what a printer or a web server put there. An archive has the mark in
// the same place when the first file in it is of that format and stored as it is.
type Packed struct {
	document.Format
	Mark string            // at the beginning of a file that is no archive
	Ext  string            // by a name that ends so a program opens the file as this format, whatever it is
	In   []document.Format // told by their content: archives, and documents that hold files
}

// Match leaves archives to those who read them, unless the name has them opened otherwise.
func (p Packed) Match(head []byte, name string) bool {
	return p.Format.Match(head, name) && (p.named(name) || !p.archive(head))
}

// Read reads the file and, where it is an archive for other programs, that too.
func (p Packed) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	err := p.Format.Read(ctx, in, out)
	if !bytes.HasPrefix(in.Data, []byte(localFile)) && p.named(in.Name) && p.archive(in.Data[:min(len(in.Data), headBytes)]) {
		out.ChildBytes("indhold", in.Data, document.Input{MadeUp: true})
	}
	return err
}

func (p Packed) named(name string) bool { return strings.HasSuffix(strings.ToLower(name), p.Ext) }

func (p Packed) archive(head []byte) bool {
	if bytes.HasPrefix(head, []byte(p.Mark)) {
		return false
	}
	if bytes.HasPrefix(head, []byte(localFile)) {
		return p.storedFirst(head)
	}
	for _, f := range p.In {
		if f.Match(head, "") {
			return true
		}
	}
	return false
}

// localFile begins each file in a zip.
const localFile = "PK\x03\x04"

// storedFirst tells whether the mark in a zip is that of its first file. One in between,
// where programs for zips do not look, makes it a file of two kinds.
func (p Packed) storedFirst(head []byte) bool {
	if len(head) < 30 || binary.LittleEndian.Uint16(head[8:]) != 0 {
		return false
	}
	first := 30 + int(binary.LittleEndian.Uint16(head[26:])) + int(binary.LittleEndian.Uint16(head[28:]))
	return first == bytes.Index(head, []byte(p.Mark))
}
