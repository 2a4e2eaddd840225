package filekey

import (
	"slices"
	"strings"

	"brevvagt/detectors/subject"
)

// people finds the rows of a list by names in the names of files, whatever the order
// of the words, and by a part of them: "Eksempel, Testa" is Testa Prøve Eksempel when
// she is the only one who may be called so.
type people struct {
	words [][]string       // of each row's name, folded and sorted
	pairs map[string][]int // two words of a name that files have, too → rows, ascending
	same  func(i, j int) bool
}

// maxNameWords is the most words a name has.
const maxNameWords = 6

// maxAlike is how many rows may have two words in common that tell anything: what more
// of them have is no name but the kind of their case.
const maxAlike = 500

// newPeople indexes only the words that are in the names of files: a list may be as long
// as a register, and its columns full of words.
func newPeople(cells []string, same func(i, j int) bool, files [][]string) people {
	known := make(map[string]bool)
	for _, parts := range files {
		for _, w := range fold(parts) {
			known[w] = true
		}
	}
	out := people{make([][]string, len(cells)), make(map[string][]int), same}
	for i, cell := range cells {
		if strings.ContainsAny(cell, "0123456789@") {
			continue
		}
		words := fold(pieces(cell))
		if len(words) < 2 || len(words) > maxNameWords {
			continue
		}
		slices.Sort(words)
		told := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return !known[w] })
		if len(told) >= 2 {
			out.words[i] = words
		}
		for a := range told {
			for _, second := range told[a+1:] {
				k := told[a] + " " + second
				if rows := out.pairs[k]; len(rows) == 0 || rows[len(rows)-1] != i {
					out.pairs[k] = append(rows, i)
				}
			}
		}
	}
	return out
}

func fold(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = subject.Fold(w)
	}
	return out
}

// row finds the row whose name a file's name holds, by the longest row of words that
// is anybody's name or part of it. Words that two rows share tell neither, unless
// they are the whole name of one.
func (p people) row(parts []string) (int, bool) {
	if len(p.pairs) == 0 {
		return 0, false
	}
	words := fold(parts)
	for n := min(maxNameWords, len(words)); n >= 2; n-- {
		for i := 0; i+n <= len(words); i++ {
			if row, any, ok := p.called(words[i : i+n]); any {
				return row, ok
			}
		}
	}
	return 0, false
}

// called finds who may be called so: any says that somebody may, ok that it is one.
func (p people) called(window []string) (row int, any, ok bool) {
	first, second := window[0], window[1]
	alike := p.pairs[min(first, second)+" "+max(first, second)]
	if len(alike) > maxAlike {
		return 0, false, false
	}
	var whole, part []int
	for _, i := range alike {
		switch {
		case !contains(p.words[i], window):
		case len(p.words[i]) == len(window):
			whole = append(whole, i)
		default:
			part = append(part, i)
		}
	}
	for _, rows := range [][]int{whole, part} {
		if len(rows) > 0 {
			return rows[0], true, !slices.ContainsFunc(rows[1:], func(i int) bool { return !p.same(rows[0], i) })
		}
	}
	return 0, false, false
}

// contains reports whether all words of a part are among those of a name.
func contains(name, part []string) bool {
	return !slices.ContainsFunc(part, func(w string) bool { return !slices.Contains(name, w) })
}
