package night

import (
	"context"

	"brevvagt/scanner/source/share/found"
	"brevvagt/scanner/source/share/state"
)

// totals counts what lies on the share of a run now.
func totals(ctx context.Context, db *state.DB, run state.Run) (found.Totals, error) {
	t := found.Totals{Files: run.Seen}
	people := make(map[string]struct{})
	unnamed := int64(0) // people beyond those kept of a file
	err := db.EachHit(ctx, run.Source, func(h state.Hit) error {
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
	err = db.EachUnread(ctx, run.Source, func(state.Unread) error { t.Unread++; return nil })
	return t, err
}
