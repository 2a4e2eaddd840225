package parties

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"brevvagt/detectors/subject"
)

// Strangers finds the papers about somebody else than most papers, or the mail
// itself, are about. A paper is foreign when the person whom the others are about
// does not occur in it at all and another does; a spouse mentioned in the person's
// own papers, or a child beside its parent, is not.
func (it *Item) Strangers() Strangers {
	if it.apart == nil {
		s := it.strangers()
		if len(s.Odd) == 0 && len(it.External) > 0 && !it.bare() {
			s = it.unnamed()
		}
		it.apart = &s
	}
	return *it.apart
}

func (it *Item) strangers() Strangers {
	if it.bare() {
		return Strangers{}
	}
	about := it.about()
	main, count, said := it.mainPerson(about)
	if len(it.External) == 0 || count == 0 {
		return Strangers{}
	}
	out := Strangers{Papers: len(about), Main: main, Who: it.who(main)}
	for _, p := range about {
		if p.body || p.holds(it, main) {
			continue
		}
		if o, ok := it.stranger(p, main, count); ok && !it.together(o.Person, main) {
			out.Odd = append(out.Odd, o)
		}
	}
	// Strangers must be few, or it is a bundle about many; but what the mail itself
	// says it is about is not to be outvoted.
	n := len(out.Odd)
	if n == 0 || !said && (n > count/2+1 || n >= count && count < 3 && n > 1) {
		return Strangers{}
	}
	out.NameOnly = it.Subjects[out.Odd[0].Person].NameOnly
	return out
}

// about are the papers that are about somebody.
func (it *Item) about() []*paper {
	var out []*paper
	b := it.bundle()
	for i := range b.papers {
		p := &b.papers[i]
		if p.body {
			// The mail's text counts where it says whom it is about: a number, or a
			// name in its subject or after "Vedr.".
			if len(p.principals(it)) == 1 {
				out = append(out, p)
			}
			continue
		}
		if len(p.principals(it)) > 0 {
			out = append(out, p)
		}
	}
	return out
}

// mainPerson is whom the papers are about and in how many of them that person
// occurs; 0 when they do not agree on anybody. Two papers are the least that do,
// or one and the mail itself. A tie goes to the smaller id, so that the answer does
// not depend on the order of a map.
func (it *Item) mainPerson(papers []*paper) (person, count int, said bool) {
	counts := it.counts(papers)
	person = -1
	for i := range it.Subjects {
		if n := counts[i]; n > 0 && (n > count || n == count && it.before(i, person)) {
			person, count = i, n
		}
	}
	for _, p := range papers {
		if !p.body {
			continue
		}
		// The mail says whom it is about: by number, or by name in a line for it.
		if i := p.principals(it)[0]; len(papers) > 1 && (!it.Subjects[i].NameOnly || counts[i] >= 2 || count < 2) {
			return i, max(1, counts[i]), true
		}
	}
	if count < 2 {
		return -1, 0, false
	}
	return person, count, false
}

// likely is of how many people it is looked up whether papers mention them by name
// as well: the person most papers are about is among those found in most.
const likely = 8

// counts tells in how many papers the likely people occur.
func (it *Item) counts(papers []*paper) map[int]int {
	found := make(map[int]int)
	for _, p := range papers {
		for i := range p.people {
			found[i]++
		}
	}
	people := slices.SortedFunc(maps.Keys(found), func(a, b int) int { return cmp.Or(found[b]-found[a], a-b) })
	counts := make(map[int]int)
	for _, i := range people[:min(likely, len(people))] {
		for _, p := range papers {
			if p.holds(it, i) {
				counts[i]++
			}
		}
	}
	return counts
}

// before orders people: those with a number before those with a name alone.
func (it *Item) before(a, b int) bool {
	if b < 0 {
		return true
	}
	if it.Subjects[a].NameOnly != it.Subjects[b].NameOnly {
		return it.Subjects[b].NameOnly
	}
	return it.Subjects[a].ID < it.Subjects[b].ID
}

// stranger judges a paper in which the main person does not occur.
func (it *Item) stranger(p *paper, main, count int) (Odd, bool) {
	people := p.principals(it)
	numbered := slices.IndexFunc(people, func(i int) bool { return !it.Subjects[i].NameOnly })
	if numbered >= 0 {
		return it.odd(p, people[numbered]), true
	}
	// By name alone it is surer where the paper says whom it is about than where a
	// letter is merely written to somebody, and where the names are no family's.
	i := people[0]
	s := &it.Subjects[i]
	if !s.Name.Full() || !it.Subjects[main].Name.Full() {
		return Odd{}, false
	}
	o := it.odd(p, i)
	o.Weak = p.people[i].role != subject.About || count < it.needed(p.people[i].at) || s.Name.Relative(it.Subjects[main].Name)
	return o, true
}

// needed is how many other papers must agree before a name alone stops an item: two
// where the paper says what it is about, three where a field just holds a name.
func (it *Item) needed(o subject.Occurrence) int {
	text := it.Doc.Segments[o.Segment].Text
	if o.Field || o.End <= len(text) && strings.HasPrefix(strings.ToLower(strings.TrimSpace(text[o.Start:o.End])), "navn") {
		return 3
	}
	return 2
}

// together reports whether two people occur in one paper: then the other belongs to
// the case, as a spouse or a child does, and a paper of their own is in its place.
func (it *Item) together(a, b int) bool {
	read := it.bundle()
	return slices.ContainsFunc(read.papers, func(p paper) bool { return p.holds(it, a) && p.holds(it, b) })
}

// odd is a person in a paper in which another was to be expected.
func (it *Item) odd(p *paper, person int) Odd {
	return Odd{Where: p.name(), Who: it.who(person), Person: person, At: p.people[person].at}
}
