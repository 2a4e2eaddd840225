package report

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"brevvagt/scanner/source/share/state"
	"brevvagt/scanner/source/share/walk"
)

// Told is what somebody is to be told of the files that he answers for.
type Told struct {
	Files, New int
	Persons    int // distinct
	Everyone   int // files that everybody may read
	Folders    []Folder
	// Upto is the newest scan of each share that this tells of.
	Upto map[string]int64
}

// Folder is what one folder holds, without those below it. Path is masked.
type Folder struct {
	Share, Path string
	Files, New  int
	Persons     int // distinct
	Everyone    int
	Oldest      time.Time
}

// To says who is to be told of a folder of a share, and up to which scan each of them
// was told before.
type To struct {
	Whose func(share, dir string) []string
	Since func(who, share string) int64
}

// telling is Told while it is made.
type telling struct {
	Told
	seen    map[string]struct{}
	folders map[sumKey]*folder
}

type folder struct {
	Folder
	seen map[string]struct{}
}

// Tell gathers what lies on the shares for those who answer for it. Findings of a scan
// that is not over are told with the scan.
func Tell(ctx context.Context, db *state.DB, shares []Share, now time.Time, to To) (map[string]*Told, error) {
	all := make(map[string]*telling)
	for _, sh := range shares {
		src, err := db.EnsureSource(ctx, sh.Name)
		if err != nil {
			return nil, err
		}
		open, _, err := db.OpenRun(ctx, src.ID, now)
		if err != nil {
			return nil, err
		}
		err = db.EachHit(ctx, src.ID, func(h state.Hit) error {
			if h.Gone || open > 0 && h.FirstRun >= open {
				return nil
			}
			for _, who := range to.Whose(sh.Name, h.Dir) {
				t := all[who]
				if t == nil {
					t = &telling{Told: Told{Upto: make(map[string]int64)}, seen: make(map[string]struct{}), folders: make(map[sumKey]*folder)}
					all[who] = t
				}
				t.add(&h, sh.Name, h.FirstRun > to.Since(who, sh.Name))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	out := make(map[string]*Told, len(all))
	for who, t := range all {
		out[who] = t.done()
	}
	return out, nil
}

func (t *telling) add(h *state.Hit, share string, fresh bool) {
	k := sumKey{share, h.Dir}
	f := t.folders[k]
	if f == nil {
		f = &folder{Folder{Share: share, Path: Clean(h.Dir), Oldest: h.Modified}, make(map[string]struct{})}
		t.folders[k] = f
	}
	t.Files++
	f.Files++
	if fresh {
		t.New++
		f.New++
	}
	if h.Breadth == walk.Everyone {
		t.Everyone++
		f.Everyone++
	}
	if h.Modified.Before(f.Oldest) {
		f.Oldest = h.Modified
	}
	for _, p := range h.Findings.People {
		t.seen[p], f.seen[p] = struct{}{}, struct{}{}
	}
	unnamed := h.Findings.Persons - len(h.Findings.People)
	t.Persons += unnamed
	f.Persons += unnamed
	t.Upto[share] = max(t.Upto[share], h.FirstRun)
}

// done sorts the folders: what is new first, then what is most.
func (t *telling) done() *Told {
	t.Persons += len(t.seen)
	for _, f := range t.folders {
		f.Persons += len(f.seen)
		t.Folders = append(t.Folders, f.Folder)
	}
	slices.SortFunc(t.Folders, func(a, b Folder) int {
		return cmp.Or(cmp.Compare(min(b.New, 1), min(a.New, 1)), cmp.Compare(b.Persons, a.Persons), strings.Compare(a.Share, b.Share), strings.Compare(a.Path, b.Path))
	})
	return &t.Told
}
