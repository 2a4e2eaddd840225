// Package coded finds numbers that stand in a text in some code: as escapes of a
// programming language, as hexadecimal or base64 values, in dumps of bytes, between
// the marks of a terminal, a printer or a typesetting language, or in strings that a
// program puts together.
package coded

import (
	"math/bits"
	"strings"

	"brevvagt/internal/glance"
)

// MaxViews is how many views a text gives at most: behind that many it was not looked at.
const MaxViews = 1000

// A text is looked at in pieces, so that a large one costs little memory.
const (
	pieceBytes = 64 << 10
	overlap    = 512
)

// Views gives what a text says once it is decoded: a few words around each number
// of six and four digits that does not stand in the text as it is. A text in plain
// words costs one pass over its bytes.
func Views(text string) []string {
	var views []string
	for from := 0; from < len(text); from += pieceBytes {
		piece := text[max(0, from-overlap):min(len(text), from+pieceBytes)]
		if marks := look(piece); marks != 0 {
			views = append(views, decode(piece, marks)...)
		}
		if len(views) >= MaxViews {
			return views[:MaxViews]
		}
	}
	return views
}

// mark is a set of signs that tell which codes a text may be written in.
type mark uint16

const (
	control mark = 1 << iota // escape, backspace
	backslash
	percent
	equals
	entity
	quote  // strings of a program
	letter // long runs of hexadecimal or base64 letters
	listed // numbers of signs
	dumped // lines of bytes, the first at offset zero
	markup
	quoting    // of a mail
	shifts     // of UTF-7
	underscore // of a label printer
	tagged     // signs of tags, which no program shows
	paired     // two hexadecimal signs, a blank, two more
)

// sign is what a text must hold to be looked at for a code.
type sign struct {
	text string
	mark mark
	key  int // place of the byte that it is kept by
}

// signs are kept by a byte of theirs that is rare in plain words.
var signs = func() (by [256][]sign) {
	for c, list := range signsBy {
		for _, s := range list {
			s.key = strings.IndexByte(s.text, byte(c))
			by[c] = append(by[c], s)
		}
	}
	return by
}()

var signsBy = [256][]sign{
	0x1b: {{"\x1b", control, 0}},
	'\b': {{"\b", control, 0}},
	'\\': {{"\\", backslash, 0}},
	'%':  {{"%2", percent, 0}, {"%3", percent, 0}},
	'=':  {{"=2D", equals, 0}, {"=2d", equals, 0}, {"=3", equals, 0}, {"=\n", equals, 0}, {"=\r", equals, 0}, {"=hex", dumped, 0}},
	'&':  {{"&#", entity, 0}, {`"&`, quote, 0}, {`" &`, quote, 0}},
	'*':  {{"**", markup, 0}, {"*-", markup, 0}, {"-*", markup, 0}},
	'{':  {{"{-", markup, 0}, {"}{", markup, 0}},
	'}':  {{"}-", markup, 0}},
	'<':  {{"</", markup, 0}},
	'`':  {{"`-", markup, 0}, {"-`", markup, 0}},
	'"':  {{`"+`, quote, 0}, {`" +`, quote, 0}, {`"||`, quote, 0}, {`"."`, quote, 0}, {`" . "`, quote, 0}, {"-\"\n", quote, 0}},
	'\'': {{"'+", quote, 0}, {"' +", quote, 0}, {"'||", quote, 0}, {"' ||", quote, 0}, {"'.'", quote, 0}},
	'(':  {{"hr(", listed, 0}, {"HR(", listed, 0}, {"CharCode(", listed, 0}},
	'x':  {{"0x", listed | dumped, 0}},
	'\n': {{"\n0000", dumped, 0}},
	'>':  {{"-\n>", quoting, 0}, {"-\r\n>", quoting, 0}},
	'+':  {{"+A", shifts, 0}},
	'^':  {{"^FH", underscore, 0}},
	0xf3: {{"\xf3\xa0\x80", tagged, 0}},
}

const digitsAndLetters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// The kinds of bytes that runs are made of: base64, also as in addresses, and
// hexadecimal.
var (
	packs = table(digitsAndLetters + "+/-_")
	hexes = table("0123456789abcdefABCDEF")
)

func table(signs string) (t [256]bool) {
	for i := range len(signs) {
		t[signs[i]] = true
	}
	return t
}

// The classes of bytes that look asks for: those that signs has, those of packs, digits.
const (
	signByte  = glance.A
	packByte  = glance.B
	digitByte = glance.C
)

var classes = func() *glance.Table {
	t := new(glance.Table)
	for c := range 256 {
		if len(signs[c]) > 0 {
			t.Add(signByte, string([]byte{byte(c)}))
		}
		if packs[c] {
			t.Add(packByte, string([]byte{byte(c)}))
		}
	}
	t.Add(digitByte, "0123456789")
	return t
}()

// minPacked is the shortest run that is tried as hexadecimal or base64: ten digits
// take fourteen letters of base64. A run of it has a byte before a multiple of it, and
// steps has these places for a block by how far it begins behind such a multiple.
const minPacked = 14

var steps = func() (at [minPacked]uint64) {
	for begin := range at {
		for i := range glance.Block {
			if (begin+i)%minPacked == minPacked-1 {
				at[begin] |= 1 << i
			}
		}
	}
	return at
}()

// look passes over a text. What is not marked there is not decoded.
func look(text string) (found mark) {
	if strings.HasPrefix(text, "0000") {
		found |= dumped
	}
	var last, numbers uint64 // the letters of the block before, and its digits
	long := false
	for at := 0; at < len(text); at += glance.Block {
		places, letters, digits := classes.Look(text, at)
		for ; places != 0; places &= places - 1 {
			found |= signAt(text, at+bits.TrailingZeros64(places), found)
		}
		if long = long || digits|numbers != 0 && (numbered(letters, digits) || numbered(last>>32|letters<<32, numbers>>32|digits<<32)); long {
			continue
		}
		last, numbers = letters, digits
		for digits &= steps[at%minPacked]; digits != 0; digits &= digits - 1 {
			if inPair(text, at+bits.TrailingZeros64(digits)) {
				found |= paired
			}
		}
	}
	if long {
		found |= runs(text, found)
	}
	return found
}

// numbered reports whether minPacked letters stand side by side with a digit among them.
func numbered(letters, digits uint64) bool {
	four := letters & (letters >> 1)
	four &= four >> 2
	long := four & (four >> 4) & (four >> 8) & (four >> (minPacked - 4))
	long |= long << 1
	long |= long << 2
	long |= long<<4 | long<<8 | long<<(minPacked-4)
	return long&digits != 0
}

// runs looks at the runs of letters of a text that has a long one.
func runs(text string, found mark) mark {
	for i := minPacked - 1; i < len(text); i += minPacked {
		if !packs[text[i]] {
			continue
		}
		if found&paired == 0 && isDigit(text[i]) && inPair(text, i) { // a digit's byte has digits only
			found |= paired
		}
		if found&letter != 0 {
			continue
		}
		from, to := i, i+1
		for from > 0 && packs[text[from-1]] {
			from--
		}
		for to < len(text) && packs[text[to]] {
			to++
		}
		if to-from >= minPacked && mixed(text[from:to]) {
			found |= letter
		}
		i = to/minPacked*minPacked - 1 // the next step is behind the run
	}
	return found
}

// signAt gives the marks of the signs around byte i that are not found yet.
func signAt(text string, i int, found mark) (more mark) {
	for _, s := range signs[text[i]] {
		if found&s.mark != s.mark && i >= s.key && strings.HasPrefix(text[i-s.key:], s.text) {
			more |= s.mark
		}
	}
	return more
}

// mixed tells a run that may be packed from a long word: a number in base64 has digits
// and capital letters, in hexadecimal digits in plenty.
func mixed(run string) bool {
	digits, capitals := 0, 0
	for i := range len(run) {
		switch c := run[i]; {
		case isDigit(c):
			digits++
		case c >= 'A' && c <= 'Z' && i > 0:
			capitals++
		}
	}
	return digits > 0 && capitals > 0 || digits*3 >= len(run)
}

// decoder is one code: it is tried where one of its marks stands, and gives the text
// as it reads in that code.
type decoder struct {
	on   mark
	read func(string) string
}

func decoders() []decoder {
	return []decoder{
		{control, terminal}, {backslash, escapes}, {backslash, cascading}, {backslash, fourDigits},
		{percent, percents}, {equals, quotedPrintable}, {entity, entities}, {markup | backslash, bare},
		{quote, strung}, {letter, packed}, {letter, hexadecimal}, {listed, list}, {dumped, dump}, {dumped, octalDump},
		{quoting, unquoted}, {shifts, shifted}, {underscore, printed}, {tagged, tags}, {paired, pairs}, {paired, list},
	}
}

func decode(text string, found mark) (views []string) {
	have := map[string]bool{}
	for _, n := range numbers(text) {
		have[n.digits] = true
	}
	for _, d := range decoders() {
		if found&d.on == 0 {
			continue
		}
		plain := d.read(text)
		if plain == "" || plain == text {
			continue
		}
		for _, n := range numbers(plain) {
			if !n.whole || have[n.digits] {
				continue
			}
			have[n.digits] = true
			views = append(views, around(plain, n.from, n.to))
		}
	}
	return views
}

// number is six and four digits, together or parted.
type number struct {
	digits   string
	from, to int
	whole    bool // no further digit touches it
}

// numbers finds them, each digit once.
func numbers(text string) (found []number) {
	for i := 0; i < len(text); i++ {
		if !isDigit(text[i]) {
			continue
		}
		end := digitsEnd(text, i)
		switch n := end - i; {
		case n >= 10:
			found = append(found, number{text[i : i+10], i, i + 10, n == 10})
			for k := i + 1; k+10 <= end && k < i+32; k++ {
				found = append(found, number{text[k : k+10], k, k + 10, false})
			}
		case n == 6:
			at := end
			for at < len(text) && at < end+5 && strings.IndexByte(" -\u2010\u2011\u2012\u2013\u2014\u00ad", text[at]) >= 0 {
				at++
			}
			if last := digitsEnd(text, at); at > end && last-at == 4 {
				found = append(found, number{text[i:end] + text[at:last], i, last, true})
			}
		}
		i = end
	}
	return found
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func digitsEnd(text string, i int) int {
	for i < len(text) && isDigit(text[i]) {
		i++
	}
	return i
}

// around gives a number with the words before it, which say what it is.
func around(text string, from, to int) string {
	from, to = max(0, from-120), min(len(text), to+40)
	return strings.TrimSpace(strings.ToValidUTF8(text[from:to], ""))
}
