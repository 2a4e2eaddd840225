package quarantine

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"brevvagt/internal/store"
	"brevvagt/quarantine/finder"
)

// selectBrief is selectCases without the findings, of which a case can have many.
var selectBrief = strings.Replace(selectCases, "facts,", "CASE WHEN brief <> '' THEN brief ELSE facts END,", 1)

// Find reads a page of the cases that somebody looks for, without their findings and
// gaps, and how many there are: counted to finder.MaxTotal+1 unless only states are
// asked for.
func (s *Service) Find(ctx context.Context, q finder.Query) ([]*Case, int, error) {
	var list []*Case
	var total int
	err := s.db.View(ctx, func(tx *sql.Tx) error {
		ids, n, err := finder.Find(ctx, tx, q)
		if err != nil {
			return err
		}
		total = n
		if len(ids) == 0 {
			return nil
		}
		marks, args := make([]string, len(ids)), make([]any, len(ids))
		for i, id := range ids {
			marks[i], args[i] = fmt.Sprintf("$%d", i+1), id
		}
		list, err = scanCases(tx.QueryContext(ctx, selectBrief+` WHERE id IN (`+strings.Join(marks, ", ")+`)`, args...))
		slices.SortFunc(list, func(a, b *Case) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
		return err
	})
	return list, total, err
}

// recount keeps the number of cases in each state.
func recount(ctx context.Context, tx *sql.Tx, from, to State) error {
	for _, c := range []struct {
		state State
		by    int
	}{{from, -1}, {to, 1}} {
		if c.state == "" || from == to {
			continue
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO case_counts (state, n) VALUES ($1, $2) ON CONFLICT (state) DO UPDATE SET n = case_counts.n + $2`, string(c.state), c.by); err != nil {
			return fmt.Errorf("cannot count cases: %w", err)
		}
	}
	return nil
}

// Values lists what there is to filter by: the rules or the sources that any case
// has, by finder.RuleTag or finder.SourceTag.
func (s *Service) Values(ctx context.Context, kind string) ([]string, error) {
	var list []string
	err := s.db.View(ctx, func(tx *sql.Tx) error {
		var err error
		list, err = finder.Values(ctx, tx, kind, 100)
		return err
	})
	return list, err
}

// brief is what a list shows of a case.
func (c *Case) brief() (string, error) {
	d := c.Deposit
	d.Evidence, d.Gaps = nil, nil
	b, err := json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("cannot write case %s: %w", c.ID, err)
	}
	return string(b), nil
}

// found is what a case is found by.
func (c *Case) found() *finder.Facts {
	f := &finder.Facts{Source: c.Source, From: c.From, Unit: c.Unit, Subject: c.Subject, Name: c.Name, Draft: c.DraftNo, To: c.To, Rules: ruleIDs(c.Rules), Runs: c.Runs,
		Persons: c.Persons, Numbers: c.Numbers, Approvers: c.Approvers()}
	for _, e := range c.Evidence {
		if !slices.Contains(f.Detectors, e.Detector) {
			f.Detectors = append(f.Detectors, e.Detector)
		}
	}
	return f
}

// index adds the cases that an earlier version stored without words.
func (s *Service) index(ctx context.Context) error {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT id FROM cases WHERE brief = '' ORDER BY id`)
	ids, err := scanIDs(rows, err)
	if err != nil {
		return err
	}
	for _, id := range ids {
		err := s.db.Update(ctx, func(tx *sql.Tx) error {
			c, _, err := s.load(ctx, tx, id)
			if err != nil {
				return err
			}
			brief, err := c.brief()
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `UPDATE cases SET brief = $2 WHERE id = $1`, id, brief); err != nil {
				return fmt.Errorf("cannot index case %s: %w", id, err)
			}
			return finder.Add(ctx, tx, id, c.found())
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// HeldSince counts the cases that were stopped since a time, for the alert budget; our
// own canary mails, which have no draft, are no alerts.
func (s *Service) HeldSince(ctx context.Context, since time.Time) (int, error) {
	var n int
	if err := s.db.Read().QueryRowContext(ctx, `SELECT COUNT(*) FROM cases WHERE held_at >= $1 AND draft_no <> ''`, store.Millis(since)).Scan(&n); err != nil {
		return 0, fmt.Errorf("cannot count cases: %w", err)
	}
	return n, nil
}
