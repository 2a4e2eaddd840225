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

	dir      string // within the share, as it is
	firstRun int64
	people   []string
}

// Night is what a share held after one run.
type Night struct {
	Share string
	At    time.Time
	found.Totals
}

// Partly comes before the reason of a gap when only some of a file could be read.
const Partly = "part-"

// Unread is a file or folder that could not be read, or not wholly; Why is a word of
// walk, or the reason of a gap after Partly.
type Unread struct{ Share, Path, Why string }

// Report is all of it, sorted: what is worst comes first.
type Report struct {
	Made   time.Time
	Files  []File
	Groups []Group // one for each owner of folders on each share
	Shares []Group // one for each share, of all owners
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

// Want says which files a report is about.
type Want struct {
	// Keep picks files; nil takes all.
	Keep func(*File) bool
	// Most bounds the files that are listed, the worst of them; 0 is all. The sums are
	// of all that Keep picks.
	Most int
}

// Build gathers the report of some shares; one that was never scanned is left out.
func Build(ctx context.Context, db *state.DB, shares []Share, now time.Time, want Want) (*Report, error) {
	r := &Report{Made: now}
	sums := newSums(now)
	for _, sh := range shares {
		src, err := db.EnsureSource(ctx, sh.Name)
		if err != nil {
			return nil, err
		}
		list, last, err := trend(ctx, db, src.ID, sh.Name)
		if err != nil {
			return nil, err
		}
		r.Nights = append(r.Nights, list...)
		if err := r.add(ctx, db, about{src.ID, sh, last, want}, sums); err != nil {
			return nil, err
		}
	}
	r.Groups, r.Shares = sums.groups()
	r.worst(want.Most)
	slices.SortFunc(r.Unread, func(a, b Unread) int {
		return cmp.Or(strings.Compare(a.Share, b.Share), strings.Compare(a.Path, b.Path))
	})
	return r, nil
}

// worst sorts the files and lets go of those beyond the first n; 0 keeps all.
func (r *Report) worst(n int) {
	slices.SortFunc(r.Files, func(a, b File) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.Share, b.Share), strings.Compare(a.Path, b.Path))
	})
	if n > 0 && len(r.Files) > n {
		clear(r.Files[n:])
		r.Files = r.Files[:n]
	}
}

// about is one share while it is read.
type about struct {
	source int64
	Share
	last int64 // run that ended well
	want Want
}

func (r *Report) add(ctx context.Context, db *state.DB, sh about, sums *sums) error {
	err := db.EachHit(ctx, sh.source, func(h state.Hit) error {
		if h.Gone && h.Case == "" {
			return nil
		}
		f := File{Share: sh.Name, Path: Clean(sh.Show(h.Path())), Owner: Clean(h.Owner), Breadth: h.Breadth, Modified: h.Modified,
			Persons: h.Findings.Persons, Rules: h.Findings.Rules, New: h.FirstRun >= sh.last && sh.last > 0,
			dir: h.Dir, firstRun: h.FirstRun, people: h.Findings.People}
		if h.Gone {
			f.Case = h.Case
		}
		f.Score = Score(h.Findings.Persons, h.Breadth, h.Modified, r.Made)
		if sh.want.Keep != nil && !sh.want.Keep(&f) {
			return nil
		}
		sums.add(&f)
		f.people = nil
		r.Files = append(r.Files, f)
		if most := sh.want.Most; most > 0 && len(r.Files) >= 2*most {
			r.worst(most)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return db.EachUnread(ctx, sh.source, func(u state.Unread) error {
		path := sh.Show(u.Path)
		if u.Folder {
			path = strings.TrimSuffix(path, "/") + "/"
		}
		why := u.Trouble
		if why == "" {
			why = Partly + u.Gap
		}
		r.Unread = append(r.Unread, Unread{sh.Name, Clean(path), why})
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
	return int64(max(1, persons)) * weight * int64(AgeOf(modified, now)+1)
}

// Grade puts a score into one of four grades, from 0 to 3.
func Grade(score int64) int {
	switch {
	case score >= 500:
		return 3
	case score >= 50:
		return 2
	case score >= 5:
		return 1
	}
	return 0
}

// Severity is a score in a word.
func Severity(score int64) string {
	return [...]string{"lav", "middel", "høj", "kritisk"}[Grade(score)]
}

// trend are the runs of a share that ended well, newest first, and the id of the newest.
func trend(ctx context.Context, db *state.DB, source int64, share string) (list []Night, last int64, err error) {
	runs, err := db.Runs(ctx, source, nights)
	if err != nil {
		return nil, 0, err
	}
	for _, run := range runs {
		if run.Stage == state.Finished {
			last = max(last, run.ID)
			list = append(list, Night{share, run.Finished, found.DecodeTotals(run.Summary)})
		}
	}
	return list, last, nil
}
