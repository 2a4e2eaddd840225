package plain

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"brevvagt/document"
	"brevvagt/document/plain/looks"
	"brevvagt/internal/prose"
)

// Card reads calendars (iCalendar, RFC 5545) and contact cards (vCard, RFC 6350).
type Card struct{}

// Name is the format's name.
func (Card) Name() string { return "card" }

// Match knows both by their first line.
func (Card) Match(head []byte, _ string) bool {
	if !looks.MayStart(head, "bB") {
		return false
	}
	s := []byte(looks.Start(head))
	return document.HasPrefixFold(s, "BEGIN:VCARD") || document.HasPrefixFold(s, "BEGIN:VCALENDAR")
}

// Read gives a segment a property, with the property's name as label.
func (Card) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	text := prose.Lines(prose.Decode(in.Data, looks.Charset(in.Type)))
	var b strings.Builder
	first, files := 1, 0
	add := func() {
		if b.Len() > 0 {
			files += property(b.String(), first, files, out)
			b.Reset()
		}
	}
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		folded := strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")
		quoted := softQuoted(b.String())
		switch {
		case b.Len() > 0 && quoted:
			b.WriteString("\n" + line)
		case b.Len() > 0 && folded:
			b.WriteString(line[1:])
		default:
			add()
			first = n
			b.WriteString(line)
		}
	}
	add()
	return ctx.Err()
}

// softQuoted reports whether a quoted-printable property goes on in the next line.
func softQuoted(property string) bool {
	if !strings.HasSuffix(property, "=") {
		return false
	}
	head, _, _ := strings.Cut(property, ":")
	return strings.Contains(strings.ToUpper(head), "QUOTED-PRINTABLE")
}

var escapes = strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\:`, ":", `\\`, `\`)

// property reads one unfolded line and returns the number of files in it.
func property(line string, n, files int, out *document.Builder) int {
	head, value := cutProperty(line)
	name, params, _ := strings.Cut(head, ";")
	upper := strings.ToUpper(params)
	if strings.Contains(upper, "QUOTED-PRINTABLE") {
		charset := ""
		if _, after, ok := strings.Cut(upper, "CHARSET="); ok {
			charset, _, _ = strings.Cut(after, ";")
		}
		value = prose.Decode(prose.QuotedPrintable([]byte(value)), charset)
	}
	switch strings.ToUpper(name) {
	case "BEGIN", "END", "VERSION", "PRODID", "UID", "DTSTAMP", "SEQUENCE", "REV":
		return 0
	}
	if strings.Contains(upper, "ENCODING=B") {
		data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value))
		if err == nil {
			out.ChildBytes(fmt.Sprintf("fil-%d", files+1), data, document.Input{MadeUp: true})
			return 1
		}
		out.Gap(document.Gap{Why: document.Damaged, At: document.Location{Line: n}})
	}
	at := document.Location{Line: n}
	for _, p := range strings.Split(params, ";") {
		if key, v, ok := strings.Cut(p, "="); ok && (strings.EqualFold(key, "CN") || document.HoldsParted([]byte(v))) {
			out.Segment(document.Segment{Text: strings.Trim(v, `"`), Label: name, At: at})
		}
	}
	out.Segment(document.Segment{Text: escapes.Replace(value), Label: name, At: at})
	return 0
}

// cutProperty splits at the first colon outside quotes. A line without one is
// all value.
func cutProperty(line string) (head, value string) {
	quoted := false
	for i := range len(line) {
		switch {
		case line[i] == '"':
			quoted = !quoted
		case line[i] == ':' && !quoted:
			return line[:i], line[i+1:]
		}
	}
	return "", line
}
