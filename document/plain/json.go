package plain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"brevvagt/document"
	"brevvagt/document/plain/lean"
	"brevvagt/document/plain/looks"
	"brevvagt/internal/prose"
)

// JSON reads JSON and JSON lines: each string and number with its key as label.
type JSON struct{}

// Name is the format's name.
func (JSON) Name() string { return "json" }

// Match wants a beginning that parses, or the name and a bracket.
func (JSON) Match(head []byte, name string) bool {
	if !looks.MayStart(head, "{[") {
		return false
	}
	s := looks.Start(head)
	if s == "" || s[0] != '{' && s[0] != '[' || !looks.Text(head) {
		return false
	}
	if looks.Ext(name, ".json", ".jsonl", ".ndjson", ".geojson") {
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
	data, less := lean.Text(in.Data, out)
	text := strings.TrimPrefix(prose.Decode(data, looks.Charset(in.Type)), "\ufeff")
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	v := &values{out: out, inner: inner{out: out}}
	lines := lineCounter{data: text}
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
			if less { // values without those before them
				return ctx.Err()
			}
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
	out   *document.Builder
	inner inner
	open  []bool    // true for an object
	last  following // the values before
	named named
	keys  []string
	key   bool            // the next string is a key
	page  strings.Builder // of a list of lines that are a page
	bytes []byte          // of a list of numbers that may be the bytes of a text
}

func (v *values) token(t json.Token, line int) {
	switch t := t.(type) {
	case json.Delim:
		switch t {
		case '{', '[':
			v.last.kinds = kinds{}
			v.open = append(v.open, t == '{')
			v.keys = append(v.keys, v.label())
			v.named.at = append(v.named.at, 0)
		default:
			v.last.kinds = kinds{}
			v.spelt(line)
			if v.page.Len() > 0 {
				v.inner.child(pageKind(v.label()), []byte(v.page.String()))
				v.page.Reset()
			}
			v.open, v.keys, v.named.at = v.open[:len(v.open)-1], v.keys[:len(v.keys)-1], v.named.at[:len(v.named.at)-1]
			v.passed()
		}
		v.key = len(v.open) > 0 && v.open[len(v.open)-1]
	case string:
		if !v.key && len(v.open) > 0 && !v.open[len(v.open)-1] && v.page.Len()+len(t) < maxSpelt && pageKind(v.label()) != "" {
			v.page.WriteString(t) // a notebook keeps a page by its lines
			return
		}
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
		if n, err := strconv.ParseUint(t.String(), 10, 8); err == nil && len(v.bytes) < maxSpelt {
			v.bytes = append(v.bytes, byte(n))
		}
		v.add(t.String(), v.label(), line)
		v.key = len(v.open) > 0 && v.open[len(v.open)-1]
	default:
		v.passed()
		v.key = len(v.open) > 0 && v.open[len(v.open)-1]
	}
}

// passed counts a value of the innermost list.
func (v *values) passed() {
	if n := len(v.named.at); n > 0 {
		v.named.at[n-1]++
	}
}

// pageKind tells a list of lines that a notebook keeps for a page or a printout.
func pageKind(key string) string {
	switch {
	case strings.HasSuffix(key, "html"):
		return "text/html"
	case key == "text/plain":
		return key
	}
	return ""
}

// maxSpelt is how many bytes of one list are read as text.
const maxSpelt = 1 << 20

// spelt reads a list of numbers that are the bytes of a text.
func (v *values) spelt(line int) {
	if document.HoldsParted(v.bytes) && utf8.Valid(v.bytes) {
		v.out.Segment(document.Segment{Text: string(v.bytes), Label: v.label(), At: document.Location{Line: line}})
	}
	v.bytes = v.bytes[:0]
}

func (v *values) label() string {
	if len(v.keys) == 0 {
		return ""
	}
	return v.keys[len(v.keys)-1]
}

func (v *values) add(text, label string, line int) {
	v.named.learn(v.keys, text)
	v.last.call(label, text)
	if tenDigits(text) && len(v.open) > 1 && !v.open[len(v.open)-1] && !v.open[len(v.open)-2] {
		if name := v.named.label(); name != "" {
			label = name
		}
	}
	v.passed()
	if s, ok := v.last.kinds.add(label, text); ok {
		s.At.Line = line
		v.out.Segment(s)
	}
	if strings.HasPrefix(strings.TrimSpace(text), "<") && htmlStart.MatchString(looks.Start([]byte(text[:min(len(text), document.HeadBytes)]))) {
		v.inner.child("text/html", []byte(text)) // a notebook's tables, a chat's messages
		return
	}
	if looks.Sign(text) && !v.inner.packed(text) && !v.inner.dataURIs(text) {
		v.out.Segment(document.Segment{Text: text, Label: label, At: document.Location{Line: line}})
	}
	if len(text) > longestPart && !day(text) {
		return
	}
	around := ""
	if n := len(v.keys); n > 1 {
		around = v.keys[n-2]
	}
	for _, s := range v.last.add(around, label, text) {
		s.At.Line = line
		v.out.Segment(s)
	}
}
