package compare

import (
	"slices"
	"strings"

	"brevvagt/scanner/source/letters/filekey"
)

// assign pairs the letters of a run with the rows of its list; it is false when
// the list does not speak of these files.
func (r *run) assign(hasFiles bool) bool {
	r.files = slices.DeleteFunc(r.files, func(f *file) bool { return Ignored(base(f.path)) })
	if hasFiles {
		if ok, done := r.byFile(); done {
			return ok
		}
	}
	letters := r.letters()
	if r.byNames {
		return r.hits(letters)*2 >= len(letters) && r.byKey(letters)
	}
	if f := r.merged(letters); f != nil {
		return r.byPage(f.letters) || r.inOrder(f.letters)
	}
	return r.byKey(letters) || r.loose(letters)
}

// Ignored tells the files that file managers leave behind.
func Ignored(name string) bool {
	return strings.HasPrefix(name, ".") || strings.EqualFold(name, "thumbs.db") || strings.EqualFold(name, "desktop.ini")
}

// byFile pairs by the column with file names. done is false when it does not name
// these files, or one file for all with a letter for each.
func (r *run) byFile() (ok, done bool) {
	paths := make([]string, len(r.files))
	for i, f := range r.files {
		paths[i] = f.path
	}
	names := filekey.NewNames(paths)
	found := make([][]*file, len(r.people))
	resolved, rows, load := 0, 0, 0
	distinct := make(map[*file]bool)
	for i, p := range r.people {
		if len(p.refs) == 0 {
			continue
		}
		rows++
		if load < maxPairs {
			for _, f := range names.Of(p.refs) {
				found[i] = append(found[i], r.files[f])
			}
			load += len(found[i])
		}
		if len(found[i]) > 0 || load >= maxPairs {
			resolved++
		}
		for _, f := range found[i] {
			distinct[f] = true
		}
	}
	if resolved == 0 || resolved*2 < rows {
		return false, false
	}
	if f := r.merged(r.letters()); len(distinct) == 1 && rows > 1 && f != nil && distinct[f] && (len(f.letters) == rows || r.hits(f.letters)*2 >= rows) {
		return r.byPage(f.letters) || r.inOrder(f.letters), true
	}
	for i, p := range r.people {
		switch {
		case len(found[i]) > 0:
			for _, f := range found[i] {
				for _, l := range f.letters {
					r.pair(l, i)
				}
			}
		case load >= maxPairs:
			r.cut = true
		case len(p.refs) > 0:
			r.missing = append(r.missing, redact(strings.ReplaceAll(p.refs[0], "\\", "/")))
		default:
			r.without++
		}
	}
	for _, f := range r.files {
		for _, l := range f.letters {
			if !distinct[f] && !l.info.Addressee.Empty() {
				r.unlisted(l)
			}
		}
	}
	return true, true
}

func (r *run) letters() []*letter {
	var out []*letter
	for _, f := range r.files {
		out = append(out, f.letters...)
	}
	return out
}

// merged is the one file that holds all letters, if there is one.
func (r *run) merged(letters []*letter) *file {
	var one *file
	for _, l := range letters {
		if l.named() && one != nil && l.file != one {
			return nil
		}
		if l.named() {
			one = l.file
		}
	}
	if one == nil || len(one.letters) < 2 {
		return nil
	}
	return one
}

// hits counts letters that are made out for somebody on the list.
func (r *run) hits(letters []*letter) int {
	n := 0
	for _, l := range letters {
		if r.target(l) >= 0 {
			n++
		}
	}
	return n
}

// strictLetters is the least number of letters by which a list without any name
// in common with them is still taken for theirs: old letters beside a new list.
const strictLetters = 5

// strangers reports whether all files are letters to people, though to nobody on
// the list.
func (r *run) strangers(letters []*letter) bool {
	named := 0
	for _, l := range letters {
		if !l.info.Addressee.Empty() && !l.info.Address.Empty() {
			named++
		}
	}
	listed := 0
	for _, p := range r.people {
		if len(p.places) > 0 || p.number != "" {
			listed++
		}
	}
	return !r.homes && named >= strictLetters && named*10 >= len(letters)*9 && named*2 >= len(r.people) && listed*2 >= len(r.people)
}

// inOrder pairs the letters of a merged file with the rows, first with first. Where
// the counts differ it catches up after rows without a letter.
func (r *run) inOrder(letters []*letter) bool {
	hits := r.hits(letters)
	if (len(letters) != len(r.people) || r.homes) && hits*2 < len(letters) && !r.strangers(letters) {
		return false
	}
	if r.resorted(letters) {
		return true
	}
	if len(letters) == len(r.people) {
		for i, l := range letters {
			r.pair(l, i)
		}
		return true
	}
	const reach = 5
	next := 0
	for _, l := range letters {
		if next < len(r.people) && r.judge(l, r.people[next]).wrong() {
			if t := r.target(l); t > next && t <= next+reach {
				r.without += t - next
				next = t
			} else if t >= 0 && t < next && t+1 == next {
				r.pair(l, t) // a second letter to the one before
				continue
			}
		}
		switch t := r.target(l); {
		case next < len(r.people):
			r.pair(l, next)
			next++
		case t >= 0:
			r.pair(l, t)
		default:
			r.unlisted(l)
		}
	}
	r.without += len(r.people) - next
	return true
}

// loose pairs files that no column names: by their numbers where those follow the
// list, else each with the recipient it is made out for.
func (r *run) loose(letters []*letter) bool {
	slices.SortStableFunc(letters, func(a, b *letter) int {
		if filekey.Natural(a.file.path, b.file.path) {
			return -1
		}
		if filekey.Natural(b.file.path, a.file.path) {
			return 1
		}
		return 0
	})
	targets := make([]int, len(letters))
	offsets := make(map[int]int)
	hits, named := 0, 0
	for i, l := range letters {
		targets[i] = r.target(l)
		if l.named() || !l.info.Salutation.Empty() {
			named++
		}
		if targets[i] >= 0 {
			hits++
			offsets[targets[i]-i]++
		}
	}
	equal := len(letters) == len(r.people) && named*2 >= len(letters) && (!r.homes || hits > 0)
	if !equal && !(hits*2 >= len(letters) && hits*2 >= len(r.people)) && !r.strangers(letters) {
		return false
	}
	best := 0
	for _, n := range offsets {
		best = max(best, n)
	}
	if equal && (hits*2 < len(letters) || best*2 >= len(letters) && filekey.Serial(paths(letters))) {
		for i, l := range letters {
			r.pair(l, i)
		}
		return true
	}
	r.byTarget(letters, targets)
	return true
}

// byTarget pairs letters with whom they are made out for, and what is left over
// with the rows that are left over.
func (r *run) byTarget(letters []*letter, targets []int) {
	served := make([]bool, len(r.people))
	for i, l := range letters {
		if t := targets[i]; t >= 0 {
			t = r.furtherRow(t, served)
			served[t] = true
			r.pair(l, t)
		}
	}
	next := 0
	for i, l := range letters {
		if targets[i] >= 0 {
			continue
		}
		for next < len(served) && served[next] {
			next++
		}
		if next == len(served) {
			r.unlisted(l)
			continue
		}
		served[next] = true
		r.pair(l, next)
	}
	for _, ok := range served {
		if !ok {
			r.without++
		}
	}
}

// furtherRow is a row's person's next row that has no letter, or the row itself: several
// bills to one person are as many rows.
func (r *run) furtherRow(row int, served []bool) int {
	if !served[row] {
		return row
	}
	for _, k := range r.byName[r.people[row].name.Mask(r.key).Digest()] {
		if !served[k] && r.onePerson(k, row) {
			return k
		}
	}
	return row
}

// unlisted takes note of a letter that no row of the list is for: one to a person who
// is not on the list is wrong, one to somebody who is, in a file that the list
// does not name, is a warning, and one whose addressee cannot be read, with somebody's
// number or address in it, is unknown. What names nobody, as guidance to all, is neither.
func (r *run) unlisted(l *letter) {
	switch {
	case !l.info.Addressee.Empty() && (r.byNames || r.target(l) >= 0):
		r.extra = append(r.extra, l.where())
	case !l.info.Addressee.Empty():
		r.strange = append(r.strange, l)
	case l.named() || len(l.sure) > 0:
		r.unread = append(r.unread, l.where())
	}
}

func paths(letters []*letter) []string {
	var out []string
	for _, l := range letters {
		out = append(out, l.file.path)
	}
	return out
}

// maxPairs bounds the comparisons of one run: a list of a million rows that all
// name one archive of thousands would ask for billions.
const maxPairs = 500_000

func (r *run) pair(l *letter, row int) {
	if len(r.pairs) >= maxPairs {
		r.cut = true
		return
	}
	p := pair{letter: l, row: row, result: r.judge(l, r.people[row]), target: -1}
	if p.result.wrong() {
		p.target = r.target(l)
	}
	if p.result == wrongInside {
		p.target = r.within(l, r.people[row], p.target)
	}
	r.pairs = append(r.pairs, p)
}
