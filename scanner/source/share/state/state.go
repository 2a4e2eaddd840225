// Package state remembers between two nights what a scan of shares has seen, done
// and found, so that only what changed is read again and a scan that was cut off
// goes on where it was. Several processes may work from the same database.
//
// Glossary: a run is one scan of one source; a chunk is some files of a run that a
// worker takes under a lease; a verdict is what was found in some content, kept by
// its keyed digest and the version of the program that read it.
//
// The statements are the same for SQLite and PostgreSQL: BIGINT and TEXT, $1
// placeholders, times in milliseconds or nanoseconds since 1970. No path, name or
// value stands in the clear: a file's name can hold a number.
package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // database/sql knows drivers by import only
	_ "modernc.org/sqlite"

	"brevvagt/internal/keylock"
	"brevvagt/scanner/source/share/seal"
)

// DB is the open database. It is safe for concurrent use.
type DB struct {
	sql  *sql.DB
	pg   bool
	keys *seal.Keys
	// The statements that every file needs, for a whole lot, so that they are not parsed
	// again and again.
	read, clean, verdicts *sql.Stmt
}

// version of the tables.
const version = 1

// Moved is the counter that marks an SQLite file whose content went to PostgreSQL.
const Moved = "moved"

// ErrMoved says so.
var ErrMoved = errors.New("the scans were moved to PostgreSQL: give its address as database: in the configuration, or delete scan.db to scan everything anew")

// Open opens the database of a postgres:// address, or the SQLite file at a path,
// which is made readable by its owner only. A file on a disk that is mounted read-only
// is opened for looking into it.
func Open(ctx context.Context, where string, keys *seal.Keys) (*DB, error) {
	db := &DB{keys: keys, pg: strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://")}
	driver, dsn, conns := "pgx", where, 8
	if !db.pg {
		// Two connections would only wait for each other's writing.
		driver, conns = "sqlite", 1
		var err error
		dsn, err = prepare(where)
		if errors.Is(err, syscall.EROFS) {
			return Look(ctx, where, keys)
		}
		if err != nil {
			return nil, err
		}
		// Of several workers that start at once one makes the file a database: for
		// that moment SQLite has no patience with the others, whatever its timeout.
		opened, err := keylock.New(where+".locks").LockShared(ctx, "open")
		if err != nil {
			return nil, fmt.Errorf("cannot open the scan database: %w", err)
		}
		defer opened()
	}
	var err error
	if db.sql, err = sql.Open(driver, dsn); err != nil {
		return nil, fmt.Errorf("cannot open the scan database: %w", err)
	}
	db.sql.SetMaxOpenConns(conns)
	db.sql.SetMaxIdleConns(conns)
	if err := db.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot open the scan database: %w", err), db.sql.Close())
	}
	db.read, err = db.sql.PrepareContext(ctx, db.updateRead(rowsAtOnce))
	if err == nil {
		db.clean, err = db.sql.PrepareContext(ctx, db.updateClean(rowsAtOnce))
	}
	if err == nil {
		db.verdicts, err = db.sql.PrepareContext(ctx, db.insertVerdicts(rowsAtOnce))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot open the scan database: %w", err), db.sql.Close())
	}
	return db, nil
}

// Close ends all work.
func (db *DB) Close() error { return db.sql.Close() }

// Keys are the keys of the installation.
func (db *DB) Keys() *seal.Keys { return db.keys }

func prepare(path string) (dsn string, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", fmt.Errorf("cannot make the state folder: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", fmt.Errorf("cannot make the scan database: %w", err)
	}
	if err := errors.Join(f.Chmod(0o600), f.Close()); err != nil {
		return "", fmt.Errorf("cannot close the scan database to others: %w", err)
	}
	q := url.Values{"_txlock": {"immediate"}}
	// NORMAL: losing power may lose the last files done, which are then read again;
	// a kill loses nothing.
	for _, p := range []string{"busy_timeout(60000)", "journal_mode(WAL)", "synchronous(NORMAL)", "secure_delete(1)", "cache_size(-65536)", "wal_autocheckpoint(16384)"} {
		q.Add("_pragma", p)
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode(), nil
}

// tables are made in this order. An object is a file; its row lies beside those of
// its folder, so that a folder is read and written in one place.
func tables() []string {
	return []string{
		`CREATE TABLE IF NOT EXISTS scan_schema (version BIGINT NOT NULL)`,
		`CREATE TABLE IF NOT EXISTS scan_counter (name TEXT PRIMARY KEY, next BIGINT NOT NULL)`,
		`CREATE TABLE IF NOT EXISTS source (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, paused BIGINT NOT NULL DEFAULT 0,
		dirty BIGINT NOT NULL DEFAULT 0, sampled BIGINT NOT NULL DEFAULT 0)`,
		`CREATE TABLE IF NOT EXISTS scan_version (id BIGINT PRIMARY KEY, extract_version TEXT NOT NULL, detect_version TEXT NOT NULL,
		UNIQUE (extract_version, detect_version))`,
		`CREATE TABLE IF NOT EXISTS scan_run (id BIGINT PRIMARY KEY, source BIGINT NOT NULL, scheduled BIGINT NOT NULL, kind TEXT NOT NULL DEFAULT '', started BIGINT NOT NULL,
		finished BIGINT NOT NULL DEFAULT 0, state TEXT NOT NULL, problem TEXT NOT NULL DEFAULT '', version BIGINT NOT NULL,
		planner TEXT NOT NULL DEFAULT '', planner_until BIGINT NOT NULL DEFAULT 0,
		seen BIGINT NOT NULL DEFAULT 0, planned BIGINT NOT NULL DEFAULT 0, planned_bytes BIGINT NOT NULL DEFAULT 0,
		done BIGINT NOT NULL DEFAULT 0, done_bytes BIGINT NOT NULL DEFAULT 0, hits BIGINT NOT NULL DEFAULT 0, summary TEXT NOT NULL DEFAULT '',
		UNIQUE (source, scheduled))`,
		`CREATE TABLE IF NOT EXISTS scan_folder (id BIGINT PRIMARY KEY, source BIGINT NOT NULL, path_key TEXT NOT NULL, sealed_path TEXT NOT NULL,
		owner TEXT NOT NULL, digest TEXT NOT NULL DEFAULT '', next_digest TEXT NOT NULL DEFAULT '', trouble TEXT NOT NULL DEFAULT '',
		UNIQUE (source, path_key))`,
		`CREATE TABLE IF NOT EXISTS scan_object (folder BIGINT NOT NULL, name_key TEXT NOT NULL, sealed_name TEXT NOT NULL,
		size BIGINT NOT NULL, mtime BIGINT NOT NULL, ctime BIGINT NOT NULL, inode BIGINT NOT NULL, breadth BIGINT NOT NULL,
		state BIGINT NOT NULL, chunk BIGINT NOT NULL, tries BIGINT NOT NULL DEFAULT 0, version BIGINT NOT NULL DEFAULT 0,
		content TEXT NOT NULL DEFAULT '', hits BIGINT NOT NULL DEFAULT 0, first_run BIGINT NOT NULL DEFAULT 0,
		last_run BIGINT NOT NULL DEFAULT 0, trouble TEXT NOT NULL DEFAULT '', kase TEXT NOT NULL DEFAULT '',
		PRIMARY KEY (folder, name_key)){compact}`,
		`CREATE INDEX IF NOT EXISTS scan_object_pending ON scan_object (chunk) WHERE chunk > 0`,
		`CREATE INDEX IF NOT EXISTS scan_object_hits ON scan_object (hits) WHERE hits > 0`,
		`CREATE INDEX IF NOT EXISTS scan_object_partial ON scan_object (folder) WHERE hits < 0`,
		`CREATE INDEX IF NOT EXISTS scan_object_trouble ON scan_object (folder) WHERE trouble <> ''`,
		`CREATE TABLE IF NOT EXISTS content_verdict (content TEXT NOT NULL, version BIGINT NOT NULL, findings TEXT NOT NULL,
		PRIMARY KEY (content, version)){compact}`,
		`CREATE TABLE IF NOT EXISTS scan_chunk (id BIGINT PRIMARY KEY, run BIGINT NOT NULL, owner TEXT NOT NULL DEFAULT '',
		lease_until BIGINT NOT NULL DEFAULT 0, attempt BIGINT NOT NULL DEFAULT 0)`,
		`CREATE TABLE IF NOT EXISTS scan_mount (source BIGINT NOT NULL, path_key TEXT NOT NULL, PRIMARY KEY (source, path_key))`,
		`CREATE INDEX IF NOT EXISTS scan_chunk_run ON scan_chunk (run, id)`,
	}
}

func (db *DB) migrate(ctx context.Context) error {
	return db.update(ctx, func(tx *sql.Tx) error {
		if db.pg {
			// Several workers may start at once.
			if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(7071085)`); err != nil {
				return err
			}
		}
		compact := " WITHOUT ROWID"
		if db.pg {
			compact = ""
		}
		for _, t := range tables() {
			if _, err := tx.ExecContext(ctx, strings.ReplaceAll(t, "{compact}", compact)); err != nil {
				return fmt.Errorf("cannot make the tables: %w", err)
			}
		}
		return usable(ctx, tx, false)
	})
}

// usable tells that the tables are of this program and in use; new ones are marked,
// unless they are only looked at.
func usable(ctx context.Context, tx *sql.Tx, looking bool) error {
	var have, moved int64
	err := tx.QueryRowContext(ctx, `SELECT version FROM scan_schema`).Scan(&have)
	if errors.Is(err, sql.ErrNoRows) && !looking {
		_, err = tx.ExecContext(ctx, `INSERT INTO scan_schema (version) VALUES ($1)`, version)
		have = version
	}
	if err == nil {
		err = tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM scan_counter WHERE name = $1`, Moved).Scan(&moved)
	}
	if err == nil && moved > 0 {
		err = ErrMoved
	}
	if err == nil && have > version {
		err = fmt.Errorf("the tables are of version %d, this program knows only %d: start the newer program", have, version)
	}
	return err
}

// update runs fn in a transaction.
func (db *DB) update(ctx context.Context, fn func(tx *sql.Tx) error) error {
	tx, err := db.sql.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("cannot begin: %w", err)
	}
	if err := fn(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// deadlockTries is how often a transaction is run that PostgreSQL ends because it and
// another wait for each other.
const deadlockTries = 10

// again is update for a transaction that may be run anew: a planner and a worker lock
// what they share in different order, and one of them has to begin again.
func (db *DB) again(ctx context.Context, fn func(tx *sql.Tx) error) error {
	for try := 1; ; try++ {
		err := db.update(ctx, fn)
		var of *pgconn.PgError
		if try == deadlockTries || !errors.As(err, &of) || of.Code != "40P01" {
			return err
		}
	}
}

// take reserves n ids of a kind and returns the first.
func take(ctx context.Context, tx *sql.Tx, kind string, n int64) (int64, error) {
	if _, err := tx.ExecContext(ctx, `INSERT INTO scan_counter (name, next) VALUES ($1, 1) ON CONFLICT (name) DO NOTHING`, kind); err != nil {
		return 0, err
	}
	var next int64
	err := tx.QueryRowContext(ctx, `UPDATE scan_counter SET next = next + $2 WHERE name = $1 RETURNING next`, kind, n).Scan(&next)
	return next - n, err
}

// locked adds what PostgreSQL needs to hand out rows to several workers; SQLite has
// one writer anyway.
func (db *DB) locked(query, how string) string {
	if !db.pg {
		how = ""
	}
	return strings.ReplaceAll(query, "{lock}", how)
}
