package compare

import (
	"cmp"
	"slices"
)

// leading is the least number of letters from the first on that begin where the list
// says by which its pages are this file's, though later ones have moved.
const leading = 3

// byPage pairs the letters of a merged file by the pages on which the list says that they
// begin. It is false where the list has none, or where they are not this file's: where
// less than half of them begin a letter, and not even the first ones.
//
// A file is cut by the list, whatever its letters are. One letter with a page more than
// the list reckons with moves all behind it: each row then gets the last page of the
// letter before its own.
func (r *run) byPage(letters []*letter) bool {
	if !r.paged {
		return false
	}
	order := make([]int, len(r.people)) // rows by their pages
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(r.people[a].page, r.people[b].page) })
	begins := make(map[int]bool)
	found, first := 0, 0
	for i, l := range letters {
		begins[l.page] = true
		if _, ok := r.onPage(order, l.page); ok {
			found++
		}
		if i == first && i < len(order) && r.people[order[i]].page == l.page {
			first++
		}
	}
	if (found*2 < len(r.people) || found*2 < len(letters)) && first < leading {
		return false
	}
	moved := r.moved(letters, order, begins)
	for _, row := range order {
		if l := moved[row]; l != nil {
			r.pair(l, row)
		}
	}
	served := len(moved)
	for _, l := range letters {
		row, ok := r.onPage(order, l.page)
		switch {
		case ok:
			r.pair(l, row)
			served++
		case row < 0 || moved[row] == nil || r.target(l) != row:
			r.unlisted(l)
		}
	}
	r.without += len(r.people) - served
	return true
}

// onPage finds the row to which a page of the file goes, -1 for none; begins is true for
// its first.
func (r *run) onPage(order []int, page int) (row int, begins bool) {
	n, ok := slices.BinarySearchFunc(order, page, func(row, page int) int { return cmp.Compare(r.people[row].page, page) })
	if !ok {
		n--
	}
	if n < 0 || page <= 0 {
		return -1, false
	}
	return order[n], ok
}

// moved finds the rows that begin with a later page of another's letter: no letter begins
// where such a row does, and its own does further down.
func (r *run) moved(letters []*letter, order []int, begins map[int]bool) map[int]*letter {
	own := make(map[int]bool)
	for _, l := range letters {
		if t := r.target(l); t >= 0 && l.page > r.people[t].page {
			own[t] = true
		}
	}
	out := make(map[int]*letter)
	for _, row := range order {
		page := r.people[row].page
		next := slices.IndexFunc(letters, func(l *letter) bool { return l.page > page })
		if next > 0 && own[row] && !begins[page] && r.target(letters[next-1]) != row {
			out[row] = letters[next-1]
		}
	}
	return out
}
