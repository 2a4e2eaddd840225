package verdict

import (
	"strings"

	"brevvagt/detectors/identity/digits"
	"brevvagt/detectors/identity/label"
)

// This file reads labels that stand before more than one number, and what the way to
// a number in an address says of it.

// maxList bounds, in bytes, the way back over the numbers and lines of a list.
const maxList = 4096

// list is the row and the list looked at last: a number and where its row begins, a
// line and where the words above its list end. It keeps long lists linear.
type list struct{ number, row, line, head int }

// listLabel is the label before the row or list that the number at start goes on:
// "Ordrenumre: 1202457026, 2206457026", or "P-enheder:" above lines of them.
func (f *Judge) listLabel(start int) label.Label {
	from, joined := f.rowBefore(start)
	if from == start {
		if from = f.listAbove(start); from < 0 {
			return label.Label{}
		}
		joined = false
	}
	l := label.Settle(label.Before(f.Text, from), f.Text, start)
	if !l.Direct || l.Kind != label.CPR && (l.Kind != label.Other || !joined && !many(f.Text[:from])) || l.Name == label.Born {
		return label.Label{}
	}
	l.Carried = true
	return l
}

// rowBefore goes back over numbers of ten digits that only blanks, commas and line
// ends part from each other and from s[i], or one "og". joined tells of the latter.
func (f *Judge) rowBefore(i int) (from int, joined bool) {
	from, joined = f.rowEnding(i)
	f.list.number, f.list.row = i, from
	return from, joined
}

// rowEnding is rowBefore, and remembers nothing.
func (f *Judge) rowEnding(i int) (from int, joined bool) {
	s, known := f.Text, f.list
	from = i
	for low := max(0, i-maxList); from > low; {
		k := from
		for k > low && partsNumbers[s[k-1]] {
			k--
		}
		if k > low && (s[k-1] == 'g' || s[k-1] == 't' || s[k-1] == 'd') {
			for _, and := range [...]string{" og", " samt", " and"} {
				if strings.HasSuffix(s[low:k], and) {
					k, joined = k-len(and), true
					break
				}
			}
		}
		n := 0
		for k-n > low && digits.Digit(s[k-n-1]) {
			n++
		}
		if n != 10 || from-k > 8 {
			return from, joined
		}
		if from = k - n; from == known.number {
			return known.row, joined
		}
	}
	return from, joined
}

// partsNumbers has the signs that part the numbers of a list.
var partsNumbers = label.SignSet(" ,;&/|\t\n\r")

// listAbove goes up from a number that begins its line over lines that begin so, too,
// and gives the end of the line above them when that ends in a colon; -1 otherwise.
func (f *Judge) listAbove(start int) (head int) {
	s, known := f.Text, f.list
	at := start
	for at > max(0, start-20) && s[at-1] != '\n' {
		if at--; label.Lower[s[at]&0x7f] != 0 && s[at] < 0x80 {
			return -1 // words on its line, as most
		}
	}
	if at == 0 || s[at-1] != '\n' || strings.Trim(s[at:start], " \t*-•·>") != "" {
		return -1
	}
	line := at
	defer func() { f.list.line, f.list.head = line, head }()
	for low := max(0, start-maxList); at > low; {
		above := low + strings.LastIndexByte(s[low:at-1], '\n') + 1
		words := strings.Trim(s[above:at-1], " \t\r*-•·>")
		switch {
		case words == "":
			return -1
		case words[len(words)-1] == ':':
			return above + strings.LastIndexByte(s[above:at-1], ':') + 1
		case !digits.Digit(words[0]):
			return -1
		}
		if at = above; at > 0 && at == known.line {
			return known.head
		}
	}
	return -1
}

// many reports whether the last word of s, a colon aside, speaks of more than one.
func many(s string) bool {
	s = strings.TrimRight(s, " \t\r\n:")
	low := strings.ToLower(s[max(0, len(s)-10):])
	for _, end := range [...]string{"numre", "numrene", "numbers", "er", "erne", "ids", "nr.e", "nos."} {
		if strings.HasSuffix(low, end) {
			return true
		}
	}
	return false
}
