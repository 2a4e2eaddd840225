// Package boxes puts a number together that a form asks for in several fields of one
// line: a digit in each, the date and the four digits behind it, or day, month, year
// and serial.
package boxes

import (
	"cmp"
	"slices"
	"strings"

	"brevvagt/internal/columns"
)

// Field is a field that was filled in, with its place in points from the lower left.
type Field struct {
	Value                    string
	Left, Right, Top, Bottom float32
}

// Run is ten digits that stand on one line in neighbouring fields: six of a day and four
// behind them. First and Last are the indexes of the outer fields.
type Run struct {
	First, Last int
	Digits      string
}

// Limits of a line of fields.
const (
	widestGap = 30 // points between two fields that belong together: a printed dash has room
	numberLen = 10
	maxFields = 400
	maxPieces = 12 // a digit in each, with dashes of their own
)

// Order gives the indexes of the fields as one reads them: by lines from above, each
// from left to right.
func Order(fields []Field) []int {
	order := make([]int, len(fields))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(fields[b].Top, fields[a].Top) })
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && beside(&fields[order[from]], &fields[order[to]]) {
			to++
		}
		slices.SortStableFunc(order[from:to], func(a, b int) int { return cmp.Compare(fields[a].Left, fields[b].Left) })
		from = to
	}
	return order
}

// beside reports whether two fields stand on one line: the middle of each within the
// other's height.
func beside(a, b *Field) bool {
	ma, mb := (a.Top+a.Bottom)/2, (b.Top+b.Bottom)/2
	return ma < b.Top && ma > b.Bottom && mb < a.Top && mb > a.Bottom
}

// Possible reports whether values of a page's fields may be pieces of one number.
func Possible(values []string) bool {
	pieces := 0
	for _, v := range values {
		if isPiece(v) {
			pieces++
		}
	}
	return pieces > 1
}

// Runs finds the numbers of a page's fields, the first [maxFields] of them.
func Runs(fields []Field) (found []Run) {
	fields = fields[:min(len(fields), maxFields)]
	order := Order(fields)
	for from := 0; from < len(order); {
		to := from
		for to < len(order) && isPiece(fields[order[to]].Value) && (to == from || follows(&fields[order[to-1]], &fields[order[to]])) {
			to++
		}
		if to-from > 1 && to-from <= maxPieces {
			var values []string
			for _, i := range order[from:to] {
				values = append(values, strings.TrimSpace(fields[i].Value))
			}
			if digits := whole(values); digits != "" {
				found = append(found, Run{order[from], order[to-1], digits})
			}
		}
		from = max(to, from+1)
	}
	return found
}

func follows(a, b *Field) bool {
	return beside(a, b) && b.Left-a.Right < widestGap && b.Left > a.Left
}

// isPiece tells a value that can be part of a number or a dash between two.
func isPiece(s string) bool {
	s = strings.TrimSpace(s)
	return s != "" && len(s) <= numberLen && strings.Trim(s, "0123456789-./–") == "" && s != "/"
}

// whole joins the pieces: the date, in one or as day, month and year or a digit each,
// then the four digits, in one or a digit each; "" where they are no number.
func whole(values []string) string {
	var pieces []string
	for _, v := range values {
		if strings.Trim(v, "-–.") != "" {
			pieces = append(pieces, v)
		}
	}
	if len(pieces) == 2 {
		return strings.ReplaceAll(columns.Whole(pieces[0], pieces[1]), "-", "")
	}
	all := strings.Join(pieces, "")
	switch {
	case strings.Trim(all, "0123456789") != "":
		return ""
	case len(pieces) == 4 && len(pieces[2]) == 4: // day, month, year in full, serial
		return strings.ReplaceAll(columns.Whole(all[:max(0, len(all)-4)], pieces[3]), "-", "")
	case len(all) != numberLen || !even(pieces):
		return ""
	}
	return strings.ReplaceAll(columns.Whole(all[:6], all[6:]), "-", "")
}

// even reports whether the pieces are of one size until the date ends, and so behind it:
// amounts side by side are not.
func even(pieces []string) bool {
	at, size := 0, len(pieces[0])
	for _, p := range pieces {
		if at == 6 {
			size = len(p)
		}
		if size == 3 || len(p) != size || at < 6 && at+len(p) > 6 {
			return false
		}
		at += len(p)
	}
	return true
}
