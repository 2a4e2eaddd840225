// Package notices keeps the notices to senders until they are sent, so that a mail
// never waits for the mail server that takes them, and a crash neither forgets one nor
// sends it twice.
//
// Glossary: a letter is what the sender of notices makes of one, opaque here. It is
// about a case, or about a mail that is named by a keyed digest.
package notices

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"brevvagt/internal/store"
	"brevvagt/quarantine/receipt"
)

// Window is how long what was written is remembered, and how long a mail server that
// takes none is asked again. A second letter about the same within it is none.
const Window = 24 * time.Hour

// ErrUnknown is what a sending function wraps when the letter may have arrived all the
// same. It is then never sent again: a sender gets at most one.
var ErrUnknown = errors.New("it is not known whether the notice was taken")

// ErrRefused is what a sending function wraps when another try is of no use.
var ErrRefused = errors.New("the notice was refused")

// The states of a row. One that is done stays for Window, without its letter.
const (
	waiting = "waiting"
	sending = "sending"
	done    = "done"
)

const (
	// senders is how many are sent at once: a server that takes long over one shall
	// not keep all others waiting.
	senders = 4
	// poll is how often others' letters are looked for: a command on the terminal
	// writes to the same table.
	poll = 5 * time.Second
	// limit is for sending one.
	limit = 2 * time.Minute
	// firstPause is after the first failed try; it doubles up to longestPause.
	firstPause, longestPause = 30 * time.Second, time.Hour
)

// Box is the notices of an installation. It is safe for concurrent use. Make one with
// New.
type Box struct {
	db   *store.DB
	seal *receipt.Sealer
	now  func() time.Time
	log  *slog.Logger
	wake chan struct{}
}

// New gives the notices in db.
func New(db *store.DB, seal *receipt.Sealer, now func() time.Time, log *slog.Logger) *Box {
	return &Box{db: db, seal: seal, now: now, log: log, wake: make(chan struct{}, 1)}
}

// Put writes a letter down within the transaction that makes it due. One about the
// same that was written within the Window is kept instead.
func (b *Box) Put(ctx context.Context, tx *sql.Tx, about string, letter []byte) error {
	sealed, err := b.seal.Seal(about, receipt.Hidden{Receipt: letter})
	if err != nil {
		return err
	}
	at := store.Millis(b.now())
	if _, err := tx.ExecContext(ctx, `INSERT INTO notices (id, at, due, tries, state, letter) VALUES ($1, $2, $3, 0, $4, $5) ON CONFLICT (id) DO NOTHING`,
		about, at, at, waiting, sealed); err != nil {
		return fmt.Errorf("cannot keep a notice: %w", err)
	}
	return nil
}

// Add is Put in a transaction of its own.
func (b *Box) Add(ctx context.Context, about string, letter []byte) error {
	err := b.db.Update(ctx, func(tx *sql.Tx) error { return b.Put(ctx, tx, about, letter) })
	if err == nil {
		b.Wake()
	}
	return err
}

// Wake has letters looked for at once.
func (b *Box) Wake() {
	select {
	case b.wake <- struct{}{}:
	default: // somebody looks anyway
	}
}

// Run sends letters until ctx ends, each at most once. What was being sent when a
// process went down is given up: nobody knows whether it arrived.
func (b *Box) Run(ctx context.Context, send func(ctx context.Context, letter []byte) error) error {
	// A database that does not answer now may later; nothing else depends on this.
	for b.afterCrash(ctx) != nil {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(poll):
		}
	}
	var wg sync.WaitGroup
	for range senders {
		wg.Go(func() { b.work(ctx, send) })
	}
	wg.Wait()
	return ctx.Err()
}

// work sends one letter after the other.
func (b *Box) work(ctx context.Context, send func(context.Context, []byte) error) {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		more, err := b.one(ctx, send)
		if err != nil && ctx.Err() == nil {
			b.log.WarnContext(ctx, "notices to senders wait", "error", err)
		}
		if more && err == nil {
			b.Wake() // for another worker
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			b.forget(ctx)
		case <-b.wake:
		}
	}
}

// letter is a row that is being sent.
type letter struct {
	id    string
	text  []byte
	at    time.Time
	tries int
}

// one sends the letter that is due first; ok is false when none is.
func (b *Box) one(ctx context.Context, send func(context.Context, []byte) error) (ok bool, err error) {
	l, err := b.claim(ctx)
	if l == nil || err != nil {
		return false, err
	}
	// What was begun is ended: giving up in the middle would lose it.
	during, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	fate := send(during, l.text)
	switch {
	case fate == nil:
	case errors.Is(fate, ErrUnknown), errors.Is(fate, ErrRefused), b.now().Sub(l.at) > Window:
		b.log.WarnContext(ctx, "a notice is given up", "tries", l.tries+1, "error", fate)
	default:
		b.log.WarnContext(ctx, "a notice is tried again later", "tries", l.tries+1, "error", fate)
		return true, b.set(ctx, l.id, `UPDATE notices SET state = $2, tries = $3, due = $4 WHERE id = $1`, waiting, l.tries+1, store.Millis(b.now().Add(pause(l.tries))))
	}
	return true, b.set(ctx, l.id, `UPDATE notices SET state = $2, letter = NULL WHERE id = $1`, done)
}

// pause is how long to wait after so many tries before another.
func pause(tries int) time.Duration {
	return min(firstPause<<min(tries, 10), longestPause)
}

// set changes one row, also when the database is locked for a while: a row that stays
// marked as being sent is given up.
func (b *Box) set(ctx context.Context, id, statement string, args ...any) error {
	ctx = context.WithoutCancel(ctx)
	var err error
	for range setTries {
		err = b.db.Update(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, statement, append([]any{id}, args...)...)
			return err
		})
		if err == nil {
			return nil
		}
		time.Sleep(time.Second)
	}
	return fmt.Errorf("what became of a notice is not noted: %w", err)
}

// setTries are made a second apart, each as long as the database lets wait.
const setTries = 10

// claim marks the letter that is due first as being sent; nil when none is. The look
// before it spares the writer a transaction.
func (b *Box) claim(ctx context.Context) (*letter, error) {
	now := store.Millis(b.now())
	const first = `SELECT id FROM notices WHERE state = 'waiting' AND due <= $1 ORDER BY due, id LIMIT 1`
	var id string
	if err := b.db.Read().QueryRowContext(ctx, first, now).Scan(&id); errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("cannot look for notices: %w", err)
	}
	l := &letter{}
	var sealed []byte
	var at int64
	err := b.db.Update(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `UPDATE notices SET state = 'sending' WHERE id = (`+first+`) RETURNING id, letter, at, tries`, now).Scan(&l.id, &sealed, &at, &l.tries)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil // another worker took it
	}
	if err != nil {
		return nil, fmt.Errorf("cannot take a notice: %w", err)
	}
	hidden, err := b.seal.Reveal(l.id, sealed)
	if err != nil {
		return nil, err // it stays marked, so that it does not stop the others
	}
	l.text, l.at = hidden.Receipt, store.Time(at)
	return l, nil
}

// afterCrash gives up what was being sent when the last process ended.
func (b *Box) afterCrash(ctx context.Context) error {
	var n int64
	err := b.db.Update(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `UPDATE notices SET state = $1, letter = NULL WHERE state = $2`, done, sending)
		if err != nil {
			return err
		}
		n, err = r.RowsAffected()
		return err
	})
	if err != nil {
		b.log.WarnContext(ctx, "notices to senders wait", "error", err)
		return err
	}
	if n > 0 {
		b.log.WarnContext(ctx, "notices were being sent when brevvagt went down; they are not sent again", "count", n)
	}
	return nil
}

// forget drops what was sent long ago. A failure only means that it is done later.
func (b *Box) forget(ctx context.Context) {
	old := store.Millis(b.now().Add(-Window))
	var n int
	const which = `FROM notices WHERE state = 'done' AND at <= $1`
	if b.db.Read().QueryRowContext(ctx, `SELECT COUNT(*) `+which, old).Scan(&n) != nil || n == 0 {
		return
	}
	_ = b.db.Update(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE `+which, old)
		return err
	})
}

// Waiting is how many are not sent yet.
func (b *Box) Waiting(ctx context.Context) (n int, err error) {
	err = b.db.Read().QueryRowContext(ctx, `SELECT COUNT(*) FROM notices WHERE state <> 'done'`).Scan(&n)
	return n, err
}
