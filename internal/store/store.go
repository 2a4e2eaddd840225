// Package store opens the one database of an installation, embedded or in a
// PostgreSQL, and keeps it safe to use: durable commits, one writer, private files,
// migrations applied, and a clear word when another daemon already has it.
//
// The SQL in the migrations and in the packages that use it keeps to what SQLite
// and PostgreSQL share: BIGINT, INTEGER, TEXT and BLOB, times as epoch
// milliseconds in UTC, $1 placeholders.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	"golang.org/x/sys/unix"
	_ "modernc.org/sqlite" // the driver registers itself by import; database/sql knows no other way
)

// migrations have a number each, which no two may share; gaps are fine.
//
//go:embed migrations/*.sql
var migrations embed.FS

// ErrInUse says that another daemon holds the database.
var ErrInUse = errors.New("the database is already used by another brevvagt daemon")

// Options say how to open a database.
type Options struct {
	Path string // of the database file; its directory is made if it is not there
	// Server is the address of a PostgreSQL (postgres://…) that keeps the tables in
	// place of the file. Path then only says where the installation's folder is.
	Server string
	// Shared opens beside a running daemon, as a command on the terminal does. Without
	// it the opener claims the database for itself until Close.
	Shared bool
	// Tables are the migrations of a database with tables of its own; nil means the
	// installation's.
	Tables fs.FS
	// Relaxed commits without waiting for the disk: after a crash of the machine the
	// last commits may be missing, after that of the process none is.
	Relaxed bool
	// Patience is how long a PostgreSQL that another daemon still holds is asked again,
	// before ErrInUse is the answer.
	Patience time.Duration
}

// DB is the open database. It is safe for concurrent use.
type DB struct {
	path   string
	shared bool
	o      Options
	write  *sql.DB
	read   *sql.DB
	lock   *os.File
}

// readers bounds the read pool: more connections than this only wait for the disk.
const readers = 4

// Open opens or creates the database and brings its tables up to date. The file is
// readable by its owner only, in a directory of the owner only.
func Open(ctx context.Context, o Options) (*DB, error) {
	if err := prepare(o); err != nil {
		return nil, err
	}
	if o.Server != "" {
		if err := notLeftBehind(ctx, o.Path); err != nil {
			return nil, err
		}
	}
	db := &DB{path: o.Path, shared: o.Shared, o: o}
	if !o.Shared {
		lock, err := claim(o.Path + ".lock")
		if err != nil {
			return nil, err
		}
		db.lock = lock
	}
	connect, name := db.connect, o.Path
	if o.Server != "" {
		connect, name = db.connectServer, "in PostgreSQL"
	}
	if err := connect(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot open database %s: %w", name, err), db.Close())
	}
	return db, nil
}

// prepare makes the directory and the file before SQLite does, because SQLite
// would make them readable by the group.
func prepare(o Options) error {
	dir := filepath.Dir(o.Path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("cannot make the state directory: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("cannot look at the state directory: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(dir, 0o700); err != nil {
			return fmt.Errorf("state directory %s is open to others and cannot be closed: %w", dir, err)
		}
	}
	if o.Server != "" {
		return nil
	}
	f, err := os.OpenFile(o.Path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("cannot make the database file: %w", err)
	}
	return errors.Join(f.Chmod(0o600), f.Close())
}

// claim takes the daemon's lock; the kernel lets it go when the process dies.
func claim(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot make the lock file: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		owner := make([]byte, 32)
		n, _ := f.ReadAt(owner, 0)
		f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w (process %s, lock file %s)", ErrInUse, string(owner[:n]), path)
		}
		return nil, fmt.Errorf("cannot lock %s: %w", path, err)
	}
	if err := f.Truncate(0); err == nil {
		_, err = f.WriteAt(fmt.Appendf(nil, "%d", os.Getpid()), 0)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("cannot write lock file: %w", err), f.Close())
		}
	}
	return f, nil
}

func (db *DB) connect(ctx context.Context) error {
	var err error
	if db.write, err = sql.Open("sqlite", dsn(db.path, false, db.o.Relaxed)); err != nil {
		return err
	}
	// One writer: a second one would only wait, and immediate transactions on one
	// connection can never deadlock each other.
	db.write.SetMaxOpenConns(1)
	if err := notMoved(ctx, db.write); err != nil {
		return err
	}
	if err := db.migrate(ctx, goose.DialectSQLite3); err != nil {
		return err
	}
	if db.read, err = sql.Open("sqlite", dsn(db.path, true, db.o.Relaxed)); err != nil {
		return err
	}
	db.read.SetMaxOpenConns(readers)
	db.read.SetMaxIdleConns(readers)
	return db.read.PingContext(ctx)
}

func dsn(path string, readOnly, relaxed bool) string {
	q := url.Values{"_txlock": {"immediate"}}
	sync := "synchronous(FULL)"
	if relaxed {
		sync = "synchronous(NORMAL)"
	}
	for _, p := range []string{"busy_timeout(10000)", "journal_mode(WAL)", sync, "foreign_keys(1)", "secure_delete(1)"} {
		q.Add("_pragma", p)
	}
	if readOnly {
		q.Set("_txlock", "deferred")
		q.Add("_pragma", "query_only(1)")
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func (db *DB) migrate(ctx context.Context, d goose.Dialect) error {
	files := db.o.Tables
	if files == nil {
		own, err := fs.Sub(migrations, "migrations")
		if err != nil {
			return err
		}
		files = own
	}
	if d == goose.DialectPostgres {
		files = dialect{files}
	}
	p, err := goose.NewProvider(d, db.write, files, goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true))
	if err != nil {
		return fmt.Errorf("cannot read migrations: %w", err)
	}
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("cannot read the database's version: %w", err)
	}
	if newest := p.ListSources()[len(p.ListSources())-1].Version; have > newest {
		return fmt.Errorf("the database is of version %d, this program knows only %d: start the newer program", have, newest)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("cannot bring the tables up to date: %w", err)
	}
	return nil
}

// Update runs fn in a transaction of the one writer and commits it durably when fn
// returns nil. Nothing is changed when it or the commit fails. Calling Update
// inside fn would wait for itself forever: give the tx on instead.
func (db *DB) Update(ctx context.Context, fn func(tx *sql.Tx) error) error {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("cannot begin: %w", err)
	}
	if err := db.turn(ctx, tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := fn(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("cannot commit: %w", err)
	}
	return nil
}

// turn waits for the turn to write, among all programs that use the database.
func (db *DB) turn(ctx context.Context, tx *sql.Tx) error {
	if db.o.Server == "" {
		return nil // the transaction is immediate
	}
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, lockWriter); err != nil {
		return fmt.Errorf("cannot wait for the turn to write: %w", err)
	}
	return nil
}

// Read is the pool for queries; writing through it is refused.
func (db *DB) Read() *sql.DB { return db.read }

// View runs fn in a transaction that sees one state of the database throughout.
func (db *DB) View(ctx context.Context, fn func(tx *sql.Tx) error) error {
	var o *sql.TxOptions
	if db.o.Server != "" {
		o = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	tx, err := db.read.BeginTx(ctx, o)
	if err != nil {
		return fmt.Errorf("cannot begin: %w", err)
	}
	return errors.Join(fn(tx), tx.Rollback())
}

// Path of the database file, or of where it would lie beside a Server.
func (db *DB) Path() string { return db.path }

// Shared reports whether another process may be the daemon.
func (db *DB) Shared() bool { return db.shared }

// Close ends all work and lets the next daemon in.
func (db *DB) Close() error {
	var errs []error
	for _, d := range []*sql.DB{db.read, db.write} {
		if d != nil {
			errs = append(errs, d.Close())
		}
	}
	if db.lock != nil {
		// Closing is not enough: a process that is being started beside us has the file
		// open, too, until its own program runs.
		errs = append(errs, unix.Flock(int(db.lock.Fd()), unix.LOCK_UN), db.lock.Close())
	}
	return errors.Join(errs...)
}

// Millis is how the database keeps a time; the zero time is 0.
func Millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Time is the reverse of Millis, in UTC.
func Time(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
