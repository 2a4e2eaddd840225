package memory

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"brevvagt/scanner/memory/facts"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Database is where a memory lies: an opened one of internal/store.
type Database interface {
	Update(ctx context.Context, fn func(tx *sql.Tx) error) error
	Read() *sql.DB
	Close() error
}

// Opener opens or makes the database file at path and brings its tables up to date,
// committing without waiting for the disk. Shared opens it beside the process that has
// it; without, an error that wraps ErrInUse says that another process does. The memory
// is told how to open, because all that judges mails imports it, and the drivers of
// two databases are much to carry for those that open none.
type Opener func(ctx context.Context, path string, tables fs.FS, shared bool) (Database, error)

// ErrInUse says that another process has the memory.
var ErrInUse = errors.New("the memory of earlier mails is used by another process")

// disk keeps a memory in a database of its own. It is written by the second, in one
// commit that does not wait for the disk: a mail never waits for it, and a killed
// process loses the last second of learning.
type disk struct {
	db     Database
	log    *slog.Logger
	held   []heldRow // not yet written; no steps means to be deleted
	failed batch     // could not be written, tried again
	damage string
	stop   chan struct{}
	done   chan struct{}
}

type heldRow struct {
	item uint64
	pending
}

// batch is what one commit writes.
type batch struct {
	set     [2][]facts.Fact
	dropped [2][]facts.Pair
	held    []heldRow
}

// flushEvery is how long a fact may be known and not be on disk.
const flushEvery = time.Second

// sweepFacts is how many facts are looked at for age at each flush.
const sweepFacts = 20_000

// maxFailed bounds what is kept for another try when the disk cannot be written.
const maxFailed = 200_000

// Open opens or makes the memory in a database file. A file that cannot be used is
// set aside and learning begins anew; where even that fails the memory ends with the
// process. Neither is an error: Stats.Damage tells it, and the log does. An error is
// a wrong key alone.
func Open(ctx context.Context, open Opener, path string, o Options, log *slog.Logger) (*Memory, error) {
	m, err := New(o)
	if err != nil {
		return nil, err
	}
	d := &disk{log: log, stop: make(chan struct{}), done: make(chan struct{})}
	if err := m.load(ctx, open, path, d); err != nil {
		d.damage = err.Error()
		log.Warn("memory of earlier mails begins anew", "error", err)
		fresh, errNew := New(o) // a name of its own: err is asked below
		if errNew != nil {
			return nil, errNew
		}
		m = fresh
		if errors.Is(err, ErrInUse) || setAside(path) != nil || m.load(ctx, open, path, d) != nil {
			m.disk = d
			close(d.done)
			return m, nil
		}
	}
	m.disk = d
	m.facts.Durable, m.shapes.Durable = true, true
	go m.writer(d)
	return m, nil
}

// setAside moves a damaged database out of the way, for somebody to look at.
func setAside(path string) error {
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(path+end, path+".damaged"+end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func tables() (fs.FS, error) { return fs.Sub(migrations, "migrations") }

// load opens the database and reads what is in it.
func (m *Memory) load(ctx context.Context, open Opener, path string, d *disk) (err error) {
	own, err := tables()
	if err != nil {
		return err
	}
	db, err := open(ctx, path, own, false)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
			d.db = nil
		}
	}()
	d.db = db
	if err := m.loadFacts(ctx, db); err != nil {
		return fmt.Errorf("cannot read the memory: %w", err)
	}
	if err := m.loadHeld(ctx, db); err != nil {
		return fmt.Errorf("cannot read the memory's held mails: %w", err)
	}
	return nil
}

func (m *Memory) loadFacts(ctx context.Context, db Database) error {
	rows, err := db.Read().QueryContext(ctx, `SELECT part, a, b, at, n FROM memory ORDER BY at`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var part, a, b, at, n int64
		if err := rows.Scan(&part, &a, &b, &at, &n); err != nil {
			return err
		}
		t := m.facts
		if part == 1 {
			t = m.shapes
		}
		t.Add(facts.Fact{A: uint64(a), B: uint64(b), At: uint32(at), N: uint32(n)})
	}
	return rows.Err()
}

func (m *Memory) loadHeld(ctx context.Context, db Database) error {
	rows, err := db.Read().QueryContext(ctx, `SELECT item, at, facts FROM held ORDER BY at, item`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var item, at int64
		var facts []byte
		if err := rows.Scan(&item, &at, &facts); err != nil {
			return err
		}
		m.keep(uint64(item), uint32(at), decode(facts))
	}
	return rows.Err()
}

// writer writes what is new until Close.
func (m *Memory) writer(d *disk) {
	defer close(d.done)
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			m.flush(d)
		case <-d.stop:
			m.flush(d)
			return
		}
	}
}

// flush takes what is new under the lock and writes it without.
func (m *Memory) flush(d *disk) {
	ctx := context.Background()
	m.mu.Lock()
	m.facts.Sweep(sweepFacts)
	m.shapes.Sweep(sweepFacts)
	for len(m.order) > 0 && m.facts.Old(m.held[m.order[0]].at) {
		m.release(m.order[0])
	}
	b := d.failed
	d.failed = batch{}
	for i, t := range []*facts.Table{m.facts, m.shapes} {
		set, dropped := t.Changes()
		b.set[i], b.dropped[i] = append(b.set[i], set...), append(b.dropped[i], dropped...)
	}
	b.held = append(b.held, d.held...)
	d.held = nil
	m.mu.Unlock()

	released, err := d.released(ctx)
	if err == nil && (len(released) > 0 || !b.empty()) {
		err = d.write(ctx, b, released)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err != nil {
		if d.damage == "" {
			d.log.Warn("memory of earlier mails cannot be written", "error", err)
		}
		d.damage = err.Error()
		if len(b.set[0])+len(b.set[1])+len(b.dropped[0])+len(b.dropped[1]) < maxFailed {
			d.failed = b
		}
		return
	}
	for _, id := range released {
		m.wentOut(id)
	}
}

func (b *batch) empty() bool {
	return len(b.set[0])+len(b.set[1])+len(b.dropped[0])+len(b.dropped[1])+len(b.held) == 0
}

// released are mails that another process has let go, see MarkReleased.
func (d *disk) released(ctx context.Context) ([]uint64, error) {
	rows, err := d.db.Read().QueryContext(ctx, `SELECT item FROM released ORDER BY item`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []uint64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, uint64(id))
	}
	return out, rows.Err()
}

func (d *disk) write(ctx context.Context, b batch, released []uint64) error {
	return d.db.Update(ctx, func(tx *sql.Tx) error {
		// Dropped first: what was dropped and met again is to stay.
		for part := range b.set {
			for _, p := range b.dropped[part] {
				if _, err := tx.ExecContext(ctx, `DELETE FROM memory WHERE part = $1 AND a = $2 AND b = $3`, part, int64(p.A), int64(p.B)); err != nil {
					return err
				}
			}
			if err := writeFacts(ctx, tx, part, b.set[part]); err != nil {
				return err
			}
		}
		for _, h := range b.held {
			var err error
			if h.steps == nil {
				_, err = tx.ExecContext(ctx, `DELETE FROM held WHERE item = $1`, int64(h.item))
			} else {
				_, err = tx.ExecContext(ctx, `INSERT INTO held (item, at, facts) VALUES ($1, $2, $3)
					ON CONFLICT (item) DO UPDATE SET at = excluded.at, facts = excluded.facts`, int64(h.item), int64(h.at), encode(h.steps))
			}
			if err != nil {
				return err
			}
		}
		for _, id := range released {
			if _, err := tx.ExecContext(ctx, `DELETE FROM released WHERE item = $1`, int64(id)); err != nil {
				return err
			}
		}
		return nil
	})
}

func writeFacts(ctx context.Context, tx *sql.Tx, part int, list []facts.Fact) error {
	if len(list) == 0 {
		return nil
	}
	put, err := tx.PrepareContext(ctx, `INSERT INTO memory (part, a, b, at, n) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (part, a, b) DO UPDATE SET at = excluded.at, n = excluded.n`)
	if err != nil {
		return err
	}
	defer put.Close()
	for _, f := range list {
		if _, err := put.ExecContext(ctx, part, int64(f.A), int64(f.B), int64(f.At), int64(f.N)); err != nil {
			return err
		}
	}
	return nil
}

// Close writes what is new and closes the database.
func (m *Memory) Close() error {
	if m.disk == nil {
		return nil
	}
	close(m.disk.stop)
	<-m.disk.done
	if m.disk.db == nil {
		return nil
	}
	return m.disk.db.Close()
}

// MarkReleased is Released from beside the process that has the memory, which takes
// it up within a second. Where nothing was ever remembered it does nothing.
func MarkReleased(ctx context.Context, open Opener, path string, o Options, messageID, sha256 string) error {
	m, err := New(o)
	if err != nil {
		return err
	}
	return beside(ctx, open, path, func(db Database) error {
		return db.Update(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO released (item) VALUES ($1) ON CONFLICT (item) DO NOTHING`, int64(m.id(messageID, sha256)))
			return err
		})
	})
}

// Count is how many facts lie in a database file, beside the process that has it.
func Count(ctx context.Context, open Opener, path string) (n int, err error) {
	err = beside(ctx, open, path, func(db Database) error {
		return db.Read().QueryRowContext(ctx, `SELECT COUNT(*) FROM memory`).Scan(&n)
	})
	return n, err
}

// beside opens a memory's database, if there is one, for a moment.
func beside(ctx context.Context, open Opener, path string, f func(db Database) error) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	own, err := tables()
	if err != nil {
		return err
	}
	db, err := open(ctx, path, own, true)
	if err != nil {
		return err
	}
	return errors.Join(f(db), db.Close())
}
