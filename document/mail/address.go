package mail

import (
	"strings"

	"brevvagt/document"
)

// maxAddresses is the longest recipient list that is taken apart; the header
// itself is read as text to its end.
const maxAddresses = 100_000

// addresses takes an address header apart: "Name <a@b>, c@d, group: e@f;". What
// stands in an encoded word is decoded after the commas are found.
func addresses(value string) []document.Address {
	var out []document.Address
	for _, s := range splitAddresses(value) {
		if a := address(s); a != (document.Address{}) {
			out = append(out, a)
		}
	}
	return out
}

// splitAddresses cuts at commas and semicolons outside quotes, comments and
// angle brackets, and drops group names.
func splitAddresses(s string) []string {
	if strings.Count(s, `"`)%2 == 1 {
		s = strings.ReplaceAll(s, `"`, "") // a quote that never ends hides nobody
	}
	var out []string
	start, quoted, angle, depth := 0, false, false, 0
	for i := 0; i < len(s) && len(out) < maxAddresses; i++ {
		c := s[i]
		switch {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth > 0:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case angle:
		case c == ',' || c == ';':
			out = append(out, s[start:i])
			start = i + 1
		case c == ':':
			start = i + 1
		}
	}
	return append(out, s[start:])
}

func address(s string) document.Address {
	s = strings.TrimSpace(s)
	if i := strings.LastIndexByte(s, '<'); i >= 0 {
		mail, _, _ := strings.Cut(s[i+1:], ">")
		return document.Address{Name: phrase(s[:i]), Mail: strings.TrimSpace(decoded(mail))}
	}
	name := ""
	if i := strings.IndexByte(s, '('); i >= 0 { // a@b (Name)
		name, s = phrase(strings.Trim(s[i:], "()")), strings.TrimSpace(s[:i])
	}
	text := decoded(s)
	if !strings.Contains(text, "@") {
		return document.Address{Name: phrase(text + " " + name)}
	}
	if text != s && strings.ContainsAny(text, "<,") {
		return address(strings.ReplaceAll(text, "=?", "")) // the whole address was encoded
	}
	return document.Address{Name: name, Mail: text}
}

func phrase(s string) string {
	s = decoded(strings.TrimSpace(s))
	if len(s) > 1 && s[0] == '"' && s[len(s)-1] == '"' {
		s = s[1 : len(s)-1]
	}
	return strings.TrimSpace(strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s))
}
