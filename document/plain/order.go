package plain

import (
	"regexp"
	"slices"
	"strings"
)

// This file reads numbers that a page shows in another order than its text has them in:
// styles set the boxes of a row, or the letters of a word, from right to left.

var (
	// turnsLetters is a style that sets the letters of an element from right to left.
	turnsLetters = regexp.MustCompile(`(?i)(?:bidi-override.*direction\s*:\s*rtl|direction\s*:\s*rtl.*bidi-override|writing-mode\s*:\s*rl)`)
	turnsBoxes   = regexp.MustCompile(`(?i)row-reverse|float\s*:\s*right|direction\s*:\s*rtl`)
	turnsSheet   = regexp.MustCompile(`(?i)bidi-override`)
	digitRow     = regexp.MustCompile(`\d[\d\s-]{8,14}\d`)
)

// order gathers the pieces of a number that stand in boxes of their own.
type order struct {
	boxes   bool // a style of the page sets boxes from right to left
	letters bool // a style sheet of the page sets letters so
	pieces  []string
}

func (o *order) style(css string) {
	o.boxes = o.boxes || css != "" && turnsBoxes.MatchString(css)
}

func (o *order) sheet(css string) { o.letters = o.letters || turnsSheet.MatchString(css) }

// longestPiece is the longest box of a number: its date.
const longestPiece = 6

// piece takes the text of a box. The answer is the number that the boxes before it show
// when they are read from the last to the first, "" when they are none.
func (o *order) piece(s string) string {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return ""
	case len(s) <= longestPiece && strings.Trim(s, "0123456789-") == "":
		o.pieces = append(o.pieces, s)
		return ""
	}
	return o.take()
}

func (o *order) take() string {
	if len(o.pieces) == 0 {
		return ""
	}
	slices.Reverse(o.pieces)
	number := strings.Join(o.pieces, "")
	n := len(o.pieces)
	o.pieces = o.pieces[:0]
	if digits := len(number) - strings.Count(number, "-"); !o.boxes || n < 2 || digits != 10 {
		return ""
	}
	return number
}

// reversed gives the rows of digits of a paragraph from their ends, where a style sheet
// may show them so.
func (o *order) reversed(text []byte) string {
	if !o.letters {
		return ""
	}
	rows := digitRow.FindAllString(string(text), 1000)
	for i, row := range rows {
		r := []byte(row)
		slices.Reverse(r)
		rows[i] = string(r)
	}
	return strings.Join(rows, "\n")
}
