package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"

	"github.com/jackc/pgx/v5"

	"brevvagt/internal/carry"
)

// Errors that say which database is the right one.
var (
	ErrMoved     = errors.New("the cases were moved to PostgreSQL: give its address as database: in the configuration")
	ErrNotMoved  = errors.New("the configuration names a PostgreSQL (database:), but the cases still lie in the state folder: run brevvagt db move first")
	errNoMarking = errors.New("cannot see whether the database was moved")
)

// moved is the table that marks a file whose content went to PostgreSQL.
const moved = "moved_to_server"

// isMoved looks for the mark, and for whether there are tables at all.
func isMoved(ctx context.Context, db *sql.DB) (gone, tables bool, err error) {
	var n, all int
	err = db.QueryRowContext(ctx, `SELECT COUNT(CASE WHEN name = $1 THEN 1 END), COUNT(CASE WHEN name IN ('cases', 'accounts') THEN 1 END) FROM sqlite_master WHERE type = 'table'`, moved).Scan(&n, &all)
	if err != nil {
		return false, false, fmt.Errorf("%w: %w", errNoMarking, err)
	}
	return n > 0, all == 2, nil
}

func notMoved(ctx context.Context, db *sql.DB) error {
	gone, _, err := isMoved(ctx, db)
	if err == nil && gone {
		err = ErrMoved
	}
	return err
}

// notLeftBehind refuses a server while a file with the cases lies in the folder:
// going on with an empty database would hide them.
func notLeftBehind(ctx context.Context, path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) || err == nil && info.Size() == 0 {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot look at the database file: %w", err)
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro&_pragma=busy_timeout(10000)")
	if err != nil {
		return fmt.Errorf("%w: %w", errNoMarking, err)
	}
	defer db.Close()
	gone, tables, err := isMoved(ctx, db)
	if err != nil || gone || !tables {
		return err
	}
	// A machine that only helps with the scans has a file without either.
	var n int
	if err := db.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM cases) + (SELECT COUNT(*) FROM accounts)`).Scan(&n); err != nil {
		return fmt.Errorf("%w: %w", errNoMarking, err)
	}
	if n > 0 {
		return ErrNotMoved
	}
	return nil
}

// Tables are what an installation keeps, in the order in which Move writes them.
func Tables() []string {
	return []string{"cases", "case_pictures", "case_values", "case_counts", "case_words", "case_notes", "case_items", "case_repeats", "notices", "ledger_lines", "ledger_private", "ledger_hashes",
		"register_drafts", "register_reminders", "accounts", "account_logins", "account_mail", "passkey_handles", "passkeys", "recovery_keys", "vault_seals", "warned", "exceptions", "sender_links", "run_mails",
		"proofs", "transports", "share_summaries", "mailbox_folders", "mailbox_items", "mailbox_handled", "mailbox_accounts"}
}

// Move carries an installation's tables from its SQLite file into a PostgreSQL, all of
// them or nothing, and returns the counts, which are the same on both sides. The file
// stays, marked so that nothing starts from it any more. dryRun only counts and looks.
// A move that was cut off left nothing and is run again; one that was cut off after its
// last step is recognised and marked.
func Move(ctx context.Context, path, server string, dryRun bool, done func(c carry.Count, last bool)) ([]carry.Count, error) {
	// Claimed alone, so that no daemon runs or starts meanwhile, and brought up to date.
	from, err := Open(ctx, Options{Path: path})
	if err != nil {
		return nil, err
	}
	defer from.Close()
	var counts []carry.Count
	err = from.Update(ctx, func(tx *sql.Tx) error {
		var err error
		if dryRun {
			counts, err = carry.Here(ctx, tx, Tables())
			return errors.Join(err, reachable(ctx, server))
		}
		if counts, err = fillServer(ctx, tx, path, server, done); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `CREATE TABLE `+moved+` (at BIGINT NOT NULL)`); err != nil {
			return fmt.Errorf("everything was moved, but the SQLite database could not be marked: %w", err)
		}
		return nil
	})
	return counts, err
}

func fillServer(ctx context.Context, tx *sql.Tx, path, server string, done func(c carry.Count, last bool)) ([]carry.Count, error) {
	// The tables are made, and no daemon has them, until we are done.
	to := &DB{path: path, o: Options{Path: path, Server: server}}
	if err := to.connectServer(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot open the PostgreSQL database: %w", err), to.Close())
	}
	defer to.Close()
	pg, err := pgx.Connect(ctx, server)
	if err != nil {
		return nil, errors.New("cannot reach the PostgreSQL database")
	}
	defer pg.Close(context.WithoutCancel(ctx))
	into, err := pg.Begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("cannot begin in PostgreSQL: %w", err)
	}
	counts, err := carry.Fill(ctx, tx, into, Tables(), done)
	if err != nil {
		return nil, errors.Join(err, into.Rollback(context.WithoutCancel(ctx)))
	}
	if err := into.Commit(ctx); err != nil {
		return nil, fmt.Errorf("cannot commit in PostgreSQL: %w", err)
	}
	return counts, nil
}

func reachable(ctx context.Context, server string) error {
	pg, err := pgx.Connect(ctx, server)
	if err != nil {
		return fmt.Errorf("cannot reach the PostgreSQL database: %w", err)
	}
	defer pg.Close(context.WithoutCancel(ctx))
	var cases bool
	if err := pg.QueryRow(ctx, `SELECT to_regclass('cases') IS NOT NULL`).Scan(&cases); err != nil || !cases {
		return err
	}
	var n int64
	if err := pg.QueryRow(ctx, `SELECT (SELECT COUNT(*) FROM cases) + (SELECT COUNT(*) FROM accounts)`).Scan(&n); err != nil {
		return err
	}
	if n > 0 {
		return carry.ErrFull
	}
	return nil
}
