package state

import (
	"context"

	"brevvagt/scanner/source/share/found"
)

// Totals counts what lies on the share of a run now.
func (db *DB) Totals(ctx context.Context, run Run) (found.Totals, error) {
	t := found.Totals{Files: run.Seen}
	people := make(map[string]struct{})
	unnamed := int64(0) // people beyond those kept of a file
	err := db.EachHit(ctx, run.Source, func(h Hit) error {
		if h.Gone {
			if h.LastRun == run.ID {
				t.Closed++
			}
			return nil
		}
		t.Hits++
		if h.FirstRun == run.ID {
			t.New++
		}
		for _, p := range h.Findings.People {
			people[p] = struct{}{}
		}
		unnamed += int64(h.Findings.Persons - len(h.Findings.People))
		return nil
	})
	if err != nil {
		return t, err
	}
	t.Persons = int64(len(people)) + unnamed
	err = db.EachUnread(ctx, run.Source, func(Unread) error { t.Unread++; return nil })
	return t, err
}
