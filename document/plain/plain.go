// Package plain reads what is text already or nearly so: plain text, HTML, CSV,
// XML, JSON, calendars and contact cards. Text comes last and takes whatever is
// text and nothing else.
package plain

import (
	"bytes"
	"context"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"brevvagt/document"
	"brevvagt/internal/prose"
)

// Formats lists the formats of this package in the order they are to be asked.
// Text must stay the last of all formats.
func Formats() []document.Format {
	return []document.Format{HTML{}, XML{}, JSON{}, Table{}, Card{}, Text{}}
}

// Text reads plain text of any kind: notes, logs, source code.
type Text struct{}

// Name is the format's name.
func (Text) Name() string { return "text" }

// Match takes what looks like text in some charset. Binary data is refused.
func (Text) Match(head []byte, _ string) bool { return isText(head) }

// Read cuts the text into paragraphs. Text that holds an armored OpenPGP message
// holds something that cannot be read.
func (Text) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	if bytes.Contains(in.Data, []byte("-----BEGIN PGP MESSAGE")) {
		out.Gap(document.Gap{Why: document.Encrypted, Detail: "PGP message in a text"})
	}
	if holdsEncoded(in.Data) {
		out.Gap(document.Gap{Why: document.UnknownType, Detail: "an encoded file within a text"})
	}
	paragraphs(ctx, prose.Decode(in.Data, declared(in.Type)), 1, out)
	return ctx.Err()
}

// encodedFile is the first line of a file in uuencode, yEnc or BinHex. Mails have
// them unpacked; in a text file they are told.
var encodedFile = regexp.MustCompile(`^(begin [0-7]{3,4} \S[^\n]*\n[!-M][ -\x60]+\r?(\n|$)|=ybegin [^\n]*name=|\(This file must be converted with BinHex)`)

// holdsEncoded looks for such a line. The rule is asked only where a line begins
// with one of the fixed words: run over a whole text it costs more than all else.
func holdsEncoded(data []byte) bool {
	for _, word := range []string{"begin ", "=ybegin ", "(This file must"} {
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

// declared is the charset of a media type, "" if there is none.
func declared(mediaType string) string {
	_, params, err := mime.ParseMediaType(mediaType)
	if err != nil {
		_, after, _ := strings.Cut(strings.ToLower(mediaType), "charset=")
		after, _, _ = strings.Cut(after, ";")
		return after
	}
	return params["charset"]
}

// isText decides whether data is text: few control characters, no known
// signature of a binary file.
func isText(head []byte) bool {
	for _, magic := range []string{"%PDF-", "PK\x03\x04", "\x89PNG", "GIF8", "\xd0\xcf\x11\xe0", "Rar!", "7z\xbc\xaf",
		"\x1f\x8b", "II*\x00", "MM\x00*", "BZh", "\xfd7zXZ", "\x28\xb5\x2f\xfd", "!BDN", "RIFF", "\x7fELF"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return false
		}
	}
	sample := head[:min(len(head), 16<<10)]
	if len(sample) == 0 {
		return false
	}
	// Zero bytes vanish in decoding: many of them are UTF-16 or no text at all.
	zeros := bytes.Count(sample, []byte{0})
	text := prose.Decode(sample, "")
	if zeros*100 > len(sample) && len(text) > len(sample)*3/4 {
		return false
	}
	control := 0
	for _, r := range text {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\f' && r != 0x1b || r == utf8.RuneError || r >= 0x7f && r < 0xa0 {
			control++
		}
	}
	return control*50 <= len(text)
}

// start gives the decoded beginning of a file without mark and blanks.
func start(head []byte) string {
	text := prose.Decode(head[:min(len(head), 2048)], "")
	return strings.TrimLeft(text, "\ufeff \t\r\n")
}

func hasExt(name string, exts ...string) bool {
	name = strings.ToLower(name)
	for _, ext := range exts {
		if strings.HasSuffix(name, ext) {
			return true
		}
	}
	return false
}

// hasSign reports whether a text has a letter or digit at all.
func hasSign(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= utf8.RuneSelf {
			return true
		}
	}
	return false
}
