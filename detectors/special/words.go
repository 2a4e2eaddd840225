package special

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/internal/glance"
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
// at as characters. lowered is ASCII in small letters.
var wordBytes, lowered = byteTables()

func byteTables() (isWord [256]bool, lower [256]byte) {
	for c := range 256 {
		lower[c] = byte(c)
		isWord[c] = c >= utf8.RuneSelf || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if c >= 'A' && c <= 'Z' {
			lower[c] = byte(c) + 'a' - 'A'
		}
	}
	return isWord, lower
}

// hits adds the stems of a text to out in order of place, at most maxHits, and cueHits with the
// cues among them.
func (ix *index) hits(text string, out []hit) []hit {
	r, words := reader{text: text}, sieve{ix: ix, text: text, at: -glance.Block}
	for sure := 0; sure < maxHits && len(out) < cueHits; {
		r.pos = words.next(r.pos)
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
	f, k := w.folded, keyOf(w.folded)
	found := hit{start: w.start, end: w.end}
	if ix.wholes.has(k) {
		whole := ix.words[string(f)]
		if whole.phrases != nil && mayGoOn(text[w.end:], whole.goesOn) {
			if h, ok := longest(text, w, whole.phrases); ok {
				return h, true
			}
		}
		if found.entry = whole.exact; found.entry != nil {
			return found, true
		}
		if whole.cased != nil && whole.cased.stem == text[w.start:w.end] {
			found.entry = whole.cased
			return found, true
		}
	}
	for _, a := range ix.prefixes.of(k.begin()) {
		// Comparing a converted slice copies nothing; converting it first would.
		if a.outer == k.begin() && len(f) >= len(a.text) && string(f[:len(a.text)]) == a.text && (found.entry == nil || len(a.text) > len(found.entry.stem)) {
			found.entry = a.entry
		}
	}
	if found.entry != nil {
		return found, true
	}
	for _, a := range ix.suffixes.of(k.end()) {
		if a.outer == k.end() && len(f) >= len(a.text) && string(f[len(f)-len(a.text):]) == a.text {
			found.entry = a.entry
			return found, true
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
