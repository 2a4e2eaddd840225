// Package styles reads what the styles of a web page do to its text: which elements
// they make invisible, what they add before and after them, and where they put them.
//
// It is no browser: a selector counts by its last class, id or element, and whatever
// else it asks for is taken as given.
package styles

import (
	"regexp"
	"strconv"
	"strings"
)

// Sheet is the style sheets of one page. The zero value is empty and ready.
type Sheet struct {
	Colours  bool              // rules for colours are kept, too
	rules    map[string]string // declarations by ".class", "#id", "element", "" for any, with "::before" or "::after"
	vars     map[string]string
	counters map[string]string
	contents []string // in their order, unresolved
	places   bool
}

const (
	maxRules = 2000 // of a page
	maxDepth = 8    // variables within variables
)

// Add reads a style sheet. Rules that touch nothing but the looks of letters are left
// out, and a sheet without others is not read at all.
func (s *Sheet) Add(css string) {
	css = comment.ReplaceAllString(lower(css), "")
	if !s.telling(css) {
		return
	}
	if s.rules == nil {
		s.rules = make(map[string]string)
	}
	for from := 0; len(s.rules) < maxRules; {
		n := strings.IndexAny(css[from:], "{}")
		if n < 0 {
			return
		}
		selectors, at := strings.TrimSpace(css[from:from+n]), from+n
		from = at + 1
		if css[at] == '}' || strings.HasPrefix(selectors, "@") {
			continue // the end of a group, or the beginning of one: @media, @supports
		}
		end := strings.IndexByte(css[from:], '}')
		if end < 0 {
			end = len(css) - from
		}
		s.rule(selectors, css[from:from+end])
		from += end
	}
}

func (s *Sheet) rule(selectors, body string) {
	s.Declare(body)
	if !s.telling(body) {
		return
	}
	if text := property(body, "content"); text != "" {
		s.contents = append(s.contents, text)
	}
	s.places = s.places || place(body) != ""
	for selector := range strings.SplitSeq(selectors, ",") {
		if len(s.rules) < maxRules {
			s.rules[key(selector)] += ";" + body
		}
	}
}

// Declare notes the variables and counters that declarations set.
func (s *Sheet) Declare(style string) {
	if !strings.Contains(style, "--") && !strings.Contains(style, "counter-") {
		return
	}
	if s.vars == nil {
		s.vars, s.counters = make(map[string]string), make(map[string]string)
	}
	for declaration := range strings.SplitSeq(style, ";") {
		name, value, ok := strings.Cut(declaration, ":")
		name = strings.TrimSpace(name)
		switch {
		case !ok || len(s.vars)+len(s.counters) > maxRules:
		case strings.HasPrefix(name, "--"):
			s.vars[name] = strings.TrimSpace(value)
		case strings.HasPrefix(name, "counter-"):
			for _, m := range counterSet.FindAllStringSubmatch(value, 100) {
				s.counters[m[1]] = m[2]
			}
		}
	}
}

// Generates reports whether a rule adds text to elements.
func (s *Sheet) Generates() bool { return len(s.contents) > 0 }

// Contents are the texts that the sheets add, in the order of their rules, and at the
// end all of them as one when each is short: a digit to an element.
func (s *Sheet) Contents() []string {
	if len(s.contents) == 0 {
		return nil
	}
	out := make([]string, 0, len(s.contents)+1)
	short := len(s.contents) > 1
	for _, raw := range s.contents {
		text := s.resolve(raw, 0)
		short = short && len(text) <= 11
		out = append(out, text)
	}
	if short {
		out = append(out, strings.Join(out, ""))
	}
	return out
}

// Element is what of an element its styles are found by.
type Element struct{ Tag, Class, ID, Style string }

// Around is the text that the sheets add before and after an element.
func (s *Sheet) Around(e Element) (before, after string) {
	return s.resolve(property(s.of(e, "::before"), "content"), 0), s.resolve(property(s.of(e, "::after"), "content"), 0)
}

// Faint reports whether an element shows nothing of its text.
func (s *Sheet) Faint(e Element) bool {
	return faint(s.filled(strings.ReplaceAll(s.of(e, ""), " ", "")))
}

// filled writes the values of variables where declarations, without blanks, use them.
func (s *Sheet) filled(css string) string {
	if !strings.Contains(css, "var(") {
		return css
	}
	return used.ReplaceAllStringFunc(css, func(use string) string {
		m := used.FindStringSubmatch(use)
		if v, ok := s.vars[m[1]]; ok {
			return v
		}
		return m[2]
	})
}

// Place gives where an element is put among its neighbours, by the order that its style
// names or by its distance from an edge.
func (s *Sheet) Place(e Element) (float64, bool) {
	if !s.places && place(e.Style) == "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(number.FindString(place(lower(s.of(e, "")))), 64)
	return v, err == nil
}

// of gives all declarations for an element, the weightiest last.
func (s *Sheet) of(e Element, part string) string {
	var b strings.Builder
	if len(s.rules) > 0 {
		b.WriteString(s.rules[part])
		b.WriteString(s.rules[lower(e.Tag)+part])
		for class := range strings.FieldsSeq(lower(e.Class)) {
			b.WriteString(s.rules["."+class+part])
		}
		if e.ID != "" {
			b.WriteString(s.rules["#"+lower(e.ID)+part])
		}
	}
	if part == "" {
		b.WriteByte(';')
		b.WriteString(lower(e.Style))
	}
	return b.String()
}

// resolve gives the text of a content declaration: its strings, variables and counters.
func (s *Sheet) resolve(raw string, depth int) string {
	if raw == "" || depth > maxDepth {
		return ""
	}
	var b strings.Builder
	for _, m := range piece.FindAllStringSubmatch(raw, 100) {
		switch {
		case m[2] != "":
			b.WriteString(s.resolve(s.vars[m[2]], depth+1))
		case m[3] != "":
			b.WriteString(s.counters[m[3]])
		case m[1] != "":
			b.WriteString(unescape(m[1][1 : len(m[1])-1]))
		}
	}
	return b.String()
}

var (
	comment    = regexp.MustCompile(`(?s)/\*.*?\*/`)
	counterSet = regexp.MustCompile(`([a-z_][\w-]*)\s+(-?\d+)`)
	number     = regexp.MustCompile(`-?\d+(?:\.\d+)?`)
	piece      = regexp.MustCompile(`("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|var\(\s*(--[\w-]+)[^)]*\)|counters?\(\s*([\w-]+)[^)]*\)`)
	used       = regexp.MustCompile(`var\((--[\w-]+)(?:,([^()]*))?\)`)
	escape     = regexp.MustCompile(`\\[0-9a-f]{1,6} ?`)
)

// unescape writes characters that are given by their number, with the blank that may
// end it.
func unescape(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	return escape.ReplaceAllStringFunc(text, func(e string) string {
		n, err := strconv.ParseUint(strings.TrimSpace(e[1:]), 16, 32)
		if err != nil {
			return e
		}
		return string(rune(n))
	})
}

// telling reports whether declarations may do more than dress letters.
func (s *Sheet) telling(css string) bool {
	if s.Colours && (strings.Contains(css, "color") || strings.Contains(css, "background")) {
		return true
	}
	for _, word := range [...]string{"content", "none", "hidden", "order:", "order :", "left", "right", "absolute", "fixed", "transparent", "font-size", "opacity", "clip", "counter-", "--", "scale", "indent"} {
		if strings.Contains(css, word) {
			return true
		}
	}
	return false
}

// key is what the last part of a selector is found by.
func key(selector string) string {
	selector = strings.TrimSpace(selector)
	selector = selector[strings.LastIndexAny(selector, " >+~\n\t")+1:]
	name, pseudo, _ := strings.Cut(selector, ":")
	part := ""
	switch strings.TrimPrefix(pseudo, ":") {
	case "before", "marker":
		part = "::before"
	case "after":
		part = "::after"
	}
	name, _, _ = strings.Cut(name, "[")
	if i := strings.LastIndexAny(name, ".#"); i >= 0 {
		name = name[i:]
	}
	if name == "*" {
		name = ""
	}
	return name + part
}

// property gives the value of the last declaration of a name.
func property(css, name string) string {
	for end := len(css); ; {
		i := strings.LastIndex(css[:end], name)
		if i < 0 {
			return ""
		}
		end = i
		rest := strings.TrimLeft(css[i+len(name):], " \t\n")
		if i > 0 && strings.IndexByte("; \t\n{", css[i-1]) < 0 || !strings.HasPrefix(rest, ":") {
			continue
		}
		return strings.TrimSpace(declared(rest[1:]))
	}
}

// declared cuts a value off at its semicolon; one in quotes ends nothing.
func declared(s string) string {
	var quote byte
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == ';':
			return s[:i]
		}
	}
	return s
}

// place is the value that tells an element's place among its neighbours.
func place(css string) string {
	for _, name := range [...]string{"order", "left", "grid-column", "margin-left"} {
		if v := property(css, name); v != "" {
			return v
		}
	}
	if v := property(css, "right"); v != "" && v[0] >= '0' && v[0] <= '9' {
		return "-" + v
	}
	return ""
}

// faint reports whether declarations, without blanks, leave nothing of a text to see.
func faint(css string) bool {
	for _, say := range [...]string{"display:none", "visibility:hidden", "visibility:collapse", "mso-hide:all", "color:transparent", "opacity:0;", "opacity:0!", "opacity:0.0",
		"left:-9", "top:-9", "right:-9", "text-indent:-9", "scale(0", "rect(0", "inset(50", "inset(100", "circle(0", "width:0;", "width:0px", "height:0;", "height:0px"} {
		if strings.Contains(css+";", say) {
			return true
		}
	}
	size := property(css, "font-size")
	v, err := strconv.ParseFloat(number.FindString(size), 64)
	return err == nil && v < 1.5 && !strings.Contains(size, "em") && !strings.Contains(size, "%") || err == nil && v < 0.1
}

// lower is strings.ToLower for ASCII alone, which keeps every byte at its place.
func lower(s string) string {
	for i := range len(s) {
		if c := s[i]; c >= 'A' && c <= 'Z' {
			b := []byte(s)
			for k := i; k < len(b); k++ {
				if c := b[k]; c >= 'A' && c <= 'Z' {
					b[k] = c + 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}
