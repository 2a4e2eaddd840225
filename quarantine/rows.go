package quarantine

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"brevvagt/internal/store"
	"brevvagt/quarantine/finder"
	"brevvagt/quarantine/repeats"
	"brevvagt/quarantine/runs"
	"brevvagt/quarantine/vault"
)

// Filter picks cases for List; the zero Filter is all of them.
type Filter struct {
	States []State
	Limit  int // 0 means 100; at most 1000
	Offset int
}

const selectCases = `SELECT id, receipt, facts, state, held_at, plain_sha256, cipher_sha256, vault_object, draft_no,
	decided_by, decided_at, reason, last_error, release_refs, approvals, assigned, risk, wish,
	(SELECT COUNT(*) FROM case_pictures p WHERE p.case_id = cases.id) FROM cases`

// Get reads a case. What it shows is redacted and free of the receipt.
func (s *Service) Get(ctx context.Context, id string) (*Case, error) {
	c, _, err := s.load(ctx, s.db.Read(), id)
	return c, err
}

// List reads cases, the newest first, and how many match in all.
func (s *Service) List(ctx context.Context, f Filter) ([]*Case, int, error) {
	where, args := "", []any{}
	if len(f.States) > 0 {
		marks := make([]string, len(f.States))
		for i, state := range f.States {
			args = append(args, string(state))
			marks[i] = fmt.Sprintf("$%d", len(args))
		}
		where = ` WHERE state IN (` + strings.Join(marks, ", ") + `)`
	}
	if f.Limit <= 0 {
		f.Limit = 100
	}
	var list []*Case
	var total int
	err := s.db.View(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM cases`+where, args...).Scan(&total); err != nil {
			return fmt.Errorf("cannot count cases: %w", err)
		}
		paged := fmt.Sprintf(`%s%s ORDER BY held_at DESC, id DESC LIMIT $%d OFFSET $%d`, selectCases, where, len(args)+1, len(args)+2)
		var err error
		list, err = scanCases(tx.QueryContext(ctx, paged, append(args, min(f.Limit, 1000), max(f.Offset, 0))...))
		return err
	})
	return list, total, err
}

func scanCases(rows *sql.Rows, err error) ([]*Case, error) {
	if err != nil {
		return nil, fmt.Errorf("cannot read cases: %w", err)
	}
	defer rows.Close()
	list := []*Case{}
	for rows.Next() {
		c, _, err := scanCase(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

// Counts is how many cases are in each state; states without any are left out.
func (s *Service) Counts(ctx context.Context) (map[State]int, error) {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT state, n FROM case_counts WHERE n > 0`)
	if err != nil {
		return nil, fmt.Errorf("cannot count cases: %w", err)
	}
	defer rows.Close()
	counts := map[State]int{}
	for rows.Next() {
		var state State
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return nil, fmt.Errorf("cannot count cases: %w", err)
		}
		counts[state] = n
	}
	return counts, rows.Err()
}

// querier is a transaction or the read pool.
type querier = repeats.Reader

// load reads a case and its sealed receipt.
func (s *Service) load(ctx context.Context, q querier, id string) (*Case, []byte, error) {
	c, sealed, err := scanCase(q.QueryRowContext(ctx, selectCases+` WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil, fmt.Errorf("case %.40q: %w", id, ErrNotFound)
	}
	return c, sealed, err
}

// byItem finds the case of an item, or nil.
func (s *Service) byItem(ctx context.Context, q querier, itemKey string) (*Case, error) {
	c, _, err := scanCase(q.QueryRowContext(ctx, selectCases+` WHERE item_key = $1`, itemKey))
	if !errors.Is(err, sql.ErrNoRows) {
		return c, err
	}
	id, err := repeats.CaseOf(ctx, q, itemKey)
	if id == "" || err != nil {
		return nil, err
	}
	c, _, err = s.load(ctx, q, id)
	return c, err
}

// forReleaser is c as its source gave it: true item id, addresses, message id and
// receipt. It goes to a Releaser and nowhere else.
func (s *Service) forReleaser(c *Case, sealed []byte) (*Case, error) {
	h, err := s.receipts.Reveal(c.ID, sealed)
	if err != nil {
		return nil, err
	}
	full := *c
	full.ItemID, full.MessageID, full.From, full.To, full.Receipt = h.ItemID, h.MessageID, h.From, h.To, h.Receipt
	if c.State == Releasing && len(c.Wish.To) > 0 {
		full.To = nil
		for _, i := range c.Wish.To {
			if i < 0 || i >= len(h.To) {
				return nil, fmt.Errorf("case %s has no recipient %d", c.ID, i)
			}
			full.To = append(full.To, h.To[i])
		}
	}
	return &full, nil
}

func scanCase(row interface{ Scan(...any) error }) (*Case, []byte, error) {
	var c Case
	var sealed []byte
	var facts, approvals, wish string
	var heldAt, decidedAt int64
	err := row.Scan(&c.ID, &sealed, &facts, &c.State, &heldAt, &c.PlainSHA256, &c.CipherSHA256, &c.VaultObject, &c.DraftNo,
		&c.DecidedBy, &decidedAt, &c.Reason, &c.LastError, &c.ReleaseRefs, &approvals, &c.Assigned, &c.Risk, &wish, &c.PictureCount)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read a case: %w", err)
	}
	if err := json.Unmarshal([]byte(facts), &c.Deposit); err != nil {
		return nil, nil, fmt.Errorf("cannot read case %s: %w", c.ID, err)
	}
	if err := json.Unmarshal([]byte(approvals), &c.ApprovalsDone); err != nil {
		return nil, nil, fmt.Errorf("cannot read case %s: %w", c.ID, err)
	}
	if wish != "" {
		if err := json.Unmarshal([]byte(wish), &c.Wish); err != nil {
			return nil, nil, fmt.Errorf("cannot read case %s: %w", c.ID, err)
		}
	}
	c.HeldAt, c.DecidedAt = store.Time(heldAt), store.Time(decidedAt)
	return &c, sealed, nil
}

func (s *Service) insert(ctx context.Context, tx *sql.Tx, c *Case, itemKey string, receipt []byte, parts sealed) error {
	facts, err := json.Marshal(c.Deposit)
	if err != nil {
		return fmt.Errorf("cannot write case %s: %w", c.ID, err)
	}
	brief, err := c.brief()
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO cases (id, item_key, source, receipt, facts, held_at, state, plain_sha256, cipher_sha256, vault_object, draft_no, brief)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		c.ID, itemKey, c.Source, receipt, string(facts), store.Millis(c.HeldAt), string(c.State), c.PlainSHA256, c.CipherSHA256, c.VaultObject, c.DraftNo, brief)
	if err != nil {
		return fmt.Errorf("cannot store case %s: %w", c.ID, err)
	}
	if err := errors.Join(finder.Add(ctx, tx, c.ID, c.found()), runs.Stopped(ctx, tx, c.Runs, c.HeldAt)); err != nil {
		return err
	}
	files := append([]vault.Sealed{parts.original}, parts.pictures...)
	if v := parts.values; v != nil {
		files = append(files, *v)
		if _, err := tx.ExecContext(ctx, `INSERT INTO case_values (case_id, object, plain_sha256, cipher_sha256, size) VALUES ($1, $2, $3, $4, $5)`,
			c.ID, v.Object, v.PlainSHA256, v.CipherSHA256, v.Size); err != nil {
			return fmt.Errorf("cannot store what was found in case %s: %w", c.ID, err)
		}
	}
	for _, f := range files {
		if _, err := tx.ExecContext(ctx, `INSERT INTO vault_seals (object, keys) VALUES ($1, $2) ON CONFLICT (object) DO UPDATE SET keys = $2`, f.Object, f.Keys); err != nil {
			return fmt.Errorf("cannot note the keys of case %s: %w", c.ID, err)
		}
	}
	for n, p := range parts.pictures {
		_, err := tx.ExecContext(ctx, `INSERT INTO case_pictures (case_id, n, path, page, object, plain_sha256, cipher_sha256, size) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			c.ID, n, c.Pictures[n].Path, c.Pictures[n].Page, p.Object, p.PlainSHA256, p.CipherSHA256, p.Size)
		if err != nil {
			return fmt.Errorf("cannot store picture %d of case %s: %w", n, c.ID, err)
		}
	}
	return nil
}

func encodeList(list []string) string {
	if list == nil {
		list = []string{}
	}
	b, err := json.Marshal(list)
	if err != nil { // strings always encode
		return "[]"
	}
	return string(b)
}
