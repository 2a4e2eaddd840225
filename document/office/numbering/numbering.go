// Package numbering renders the numbers that Word puts in front of the paragraphs of a
// list (ISO/IEC 29500-1, 17.9). They stand nowhere in the text, and "120361-%1" counting
// from 3217 is a number all the same.
package numbering

import (
	"io"
	"strconv"
	"strings"

	"brevvagt/document/office/xmlscan"
)

// Limits of the lists that are kept.
const (
	maxLists  = 20_000
	maxLevels = 9
	maxPrefix = 200 // bytes of a level's text
)

// level is how one level of a list is numbered.
type level struct {
	text, format string
	start        int
	width        int    // digits at least
	style        string // of the paragraphs that stand on it
	glued        bool   // nothing stands between number and paragraph
	legal        bool   // all its numbers are decimal
	set          bool
}

// template is the numbering that several lists have in common, and how far it has counted.
type template struct {
	levels     [maxLevels]level
	count      [maxLevels]int
	begun      [maxLevels]bool
	link, like string // the style it is the numbering of, and the one whose numbering it is
}

// list is one list: a template, and what is different in it.
type list struct {
	template string
	levels   [maxLevels]level
	restart  [maxLevels]int // -1 where it counts on
}

// Style is what a paragraph style says of the numbering, each "" where it says nothing.
type Style struct{ Base, List, Level string }

// Lists are all numberings of a document, with what they have counted so far. The zero
// value has none.
type Lists struct {
	templates map[string]*template
	lists     map[string]*list
	styles    map[string]Style
}

// Styles sets what the paragraph styles say, by their names.
func (l *Lists) Styles(styles map[string]Style) { l.styles = styles }

// Read reads the part that holds the numberings, as far as it can be read.
func (l *Lists) Read(rd io.Reader) {
	l.templates, l.lists = map[string]*template{}, map[string]*list{}
	n := reader{Lists: l, sc: xmlscan.New(rd), at: -1}
	for k := n.sc.Next(); k != xmlscan.EOF; k = n.sc.Next() {
		if k == xmlscan.Start {
			n.open(n.sc.Name())
		}
	}
	linked := map[string]*template{}
	for _, t := range l.templates {
		if t.link != "" {
			linked[t.link] = t
		}
	}
	for id, t := range l.templates {
		if other := linked[t.like]; t.like != "" && other != nil {
			l.templates[id] = other
		}
	}
}

// reader is what was last met on the way through the part.
type reader struct {
	*Lists
	sc       *xmlscan.Scanner
	template *template
	list     *list
	at       int // level, -1 for none
}

func (n *reader) open(name string) {
	switch name {
	case "abstractNum":
		n.template, n.list, n.at = &template{}, nil, -1
		if len(n.templates) < maxLists {
			n.templates[n.sc.Attr("abstractNumId")] = n.template
		}
	case "num":
		n.template, n.list, n.at = nil, &list{restart: [...]int{-1, -1, -1, -1, -1, -1, -1, -1, -1}}, -1
		if len(n.lists) < maxLists {
			n.lists[n.sc.Attr("numId")] = n.list
		}
	case "abstractNumId":
		if n.list != nil {
			n.list.template = n.sc.Attr("val")
		}
	case "styleLink", "numStyleLink":
		if n.template != nil && name == "styleLink" {
			n.template.link = n.sc.Attr("val")
		} else if n.template != nil {
			n.template.like = n.sc.Attr("val")
		}
	case "startOverride":
		if v, ok := whole(n.sc.Attr("val")); ok && n.list != nil && n.at >= 0 {
			n.list.restart[n.at] = v
		}
	case "lvl", "lvlOverride":
		n.at = levelOf(n.sc.Attr("ilvl"))
		if l := n.level(); l != nil && name == "lvl" {
			*l = level{set: true}
		}
	default:
		if l := n.level(); l != nil {
			l.read(name, n.sc)
		}
	}
}

// level is the one being read, nil outside of any.
func (n *reader) level() *level {
	switch {
	case n.at < 0:
	case n.template != nil:
		return &n.template.levels[n.at]
	case n.list != nil:
		return &n.list.levels[n.at]
	}
	return nil
}

func (l *level) read(name string, sc *xmlscan.Scanner) {
	switch name {
	case "start":
		l.start, _ = whole(sc.Attr("val"))
	case "lvlText":
		l.text = sc.Attr("val")
		if len(l.text) > maxPrefix {
			l.text = ""
		}
	case "numFmt":
		if l.format == "custom" {
			return // the second is for programs that do not know it
		}
		l.format = sc.Attr("val")
		if first, _, _ := strings.Cut(sc.Attr("format"), ","); l.format == "custom" {
			l.width = min(len(first), 10)
		}
	case "pStyle":
		l.style = sc.Attr("val")
	case "suff":
		l.glued = sc.Attr("val") == "nothing"
	case "isLgl":
		v, ok := sc.Lookup("val")
		l.legal = !ok || v != "0" && v != "false" && v != "off"
	}
}

// levelOf reads the level of an attribute, -1 for none that there is.
func levelOf(s string) int {
	v, ok := whole(s)
	if s == "" {
		return 0
	}
	if !ok || v >= maxLevels {
		return -1
	}
	return v
}

func whole(s string) (int, bool) {
	v, err := strconv.ParseUint(s, 10, 31)
	return int(v), err == nil
}

// maxBases is over how many styles a numbering is looked for.
const maxBases = 20

// styled gives the list and level that a style has, or those that it is based on.
func (l *Lists) styled(style string) (list, level string) {
	for range maxBases {
		s, ok := l.styles[style]
		if !ok || s.List != "" {
			return s.List, s.Level
		}
		style = s.Base
	}
	return "", ""
}

// Before gives what stands in front of the next paragraph of a style, list and level, each
// "" where the paragraph does not say. Numbers that can be no part of a person's stay out:
// those of ordinary lists.
func (l *Lists) Before(style, id, at string) string {
	if len(l.lists) == 0 {
		return ""
	}
	if id == "" {
		id, at = l.styled(style)
	}
	in := l.lists[id]
	if in == nil {
		return ""
	}
	t := l.templates[in.template]
	if t == nil {
		return ""
	}
	n := levelOf(at)
	if at == "" && style != "" {
		for k := range maxLevels {
			if l.levelOf(in, t, k).style == style {
				n = k
			}
		}
	}
	if n < 0 {
		return ""
	}
	l.count(in, t, n)
	return l.show(in, t, n)
}

func (l *Lists) levelOf(in *list, t *template, n int) *level {
	if in.levels[n].set {
		return &in.levels[n]
	}
	return &t.levels[n]
}

// count moves a level on by one paragraph, and lets those below it begin anew.
func (l *Lists) count(in *list, t *template, n int) {
	switch {
	case in.restart[n] >= 0:
		t.count[n], in.restart[n] = in.restart[n], -1
	case !t.begun[n]:
		t.count[n] = l.levelOf(in, t, n).start
	default:
		t.count[n]++
	}
	t.begun[n] = true
	for k := n + 1; k < maxLevels; k++ {
		t.begun[k] = false
	}
	for k := range n {
		if !t.begun[k] { // a level that was passed over stands at its beginning
			t.count[k], t.begun[k] = l.levelOf(in, t, k).start, true
			if in.restart[k] >= 0 {
				t.count[k], in.restart[k] = in.restart[k], -1
			}
		}
	}
}

// serialLength is from how many digits in a row on a rendered number is kept.
const serialLength = 4

// show renders the number of a level; "" for one that is of no interest.
func (l *Lists) show(in *list, t *template, n int) string {
	at := l.levelOf(in, t, n)
	var out []byte
	telling := false
	for i := 0; i < len(at.text); i++ {
		c := at.text[i]
		if c == '%' && i+1 < len(at.text) && at.text[i+1] >= '1' && at.text[i+1] <= '9' {
			i++
			k := int(at.text[i] - '1')
			out = append(out, l.levelOf(in, t, k).number(t.count[k], at.legal)...)
			continue
		}
		telling = telling || c >= '0' && c <= '9'
		out = append(out, c)
	}
	if !telling && !digitsInRow(out, serialLength) {
		return ""
	}
	if !at.glued {
		out = append(out, ' ')
	}
	return string(out)
}

func digitsInRow(s []byte, most int) bool {
	n := 0
	for _, c := range s {
		if n++; c < '0' || c > '9' {
			n = 0
		}
		if n == most {
			return true
		}
	}
	return false
}

// Up to which values Word writes letters and Roman numerals.
const (
	maxLetters = 780
	maxRoman   = 3999
)

// number renders one value in the level's format.
func (l *level) number(v int, legal bool) string {
	switch {
	case l.format == "none" || l.format == "bullet":
		return ""
	case legal:
	case l.format == "decimalZero" && v < 10:
		return "0" + strconv.Itoa(v)
	case (l.format == "lowerLetter" || l.format == "upperLetter") && v > 0 && v <= maxLetters:
		s := strings.Repeat(string(rune('a'+(v-1)%26)), (v-1)/26+1)
		if l.format == "upperLetter" {
			s = strings.ToUpper(s)
		}
		return s
	case (l.format == "lowerRoman" || l.format == "upperRoman") && v > 0 && v <= maxRoman:
		s := roman(v)
		if l.format == "lowerRoman" {
			s = strings.ToLower(s)
		}
		return s
	}
	s := strconv.Itoa(v)
	return strings.Repeat("0", max(0, l.width-len(s))) + s
}

func roman(v int) string {
	var out strings.Builder
	for _, r := range [...]struct {
		v int
		s string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; v >= r.v; v -= r.v {
			out.WriteString(r.s)
		}
	}
	return out.String()
}
