package mail

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// media is a parsed Content-Type or Content-Disposition value.
type media struct {
	kind       string // "text/plain", "attachment"; lower case
	params     []param
	boundaries []string // every boundary the value names, however often
	variants   []string // what other readers may take for one
}

type param struct{ name, value string }

// get returns the value of a parameter, charset and percent signs of RFC 2231
// and encoded words resolved.
func (m media) get(name string) string {
	for _, p := range m.params {
		if p.name == name {
			return p.value
		}
	}
	return ""
}

// parseMedia takes a value apart and refuses nothing.
func parseMedia(value string) media {
	m := parseValue(value)
	for _, b := range m.boundaries {
		if plain := strings.Trim(strings.ReplaceAll(b, `\`, ""), `'`); plain != b {
			m.variants = append(m.variants, plain)
		}
	}
	if strings.IndexByte(value, '(') < 0 {
		return m
	}
	clear := parseValue(withoutComments(value))
	m.variants = append(m.variants, clear.boundaries...)
	if strings.Contains(clear.kind, "/") {
		m.kind = clear.kind
	}
	m.params = append(m.params, clear.params...)
	return m
}

// withoutComments leaves out what stands in round brackets outside quotes, and the
// blanks around the slash of a type.
func withoutComments(value string) string {
	out := make([]byte, 0, len(value))
	depth, quoted := 0, false
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '\\' && i+1 < len(value) && (quoted || depth > 0):
			if i++; depth == 0 {
				out = append(out, c, value[i])
			}
		case c == '"' && depth == 0:
			quoted = !quoted
			out = append(out, c)
		case c == '(' && !quoted:
			depth++
		case c == ')' && !quoted && depth > 0:
			depth--
		case depth == 0:
			out = append(out, c)
		}
	}
	kind, rest, _ := strings.Cut(string(out), ";")
	return strings.Join(strings.Fields(kind), "") + ";" + rest
}

func parseValue(value string) media {
	var m media
	kind, rest, _ := strings.Cut(value, ";")
	m.kind = strings.ToLower(strings.TrimSpace(strings.Trim(strings.TrimSpace(kind), `"`)))
	if i := strings.IndexAny(m.kind, " \t("); i >= 0 {
		m.kind = m.kind[:i]
	}
	var raw []param
	for rest != "" {
		var p param
		p, rest = nextParam(rest)
		if p.name != "" {
			raw = append(raw, p)
		}
		if len(raw) > 1000 {
			break
		}
	}
	m.params = joinParams(raw)
	for _, p := range m.params {
		if p.name == "boundary" && p.value != "" {
			m.boundaries = append(m.boundaries, p.value)
		}
	}
	return m
}

// nextParam reads `name=value` or `name="value"` up to the next semicolon.
func nextParam(s string) (param, string) {
	s = strings.TrimLeft(s, "; \t")
	eq := strings.IndexAny(s, "=;")
	if eq < 0 {
		return param{}, ""
	}
	if s[eq] == ';' {
		return param{}, s[eq+1:]
	}
	name := strings.ToLower(strings.TrimSpace(s[:eq]))
	if i := strings.LastIndexAny(name, " \t"); i >= 0 {
		name = name[i+1:] // junk before the name
	}
	s = strings.TrimLeft(s[eq+1:], " \t")
	if !strings.HasPrefix(s, `"`) {
		value, rest, _ := strings.Cut(s, ";")
		return param{name, strings.TrimSpace(value)}, rest
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return param{name, b.String()}, s[i+1:]
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(s[i])
		}
	}
	return param{name, b.String()}, "" // no closing quote
}

// joinParams puts RFC 2231 pieces (name*0*, name*1) together in their order.
func joinParams(raw []param) []param {
	type piece struct {
		n     int
		value string
		coded bool
	}
	pieces := map[string][]piece{}
	var order []string
	var out []param
	for _, p := range raw {
		base, tail, split := strings.Cut(p.name, "*")
		if !split {
			out = append(out, param{p.name, decoded(p.value)})
			continue
		}
		number, coded := strings.CutSuffix(tail, "*")
		n, err := strconv.Atoi(number)
		if err != nil {
			n, coded = 0, true // name*=charset'lang'value
		}
		if pieces[base] == nil {
			order = append(order, base)
		}
		pieces[base] = append(pieces[base], piece{n, p.value, coded})
	}
	for _, base := range order {
		list := pieces[base]
		slices.SortStableFunc(list, func(a, b piece) int { return a.n - b.n })
		var b strings.Builder
		charset := ""
		for i, p := range list {
			v := p.value
			if p.coded && i == 0 {
				if parts := strings.SplitN(v, "'", 3); len(parts) == 3 {
					charset, v = parts[0], parts[2]
				}
			}
			if p.coded {
				v = percent(v)
			}
			b.WriteString(v)
		}
		// First, because RFC 2231 is the better one where both stand.
		out = append([]param{{base, toText(b.String(), charset)}}, out...)
	}
	return out
}

func percent(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}
