package compare

import "slices"

// apart leaves letters to one person that follow each other in a file as many as the list
// has rows for that person, as for two cases or two children. Where it has fewer they are
// one letter, whose later pages repeat whom it is for.
func (r *run) apart() {
	for _, f := range r.files {
		if !slices.ContainsFunc(f.letters, func(l *letter) bool { return l.again }) {
			continue
		}
		count := make(map[string]int) // letters to a person in the whole file, by name
		for _, l := range f.letters {
			count[l.info.Addressee.Mask(r.key).Digest()]++
		}
		var out []*letter
		for _, l := range f.letters {
			if n := count[l.info.Addressee.Mask(r.key).Digest()]; l.again && len(out) > 0 && n > r.rowsOf(l) {
				out[len(out)-1].join(l)
				continue
			}
			out = append(out, l)
		}
		f.letters = out
	}
}

// rowsOf is how many rows of the list are for whom a letter is made out.
func (r *run) rowsOf(l *letter) int {
	n := 0
	for _, i := range r.byName[l.info.Addressee.Mask(r.key).Digest()] {
		if r.budget--; r.budget < 0 {
			break
		}
		if p := r.people[i]; len(p.places) == 0 || l.info.Address.Empty() || p.lives(l.info.Address) {
			n++
		}
	}
	return n
}

// join adds what stands in a part of the same letter.
func (l *letter) join(more *letter) {
	l.parts = append(l.parts, more.parts...)
	l.beside = append(l.beside, more.beside...)
	for _, n := range more.numbers {
		if !slices.Contains(l.numbers, n) {
			l.numbers = append(l.numbers, n)
		}
	}
	for i, n := range more.sure {
		if !slices.Contains(l.sure, n) {
			l.sure, l.labels = append(l.sure, n), append(l.labels, more.labels[i])
		}
	}
	if l.masked == "" {
		l.masked = more.masked
	}
}
