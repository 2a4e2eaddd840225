package book

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"brevvagt/internal/store"
)

// Handled is what was done with a mail.
type Handled struct {
	Account  string // digest
	Role     string
	Identity string
	Verdict  string
	CaseID   string
	At       time.Time
	Notice   string // to be put into the mailbox; "" when there is none, or no more
	About    string // names the notice, so that Record takes each once; "" for no such name
	Move     string // MoveWanted and so on; "" when it stays
	Folder   string // key of the folder it was in
	ToValidity,
	ToUID uint32 // where it was moved to
}

const selectHandled = `SELECT account, role, identity, verdict, case_id, at, notice, move, folder, to_validity, to_uid FROM mailbox_handled`

// Known reads what was done with a mail of this identity; nil when nothing was.
func (b *Book) Known(ctx context.Context, account, role, identity string) (*Handled, error) {
	h, err := scanHandled(b.db.Read().QueryRowContext(ctx, selectHandled+` WHERE account = $1 AND role = $2 AND identity = $3`, account, role, identity))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return h, err
}

func scanHandled(row interface{ Scan(...any) error }) (*Handled, error) {
	var h Handled
	var at int64
	err := row.Scan(&h.Account, &h.Role, &h.Identity, &h.Verdict, &h.CaseID, &at, &h.Notice, &h.Move, &h.Folder, &h.ToValidity, &h.ToUID)
	if err != nil {
		return nil, fmt.Errorf("cannot read what was done with a mail: %w", err)
	}
	h.At = store.Time(at)
	return &h, nil
}

// notices is the role under which the names of notices stand.
const notices = "notice"

// Record stores in one step what was done with a mail and that its number is done. A
// notice whose name was stored before is left out.
func (b *Book) Record(ctx context.Context, f *Folder, uid uint32, h *Handled) error {
	return b.db.Update(ctx, func(tx *sql.Tx) error {
		if h.Notice != "" && h.About != "" {
			res, err := tx.ExecContext(ctx, `INSERT INTO mailbox_handled (account, role, identity, verdict, case_id, at, notice, move, folder)
				VALUES ($1, $2, $3, '', '', $4, '', '', $5) ON CONFLICT DO NOTHING`, f.Account, notices, h.About, store.Millis(b.now()), f.Key)
			if err != nil {
				return fmt.Errorf("cannot store which notice was given: %w", err)
			}
			if n, err := res.RowsAffected(); err != nil {
				return err
			} else if n == 0 {
				h.Notice = ""
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO mailbox_handled (account, role, identity, verdict, case_id, at, notice, move, folder)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
			f.Account, h.Role, h.Identity, h.Verdict, h.CaseID, store.Millis(b.now()), h.Notice, h.Move, f.Key)
		if err != nil {
			return fmt.Errorf("cannot store what was done with a mail: %w", err)
		}
		return done(ctx, tx, f, uid, h.Identity)
	})
}

// Same stores that a number stands for a mail that was handled before.
func (b *Book) Same(ctx context.Context, f *Folder, uid uint32, identity string) error {
	return b.db.Update(ctx, func(tx *sql.Tx) error { return done(ctx, tx, f, uid, identity) })
}

func done(ctx context.Context, tx *sql.Tx, f *Folder, uid uint32, identity string) error {
	_, err := tx.ExecContext(ctx, `UPDATE mailbox_items SET state = $4, identity = $5 WHERE folder = $1 AND uidvalidity = $2 AND uid = $3`,
		f.Key, f.UIDValidity, uid, Done, identity)
	if err != nil {
		return fmt.Errorf("cannot store that a mail is done: %w", err)
	}
	return nil
}

// Notices are what is still to be put into an account's mailbox.
func (b *Book) Notices(ctx context.Context, account string) ([]*Handled, error) {
	return b.several(ctx, ` WHERE account = $1 AND notice <> '' ORDER BY at, identity LIMIT 100`, account)
}

// Noticed takes a notice off the list.
func (b *Book) Noticed(ctx context.Context, h *Handled) error {
	return b.set(ctx, `UPDATE mailbox_handled SET notice = '' WHERE account = $1 AND role = $2 AND identity = $3`, h.Account, h.Role, h.Identity)
}

// Moves are the mails of a folder that are to be moved away.
func (b *Book) Moves(ctx context.Context, f *Folder) ([]*Handled, error) {
	return b.several(ctx, ` WHERE account = $1 AND move = $2 AND folder = $3 ORDER BY at, identity LIMIT 100`, f.Account, MoveWanted, f.Key)
}

func (b *Book) several(ctx context.Context, where string, args ...any) ([]*Handled, error) {
	rows, err := b.db.Read().QueryContext(ctx, selectHandled+where, args...)
	if err != nil {
		return nil, fmt.Errorf("cannot read what was done with mails: %w", err)
	}
	defer rows.Close()
	var list []*Handled
	for rows.Next() {
		h, err := scanHandled(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, h)
	}
	return list, rows.Err()
}

// Numbers are the numbers under which a folder has a mail that was handled.
func (b *Book) Numbers(ctx context.Context, f *Folder, identity string) ([]uint32, error) {
	rows, err := b.db.Read().QueryContext(ctx, `SELECT uid FROM mailbox_items WHERE folder = $1 AND uidvalidity = $2 AND identity = $3 ORDER BY uid`, f.Key, f.UIDValidity, identity)
	if err != nil {
		return nil, fmt.Errorf("cannot read a mail's numbers: %w", err)
	}
	defer rows.Close()
	var list []uint32
	for rows.Next() {
		var uid uint32
		if err := rows.Scan(&uid); err != nil {
			return nil, fmt.Errorf("cannot read a mail's numbers: %w", err)
		}
		list = append(list, uid)
	}
	return list, rows.Err()
}

// MoveOn takes a move from one stage to the next and reports whether it was in the
// first: another process may have released the mail meanwhile.
func (b *Book) MoveOn(ctx context.Context, h *Handled, from, to string, validity, uid uint32) (bool, error) {
	moved := false
	err := b.db.Update(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE mailbox_handled SET move = $5, to_validity = $6, to_uid = $7 WHERE account = $1 AND role = $2 AND identity = $3 AND move = $4`,
			h.Account, h.Role, h.Identity, from, to, validity, uid)
		if err != nil {
			return fmt.Errorf("cannot store a move: %w", err)
		}
		n, err := res.RowsAffected()
		moved = n == 1
		return err
	})
	if moved {
		h.Move, h.ToValidity, h.ToUID = to, validity, uid
	}
	return moved, err
}

// Account is the last that was heard of a mailbox.
type Account struct {
	Name    string
	State   string // "ok", or what is wrong
	At      time.Time
	OKAt    time.Time // when it last went well
	Folders int
	Counts  map[string]int // items by state
	Cases   int
}

// Report stores how it went with an account; folders is how many are watched.
func (b *Book) Report(ctx context.Context, account, name, state string, folders int) error {
	now, okAt := store.Millis(b.now()), int64(0)
	if state == "ok" {
		okAt = now
	}
	return b.set(ctx, `INSERT INTO mailbox_accounts (account, name, state, at, ok_at, folders) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (account) DO UPDATE SET name = excluded.name, state = excluded.state, at = excluded.at, folders = excluded.folders,
			ok_at = CASE WHEN excluded.ok_at > 0 THEN excluded.ok_at ELSE mailbox_accounts.ok_at END`, account, name, state, now, okAt, folders)
}

// Status is the last that was heard of an account; nil when nothing was.
func (b *Book) Status(ctx context.Context, account string) (*Account, error) {
	a := Account{Counts: make(map[string]int)}
	var at, okAt int64
	err := b.db.Read().QueryRowContext(ctx, `SELECT name, state, at, ok_at, folders FROM mailbox_accounts WHERE account = $1`, account).Scan(&a.Name, &a.State, &at, &okAt, &a.Folders)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the state of a mailbox: %w", err)
	}
	a.At, a.OKAt = store.Time(at), store.Time(okAt)
	rows, err := b.db.Read().QueryContext(ctx, `SELECT i.state, COUNT(*) FROM mailbox_items i JOIN mailbox_folders f ON f.folder = i.folder WHERE f.account = $1 GROUP BY i.state`, account)
	if err != nil {
		return nil, fmt.Errorf("cannot count mails: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var state string
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return nil, fmt.Errorf("cannot count mails: %w", err)
		}
		a.Counts[state] = n
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	err = b.db.Read().QueryRowContext(ctx, `SELECT COUNT(*) FROM mailbox_handled WHERE account = $1 AND case_id <> ''`, account).Scan(&a.Cases)
	return &a, err
}
