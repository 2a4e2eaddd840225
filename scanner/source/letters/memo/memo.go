// Package memo reads MeMo, the message format of Digital Post: its files as
// contained files, and what its header says of the recipient.
package memo

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"brevvagt/document"
	"brevvagt/document/plain/lean"
)

// Type is the format's name, by which messages are known again among a document's
// parts.
const Type = "memo"

// space is the namespace of MeMo, the message format of Digital Post.
const space = "https://DigitalPost.dk/MeMo-1"

// Format reads a message of Digital Post (MeMo 1.1 and 1.2): the fields of its
// header with their names as labels, and the files inside as contained files.
type Format struct{}

// Name is the format's name.
func (Format) Name() string { return Type }

// Match knows a message by its namespace.
func (Format) Match(head []byte, _ string) bool {
	s := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	return len(s) > 0 && s[0] == '<' && bytes.Contains(head, []byte(space))
}

// maxLevels bounds elements within elements; a message has eight.
const maxLevels = 200

// errMalformed says that a message is no well-formed XML somewhere.
var errMalformed = errors.New("malformed")

// Read walks the message once. What is malformed leaves a gap, and the text after
// it is still read as text.
func (Format) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	m := &message{out: out, used: make(map[string]bool)}
	in.Data, m.files = lean.TakeOut(in.Data)
	d := xml.NewDecoder(bytes.NewReader(in.Data))
	d.Strict, d.Entity = false, xml.HTMLEntity
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for n := 0; ; n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			m.finish()
			return nil
		}
		if err != nil {
			m.finish()
			out.Text(strings.ToValidUTF8(string(in.Data[min(int(d.InputOffset()), len(in.Data)):]), "?"))
			return errMalformed
		}
		if !m.token(token) {
			m.finish()
			out.Gap(document.Gap{Why: document.TooDeep, Detail: fmt.Sprintf("more than %d levels of XML", maxLevels)})
			out.Text(strings.ToValidUTF8(string(in.Data[min(int(d.InputOffset()), len(in.Data)):]), "?"))
			return nil
		}
	}
}

// message is the walk over one message.
type message struct {
	files  [][]byte // large contents in base64, for which a mark stands in the text
	out    *document.Builder
	names  []string // open elements
	text   strings.Builder
	fields []field
	file   attachment
	used   map[string]bool // names of files
}

// field is an element's text with its parent's and its own name: "Recipient
// recipientID".
type field struct{ parent, name, text string }

// attachment is one File element.
type attachment struct{ name, kind string }

func (m *message) token(t xml.Token) bool {
	switch t := t.(type) {
	case xml.StartElement:
		m.flush()
		if m.names = append(m.names, t.Name.Local); len(m.names) > maxLevels {
			return false
		}
		for _, a := range t.Attr {
			if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" && a.Name.Local != "schemaLocation" && a.Name.Local != "memoVersion" && a.Name.Local != "memoSchVersion" {
				m.fields = append(m.fields, field{t.Name.Local, a.Name.Local, a.Value})
			}
		}
	case xml.EndElement:
		m.flush()
		if len(m.names) > 0 {
			m.names = m.names[:len(m.names)-1]
		}
	case xml.CharData:
		m.text.Write(t)
	case xml.Comment:
		m.out.Segment(document.Segment{Text: string(t), At: document.Location{Layer: document.Hidden}})
	}
	return true
}

// flush takes the text of the innermost element.
func (m *message) flush() {
	text := strings.TrimSpace(m.text.String())
	m.text.Reset()
	if text == "" || len(m.names) == 0 {
		return
	}
	f := field{name: m.names[len(m.names)-1], text: strings.ToValidUTF8(text, "?")}
	if len(m.names) > 1 {
		f.parent = m.names[len(m.names)-2]
	}
	if f.parent == "File" {
		switch f.name {
		case "filename":
			m.file.name = text
		case "encodingFormat":
			m.file.kind = text
		case "content":
			m.content(text)
			return
		}
	}
	m.fields = append(m.fields, f)
}

// content decodes a file and hands it to the walker under a name of its own.
func (m *message) content(text string) {
	name := m.file.name
	hint := document.Input{Type: m.file.kind, MadeUp: name == ""}
	if name == "" {
		name = "dokument" + extensions[strings.ToLower(m.file.kind)]
	}
	for n := 2; m.used[name]; n++ {
		name = fmt.Sprintf("%d-%s", n, strings.TrimPrefix(name, fmt.Sprintf("%d-", n-1)))
	}
	m.used[name] = true
	m.file = attachment{}
	for n, file := range m.files {
		if text == lean.Mark(n) {
			m.out.Child(name, lean.Decode(file), hint)
			return
		}
	}
	clean := strings.Map(func(r rune) rune {
		if r == ' ' || r == '\n' || r == '\r' || r == '\t' || r == '=' {
			return -1
		}
		return r
	}, text)
	data, err := base64.RawStdEncoding.DecodeString(clean)
	if err != nil {
		m.out.Gap(document.Gap{At: document.Location{Path: m.out.ChildPath(name)}, Why: document.Damaged, Detail: "content is no base64"})
		m.out.Text(text)
	}
	m.out.ChildBytes(name, data, hint)
}

// extensions give a file without a name one that formats told by name know.
var extensions = map[string]string{"application/pdf": ".pdf", "text/html": ".html", "text/plain": ".txt", "application/xml": ".xml", "text/csv": ".csv"}

// finish emits the fields. A number's label says what it is, so that it is looked
// at as one.
func (m *message) finish() {
	m.flush()
	kinds := make(map[string]string)
	label := ""
	for _, f := range m.fields {
		if f.name == "idType" {
			kinds[f.parent] = strings.ToUpper(f.text)
		}
	}
	for _, f := range m.fields {
		name := f.parent + " " + f.name
		switch {
		case (f.name == "recipientID" || f.name == "senderID") && kinds[f.parent] == "CPR", f.name == "personID":
			name += " CPR-nr."
		case f.name == "cprNumber":
			name += " CPR-nr."
		case f.parent == "ContactInfo" && f.name == "label":
			label = f.text
		case f.parent == "ContactInfo" && f.name == "value":
			name += " " + label
		}
		m.out.Segment(document.Segment{Text: f.text, Label: name})
	}
}
