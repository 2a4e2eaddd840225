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
	n, marks := wholesPlace(keyOf([]byte(word)))
	ws[n] |= marks
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
	by     map[uint64][]affix
	filter [1 << 10]uint64 // of 65,536 bits
}

func newAffixes() *affixes { return &affixes{by: make(map[uint64][]affix)} }

func (as *affixes) add(bytes uint64, a affix) {
	as.by[bytes] = append(as.by[bytes], a)
	h := spread(bytes)
	as.filter[h>>54] |= 1 << (h >> 48 & 63)
}

// may reports whether there may be any with these bytes.
func (as *affixes) may(bytes uint64) bool {
	h := spread(bytes)
	return as.filter[h>>54]>>(h>>48&63)&1 != 0
}

// fit reports whether one of those with these bytes fits a word as far as its eight go.
func (as *affixes) fit(bytes, eight uint64) bool {
	return slices.ContainsFunc(as.by[bytes], func(a affix) bool { return eight&a.mask == a.bytes })
}

// The classes of bytes: those of words, those beyond ASCII, and the letters by which a part
// that may stand anywhere in a word is looked for.
const (
	wordByte = glance.A
	wideByte = glance.B
	rareByte = glance.C
)

func wordTable() *glance.Table {
	t := new(glance.Table)
	for c := range 256 {
		if s := string([]byte{byte(c)}); wordBytes[c] {
			t.Add(wordByte, s)
			if c >= utf8.RuneSelf {
				t.Add(wideByte, s)
			}
		}
	}
	return t
}

// sieve goes over the words of a text block by block.
type sieve struct {
	ix   *index
	text string
	at   int // where the block begins
	// The bytes of the block that belong to words; those that folded does not have as they
	// are looked up; the rare letters.
	words, odd, rare uint64
	folded           folded
}

// folded is a block in folded letters, behind eight bytes of anything and before more. Its
// size lets each place that seven bits can tell be looked at without a check.
type folded [1<<7 + 7]byte

// eight gives the bytes from i on.
func (f *folded) eight(i int) uint64 {
	i &= 1<<7 - 1
	return uint64(f[i]) | uint64(f[i+1])<<8 | uint64(f[i+2])<<16 | uint64(f[i+3])<<24 |
		uint64(f[i+4])<<32 | uint64(f[i+5])<<40 | uint64(f[i+6])<<48 | uint64(f[i+7])<<56
}

// next gives the place of the first word from pos on that may be a stem or needs more than
// a look; the text's end if there is none.
func (s *sieve) next(pos int) int {
	for pos < len(s.text) {
		if pos >= s.at+glance.Block {
			s.load(pos)
		}
		words := s.words >> ((pos - s.at) & 63) << ((pos - s.at) & 63)
		pos = s.at + glance.Block
		for edges := words ^ words<<1; edges != 0; {
			from := bits.TrailingZeros64(edges)
			edges &= edges - 1
			to := bits.TrailingZeros64(edges)
			edges &= edges - 1
			start, end := s.at+from, s.at+to
			if to == glance.Block && end < len(s.text) { // the next block may have more of it
				if from == 0 {
					return start
				}
				s.load(start)
				pos = start
				break
			}
			if s.mayBe(from, to) || (s.odd|s.rare)>>(from&63)<<((from-to)&63) != 0 && s.strange(from, to) {
				return start
			}
			if end+1 < len(s.text) && s.text[end] == '-' && wordBytes[s.text[end+1]] {
				if pos = numberEnd(s.text, start); pos == 0 {
					return start
				}
				break
			}
		}
	}
	return len(s.text)
}

// load takes up the block at a byte. Setting bit 5 makes letters small and leaves digits as
// they are; a letter that UTF-8 writes with two bytes is folded in their place.
func (s *sieve) load(at int) {
	s.at = at
	s.words, s.odd, s.rare = s.ix.bytes.Look(s.text, at)
	copy(s.folded[8:8+glance.Block], s.text[at:])
	for i := 8; i < 8+glance.Block; i += 8 {
		eight := s.folded[i : i+8]
		binary.LittleEndian.PutUint64(eight, binary.LittleEndian.Uint64(eight)|0x2020202020202020)
	}
	for wide := s.odd & (s.odd >> 1); wide != 0; wide &= wide - 1 {
		i := bits.TrailingZeros64(wide)
		if f := latin[s.text[at+i+1]]; s.text[at+i] == 0xC3 && len(f) == 2 {
			s.folded[8+i], s.folded[9+i] = f[0], f[1]
			s.odd &^= 3 << i
		}
	}
}

// mayBe reports whether a word of the block can be a stem, begin a phrase or have a
// beginning or an ending of the lexicon, as far as a look at its ends tells.
func (s *sieve) mayBe(from, to int) bool {
	over := overhang(to - from)
	k := key{s.folded.eight(8+from) << over >> over, s.folded.eight(to) >> over << over}
	return s.ix.wholes.has(k) || s.ix.prefixes.may(k.begin()) && s.ix.prefixes.fit(k.begin(), k.first) ||
		s.ix.suffixes.may(k.end()) && s.ix.suffixes.fit(k.end(), k.last)
}

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

// strange reports whether a word of the block has other letters than folded, or a part
// that may stand anywhere.
func (s *sieve) strange(from, to int) bool {
	word := s.text[s.at+from : s.at+to]
	if s.odd>>from<<(64-len(word)) != 0 {
		return true
	}
	for _, p := range s.ix.inside {
		for i := 0; i+len(p.text) <= len(word); i++ {
			if word[i+p.rare]|0x20 == p.text[p.rare] && strings.EqualFold(word[i:i+len(p.text)], string(p.text)) {
				return true
			}
		}
	}
	return false
}
