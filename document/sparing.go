package document

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"
)

// This file keeps what is read of one item in little memory: a sheet of ten million
// cells costs no more than one of half a million.

const (
	pieceBytes  = 1 << 20 // bytes of the longest text that is kept in one piece
	spareAround = 4       // texts that are kept on each side of one that may hold a number
	spareLength = 4 << 10 // bytes of such a neighbour
	cutReach    = 4 << 10 // bytes before the end of a piece in which it is cut
)

// spared is what is known of the texts behind the point from which not all are kept.
type spared struct {
	told    bool
	waiting []Segment // the latest texts that were not kept
	after   int       // how many more are kept without a number of their own
}

// sparing tells that an item has had two thirds of its share, so that of the rest only
// what may hold a number is kept.
func (b *budget) sparing() bool {
	return b.textBytes > b.limits.TextBytes-b.limits.TextBytes/3 || b.segments > b.limits.Segments-b.limits.Segments/3
}

// spare keeps s, with those around it, where it may hold a number. That the others were
// not kept is told, once.
func (w *walk) spare(s Segment) {
	sp := &w.spared
	if !sp.told {
		sp.told = true
		w.gap(Gap{At: s.At, Why: TooMany, Detail: fmt.Sprintf("so much text that behind the first %d pieces only what may hold a person's number was read", w.budget.segments)})
	}
	if MayHoldNumber([]byte(s.Text)) {
		for _, before := range sp.waiting {
			w.keep(before)
		}
		sp.waiting, sp.after = sp.waiting[:0], spareAround
		w.keep(s)
		return
	}
	if len(s.Text) > spareLength {
		return
	}
	if sp.after > 0 {
		sp.after--
		w.keep(s)
		return
	}
	if len(sp.waiting) == spareAround {
		copy(sp.waiting, sp.waiting[1:])
		sp.waiting = sp.waiting[:spareAround-1]
	}
	sp.waiting = append(sp.waiting, s)
}

// cutLong cuts a long text at blanks, never within a number that a blank parts.
func cutLong(text string) (list []string) {
	for len(text) > pieceBytes {
		cut := cutBefore(text, pieceBytes)
		list = append(list, strings.Clone(text[:cut])) // alone, it does not hold the whole text
		text = text[cut:]
	}
	return append(list, strings.Clone(text))
}

// cutBefore is the latest good place for a cut at or before end: a blank between words,
// else one with a digit before it, so that no number is parted from its label; in a text
// without blanks, behind what parts its fields.
func cutBefore(text string, end int) int {
	second, third := 0, 0
	for i := end; i > end-cutReach && i > 2; i-- {
		if text[i-1] != ' ' && text[i-1] != '\n' || digitAt(text, i) {
			if third == 0 && strings.IndexByte(";,|\t\n>}]\x00", text[i-1]) >= 0 {
				third = i
			}
			continue
		}
		if !digitAt(text, i-2) {
			return i
		}
		second = max(second, i)
	}
	if second = cmp.Or(second, third); second > 0 {
		return second
	}
	for end > 1 && !utf8.RuneStart(text[end]) {
		end--
	}
	return end
}

func digitAt(s string, i int) bool { return s[i] >= '0' && s[i] <= '9' }
