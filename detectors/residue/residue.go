// Package residue finds what a template left behind in a letter: merge marks and
// other placeholders that were never filled in, and the letter skeleton by which
// a letter or form is known again whoever it was written to.
//
// Glossary: a mark is a placeholder between delimiters («Navn», {{navn}}, [navn]);
// a mask stands for a number (XXXXXX-XXXX, dd.mm.åååå); a prompt is the text that
// Word shows in an empty field. Marks are Strong, Word's prompts Medium, masks,
// fillers and names Weak.
// A mark that a manual only talks about ("flettefeltet «Navn»") is Info.
package residue

import (
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/detectors"
	"brevvagt/document"
	"brevvagt/internal/glance"
)

// maxSpans bounds what one segment may yield: a letter with more placeholders
// than this is no more suspicious than one with so many.
const maxSpans = 500

// maxMark is the longest text in bytes that is read between two delimiters.
const maxMark = 90

// showingPlaceholder is the label that the reader of Word files gives to a content
// control which still shows its prompt (w:showingPlcHdr).
const showingPlaceholder = "showingPlcHdr"

// Detectors lists the detectors of this family.
func Detectors() []detectors.Detector {
	return []detectors.Detector{{
		ID: "placeholder", Title: "Pladsholder fra en skabelon", Category: "placeholder", Find: find,
	}}
}

// hit is a placeholder in the text, or the end of something that is none.
type hit struct {
	end      int
	strength detectors.Strength
	why      string
}

func find(seg document.Segment, _ detectors.Env) []detectors.Span {
	text := seg.Text
	if strings.EqualFold(seg.Label, showingPlaceholder) && strings.TrimSpace(text) != "" {
		start, end := trimmed(text)
		return []detectors.Span{span(text, start, hit{end: end, strength: detectors.Medium, why: "feltet viser stadig sin pladsholder"})}
	}
	var out []detectors.Span
	places := places{text: text, at: -glance.Block}
	for i := 0; len(out) < maxSpans; {
		if i = places.next(i); i < 0 {
			break
		}
		h, ok := at(text, i)
		if !ok {
			i++
			continue
		}
		if h.strength != "" {
			out = append(out, span(text, i, h))
		}
		i = max(h.end, i+1)
	}
	return out
}

// places goes over a text block by block.
type places struct {
	text string
	at   int    // where the block begins
	some uint64 // its bytes that may begin a placeholder
}

// next gives the first place from i on where a placeholder may begin, or -1. None has
// one byte.
func (p *places) next(i int) int {
	for i+1 < len(p.text) {
		if i >= p.at+glance.Block {
			p.load(i &^ (glance.Block - 1))
		}
		for some := p.some >> (i - p.at) << (i - p.at); some != 0; some &= some - 1 {
			at := p.at + bits.TrailingZeros64(some)
			if at+1 < len(p.text) && maybe.has(p.text[at], p.text[at+1]) && thirds.begins(p.text[at:]) {
				return at
			}
		}
		i = p.at + glance.Block
	}
	return -1
}

// load takes up the block at a byte. A letter, digit or stroke right behind another begins
// no word.
func (p *places) load(at int) {
	first, within, _ := classes.Look(p.text, at)
	before := within << 1
	if at > 0 && classes.Has(withinWord, p.text[at-1]) {
		before |= 1
	}
	p.at, p.some = at, first&^(within&before)
}

// The classes of bytes: the first ones of maybe, and ASCII letters, digits and the stroke
// between them.
const (
	firstByte  = glance.A
	withinWord = glance.B
)

var classes = func() *glance.Table {
	t := new(glance.Table)
	for c := range 256 {
		if slices.ContainsFunc(maybe[c<<8/64:(c+1)<<8/64], func(pairs uint64) bool { return pairs != 0 }) {
			t.Add(firstByte, string([]byte{byte(c)}))
		}
	}
	t.Add(withinWord, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")
	return t
}()

// maybe has the first two bytes of everything that may be a placeholder, so that
// prose costs no more than a look at each byte: a sign and what follows it, or the
// beginning of a word.
var maybe = func() *pairs {
	p := new(pairs)
	for next := range 256 {
		for _, c := range []byte("<{[$%#@(&") {
			p.addExact(c, byte(next))
		}
		for _, c := range []byte("xX0_dDlABCDEFGHIJKLMNOPQRSTUVWXYZ") {
			if starts.has(c, byte(next)) {
				p.addExact(c, byte(next))
			}
		}
	}
	p.addExact(0xC2, 0xAB) // «
	p.addExact(':', ' ')
	return p
}()

// pairs is a set of two bytes, letters in either case.
type pairs [1 << 16 / 64]uint64

func (p *pairs) add(a, b byte) {
	for _, a := range [2]byte{a, flip(a)} {
		for _, b := range [2]byte{b, flip(b)} {
			p.addExact(a, b)
		}
	}
}

// addExact adds two bytes as they stand.
func (p *pairs) addExact(a, b byte) {
	n := uint(a)<<8 | uint(b)
	p[n/64] |= 1 << (n % 64)
}

func (p *pairs) has(a, b byte) bool {
	n := uint(a)<<8 | uint(b)
	return p[n/64]&(1<<(n%64)) != 0
}

// flip gives a letter in the other case.
func flip(c byte) byte {
	if c|0x20 >= 'a' && c|0x20 <= 'z' {
		return c ^ 0x20
	}
	return c
}

// fixed has every text and mask that stands as it is, but for the case of letters.
var fixed = slices.Concat(prompts, fieldErrors, sureNames, namesAfter, fillers, dateMasks, notes, subjects, []string{mergeWord, lorem, "ddmmyy", "00", "__"})

// triples is a filter of three bytes, letters in small.
type triples [1 << 16 / 64]uint64

// thirds has the first three bytes of every fixed text that begins with a letter,
// since two letters alone begin too many words.
var thirds = func() *triples {
	t := new(triples)
	for _, list := range [][]string{fixed, greetings, capitalFields} {
		for _, s := range list {
			if len(s) > 2 {
				n := tripleOf(s)
				t[n/64] |= 1 << (n % 64)
			}
		}
	}
	return t
}()

func tripleOf(s string) uint32 {
	return ((uint32(s[0])<<16 | uint32(s[1])<<8 | uint32(s[2])) | 0x202020) * 2654435761 >> 16
}

// begins reports whether a fixed text of letters may begin here; what begins with a sign,
// a digit, two x's or two n's always may.
func (t *triples) begins(s string) bool {
	first := s[0] | 0x20
	if first < 'a' || first > 'z' || first == 'x' || first == 'n' && s[1]|0x20 == 'n' || len(s) < 3 {
		return true
	}
	n := tripleOf(s)
	return t[n/64]&(1<<(n%64)) != 0
}

// starts has the first two bytes of every mask and every fixed text.
var starts = func() *pairs {
	p := new(pairs)
	for _, s := range fixed {
		p.add(s[0], s[1])
	}
	for _, list := range [][]string{greetings, capitalFields} {
		for _, s := range list {
			p.addExact(s[0], s[1])
		}
	}
	for _, c := range []byte("x.:,/- ") { // see crosses
		p.add('x', c)
	}
	for c := byte('A'); c <= 'Z'; c++ { // "_DATO_"
		p.addExact('_', c)
	}
	return p
}()

// at reads what stands at byte i. ok is false when nothing of interest does.
func at(text string, i int) (hit, bool) {
	switch c := text[i]; {
	case c == ':':
		// What programs write for nothing begins with few letters.
		if i+2 < len(text) && text[i+1] == ' ' && strings.IndexByte("nNuUtTxX0#([", text[i+2]) >= 0 {
			return values(text, i)
		}
		return hit{}, false
	case c == '#' && i+1 < len(text) && text[i+1] >= 'A' && text[i+1] <= 'V':
		if h, ok := sheetError(text, i); ok {
			return h, true
		}
		return mark(text, i)
	case c == '#' && strings.HasPrefix(text[i:], "##.##.##") && strings.HasSuffix(lowerBefore(text, i, 8), "den "):
		return hit{end: i + len("##.##.##"), strength: detectors.Weak, why: "maske for dato"}, true
	case c == '&' || c == 0xC2 || c == '<' || c == '{' || c == '[' || c == '$' || c == '%' || c == '#' || c == '@' || c == '(':
		return mark(text, i)
	case c == 'x' || c == 'X' || c == '0' || c == '_' || c == 'd' || c == 'D':
		if !startsWord(text, i) {
			return hit{}, false
		}
		if h, ok := mask(text, i); ok {
			return h, true
		}
		switch c {
		case '_':
			return mark(text, i)
		case '0': // no phrase begins so
			return hit{}, false
		}
		return phrase(text, i)
	case c >= 'A' && c <= 'Z' || c == 'l':
		// Word's texts and the words for an unfinished paper begin with a capital.
		if !startsWord(text, i) {
			return hit{}, false
		}
		return phrase(text, i)
	}
	return hit{}, false
}

func span(text string, start int, h hit) detectors.Span {
	return detectors.Span{
		Start: start, End: h.end, Strength: h.strength,
		Why: []string{h.why}, Display: detectors.Redact(shorten(text[start:h.end])),
	}
}

// shorten keeps a placeholder readable: 40 bytes tell which one it is.
func shorten(s string) string {
	if len(s) <= 40 {
		return s
	}
	n := 37
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// startsWord reports whether the character before byte i is no letter or digit.
func startsWord(text string, i int) bool {
	if i == 0 {
		return true
	}
	if c := text[i-1]; c < utf8.RuneSelf {
		return !(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_')
	}
	r, _ := utf8.DecodeLastRuneInString(text[:i])
	return !unicode.IsLetter(r)
}

// endsWord reports whether no letter or digit follows at byte i.
func endsWord(text string, i int) bool {
	r, size := utf8.DecodeRuneInString(text[i:])
	return size == 0 || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_'
}

// trimmed gives the byte range of text without the white space around it.
func trimmed(text string) (start, end int) {
	start = len(text) - len(strings.TrimLeftFunc(text, unicode.IsSpace))
	return start, len(strings.TrimRightFunc(text, unicode.IsSpace))
}

// lineOf gives the byte range of the line around byte i, at most 300 bytes to
// either side so that a text without line breaks costs no more.
func lineOf(text string, i int) (start, end int) {
	from, to := max(0, i-300), min(len(text), i+300)
	start, end = from, to
	if n := strings.LastIndexByte(text[from:i], '\n'); n >= 0 {
		start = from + n + 1
	}
	if n := strings.IndexByte(text[i:to], '\n'); n >= 0 {
		end = i + n
	}
	return start, end
}
