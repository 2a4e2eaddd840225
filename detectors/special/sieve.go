package special

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"brevvagt/internal/glance"
)

// This file passes over the words that can be no stem, which are most of a text.

// key is what is looked at of a folded word: its first eight bytes and its last eight, with
// zeros behind and before a shorter one.
type key struct{ first, last uint64 }

func keyOf(folded []byte) (k key) {
	n := len(folded)
	if n >= 8 {
		return key{binary.LittleEndian.Uint64(folded), binary.LittleEndian.Uint64(folded[n-8:])}
	}
	for i, c := range folded {
		k.first |= uint64(c) << (8 * i)
	}
	k.last = k.first << (64 - 8*n)
	return k
}

// overhang is how many bits of eight bytes a word does not fill; it costs no branch.
func overhang(size int) int {
	over := 64 - 8*size
	return over &^ (over >> 63) & 63
}

// begin is the first four bytes, end the last five.
func (k key) begin() uint64 { return k.first & (1<<32 - 1) }
func (k key) end() uint64   { return k.last >> 24 }

// spread makes a number whose highest bits hang on all bits of x.
func spread(x uint64) uint64 { return x * 0x9E3779B97F4A7C15 }

// wholes is a filter of words: of each, two bits in one place.
type wholes [1 << 12]uint64

func (ws *wholes) add(word string) {
	for _, w := range append(written(word), word) {
		n, marks := wholesPlace(keyOf([]byte(w)))
		ws[n] |= marks
	}
}

func (ws *wholes) has(k key) bool {
	n, marks := wholesPlace(k)
	return ws[n]&marks == marks
}

func wholesPlace(k key) (n, marks uint64) {
	high, low := bits.Mul64(k.first^0x9E3779B97F4A7C15, k.last^0xD1B54A32D192ED03)
	h := high ^ low
	return h >> 52, 1<<(h>>46&63) | 1<<(h>>40&63)
}

// affixes are beginnings or endings of words, by their first four or last five bytes.
type affixes struct {
	by     [1 << 10][]affix
	filter [1 << 10]uint64 // of 65,536 bits
}

// addBeginning and addEnding add a folded part of words, as it may be written.
func (as *affixes) addBeginning(text string, e *entry) {
	for _, w := range append(written(text), text) {
		k := keyOf([]byte(w))
		as.add(affix{text, e, k.begin(), k.first, ^uint64(0) >> overhang(len(w))})
	}
}

func (as *affixes) addEnding(text string, e *entry) {
	for _, w := range append(written(text), text) {
		k := keyOf([]byte(w))
		as.add(affix{text, e, k.end(), k.last, ^uint64(0) << overhang(len(w))})
	}
}

func (as *affixes) add(a affix) {
	h := spread(a.outer)
	as.filter[h>>54] |= 1 << (h >> 48 & 63)
	if list := &as.by[h>>54]; !slices.Contains(*list, a) {
		*list = append(*list, a)
	}
}

// of gives those whose outer bytes may be these.
func (as *affixes) of(outer uint64) []affix {
	h := spread(outer)
	if as.filter[h>>54]>>(h>>48&63)&1 == 0 {
		return nil
	}
	return as.by[h>>54]
}

// fit reports whether there may be one with these outer bytes of a word that fits it as
// far as its eight go.
func (as *affixes) fit(outer, eight uint64) bool {
	list := as.of(outer)
	for i := range list {
		if a := &list[i]; eight&a.mask == a.bytes {
			return true
		}
	}
	return false
}

// Bytes are told apart by three classes: what belongs to words is of A or C, and what else
// it is the others say. So one look gives all that a block is judged by.
//
//	of no class   parts words
//	B             a hyphen
//	A             a letter of ASCII
//	C             a digit
//	A and B       one of the letters by which a part that may stand anywhere is looked for
//	A and C       the first byte of a Danish letter
//	B and C       its second
//	all           any other beyond ASCII
func wordTable() *glance.Table {
	t := new(glance.Table)
	t.Add(glance.B, "-")
	for c := range 256 {
		s := string([]byte{byte(c)})
		switch {
		case c >= '0' && c <= '9':
			t.Add(glance.C, s)
		case c < utf8.RuneSelf && wordBytes[c]:
			t.Add(glance.A, s)
		case c == 0xC3:
			t.Add(glance.A|glance.C, s)
		case c >= utf8.RuneSelf && len(latin[c]) == 2:
			t.Add(glance.B|glance.C, s)
		case c >= utf8.RuneSelf:
			t.Add(glance.A|glance.B|glance.C, s)
		}
	}
	return t
}

// addRare has the letter looked for in words, small and capital.
func (ix *index) addRare(letter string) {
	ix.bytes.Add(glance.A|glance.B, letter+strings.ToUpper(letter))
}

// sieve goes over the words of a text block by block.
type sieve struct {
	ix   *index
	text string
	at   int // where the block begins
	// The bytes of the block that belong to words; those for which a word is returned
	// whatever it is, or looked at where a hyphen follows them.
	words, strange, hyphened uint64
	edge                     glance.Window // of a block at one of the text's ends
}

// next gives the place of the first word from pos on that may be a stem or needs more than
// a look; the text's end if there is none.
func (s *sieve) next(pos int) int {
	ix := s.ix
	for pos < len(s.text) {
		if pos >= s.at+glance.Block {
			s.load(pos)
		}
		window := s.window()
		words := s.words >> ((pos - s.at) & 63) << ((pos - s.at) & 63)
		pos = s.at + glance.Block
		for edges := words ^ words<<1; edges != 0; {
			from := bits.TrailingZeros64(edges)
			edges &= edges - 1
			to := bits.TrailingZeros64(edges)
			edges &= edges - 1
			if to == glance.Block && s.at+to < len(s.text) { // the next block may have more of it
				if from == 0 {
					return s.at
				}
				pos = s.at + from
				s.load(pos)
				break
			}
			// The filters have each word as it may be written.
			over := overhang(to - from)
			first := (binary.LittleEndian.Uint64(window.From(from)[:]) | small) << over >> over
			last := (binary.LittleEndian.Uint64(window.To(to)[:]) | small) >> over << over
			k := key{first, last}
			if ix.wholes.has(k) || ix.prefixes.fit(k.begin(), k.first) || ix.suffixes.fit(k.end(), k.last) || s.strange>>(from&63)<<((from-to)&63) != 0 {
				return s.at + from
			}
			if s.hyphened>>((to-1)&63)&1 != 0 {
				if pos = numberEnd(s.text, s.at+from); pos == 0 {
					return s.at + from
				}
				break
			}
		}
	}
	return len(s.text)
}

// load takes up the block at a byte.
func (s *sieve) load(at int) {
	s.at = at
	a, b, c := s.ix.bytes.Look(s.text, at)
	digits := c &^ (a | b)
	leads, seconds := a&c&^b, b&c&^a
	letters := leads & (seconds >> 1)
	s.strange = c &^ (letters | letters<<1 | digits)
	for rare := a & b &^ c; rare != 0; rare &= rare - 1 {
		if i := bits.TrailingZeros64(rare); s.ix.insideAt(s.text, at+i) {
			s.strange |= 1 << i
		}
	}
	hyphens := b &^ (a | c)
	s.words = a | c
	s.hyphened = s.words & (hyphens >> 1) & (s.words>>2 | 1<<62)
	if s.hyphened>>62 != 0 && !(at+glance.Block < len(s.text) && wordBytes[s.text[at+glance.Block]]) {
		s.hyphened &^= 1 << 62
	}
	s.words &^= alone(digits, s.words&^digits, hyphens)
	if glance.At(s.text, at) == nil {
		s.edge.Copy(s.text, at)
	}
}

// window is the block with what stands around it.
func (s *sieve) window() *glance.Window {
	if w := glance.At(s.text, s.at); w != nil {
		return w
	}
	return &s.edge
}

// alone gives the runs of digits with no letter beside them nor a hyphen behind: no stem is
// made of digits. One at the end of the block may go on.
func alone(digits, letters, hyphens uint64) uint64 {
	starts := digits &^ (digits << 1)
	runs := digits & (digits + starts&(letters<<1)) // an addition clears the runs that it begins with
	runs &= ^uint64(0) >> bits.LeadingZeros64(^digits)
	for ends := (digits + starts) &^ digits & (letters | hyphens); ends != 0; ends &= ends - 1 {
		end := bits.TrailingZeros64(ends)
		begin := end - bits.LeadingZeros64(^(digits << (64 - end)))
		runs &^= 1<<end - 1<<begin
	}
	return runs
}

// insideAt reports whether a part that may stand anywhere in a word may stand there with its
// rare letter at byte i.
func (ix *index) insideAt(text string, i int) bool {
	for k := range ix.inside {
		p := &ix.inside[k]
		if from := i - p.rare; from >= 0 && from+len(p.text) <= len(text) && text[from]|0x20 == p.text[0] && strings.EqualFold(text[from:from+len(p.text)], string(p.text)) {
			return true
		}
	}
	return false
}

// small has bit 5 of each byte: set, it makes letters small and leaves digits as they are,
// also in the second bytes of Danish letters.
const small = 0x2020202020202020

// numberEnd gives the end of digits with hyphens between them, 0 where letters are among
// them. No stem is made of digits alone.
func numberEnd(text string, i int) int {
	for i < len(text) && (text[i] >= '0' && text[i] <= '9' || text[i] == '-' && i+1 < len(text) && wordBytes[text[i+1]]) {
		i++
	}
	if i < len(text) && wordBytes[text[i]] {
		return 0
	}
	return i
}

// written gives a folded word as it may be written, each byte with bit 5 set: with Danish
// letters and with the two that stand for one.
func written(folded string) []string {
	out := []string{""}
	for i := range len(folded) {
		for _, begun := range out {
			if len(begun) != i {
				continue // a letter of two bytes stands here
			}
			for second, two := range latin {
				if len(two) == 2 && second&0x20 != 0 && strings.HasPrefix(folded[i:], two) {
					out = append(out, begun+string([]byte{0xC3 | 0x20, byte(second)}))
				}
			}
		}
		for k := range out {
			if len(out[k]) == i {
				out[k] += string([]byte{folded[i] | 0x20})
			}
		}
	}
	return out
}
