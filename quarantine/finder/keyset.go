package finder

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// key is one of the columns that a list is sorted by, the last of them the id, which is
// never twice the same.
type key struct {
	column string
	desc   bool
	value  any // of the case that the page begins behind
}

// place is where the case stands that a page begins behind.
type place struct {
	id                     string
	held, deadline         int64
	risk, withoutADeadline int
}

// placeOf reads where a case stands now, whatever its state: it may have been decided since
// its page was shown, and the list goes on from there all the same. A case that there is
// not has no place.
func placeOf(ctx context.Context, tx *sql.Tx, id string) (*place, error) {
	p := &place{id: id}
	err := tx.QueryRowContext(ctx, `SELECT held_at, risk, COALESCE((SELECT MIN(d.deadline) FROM register_drafts d WHERE d.no = cases.draft_no AND d.deadline <> 0), 0) FROM cases WHERE id = $1`, id).
		Scan(&p.held, &p.risk, &p.deadline)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot find the case that a page begins behind: %w", err)
	}
	if p.deadline == 0 {
		p.withoutADeadline = 1
	}
	return p, nil
}

// keys are the columns of an order; backwards they run from its end.
func (q *Query) keys(p *place, back bool) []key {
	held, id := key{`cases.held_at`, false, p.held}, key{`cases.id`, false, p.id}
	keys := []key{held, id}
	switch q.Order {
	case ByRisk:
		keys = []key{{`cases.risk`, true, p.risk}, held, id}
	case Newest, "":
		keys[0].desc, keys[1].desc = true, true
	}
	return turned(keys, back)
}

func turned(keys []key, back bool) []key {
	for i := range keys {
		keys[i].desc = keys[i].desc != back
	}
	return keys
}

// orderBy sorts by the keys.
func orderBy(keys []key) string {
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = k.column
		if k.desc {
			parts[i] += ` DESC`
		}
	}
	return ` ORDER BY ` + strings.Join(parts, `, `)
}

// behind asks for what comes after the values of the keys. The first key stands alone in
// front, so that an index is entered there.
func (s *statement) behind(keys []key) string {
	k, than := keys[0], ` > `
	if k.desc {
		than = ` < `
	}
	if len(keys) == 1 {
		return k.column + than + s.arg(k.value)
	}
	v := s.arg(k.value)
	return `(` + k.column + strings.TrimRight(than, " ") + `= ` + v + ` AND (` + k.column + than + v + ` OR ` + s.behind(keys[1:]) + `))`
}

// clockFrom is byClock from a place on: none but the rows behind it are walked.
func clockFrom(s *statement, where string, p *place, limit int, back bool) string {
	and := " WHERE "
	if where != "" {
		and = where + " AND "
	}
	rest := turned([]key{{`cases.held_at`, false, p.held}, {`cases.id`, false, p.id}}, back)
	all := turned([]key{{`later`, false, p.withoutADeadline}, {`deadline`, false, p.deadline}, {`held_at`, false, p.held}, {`id`, false, p.id}}, back)
	behind := ""
	if p.deadline == 0 {
		behind = s.behind(rest) + ` AND `
	}
	return `SELECT id FROM (SELECT cases.id, 0 AS later, d.deadline, cases.held_at FROM register_drafts d JOIN cases ON cases.draft_no = d.no` + and + `d.deadline <> 0
		UNION ALL SELECT * FROM (SELECT cases.id, 1, 0, cases.held_at FROM cases` + and + behind + `NOT EXISTS (SELECT 1 FROM register_drafts d WHERE d.no = cases.draft_no AND d.deadline <> 0)` +
		orderBy(rest) + ` LIMIT ` + s.arg(limit) + `) rest) x WHERE ` + s.behind(all) + orderBy(all)
}

// from gives the statement for the page behind a case, or before it, and whether its rows
// come in the turned order; "" when there is no such case.
func (q *Query) from(ctx context.Context, tx *sql.Tx, s *statement, where string) (text string, back bool, err error) {
	id := q.After
	if id == "" {
		id, back = q.Before, true
	}
	if id == "" {
		return "", false, nil
	}
	p, err := placeOf(ctx, tx, id)
	if err != nil || p == nil {
		return "", false, err
	}
	if q.Order == ByClock {
		return clockFrom(s, where, p, q.Limit, back) + " LIMIT " + s.arg(q.Limit), back, nil
	}
	keys := q.keys(p, back)
	and := " WHERE "
	if where != "" {
		and = where + " AND "
	}
	order := orderBy(keys)
	if s.few { // as in conditions: the few are looked up, not walked for
		keys[0].column = `(` + keys[0].column + ` + 0)`
	}
	return `SELECT cases.id FROM cases` + and + s.behind(keys) + order + " LIMIT " + s.arg(q.Limit), back, nil
}
