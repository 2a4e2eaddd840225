package plain

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"brevvagt/document"
	"brevvagt/internal/prose"
)

// errMalformed says that a file breaks the rules of its format somewhere.
var errMalformed = errors.New("malformed")

// XML reads any XML: the text of an element with its name as label.
type XML struct{}

// Name is the format's name.
func (XML) Name() string { return "xml" }

// Match knows XML by its declaration, or by its name and an opening bracket.
func (XML) Match(head []byte, name string) bool {
	s := start(head)
	return isText(head) && (strings.HasPrefix(s, "<?xml") || hasExt(name, ".xml", ".svg", ".xsd", ".kml", ".gml") && strings.HasPrefix(s, "<"))
}

// Read walks the tags; what is malformed is read as text and leaves a gap.
func (XML) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	charset := declared(in.Type)
	if charset == "" {
		charset = metaCharset(in.Data)
	}
	text := prose.Decode(in.Data, charset)
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict, d.Entity = false, xml.HTMLEntity
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	e := &elements{out: out, lines: lineCounter{data: []byte(text)}}
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			e.flush("")
			return nil
		}
		if err != nil {
			e.flush("")
			rest := text[min(int(d.InputOffset()), len(text)):]
			paragraphs(ctx, rest, e.lines.of(d.InputOffset()), out)
			return errMalformed
		}
		e.token(token, e.lines.of(d.InputOffset()))
	}
}

// elements collects text. An element inside running text does not part it: a
// number may be half bold.
type elements struct {
	out   *document.Builder
	lines lineCounter
	names []string
	text  strings.Builder
	line  int
	owner int // depth at which text began
}

// maxNames bounds the stack of open elements or brackets.
const maxNames = 10_000

func (e *elements) token(t xml.Token, line int) {
	switch t := t.(type) {
	case xml.StartElement:
		if strings.TrimSpace(e.text.String()) == "" {
			e.text.Reset()
		}
		if len(e.names) < maxNames {
			e.names = append(e.names, t.Name.Local)
		}
		for _, a := range t.Attr {
			if hasSign(a.Value) && a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
				e.out.Segment(document.Segment{Text: a.Value, Label: a.Name.Local, At: document.Location{Line: line}})
			}
		}
	case xml.EndElement:
		if e.text.Len() > 0 && e.owner >= len(e.names) {
			e.flush(t.Name.Local)
		}
		if len(e.names) > 0 {
			e.names = e.names[:len(e.names)-1]
		}
	case xml.CharData:
		if e.text.Len() == 0 {
			if strings.TrimSpace(string(t)) == "" {
				return
			}
			e.line, e.owner = line, len(e.names)
		}
		e.text.Write(t)
	case xml.Comment:
		if hasSign(string(t)) {
			e.out.Segment(document.Segment{Text: string(t), At: document.Location{Line: line, Layer: document.Hidden}})
		}
	}
}

func (e *elements) flush(label string) {
	text := strings.TrimSpace(e.text.String())
	prose.Paragraphs(text, e.line, func(line int, p string) {
		e.out.Segment(document.Segment{Text: p, Label: label, At: document.Location{Line: line}})
	})
	e.text.Reset()
}

// JSON reads JSON and JSON lines: each string and number with its key as label.
type JSON struct{}

// Name is the format's name.
func (JSON) Name() string { return "json" }

// Match wants a beginning that parses, or the name and a bracket.
func (JSON) Match(head []byte, name string) bool {
	s := start(head)
	if s == "" || s[0] != '{' && s[0] != '[' || !isText(head) {
		return false
	}
	if hasExt(name, ".json", ".jsonl", ".ndjson", ".geojson") {
		return true
	}
	d := json.NewDecoder(strings.NewReader(s))
	for range 4 {
		if _, err := d.Token(); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
	return true
}

// Read walks the values; what is malformed is read as text and leaves a gap.
func (JSON) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	text := strings.TrimPrefix(prose.Decode(in.Data, declared(in.Type)), "\ufeff")
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	v := &values{out: out}
	lines := lineCounter{data: []byte(text)}
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		token, err := d.Token()
		if errors.Is(err, io.EOF) && len(v.open) == 0 {
			return nil
		}
		if err != nil {
			rest := text[min(int(d.InputOffset()), len(text)):]
			paragraphs(ctx, rest, lines.of(d.InputOffset()), out)
			return errMalformed
		}
		v.token(token, lines.of(d.InputOffset()))
		if len(v.open) > maxNames { // brackets within brackets ask for memory only
			paragraphs(ctx, text[d.InputOffset():], lines.of(d.InputOffset()), out)
			out.Gap(document.Gap{Why: document.TooDeep, Detail: fmt.Sprintf("more than %d levels of JSON", maxNames)})
			return ctx.Err()
		}
	}
}

// values keeps which brackets are open and whether a key or a value comes next.
type values struct {
	out  *document.Builder
	open []bool // true for an object
	keys []string
	key  bool // the next string is a key
}

func (v *values) token(t json.Token, line int) {
	switch t := t.(type) {
	case json.Delim:
		switch t {
		case '{', '[':
			v.open = append(v.open, t == '{')
			v.keys = append(v.keys, v.label())
		default:
			v.open, v.keys = v.open[:len(v.open)-1], v.keys[:len(v.keys)-1]
		}
		v.key = len(v.open) > 0 && v.open[len(v.open)-1]
	case string:
		if v.key {
			v.keys[len(v.keys)-1] = t
			if strings.ContainsAny(t, "0123456789") { // a number may be the key
				v.add(t, "", line)
			}
			v.key = false
			return
		}
		v.add(t, v.label(), line)
		v.key = len(v.open) > 0 && v.open[len(v.open)-1]
	case json.Number:
		v.add(t.String(), v.label(), line)
		v.key = len(v.open) > 0 && v.open[len(v.open)-1]
	default:
		v.key = len(v.open) > 0 && v.open[len(v.open)-1]
	}
}

func (v *values) label() string {
	if len(v.keys) == 0 {
		return ""
	}
	return v.keys[len(v.keys)-1]
}

func (v *values) add(text, label string, line int) {
	if hasSign(text) {
		v.out.Segment(document.Segment{Text: text, Label: label, At: document.Location{Line: line}})
	}
}
