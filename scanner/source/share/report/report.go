// Package report tells what lies on shares: which files hold data on how many
// people, who may read them, how old they are, what is new since the last night, and
// how it goes from night to night. Nothing in it is a full number.
package report

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"brevvagt/detectors"
	"brevvagt/scanner/source/share/found"
	"brevvagt/scanner/source/share/state"
	"brevvagt/scanner/source/share/walk"
)

// File is a file with findings.
type File struct {
	Share, Path string
	Owner       string // of its folder
	Breadth     walk.Breadth
	Modified    time.Time
	Persons     int
	Rules       []string
	New         bool   // since the night before the last
	Case        string // that holds it, "" for one that still lies there
	Score       int64

	people []string
}

// Group is what one owner's folders on one share hold.
type Group struct {
	Share, Owner string
	Files, New   int
	Persons      int // distinct
	Everyone     int // files that everybody may read
	Oldest       time.Time
	Score        int64
}

// Night is what a share held after one run.
type Night struct {
	Share string
	At    time.Time
	found.Totals
}

// Unread is a file or folder that could not be read; Why is a word of walk or state.
type Unread struct{ Share, Path, Why string }

// Report is all of it, sorted: what is worst comes first.
type Report struct {
	Made   time.Time
	Files  []File
	Groups []Group
	Nights []Night // newest first
	Unread []Unread
}

// Share is a share to report on.
type Share struct {
	Name string
	Show func(path string) string
}

// nights is how many runs of a share the trend shows.
const nights = 30

// Build gathers the report of some shares; one that was never scanned is left out.
func Build(ctx context.Context, db *state.DB, shares []Share, now time.Time) (*Report, error) {
	r := &Report{Made: now}
	for _, sh := range shares {
		src, err := db.EnsureSource(ctx, sh.Name)
		if err != nil {
			return nil, err
		}
		runs, err := db.Runs(ctx, src.ID, nights)
		if err != nil {
			return nil, err
		}
		last := int64(0)
		for _, run := range runs {
			if run.Stage != state.Finished {
				continue
			}
			last = max(last, run.ID)
			r.Nights = append(r.Nights, Night{sh.Name, run.Finished, found.DecodeTotals(run.Summary)})
		}
		if err := r.add(ctx, db, src.ID, sh, last); err != nil {
			return nil, err
		}
	}
	r.group()
	slices.SortFunc(r.Files, func(a, b File) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.Share, b.Share), strings.Compare(a.Path, b.Path))
	})
	slices.SortFunc(r.Unread, func(a, b Unread) int {
		return cmp.Or(strings.Compare(a.Share, b.Share), strings.Compare(a.Path, b.Path))
	})
	return r, nil
}

func (r *Report) add(ctx context.Context, db *state.DB, source int64, sh Share, last int64) error {
	err := db.EachHit(ctx, source, func(h state.Hit) error {
		if h.Gone && h.Case == "" {
			return nil
		}
		f := File{Share: sh.Name, Path: Clean(sh.Show(h.Path())), Owner: Clean(h.Owner), Breadth: h.Breadth, Modified: h.Modified,
			Persons: h.Findings.Persons, Rules: h.Findings.Rules, New: h.FirstRun >= last && last > 0, people: h.Findings.People}
		if h.Gone {
			f.Case = h.Case
		}
		f.Score = Score(h.Findings.Persons, h.Breadth, h.Modified, r.Made)
		r.Files = append(r.Files, f)
		return nil
	})
	if err != nil {
		return err
	}
	return db.EachUnread(ctx, source, func(u state.Unread) error {
		path := sh.Show(u.Path)
		if u.Folder {
			path = strings.TrimSuffix(path, "/") + "/"
		}
		r.Unread = append(r.Unread, Unread{sh.Name, Clean(path), u.Trouble})
		return nil
	})
}

// Clean makes a path fit to be shown: numbers masked, in valid UTF-8, on one line.
func Clean(s string) string {
	return strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return '?'
		}
		return c
	}, strings.ToValidUTF8(detectors.RedactNumbers(s), "?"))
}

// Score weighs a file: people, times who may read it, times how long it has lain.
// Everybody counts five times the owner alone; what is older than a year counts
// twice, than five years (after which most case files are to be gone) three times.
func Score(persons int, b walk.Breadth, modified, now time.Time) int64 {
	weight := map[walk.Breadth]int64{walk.Owner: 1, walk.Group: 2, walk.Unknown: 2, walk.Everyone: 5}[b]
	age := int64(1)
	switch {
	case modified.Before(now.AddDate(-5, 0, 0)):
		age = 3
	case modified.Before(now.AddDate(-1, 0, 0)):
		age = 2
	}
	return int64(max(1, persons)) * weight * age
}

// Severity is a score in a word.
func Severity(score int64) string {
	switch {
	case score >= 500:
		return "kritisk"
	case score >= 50:
		return "høj"
	case score >= 5:
		return "middel"
	}
	return "lav"
}

// group sums up the files that still lie there, by share and folder owner.
func (r *Report) group() {
	type key struct{ share, owner string }
	groups := make(map[key]*Group)
	people := make(map[key]map[string]bool)
	for i := range r.Files {
		f := &r.Files[i]
		if f.Case != "" {
			continue
		}
		k := key{f.Share, f.Owner}
		g := groups[k]
		if g == nil {
			g = &Group{Share: f.Share, Owner: f.Owner, Oldest: f.Modified}
			groups[k], people[k] = g, make(map[string]bool)
		}
		g.Files++
		g.Score += f.Score
		if f.New {
			g.New++
		}
		if f.Breadth == walk.Everyone {
			g.Everyone++
		}
		if f.Modified.Before(g.Oldest) {
			g.Oldest = f.Modified
		}
		for _, p := range f.people {
			people[k][p] = true
		}
		g.Persons += f.Persons - len(f.people) // those beyond what is kept of one file
	}
	for k, g := range groups {
		g.Persons += len(people[k])
		r.Groups = append(r.Groups, *g)
	}
	slices.SortFunc(r.Groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.Share, b.Share), strings.Compare(a.Owner, b.Owner))
	})
}
