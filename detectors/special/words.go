package special

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxWord is how many folded bytes of a word are looked at; the longest Danish
// compound of the lexicon has 33.
const maxWord = 96

// hit is a stem in the text.
type hit struct {
	start, end int
	entry      *entry
	anchor     string // what ties it to a person, "" if nothing does
}

// word is a word of the text: its place, and its folded form in a reader's buffer.
type word struct {
	start, end int
	folded     []byte
}

// reader cuts a text into words. A word is letters and digits; a hyphen between
// two of them belongs to it. The sign § is a word by itself.
type reader struct {
	text string
	pos  int
	buf  [maxWord]byte
}

// next gives the next word; ok is false at the end. The folded form is valid until
// the next call.
func (r *reader) next() (w word, ok bool) {
	text := r.text
	for r.pos < len(text) && !wordBytes[text[r.pos]] {
		r.pos++
	}
	for r.pos < len(text) && text[r.pos] >= utf8.RuneSelf {
		c, size := utf8.DecodeRuneInString(text[r.pos:])
		if unicode.IsLetter(c) || c == '§' {
			break
		}
		r.pos += size
		for r.pos < len(text) && !wordBytes[text[r.pos]] {
			r.pos++
		}
	}
	if r.pos >= len(text) {
		return word{}, false
	}
	start, n := r.pos, 0
	for r.pos < len(text) {
		c := text[r.pos]
		if c < utf8.RuneSelf {
			if !wordBytes[c] && !(c == '-' && r.pos+1 < len(text) && wordBytes[text[r.pos+1]] && r.pos > start) {
				break
			}
			if n < maxWord {
				r.buf[n] = lowered[c]
				n++
			}
			r.pos++
			continue
		}
		if c == 0xC3 && r.pos+1 < len(text) && latin[text[r.pos+1]] != "" {
			n += copy(r.buf[n:], latin[text[r.pos+1]])
			r.pos += 2
			continue
		}
		ru, size := utf8.DecodeRuneInString(text[r.pos:])
		if ru == '§' && r.pos == start {
			r.pos += size
			n = copy(r.buf[:], "§")
			break
		}
		if !unicode.IsLetter(ru) && !unicode.Is(unicode.Mn, ru) && ru != 0xAD {
			break
		}
		n += foldRune(r.buf[n:], ru)
		r.pos += size
	}
	return word{start: start, end: r.pos, folded: r.buf[:n]}, true
}

// foldRune writes the folded form of a letter beyond ASCII and gives its length:
// æ, ø and å as ae, oe and aa, accents dropped. A ring set apart from its a (NFD)
// comes out the same; a soft hyphen is nothing.
func foldRune(to []byte, r rune) int {
	switch r {
	case 'æ', 'Æ', 'ä', 'Ä':
		return copy(to, "ae")
	case 'ø', 'Ø', 'ö', 'Ö':
		return copy(to, "oe")
	case 'å', 'Å':
		return copy(to, "aa")
	case 0x30A:
		return copy(to, "a")
	case 'é', 'É', 'è', 'È', 'ê', 'ë':
		return copy(to, "e")
	case 'ü', 'Ü':
		return copy(to, "u")
	}
	if unicode.Is(unicode.Mn, r) || r == 0xAD {
		return 0
	}
	var b [utf8.UTFMax]byte
	return copy(to, b[:utf8.EncodeRune(b[:], unicode.ToLower(r))])
}

// foldString folds a word or phrase of the lexicon.
func foldString(s string) string {
	var b strings.Builder
	var buf [utf8.UTFMax]byte
	for _, r := range s {
		if r < utf8.RuneSelf {
			b.WriteByte(lowered[r])
			continue
		}
		if r == '§' {
			b.WriteRune(r)
			continue
		}
		b.Write(buf[:foldRune(buf[:], r)])
	}
	return b.String()
}

// latin has the folded forms of the letters that UTF-8 writes with 0xC3 first, by
// their second byte: the Danish ones, without the way over a character.
var latin = [256]string{0xA6: "ae", 0x86: "ae", 0xB8: "oe", 0x98: "oe", 0xA5: "aa", 0x85: "aa", 0xA9: "e", 0x89: "e"}

// wordBytes says which bytes may belong to a word; those beyond ASCII are looked
// at as characters. plainBytes has the small form of the others, 0 for the rest.
// lowered is ASCII in small letters.
var wordBytes, plainBytes, lowered = byteTables()

func byteTables() (isWord [256]bool, plain, lower [256]byte) {
	for c := range 256 {
		lower[c] = byte(c)
		isWord[c] = c >= utf8.RuneSelf || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if c >= 'A' && c <= 'Z' {
			lower[c] = byte(c) + 'a' - 'A'
		}
		if isWord[c] && c < utf8.RuneSelf {
			plain[c] = lower[c]
		}
	}
	return isWord, plain, lower
}

// hits adds the stems of a text to out in order of place, at most maxHits, and cueHits with the
// cues among them.
func (ix *index) hits(text string, out []hit) []hit {
	r := reader{text: text}
	every := ix.insideOf(text)
	for sure := 0; sure < maxHits && len(out) < cueHits; {
		if !every {
			r.pos = ix.pass(text, r.pos)
		}
		w, ok := r.next()
		if !ok {
			break
		}
		if h, ok := ix.match(text, w); ok {
			out = append(out, h)
			r.pos = max(r.pos, h.end)
			if h.entry.group != Private {
				sure++
			}
		}
	}
	return out
}

// pass goes over the words from pos on that can be no stem, by a look at their
// first four and last five folded bytes, and gives the place of the first that
// needs more. That is most of a text.
func (ix *index) pass(text string, pos int) int {
	for pos < len(text) {
		if !wordBytes[text[pos]] {
			pos++
			continue
		}
		start := pos
		for pos < len(text) && plainBytes[text[pos]] != 0 {
			pos++
		}
		// Most words are plain: two loads tell enough, of a short one a single one.
		if plain := pos == len(text) || text[pos] < utf8.RuneSelf && text[pos] != '-'; plain {
			const small = 0x20202020
			switch n := pos - start; {
			case n > maxWord:
				return start
			case n >= 5:
				if marked(ix.ends, spread5(four(text[pos-5:])|small, text[pos-1]|0x20)) {
					return start
				}
				if first := spread(four(text[start:]) | small); marked(ix.begins, first) && ix.begun(first, hashed(text[start:pos])) {
					return start
				}
			case n > 1:
				var e uint32
				for _, c := range []byte(text[start:pos]) {
					e = e<<8 | uint32(c|0x20)
				}
				if first := spread(e << (8 * (4 - n))); marked(ix.begins, first) && ix.begun(first, hashed(text[start:pos])) {
					return start
				}
			}
			continue
		}
		var e ends
		pos = e.read(text, start)
		if e.n == 0 || e.n > maxWord || pos < len(text) && text[pos] >= utf8.RuneSelf || e.hyphen && e.letter || ix.mayBe(&e) {
			return start
		}
	}
	return pos
}

// hashed is the hash of a word of ASCII letters and digits, folded.
func hashed(word string) (h uint32) {
	for _, c := range []byte(word) {
		h = further(h, c|0x20)
	}
	return h
}

// four gives the first four bytes of a text as one number. Setting bit 5 in each
// makes letters small and leaves digits as they are.
func four(s string) uint32 {
	_ = s[3]
	return uint32(s[3]) | uint32(s[2])<<8 | uint32(s[1])<<16 | uint32(s[0])<<24
}

// ends are the first and the last folded bytes of a word.
type ends struct {
	first  uint32 // four bytes, the first on top
	last   uint64 // the last eight, the last one lowest
	hash   uint32
	n      int
	letter bool
	hyphen bool
}

// read reads the word at pos and gives its end, or the first character in it that
// needs a closer look.
func (e *ends) read(text string, pos int) int {
	for pos < len(text) {
		c := text[pos]
		f := plainBytes[c]
		switch {
		case f != 0:
			e.letter = e.letter || f >= 'a'
			e.add(f)
			pos++
			continue
		case c == 0xC3 && pos+1 < len(text) && latin[text[pos+1]] != "":
			for _, f := range []byte(latin[text[pos+1]]) {
				e.add(f)
			}
			e.letter = true
			pos += 2
			continue
		case c == '-' && e.n > 0 && pos+1 < len(text) && wordBytes[text[pos+1]]:
			e.hyphen = true
			e.add(c)
			pos++
			continue
		}
		break
	}
	if e.n < 4 {
		e.first = uint32(e.last) << (8 * (4 - e.n))
	}
	return pos
}

func (e *ends) add(c byte) {
	e.last = e.last<<8 | uint64(c)
	e.hash = further(e.hash, c)
	if e.n++; e.n == 4 {
		e.first = uint32(e.last)
	}
}

// mayBe reports whether a word can be a stem, as far as the filters tell.
func (ix *index) mayBe(e *ends) bool {
	if first := spread(e.first); e.n > 1 && marked(ix.begins, first) && ix.begun(first, e.hash) {
		return true
	}
	return e.n > 4 && marked(ix.ends, spread5(uint32(e.last>>8), byte(e.last)))
}

// insideOf reports whether a stem that may stand anywhere in a word is in the
// text, in any case.
func (ix *index) insideOf(text string) bool {
	for _, p := range ix.inside {
		for _, c := range [2]byte{p.text[p.rare], p.text[p.rare] - 'a' + 'A'} {
			for from := 0; ; {
				i := strings.IndexByte(text[from:], c)
				if i < 0 {
					break
				}
				from += i + 1
				begin := from - 1 - p.rare
				if begin >= 0 && begin+len(p.text) <= len(text) && strings.EqualFold(text[begin:begin+len(p.text)], string(p.text)) {
					return true
				}
			}
		}
	}
	return false
}

// match looks a word up: as the beginning of a phrase, whole, and then, if it has
// hyphens, part by part.
func (ix *index) match(text string, w word) (hit, bool) {
	if len(w.folded) < 2 {
		return hit{}, false
	}
	if h, ok := ix.matchPlain(text, w); ok {
		return h, true
	}
	hyphen := strings.IndexByte(text[w.start:w.end], '-')
	for from := w.start; hyphen > 0 && from < w.end; {
		to := w.end
		if n := strings.IndexByte(text[from:w.end], '-'); n >= 0 {
			to = from + n
		}
		if from > w.start && unicode.IsUpper(firstRune(text[from:])) && unicode.IsUpper(firstRune(text[w.start:])) && to-from > 4 && unicode.IsLower(firstRune(text[from+1:])) {
			return hit{}, false // a double name: Jean-Baptiste
		}
		part := reader{text: text[:to], pos: from}
		if pw, ok := part.next(); ok && len(pw.folded) > 1 {
			if h, ok := ix.matchPlain(text, pw); ok {
				h.end = max(h.end, w.end)
				h.start = w.start
				return h, true
			}
		}
		from = to + 1
	}
	return hit{}, false
}

func (ix *index) matchPlain(text string, w word) (hit, bool) {
	f := w.folded
	found := hit{start: w.start, end: w.end}
	var key [4]byte
	copy(key[:], f)
	if marked(ix.begins, slot(key)) {
		if list := ix.phrases[string(f)]; list != nil {
			if h, ok := longest(text, w, list); ok {
				return h, true
			}
		}
		if found.entry = ix.exact[string(f)]; found.entry != nil {
			return found, true
		}
		if found.entry = ix.cased[text[w.start:w.end]]; found.entry != nil {
			return found, true
		}
		if len(f) >= 4 {
			for _, a := range ix.prefixes[key] {
				if len(f) >= len(a.text) && string(f[:len(a.text)]) == a.text && (found.entry == nil || len(a.text) > len(found.entry.stem)) {
					found.entry = a.entry
				}
			}
		}
		if found.entry != nil {
			return found, true
		}
	}
	if len(f) < 5 {
		return hit{}, false
	}
	if tail := [5]byte(f[len(f)-5:]); marked(ix.ends, slot5(tail)) {
		for _, a := range ix.suffixes[tail] {
			// Comparing a converted slice copies nothing; converting it first would.
			if len(f) >= len(a.text) && string(f[len(f)-len(a.text):]) == a.text {
				found.entry = a.entry
				return found, true
			}
		}
	}
	for _, a := range ix.inside {
		if bytes.Contains(f, a.text) {
			found.entry = a.entry
			return found, true
		}
	}
	return hit{}, false
}
