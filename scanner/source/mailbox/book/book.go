// Package book remembers which mails of which mailbox have been seen and what was
// done with them, so that after any crash, reconnection or renumbering each mail is
// handled once in effect.
//
// A mail is noted by UIDVALIDITY and UID as soon as the server lists it (Note), and
// waits there until it is handled. What it is beyond its number, its identity, is a
// keyed digest of Message-ID, correspondents, subject and body: a mail with an
// identity that was handled before is not handled again.
package book

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"brevvagt/detectors"
	"brevvagt/internal/store"
)

// The states of an item.
const (
	Waiting = "waiting"
	Done    = "done"
	Gone    = "gone"   // no longer in the folder when its turn came
	Unread  = "unread" // the server lists it but does not give it
	Old     = "old"    // from before the mailbox was watched
)

// The stages of a move into the quarantine folder.
const (
	MoveWanted = "wanted"
	Moved      = "moved"
	Returned   = "returned" // brought back, or released before it was moved
	GivenUp    = "given-up" // it is not where it was; somebody took it
)

// Book keeps it in the installation's database. It is safe for concurrent use.
type Book struct {
	db  *store.DB
	key detectors.Key
	now func() time.Time
}

// New opens the book; now nil means time.Now.
func New(db *store.DB, key detectors.Key, now func() time.Time) *Book {
	if now == nil {
		now = time.Now
	}
	return &Book{db, key, now}
}

// Digest names parts without showing them; equal parts have equal names.
func (b *Book) Digest(parts ...string) string {
	var s strings.Builder
	for _, p := range parts {
		fmt.Fprintf(&s, "%d:%s", len(p), p)
	}
	return b.key.Digest("mailbox\n" + s.String())
}

// Folder is how far a folder has been read.
type Folder struct {
	Key         string // Digest of account and folder name
	Account     string // its digest
	Role        string
	UIDValidity uint32
	FirstUID    uint32    // where watching began
	NextUID     uint32    // all below have been noted
	ModSeq      uint64    // of the last complete listing; 0 without CONDSTORE
	Messages    uint32    // at the last listing
	Since       time.Time // mails received before are not looked at
	Checked     time.Time
	Audited     time.Time // when the whole folder was last compared
}

// Folder reads a folder; nil when it was never seen.
func (b *Book) Folder(ctx context.Context, key string) (*Folder, error) {
	f := Folder{Key: key}
	var modseq, since, checked, audited int64
	err := b.db.Read().QueryRowContext(ctx, `SELECT account, role, uidvalidity, first_uid, next_uid, modseq, messages, since, checked, audited
		FROM mailbox_folders WHERE folder = $1`, key).Scan(&f.Account, &f.Role, &f.UIDValidity, &f.FirstUID, &f.NextUID, &modseq, &f.Messages, &since, &checked, &audited)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the book of a folder: %w", err)
	}
	f.ModSeq, f.Since, f.Checked, f.Audited = uint64(modseq), store.Time(since), store.Time(checked), store.Time(audited)
	return &f, nil
}

// Met is since when an account is looked at, by the first of its folders; zero when it
// never was.
func (b *Book) Met(ctx context.Context, account string) (time.Time, error) {
	var at sql.NullInt64
	if err := b.db.Read().QueryRowContext(ctx, `SELECT MIN(since) FROM mailbox_folders WHERE account = $1`, account).Scan(&at); err != nil {
		return time.Time{}, fmt.Errorf("cannot read the book of an account: %w", err)
	}
	if !at.Valid {
		return time.Time{}, nil
	}
	return time.UnixMilli(at.Int64), nil
}

// Save stores a folder. When its UIDVALIDITY is another than before, what was noted
// under the old numbers is forgotten in the same step.
func (b *Book) Save(ctx context.Context, f *Folder) error {
	return b.db.Update(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM mailbox_items WHERE folder = $1 AND uidvalidity <> $2`, f.Key, f.UIDValidity); err != nil {
			return fmt.Errorf("cannot forget old numbers: %w", err)
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO mailbox_folders (folder, account, role, uidvalidity, first_uid, next_uid, modseq, messages, since, checked, audited)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
			ON CONFLICT (folder) DO UPDATE SET role = excluded.role, uidvalidity = excluded.uidvalidity, first_uid = excluded.first_uid, next_uid = excluded.next_uid,
				modseq = excluded.modseq, messages = excluded.messages, since = excluded.since, checked = excluded.checked, audited = excluded.audited`,
			f.Key, f.Account, f.Role, f.UIDValidity, f.FirstUID, f.NextUID, int64(f.ModSeq), f.Messages, store.Millis(f.Since), store.Millis(f.Checked), store.Millis(f.Audited))
		if err != nil {
			return fmt.Errorf("cannot store the book of a folder: %w", err)
		}
		return nil
	})
}

// Item is a mail by its number.
type Item struct {
	UID      uint32
	Received time.Time // INTERNALDATE, zero when unknown
	Size     int64
	State    string
	Attempts int
}

// Note notes mails of a folder that are not noted yet; others are left as they are.
// A waiting one is first due at due. It returns how many were new.
func (b *Book) Note(ctx context.Context, f *Folder, items []Item, due time.Time) (int, error) {
	fresh := 0
	err := b.db.Update(ctx, func(tx *sql.Tx) error {
		stmt, err := tx.PrepareContext(ctx, `INSERT INTO mailbox_items (folder, uidvalidity, uid, state, seen, received, size, next_try)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`)
		if err != nil {
			return fmt.Errorf("cannot note mails: %w", err)
		}
		defer stmt.Close()
		for _, it := range items {
			res, err := stmt.ExecContext(ctx, f.Key, f.UIDValidity, it.UID, it.State, store.Millis(b.now()), store.Millis(it.Received), it.Size, store.Millis(due))
			if err != nil {
				return fmt.Errorf("cannot note a mail: %w", err)
			}
			if n, err := res.RowsAffected(); err == nil && n == 1 {
				fresh++
			}
		}
		return nil
	})
	return fresh, err
}

// Due are waiting mails of a folder whose time has come, oldest first, at most limit.
func (b *Book) Due(ctx context.Context, f *Folder, limit int) ([]Item, error) {
	rows, err := b.db.Read().QueryContext(ctx, `SELECT uid, received, size, attempts FROM mailbox_items
		WHERE folder = $1 AND uidvalidity = $2 AND state = $3 AND next_try <= $4 ORDER BY uid LIMIT $5`, f.Key, f.UIDValidity, Waiting, store.Millis(b.now()), limit)
	if err != nil {
		return nil, fmt.Errorf("cannot read waiting mails: %w", err)
	}
	defer rows.Close()
	var list []Item
	for rows.Next() {
		it := Item{State: Waiting}
		var received int64
		if err := rows.Scan(&it.UID, &received, &it.Size, &it.Attempts); err != nil {
			return nil, fmt.Errorf("cannot read waiting mails: %w", err)
		}
		it.Received = store.Time(received)
		list = append(list, it)
	}
	return list, rows.Err()
}

// NextDue is when the next waiting mail of an account comes up; zero without any.
func (b *Book) NextDue(ctx context.Context, account string) (time.Time, error) {
	var at sql.NullInt64
	err := b.db.Read().QueryRowContext(ctx, `SELECT MIN(i.next_try) FROM mailbox_items i JOIN mailbox_folders f ON f.folder = i.folder AND f.uidvalidity = i.uidvalidity
		WHERE f.account = $1 AND i.state = $2`, account, Waiting).Scan(&at)
	if err != nil || !at.Valid {
		return time.Time{}, err
	}
	return time.UnixMilli(at.Int64), nil
}

// Later puts a mail off until next, with one more attempt counted.
func (b *Book) Later(ctx context.Context, f *Folder, uid uint32, next time.Time) error {
	return b.set(ctx, `UPDATE mailbox_items SET attempts = attempts + 1, next_try = $4 WHERE folder = $1 AND uidvalidity = $2 AND uid = $3`,
		f.Key, f.UIDValidity, uid, store.Millis(next))
}

// Close ends a mail's waiting without its having been handled: Gone or Unread.
func (b *Book) Close(ctx context.Context, f *Folder, uid uint32, state string) error {
	return b.set(ctx, `UPDATE mailbox_items SET state = $4 WHERE folder = $1 AND uidvalidity = $2 AND uid = $3`, f.Key, f.UIDValidity, uid, state)
}

func (b *Book) set(ctx context.Context, query string, args ...any) error {
	return b.db.Update(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("cannot store what became of a mail: %w", err)
		}
		return nil
	})
}

// Forget drops the numbers of mails that the folder no longer has. present is what
// it has, from the given number on.
func (b *Book) Forget(ctx context.Context, f *Folder, present map[uint32]bool) error {
	rows, err := b.db.Read().QueryContext(ctx, `SELECT uid FROM mailbox_items WHERE folder = $1 AND uidvalidity = $2 AND state <> $3`, f.Key, f.UIDValidity, Waiting)
	if err != nil {
		return fmt.Errorf("cannot read noted mails: %w", err)
	}
	defer rows.Close()
	var gone []uint32
	for rows.Next() {
		var uid uint32
		if err := rows.Scan(&uid); err != nil {
			return fmt.Errorf("cannot read noted mails: %w", err)
		}
		if !present[uid] {
			gone = append(gone, uid)
		}
	}
	if err := rows.Err(); err != nil || len(gone) == 0 {
		return err
	}
	return b.db.Update(ctx, func(tx *sql.Tx) error {
		for _, uid := range gone {
			if _, err := tx.ExecContext(ctx, `DELETE FROM mailbox_items WHERE folder = $1 AND uidvalidity = $2 AND uid = $3`, f.Key, f.UIDValidity, uid); err != nil {
				return fmt.Errorf("cannot forget a mail: %w", err)
			}
		}
		return nil
	})
}
