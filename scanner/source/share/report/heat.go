package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"brevvagt/scanner/source/share/walk"
)

// Age is how long a file has lain as it is.
type Age int

// The ages: under a year, under five years, and older, when most case files are to be gone.
const (
	Young Age = iota
	Middle
	Old
	Ages int = iota
)

// AgeOf puts a time of change into one of the ages.
func AgeOf(modified, now time.Time) Age {
	switch {
	case modified.Before(now.AddDate(-5, 0, 0)):
		return Old
	case modified.Before(now.AddDate(-1, 0, 0)):
		return Middle
	}
	return Young
}

// Cell is a field of the heat map: files of one age that equally many may read.
type Cell struct {
	Files, Persons int // persons are distinct
	Score          int64
}

// Group is what one owner's folders on one share hold, or all of a share where Owner
// is empty and it stands among the shares.
type Group struct {
	Share, Owner string
	Files, New   int
	Persons      int // distinct
	Everyone     int // files that everybody may read
	Oldest       time.Time
	Score        int64
	Heat         [walk.Everyone + 1][Ages]Cell
}

// counting is a group while it is made: who was counted already, in all and in a cell.
type counting struct {
	Group
	seen  map[string]struct{}
	cells [walk.Everyone + 1][Ages]map[string]struct{}
}

func (g *counting) add(f *File, now time.Time) {
	g.Files++
	g.Score += f.Score
	if f.New {
		g.New++
	}
	if f.Breadth == walk.Everyone {
		g.Everyone++
	}
	if g.Oldest.IsZero() || f.Modified.Before(g.Oldest) {
		g.Oldest = f.Modified
	}
	age := AgeOf(f.Modified, now)
	cell, seen := &g.Heat[f.Breadth][age], &g.cells[f.Breadth][age]
	if g.seen == nil {
		g.seen = make(map[string]struct{})
	}
	if *seen == nil {
		*seen = make(map[string]struct{})
	}
	cell.Files++
	cell.Score += f.Score
	for _, p := range f.people {
		g.seen[p], (*seen)[p] = struct{}{}, struct{}{}
	}
	// Those beyond what is kept of one file are counted for each.
	unnamed := f.Persons - len(f.people)
	g.Persons += unnamed
	cell.Persons += unnamed
}

func (g *counting) done() Group {
	g.Persons += len(g.seen)
	for b := range g.cells {
		for a := range g.cells[b] {
			g.Heat[b][a].Persons += len(g.cells[b][a])
		}
	}
	return g.Group
}

// sums are the groups while the files are counted.
type sums struct {
	now    time.Time
	owners map[sumKey]*counting
	shares map[sumKey]*counting
}

type sumKey struct{ share, owner string }

func newSums(now time.Time) *sums {
	return &sums{now, make(map[sumKey]*counting), make(map[sumKey]*counting)}
}

// add counts a file that still lies there.
func (s *sums) add(f *File) {
	if f.Case != "" {
		return
	}
	count := func(in map[sumKey]*counting, k sumKey) {
		if in[k] == nil {
			in[k] = &counting{Group: Group{Share: k.share, Owner: k.owner}}
		}
		in[k].add(f, s.now)
	}
	count(s.owners, sumKey{f.Share, f.Owner})
	count(s.shares, sumKey{f.Share, ""})
}

// groups are the sums, the worst first.
func (s *sums) groups() (owners, shares []Group) { return sorted(s.owners), sorted(s.shares) }

func sorted(groups map[sumKey]*counting) []Group {
	list := make([]Group, 0, len(groups))
	for _, g := range groups {
		list = append(list, g.done())
	}
	slices.SortFunc(list, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.Share, b.Share), strings.Compare(a.Owner, b.Owner))
	})
	return list
}

// broadest are those who may read, the most first.
func broadest() []walk.Breadth {
	return []walk.Breadth{walk.Everyone, walk.Group, walk.Unknown, walk.Owner}
}

func agesDa() []string { return []string{"under 1 år", "1-5 år", "over 5 år"} }

// heatTable is the heat map of whole shares, narrow enough for a terminal: a line for
// each breadth of access at which somebody was found.
func (r *Report) heatTable() sheet {
	s := sheet{"Varmekort: forskellige personer", slices.Concat([]string{"Fællesdrev", "Kan læses af"}, agesDa()), nil}
	for i := range r.Shares {
		for _, b := range broadest() {
			row, persons := []any{r.Shares[i].Share, breadthDa(b)}, 0
			for _, cell := range r.Shares[i].Heat[b] {
				row, persons = append(row, cell.Persons), persons+cell.Persons
			}
			if persons > 0 {
				s.rows = append(s.rows, row)
			}
		}
	}
	return s
}

// heatSheet is the heat map as a table: a line for each share and each of its owners.
func (r *Report) heatSheet() sheet {
	s := sheet{"Varmekort", []string{"Fællesdrev", "Mappens ejer"}, nil}
	for _, b := range broadest() {
		for _, age := range agesDa() {
			s.header = append(s.header, "Personer, "+breadthDa(b)+", "+age)
		}
	}
	line := func(g *Group, owner string) {
		row := []any{g.Share, owner}
		for _, b := range broadest() {
			for a := range Ages {
				row = append(row, g.Heat[b][a].Persons)
			}
		}
		s.rows = append(s.rows, row)
	}
	for i := range r.Shares {
		line(&r.Shares[i], "(hele drevet)")
		for j := range r.Groups {
			if r.Groups[j].Share == r.Shares[i].Share {
				line(&r.Groups[j], r.Groups[j].Owner)
			}
		}
	}
	return s
}
