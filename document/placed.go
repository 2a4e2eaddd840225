package document

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Placed is a piece of text where a drawing puts it: X grows to the right, Y down the
// page, Size is the height of its letters, all in one unit of the format's choice.
type Placed struct {
	X, Y, Size float64
	Text       string
}

// MaxPlaced is how many pieces of one page are put in order.
const MaxPlaced = 50_000

// Lines puts the pieces of a page into the order in which they are read and gives the
// lines that say more than their pieces do in the order of the file: a number that is
// drawn in several pieces, or one whose label stands before it on the page only.
func Lines(pieces []Placed) (lines []string) {
	pieces = slices.Clone(pieces[:min(len(pieces), MaxPlaced)])
	slices.SortStableFunc(pieces, func(a, b Placed) int { return cmp.Compare(a.Y, b.Y) })
	var above []Placed
	for len(pieces) > 0 {
		n := 1
		for n < len(pieces) && pieces[n].Y-pieces[0].Y <= max(pieces[0].Size, 1)/2 {
			n++
		}
		line := pieces[:n]
		pieces = pieces[n:]
		lines = append(lines, broken(above, line)...)
		above = line
		if n < 2 {
			continue
		}
		slices.SortStableFunc(line, func(a, b Placed) int { return cmp.Compare(a.X, b.X) })
		if text := inOrder(line); MayHoldNumber([]byte(text)) && saysMore(line, text) {
			lines = append(lines, text)
		}
	}
	return lines
}

// broken gives the numbers that a line breaks off behind their hyphen and the next one,
// or the one after that, goes on with right below.
func broken(above, below []Placed) (lines []string) {
	for _, p := range above {
		n := len(p.Text)
		if n < 7 || p.Text[n-1] != '-' || !pieceOf(p.Text[n-7:]) {
			continue
		}
		for _, q := range below {
			if q.Y-p.Y <= 3*max(p.Size, 1) && math.Abs(q.X-p.X) <= max(p.Size, 1) && len(q.Text) >= 4 && pieceOf(q.Text[:4]) {
				lines = append(lines, p.Text+q.Text)
			}
		}
	}
	return lines
}

// inOrder joins the pieces of a line. Signs that are drawn one by one make one word.
func inOrder(line []Placed) string {
	var b strings.Builder
	single := false
	for i, p := range line {
		one := utf8.RuneCountInString(p.Text) == 1
		if i > 0 && !(one && single) && !touch(line[i-1], p) {
			b.WriteByte(' ')
		}
		b.WriteString(p.Text)
		single = one
	}
	return b.String()
}

// touch reports whether two pieces of a number stand so close that no blank parts them:
// a program may draw "2206", "45" and "-7026" one after the other.
func touch(a, b Placed) bool {
	if a.Text == "" || strings.Trim(a.Text+b.Text, "0123456789-") != "" {
		return false
	}
	const digit, dash, blank = 0.55, 0.35, 0.22 // how wide they are in usual fonts, of the size
	dashes := float64(strings.Count(a.Text, "-"))
	return math.Abs(b.X-a.X-a.Size*(digit*(float64(len(a.Text))-dashes)+dash*dashes)) < a.Size*blank
}

var hyphens = strings.NewReplacer(" -", "-", "- ", "-")

func saysMore(line []Placed, text string) bool {
	alone := 0
	for _, p := range line {
		if MayHoldNumber([]byte(p.Text)) {
			if numberLabel.MatchString(p.Text) {
				return false
			}
			alone++
		}
	}
	// Two boxes of six and four digits are no number by themselves; a hyphen says so.
	return numberLabel.MatchString(text) || alone == 0 && HoldsParted([]byte(hyphens.Replace(text)))
}
