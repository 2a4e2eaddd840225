package compare

import "slices"

// resortedFrom is the least number of letters whose order can be told from mistakes.
const resortedFrom = 6

// resorted pairs the letters of a merged file with the rows they agree with wholly
// where the order is not what links them: the list was sorted in another way than the
// letters. It is false for an order that a mistake makes, and when so few letters
// agree, or in such a way, that the order may be the link after all.
func (r *run) resorted(letters []*letter) bool {
	targets := make([]int, len(letters))
	taken := make(map[int]bool)
	var rows []int
	for i, l := range letters {
		t := r.target(l)
		if targets[i] = t; t >= 0 && !taken[t] && r.wholly(l, r.people[t]) {
			taken[t] = true
			rows = append(rows, t)
		}
	}
	if len(rows) < resortedFrom || len(rows)*5 < len(letters)*4 || !resort(rows) {
		return false
	}
	before := r.rest
	r.byTarget(letters, targets)
	r.sorted = len(rows) == len(letters) || len(r.strange) > 0 || slices.ContainsFunc(r.pairs, func(p pair) bool { return p.result.wrong() })
	if !r.sorted {
		r.pairs, r.rest = nil, before
	}
	return r.sorted
}

// wholly reports whether all that a letter says of its addressee is this person's: the
// name, and the address or number with it, where each that both have agrees.
func (r *run) wholly(l *letter, p *recipient) bool {
	if !p.is(l.info.Addressee) || r.others(l, p) {
		return false
	}
	address, number := len(p.places) > 0 && !l.info.Address.Empty(), p.number != "" && len(l.sure) > 0
	switch {
	case address && !p.lives(l.info.Address), number && !slices.Contains(l.numbers, p.number):
		return false
	}
	return address || number
}

// resort reports whether rows stand in an order that comes of sorting them anew. An
// order that a mistake makes keeps most of the old one: rows in their place, rows that
// still follow each other though further down, or pairs that changed places. The old
// order from the end is one of sorting, too.
func resort(rows []int) bool {
	n := len(rows)
	sorted := slices.Sorted(slices.Values(rows))
	rank := make([]int, n)
	for i, row := range rows {
		rank[i], _ = slices.BinarySearch(sorted, row)
	}
	inPlace, follow, swapped, reversed := 0, 0, 0, 0
	offsets := make(map[int]int)
	best := 0
	for i, k := range rank {
		d := (k - i + n) % n
		offsets[d]++
		best = max(best, offsets[d])
		switch {
		case k == i:
			inPlace++
		case rank[k] == i:
			swapped++
		}
		if i > 0 && k == rank[i-1]+1 {
			follow++
		}
		if k == n-1-i {
			reversed++
		}
	}
	if reversed == n {
		return true
	}
	return inPlace*3 < n && follow*2 < n && best*2 < n && swapped*2 < n-inPlace
}
