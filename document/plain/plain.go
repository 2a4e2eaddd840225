// Package plain reads what is text already or nearly so: plain text, HTML, CSV,
// XML, JSON, calendars and contact cards. Text comes last and takes whatever is
// text and nothing else.
package plain

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"regexp"
	"slices"

	"brevvagt/document"
	"brevvagt/document/plain/looks"
	"brevvagt/document/plain/postscript"
	"brevvagt/document/plain/records"
	"brevvagt/document/plain/table"
	"brevvagt/internal/prose"
	"brevvagt/internal/sweep"
)

// Formats lists the formats of this package in the order they are to be asked.
// Text must stay the last of all formats.
func Formats() []document.Format {
	return slices.Concat([]document.Format{HTML{}, XML{}, JSON{}}, table.Formats(), []document.Format{Card{}, Mainframe{}, postscript.Format{}, Text{}})
}

// Text reads plain text of any kind: notes, logs, source code.
type Text struct{}

// Name is the format's name.
func (Text) Name() string { return "text" }

// Match takes what looks like text in some charset. Binary data is refused.
func (Text) Match(head []byte, _ string) bool { return looks.Text(head) }

// Read cuts the text into paragraphs. Text that holds an armored OpenPGP message
// holds something that cannot be read.
func (Text) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	if bytes.Contains(in.Data, []byte("-----BEGIN PGP MESSAGE")) {
		out.Gap(document.Gap{Why: document.Encrypted, Detail: "PGP message in a text"})
	}
	if holdsEncoded(in.Data) {
		out.Gap(document.Gap{Why: document.UnknownType, Detail: "an encoded file within a text"})
	}
	if (&inner{out: out}).packedText(in.Data) {
		return ctx.Err()
	}
	text := looks.Unhexed(prose.DecodeLarge(in.Data, looks.Charset(in.Type)))
	if looks.Broken(text) {
		out.Gap(document.Gap{Why: document.UnknownType, Detail: "a text with something else behind it"})
	}
	lines := prose.Lines(text)
	paragraphs(ctx, lines, 1, out)
	for _, f := range records.Find(lines) {
		out.Segment(document.Segment{Text: f.Text, Label: f.Label, At: document.Location{Line: f.Line}})
	}
	if turned := prose.Turned(text); turned != text {
		paragraphs(ctx, turned, 1, out)
	}
	formData(text, out)
	within := &inner{out: out}
	within.within(text)
	within.base85(text)
	armored(in.Data, out)
	return ctx.Err()
}

// armored reads what PEM wraps (RFC 7468): a signed file is handed on; of a
// certificate the names that it is made out to are read.
func armored(data []byte, out *document.Builder) {
	for n := 1; bytes.Contains(data, []byte("-----BEGIN ")) && n <= maxArmored; n++ {
		block, rest := pem.Decode(data)
		if block == nil {
			return
		}
		switch data = rest; block.Type {
		case "CMS", "PKCS7", "PKCS #7 SIGNED DATA":
			out.ChildBytes(fmt.Sprintf("indlejret-%d.p7m", n), block.Bytes, document.Input{MadeUp: true})
		case "CERTIFICATE":
			if c, err := x509.ParseCertificate(block.Bytes); err == nil {
				out.Segment(document.Segment{Text: c.Subject.String(), At: document.Location{Layer: document.Hidden}})
			}
			fallthrough
		default:
			texts, _ := sweep.Texts(block.Bytes)
			for _, t := range texts {
				out.Segment(document.Segment{Text: t, At: document.Location{Layer: document.Hidden}})
			}
		}
	}
}

// maxArmored is how many blocks one text may have: a list of root certificates has
// some hundreds.
const maxArmored = 1000

// encodedFile is the first line of a file in uuencode, yEnc or BinHex. Mails have
// them unpacked; in a text file they are told.
var encodedFile = regexp.MustCompile(`^(begin-base64 [0-7]{3,4} \S|begin [0-7]{3,4} \S[^\n]*\n[!-M][ -\x60]+\r?(\n|$)|=ybegin [^\n]*name=|\(This file must be converted with BinHex)`)

// holdsEncoded looks for such a line. The rule is asked only where a line begins
// with one of the fixed words: run over a whole text it costs more than all else.
func holdsEncoded(data []byte) bool {
	for _, word := range []string{"begin ", "begin-base64 ", "=ybegin ", "(This file must"} {
		for from := 0; ; {
			i := bytes.Index(data[from:], []byte(word))
			if i < 0 {
				break
			}
			at := from + i
			from = at + len(word)
			if (at == 0 || data[at-1] == '\n') && encodedFile.Match(data[at:min(len(data), at+1000)]) {
				return true
			}
		}
	}
	return false
}

func paragraphs(ctx context.Context, text string, first int, out *document.Builder) {
	prose.Paragraphs(text, first, func(line int, p string) {
		if ctx.Err() == nil {
			out.Segment(document.Segment{Text: p, At: document.Location{Line: line}})
		}
	})
}
