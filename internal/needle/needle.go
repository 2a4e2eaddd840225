// Package needle looks for many words in a text at once.
package needle

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Needles are texts that are looked for together, in one pass: a look at two bytes
// tells most places of a sentence from the beginning of any. Each has two bytes or
// more.
type Needles struct {
	begins [1 << 16 / 64]uint64
	by     map[uint16][]needle
}

type needle struct {
	text string
	n    int // its place in the list
}

// New makes needles of a list.
func New(list []string) *Needles {
	all := &Needles{by: make(map[uint16][]needle)}
	for n, s := range list {
		key := uint16(s[0])<<8 | uint16(s[1])
		all.begins[key/64] |= 1 << (key % 64)
		all.by[key] = append(all.by[key], needle{s, n})
	}
	return all
}

// In reports whether one of them stands in s.
func (all *Needles) In(s string) bool { return all.Distinct(s, 1) }

// Where reports whether one of them stands in s at a place that is meant.
func (all *Needles) Where(s string, meant func(start, end int) bool) bool {
	for i := 0; i+1 < len(s); i++ {
		key := uint16(s[i])<<8 | uint16(s[i+1])
		if all.begins[key/64]&(1<<(key%64)) == 0 {
			continue
		}
		for _, x := range all.by[key] {
			if strings.HasPrefix(s[i:], x.text) && meant(i, i+len(x.text)) {
				return true
			}
		}
	}
	return false
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
	for i := 0; i+1 < len(s); i++ {
		key := uint16(s[i])<<8 | uint16(s[i+1])
		if all.begins[key/64]&(1<<(key%64)) == 0 {
			continue
		}
		for _, x := range all.by[key] {
			if seen>>(x.n&63)&1 == 0 && strings.HasPrefix(s[i:], x.text) {
				if seen |= 1 << (x.n & 63); bits.OnesCount64(seen) >= enough {
					return seen
				}
			}
		}
	}
	return seen
}
