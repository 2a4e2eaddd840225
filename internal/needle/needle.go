// Package needle looks for many words in a text at once.
package needle

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/internal/glance"
)

// Needles are texts that are looked for together, in one pass: a look at 64 bytes tells
// where three stand as they may begin one, and the first two of those together tell most
// of the rest. Each has two bytes or more.
type Needles struct {
	table  glance.Table // A: first bytes, B: second, C: third
	begins [1 << 16 / 64]uint64
	before [1 << 16 / 64]uint16 // how many bits of begins are set before those of a number
	by     [][]needle           // by the place of their bit among those of begins
	folded bool                 // see Folded
}

type needle struct {
	text string
	n    int // its place in the list
}

// New makes needles of a list.
func New(list []string) *Needles { return build(list, false) }

// Folded makes needles of a list in small letters that are found whatever letters a text
// is written in, and with a line's end where they have a blank: as they would be found by
// New in the text that lower.InPlace makes with its line ends made blanks. They have no
// letters beyond Latin-1.
func Folded(list []string) *Needles { return build(list, true) }

func build(list []string, folded bool) *Needles {
	all := &Needles{folded: folded}
	for _, s := range list {
		all.begins[key(s)/64] |= 1 << (key(s) % 64)
		all.classify(s)
	}
	n := 0
	for i, word := range all.begins {
		all.before[i] = uint16(n)
		n += bits.OnesCount64(word)
	}
	all.by = make([][]needle, n)
	for n, s := range list {
		at := all.place(key(s))
		all.by[at] = append(all.by[at], needle{s, n})
	}
	return all
}

// key is what the first two bytes of a text are looked up by.
func key(s string) uint16 { return uint16(s[0])<<8 | uint16(s[1]) }

// place is where the needles that begin with two bytes are; some do.
func (all *Needles) place(key uint16) int {
	word, bit := key/64, key%64
	return int(all.before[word]) + bits.OnesCount64(all.begins[word]&(1<<bit-1))
}

// classify has the table know the first three bytes of a needle.
func (all *Needles) classify(s string) {
	for i, class := range [...]glance.Class{glance.A, glance.B, glance.C} {
		for c := range 256 {
			b := byte(c)
			if i >= len(s) || b == s[i] || all.folded && fold[b] == s[i] {
				all.table.Add(class, string([]byte{b}))
			}
		}
	}
}

// fold gives the byte that a byte is looked for as where letters are made small: the second
// bytes of Latin-1's capitals are taken for those of small letters, which same finds out.
var fold = func() (of [256]byte) {
	for c := range of {
		b := byte(c)
		switch {
		case b >= 'A' && b <= 'Z', latin(b):
			of[c] = b + 'a' - 'A'
		case b == '\n':
			of[c] = ' '
		default:
			of[c] = b
		}
	}
	return of
}()

// latin tells the second bytes of Latin-1's capitals, without the multiplication sign.
func latin(b byte) bool { return b >= 0x80 && b <= 0x9E && b != 0x97 }

// candidates gives the places of s within the block at a byte where a needle may begin, by
// its first three bytes, and of how many places it speaks.
func (all *Needles) candidates(s string, at int) (places uint64, n int) {
	a, b, c := all.table.Look(s, at)
	if left := len(s) - at; left <= glance.Block {
		// No third byte follows the last two, nor is asked of a needle that has but two.
		return a & (b >> 1) & (c>>2 | 1<<62 | 1<<uint(left-2)), left
	}
	return a & (b >> 1) & (c >> 2), glance.Block - 2
}

// each calls met with every needle at every place where it stands in s, until met has enough.
func (all *Needles) each(s string, met func(n, start, end int) (enough bool)) {
	for at := 0; at+1 < len(s); {
		places, n := all.candidates(s, at)
		for ; places != 0; places &= places - 1 {
			i := at + bits.TrailingZeros64(places)
			k := uint16(s[i])<<8 | uint16(s[i+1])
			if all.folded {
				k = uint16(fold[s[i]])<<8 | uint16(fold[s[i+1]])
			}
			if all.begins[k/64]&(1<<(k%64)) == 0 {
				continue
			}
			for _, x := range all.by[all.place(k)] {
				if all.stands(s, i, x.text) && met(x.n, i, i+len(x.text)) {
					return
				}
			}
		}
		at += n
	}
}

// stands reports whether a needle stands in s at a place.
func (all *Needles) stands(s string, at int, text string) bool {
	if !all.folded {
		return strings.HasPrefix(s[at:], text)
	}
	if len(s)-at < len(text) {
		return false
	}
	for k := range len(text) {
		b := s[at+k]
		if b == text[k] {
			continue
		}
		if fold[b] != text[k] || b >= utf8.RuneSelf && (at+k == 0 || s[at+k-1] != 0xC3) {
			return false
		}
	}
	return true
}

// In reports whether one of them stands in s.
func (all *Needles) In(s string) bool { return all.Distinct(s, 1) }

// Where reports whether one of them stands in s at a place that is meant.
func (all *Needles) Where(s string, meant func(start, end int) bool) (found bool) {
	all.each(s, func(_, start, end int) bool {
		found = meant(start, end)
		return found
	})
	return found
}

// Rest is what follows a place in a text up to the end of the word.
func Rest(s string, at int) string {
	end := strings.IndexFunc(s[at:], func(r rune) bool { return !unicode.IsLetter(r) })
	if end < 0 {
		return s[at:]
	}
	return s[at : at+end]
}

// Begins reports whether no letter stands right before a place in a text.
func Begins(s string, at int) bool {
	r, _ := utf8.DecodeLastRuneInString(s[:at])
	return !unicode.IsLetter(r)
}

// Distinct reports whether at least so many different ones stand in s. At most 64 are
// told apart.
func (all *Needles) Distinct(s string, least int) bool {
	return bits.OnesCount64(all.meet(s, least)) >= least
}

// Met has a bit for each that stands in s, by its place in the list: of the first 64.
func (all *Needles) Met(s string) uint64 { return all.meet(s, 64) }

// meet looks until enough different ones are met.
func (all *Needles) meet(s string, enough int) (seen uint64) {
	all.each(s, func(n, _, _ int) bool {
		seen |= 1 << (n & 63)
		return bits.OnesCount64(seen) >= enough
	})
	return seen
}
