// Package coded finds numbers that stand in a text in some code: as escapes of a
// programming language, as hexadecimal or base64 values, in dumps of bytes, between
// the marks of a terminal, a printer or a typesetting language, or in strings that a
// program puts together.
package coded

import (
	"math/bits"
	"strings"
)

// Limits of one text: it is looked at in pieces, so that a large one costs little
// memory, and gives so many views at most.
const (
	pieceBytes = 64 << 10
	overlap    = 512
	maxViews   = 1000
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
		if len(views) >= maxViews {
			return views[:maxViews]
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
}

// signs are kept by a byte that is rare in plain words: one pass tells which of them
// a text has at all.
var signs = [256][]sign{
	0x1b: {{"\x1b", control}},
	'\b': {{"\b", control}},
	'\\': {{"\\", backslash}},
	'%':  {{"%2", percent}, {"%3", percent}},
	'=':  {{"=2D", equals}, {"=2d", equals}, {"=3", equals}, {"=\n", equals}, {"=\r", equals}, {"=hex", dumped}},
	'&':  {{"&#", entity}, {`"&`, quote}, {`" &`, quote}},
	'*':  {{"**", markup}, {"*-", markup}, {"-*", markup}},
	'{':  {{"{-", markup}, {"}{", markup}},
	'}':  {{"}-", markup}},
	'<':  {{"</", markup}},
	'`':  {{"`-", markup}, {"-`", markup}},
	'"':  {{`"+`, quote}, {`" +`, quote}, {`"||`, quote}, {`"."`, quote}, {`" . "`, quote}, {"-\"\n", quote}},
	'\'': {{"'+", quote}, {"' +", quote}, {"'||", quote}, {"' ||", quote}, {"'.'", quote}},
	'(':  {{"hr(", listed}, {"HR(", listed}, {"CharCode(", listed}},
	'x':  {{"0x", listed | dumped}},
	'\n': {{"\n0000", dumped}},
	'>':  {{"-\n>", quoting}, {"-\r\n>", quoting}},
	'+':  {{"+A", shifts}},
	'^':  {{"^FH", underscore}},
	0xf3: {{"\xf3\xa0\x80", tagged}},
}

// signBytes are the bytes that signs has, at most 32; signBit has for each the bit of
// its place there.
var signBytes, signBit = func() (list []byte, bit [256]uint32) {
	for c := range signs {
		if len(signs[c]) > 0 {
			bit[c] = 1 << len(list)
			list = append(list, byte(c))
		}
	}
	return list, bit
}()

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

// minPacked is the shortest run that is tried as hexadecimal or base64: ten digits
// take fourteen letters of base64.
const minPacked = 14

// look passes over a text. What is not marked there is not decoded.
func look(text string) (found mark) {
	if strings.HasPrefix(text, "0000") {
		found |= dumped
	}
	var present uint32
	for i := range len(text) {
		present |= signBit[text[i]]
	}
	for ; present != 0; present &= present - 1 {
		for _, s := range signs[signBytes[bits.TrailingZeros32(present)]] {
			if found&s.mark != s.mark && strings.Contains(text, s.text) {
				found |= s.mark
			}
		}
	}
	// A long run has a byte at a multiple of its least length.
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
