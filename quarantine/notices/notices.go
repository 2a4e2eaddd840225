// Package notices keeps the notices to senders until they are sent, so that a mail
// never waits for the mail server that takes them, and a crash neither forgets one nor
// sends it twice.
//
// Glossary: a letter is what the sender of notices makes of one, opaque here. It is
// about a case, or about a mail that is named by a keyed digest. Letters of one group
// are gathered where a sender would get too many: they then go as one notice.
//
// Where it is not known whether a notice arrived, or it never will, each case that it
// was about has a line in the ledger, which its page shows: somebody may have to tell
// the sender.
package notices

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"brevvagt/internal/store"
	"brevvagt/quarantine/ledger"
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
	// gather is for how long letters of a group are gathered, once as many of them went
	// as may go by themselves.
	gather = time.Hour
	// most letters are one notice.
	most = 2000
)

// Box is the notices of an installation. It is safe for concurrent use. Make one with
// New.
type Box struct {
	db     *store.DB
	ledger *ledger.Ledger
	seal   *receipt.Sealer
	now    func() time.Time
	log    *slog.Logger
	wake   chan struct{}
}

// New gives the notices in db.
func New(db *store.DB, seal *receipt.Sealer, now func() time.Time, log *slog.Logger) *Box {
	return &Box{db: db, ledger: ledger.New(db), seal: seal, now: now, log: log, wake: make(chan struct{}, 1)}
}

// Letter is one that is to be sent.
type Letter struct {
	About string // the case or the keyed digest of the mail that it is about
	// Group are the letters that it is gathered with, "" for none; it names nobody in
	// clear. Alone is how many of them within an hour go by themselves.
	Group string
	Alone int
	Text  []byte
}

// How many letters of a kind within an hour go to one sender by themselves: about one
// run few, so that somebody who sends the same letter anew by hand still has a link at
// once, and about mails that are not of one run more.
const aloneOfRun, aloneOfSender = 3, 10

// To is a letter to the sender of a mail, gathered with those of its kind about the run
// that the mail is part of, or else about mails of the same sender.
func (b *Box) To(sender string, runs []string, kind, about string, text []byte) Letter {
	l := Letter{About: about, Group: b.seal.Item(kind+" sender", sender), Alone: aloneOfSender, Text: text}
	if len(runs) > 0 {
		l.Group, l.Alone = b.seal.Item(kind+" run", runs[0]), aloneOfRun
	}
	return l
}

// Put writes a letter down within the transaction that makes it due. One about the
// same that was written within the Window is kept instead.
func (b *Box) Put(ctx context.Context, tx *sql.Tx, l Letter) error {
	sealed, err := b.seal.Seal(l.About, receipt.Hidden{Receipt: l.Text})
	if err != nil {
		return err
	}
	at := b.now()
	due, err := dueOf(ctx, tx, l, at)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO notices (id, at, due, tries, state, letter, grp) VALUES ($1, $2, $3, 0, $4, $5, $6) ON CONFLICT (id) DO NOTHING`,
		l.About, store.Millis(at), due, waiting, sealed, l.Group); err != nil {
		return fmt.Errorf("cannot keep a notice: %w", err)
	}
	return nil
}

// dueOf is when a letter is to be sent: at once, or with those of its group that are
// gathered.
func dueOf(ctx context.Context, tx *sql.Tx, l Letter, at time.Time) (due int64, err error) {
	now := store.Millis(at)
	if l.Group == "" {
		return now, nil
	}
	var n int
	var last int64
	const which = `SELECT COUNT(*), COALESCE(MAX(due), 0) FROM notices WHERE grp = $1 AND due > $2 AND due <= $3`
	if err := tx.QueryRowContext(ctx, which, l.Group, store.Millis(at.Add(-gather)), store.Millis(at.Add(gather))).Scan(&n, &last); err != nil {
		return 0, fmt.Errorf("cannot look for notices of a group: %w", err)
	}
	switch {
	case n < max(1, l.Alone):
		return max(now, last+1), nil // what is due in the same moment would be one notice
	case last > now:
		return last, nil
	}
	return store.Millis(at.Add(gather)), nil
}

// Add is Put in a transaction of its own.
func (b *Box) Add(ctx context.Context, l Letter) error {
	err := b.db.Update(ctx, func(tx *sql.Tx) error { return b.Put(ctx, tx, l) })
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

// Send hands over one notice, made of one letter or of several that were gathered.
type Send func(ctx context.Context, letters [][]byte) error

// Run sends letters until ctx ends, each at most once. What was being sent when a
// process went down is given up: nobody knows whether it arrived.
func (b *Box) Run(ctx context.Context, send Send) error {
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
func (b *Box) work(ctx context.Context, send Send) {
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

// notice is letters that are being sent as one.
type notice struct {
	ids   []string
	texts [][]byte
	at    time.Time
	tries int
}

// one sends what is due first; ok is false when nothing is.
func (b *Box) one(ctx context.Context, send Send) (ok bool, err error) {
	n, err := b.claim(ctx)
	if n == nil || err != nil {
		return false, err
	}
	// What was begun is ended: giving up in the middle would lose it.
	during, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	fate := send(during, n.texts)
	var line string
	switch {
	case fate == nil:
	case errors.Is(fate, ErrUnknown):
		line = Uncertain
	case errors.Is(fate, ErrRefused), b.now().Sub(n.at) > Window:
		line = Failed
	default:
		b.log.WarnContext(ctx, "a notice is tried again later", "tries", n.tries+1, "error", fate)
		return true, b.set(ctx, n.ids, "", `UPDATE notices SET state = $2, tries = $3, due = $4 WHERE id = $1`, waiting, n.tries+1, store.Millis(b.now().Add(pause(n.tries))))
	}
	if fate != nil {
		b.log.WarnContext(ctx, "a notice is given up", "tries", n.tries+1, "error", fate)
	}
	return true, b.set(ctx, n.ids, line, `UPDATE notices SET state = $2, letter = NULL WHERE id = $1`, done)
}

// pause is how long to wait after so many tries before another.
func pause(tries int) time.Duration {
	return min(firstPause<<min(tries, 10), longestPause)
}

// claim marks what is due first as being sent, with all of its group that are due at
// the same moment; nil when nothing is. The look before it spares the writer a
// transaction. What is due later than anything is ever put off was so by a clock that
// was wrong.
func (b *Box) claim(ctx context.Context) (*notice, error) {
	now, never := b.bounds()
	const first = `SELECT id FROM notices WHERE state = 'waiting' AND (due <= $1 OR due > $2) ORDER BY due, id LIMIT 1`
	var id string
	if err := b.db.Read().QueryRowContext(ctx, first, now, never).Scan(&id); errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("cannot look for notices: %w", err)
	}
	n := &notice{}
	err := b.db.Update(ctx, func(tx *sql.Tx) error {
		*n = notice{}
		// The clock is read again: a letter written since the look would else seem to be
		// put off by a wrong one.
		now, never := b.bounds()
		var group string
		var due int64
		if err := tx.QueryRowContext(ctx, `SELECT grp, due FROM notices WHERE id = (`+first+`)`, now, never).Scan(&group, &due); err != nil {
			return err
		}
		const mark = `UPDATE notices SET state = 'sending' WHERE id IN (%s) RETURNING id, letter, at, tries`
		if group == "" {
			return b.take(ctx, tx, n, fmt.Sprintf(mark, first), now, never)
		}
		return b.take(ctx, tx, n, fmt.Sprintf(mark, fmt.Sprintf(`SELECT id FROM notices WHERE grp = $1 AND due = $2 AND state = 'waiting' ORDER BY at, id LIMIT %d`, most)), group, due)
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil // another worker took it
	case err != nil:
		return nil, fmt.Errorf("cannot take a notice: %w", err)
	case len(n.texts) == 0:
		return nil, fmt.Errorf("cannot open %d notices", len(n.ids)) // they stay marked, so that they do not stop the others
	}
	return n, nil
}

// bounds are the moments between which a letter waits: it is due up to now, and was put off
// by a clock that was wrong beyond never.
func (b *Box) bounds() (now, never int64) {
	at := b.now()
	return store.Millis(at), store.Millis(at.Add(2 * max(gather, longestPause)))
}

// take reads the rows that a statement marks, the oldest first: a database gives them
// back in any order. A letter that cannot be opened stays marked.
func (b *Box) take(ctx context.Context, tx *sql.Tx, n *notice, statement string, args ...any) error {
	rows, err := tx.QueryContext(ctx, statement, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	type row struct {
		id     string
		sealed []byte
		at     int64
	}
	var all []row
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.id, &r.sealed, &r.at, &n.tries); err != nil {
			return err
		}
		all = append(all, r)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if len(all) == 0 {
		return sql.ErrNoRows
	}
	slices.SortFunc(all, func(a, b row) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id)) })
	n.at = store.Time(all[0].at)
	for _, r := range all {
		n.ids = append(n.ids, r.id)
		hidden, err := b.seal.Reveal(r.id, r.sealed)
		if err != nil {
			b.log.ErrorContext(ctx, "a notice cannot be opened", "error", err)
			continue
		}
		n.texts = append(n.texts, hidden.Receipt)
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
