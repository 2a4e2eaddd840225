// Package move carries the database of the scans of shares from an SQLite file into
// a PostgreSQL, when an installation grows beyond one machine: all of it in one
// transaction or nothing, and every table counted on both sides.
package move

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite" // database/sql knows drivers by import only

	"brevvagt/internal/carry"
	"brevvagt/scanner/source/share/seal"
	"brevvagt/scanner/source/share/state"
)

// Errors that say what to do.
var (
	ErrBusy = errors.New("a scan is at work on the database: stop brevvagt serve and brevvagt shares, or wait two minutes after a kill")
	ErrFull = carry.ErrFull
	ErrGone = errors.New("there is no SQLite database of scans to move")
)

// Tables are what is carried over, in the order in which it is written.
func Tables() []string {
	return []string{"scan_counter", "source", "scan_version", "scan_run", "scan_folder", "scan_object", "content_verdict", "scan_chunk", "scan_mount"}
}

// Count is how many rows a table has.
type Count = carry.Count

// Options of a move.
type Options struct {
	From   string // the SQLite file
	To     string // postgres://…
	Keys   *seal.Keys
	DryRun bool                    // count, connect and look, write nothing
	Done   func(c Count, all bool) // called after each table; may be nil
}

// Run moves, and returns the counts, which are the same on both sides. The SQLite
// file stays, marked so that no scan starts from it any more. A move that was cut off
// left nothing and is run again; one that was cut off after its last step is
// recognised and marked.
func Run(ctx context.Context, o Options) ([]Count, error) {
	if _, err := os.Stat(o.From); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGone, err)
	}
	// Tables of an older program are brought up to date first, and a file that was
	// moved before is an error here.
	db, err := state.Open(ctx, o.From, o.Keys)
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	from, err := sql.Open("sqlite", "file:"+(&url.URL{Path: o.From}).EscapedPath()+"?_txlock=immediate&_pragma=busy_timeout(5000)")
	if err != nil {
		return nil, fmt.Errorf("cannot open the SQLite database: %w", err)
	}
	defer from.Close()
	from.SetMaxOpenConns(1)
	// An immediate transaction keeps every writer out until we are done.
	tx, err := from.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBusy, err)
	}
	counts, err := run(ctx, tx, o)
	if err != nil || o.DryRun {
		return counts, errors.Join(err, tx.Rollback())
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO scan_counter (name, next) VALUES ($1, $2)`, state.Moved, time.Now().UnixMilli()); err != nil {
		return counts, errors.Join(fmt.Errorf("everything was moved, but the SQLite database could not be marked: %w", err), tx.Rollback())
	}
	return counts, tx.Commit()
}

func run(ctx context.Context, tx *sql.Tx, o Options) ([]Count, error) {
	var busy int64
	if err := tx.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM scan_chunk WHERE lease_until > $1) + (SELECT COUNT(*) FROM scan_run WHERE state = 'planning' AND planner_until > $1)`, time.Now().UnixMilli()).Scan(&busy); err != nil {
		return nil, fmt.Errorf("cannot read the SQLite database: %w", err)
	}
	if busy > 0 {
		return nil, ErrBusy
	}
	have, err := carry.Here(ctx, tx, Tables())
	if err != nil {
		return nil, err
	}
	if !o.DryRun {
		// Makes the tables where there are none.
		db, err := state.Open(ctx, o.To, o.Keys)
		if err != nil {
			return nil, err
		}
		if err := db.Close(); err != nil {
			return nil, err
		}
	}
	pg, err := pgx.Connect(ctx, o.To)
	if err != nil {
		return nil, fmt.Errorf("cannot reach the PostgreSQL database: %w", err)
	}
	defer pg.Close(context.WithoutCancel(ctx))
	if o.DryRun {
		return have, empty(ctx, pg)
	}
	to, err := pg.Begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("cannot begin in PostgreSQL: %w", err)
	}
	if _, err := carry.Fill(ctx, tx, to, Tables(), o.Done); err != nil {
		return nil, errors.Join(err, to.Rollback(context.WithoutCancel(ctx)))
	}
	if err := to.Commit(ctx); err != nil {
		return nil, fmt.Errorf("cannot commit in PostgreSQL: %w", err)
	}
	return have, nil
}

// empty looks at a target that is only looked at.
func empty(ctx context.Context, pg *pgx.Conn) error {
	var there bool
	if err := pg.QueryRow(ctx, `SELECT to_regclass('source') IS NOT NULL`).Scan(&there); err != nil {
		return fmt.Errorf("cannot look into PostgreSQL: %w", err)
	}
	if !there {
		return nil
	}
	var rows int64
	if err := pg.QueryRow(ctx, `SELECT COUNT(*) FROM source`).Scan(&rows); err != nil {
		return fmt.Errorf("cannot look into PostgreSQL: %w", err)
	}
	if rows > 0 {
		return ErrFull
	}
	return nil
}
