package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Source is a share as the database knows it.
type Source struct {
	ID      int64
	Name    string
	Paused  bool
	Dirty   bool  // changes were missed: a walk is due
	Sampled int64 // the week whose sample was read again, see Week
}

// Stage of a run.
type Stage string

// The stages of a run.
const (
	Planning Stage = "planning" // folders are walked; workers may be at it already
	Working  Stage = "working"  // all is planned
	Finished Stage = "finished"
	Failed   Stage = "failed" // the share could not be walked; the next one tries again
)

// Run is one scan of one source. Planned and Done count files that have to be read.
type Run struct {
	ID, Source         int64
	Scheduled, Started time.Time
	Finished           time.Time // zero while it is open
	Stage              Stage
	Problem            string
	Version            int64
	Seen               int64 // files listed
	Planned, Done      int64
	Bytes, DoneBytes   int64
	Hits               int64 // files with findings that were read in this run
	Summary            string
}

// Open reports whether there is still work to do.
func (r Run) Open() bool { return r.Stage == Planning || r.Stage == Working }

// ErrLost says that a lease ran out and somebody else does the work now.
var ErrLost = errors.New("the lease was lost to another worker")

// ErrEmpty says that a share with known files is suddenly empty.
var ErrEmpty = errors.New("the share is empty although files were found before: is it mounted?")

// ErrNone says that there is no such source or run.
var ErrNone = errors.New("not known")

// EnsureSource finds a source by name or makes it.
func (db *DB) EnsureSource(ctx context.Context, name string) (Source, error) {
	err := db.update(ctx, func(tx *sql.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM source WHERE name = $1`, name).Scan(&n); err != nil || n > 0 {
			return err
		}
		id, err := take(ctx, tx, "source", 1)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO source (id, name) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, id, name)
		return err
	})
	if err != nil {
		return Source{}, fmt.Errorf("cannot note share %s: %w", name, err)
	}
	return db.Source(ctx, name)
}

// Source finds a source by name.
func (db *DB) Source(ctx context.Context, name string) (Source, error) {
	s := Source{Name: name}
	var paused, dirty int64
	err := db.sql.QueryRowContext(ctx, `SELECT id, paused, dirty, sampled FROM source WHERE name = $1`, name).Scan(&s.ID, &paused, &dirty, &s.Sampled)
	if errors.Is(err, sql.ErrNoRows) {
		return s, fmt.Errorf("share %s: %w", name, ErrNone)
	}
	if err != nil {
		return s, fmt.Errorf("cannot read share %s: %w", name, err)
	}
	s.Paused, s.Dirty = paused > 0, dirty > 0
	return s, nil
}

// Pause stops or resumes the work on a source, in every process.
func (db *DB) Pause(ctx context.Context, name string, paused bool) error {
	return db.flag(ctx, `UPDATE source SET paused = $2 WHERE name = $1`, name, paused)
}

// MarkDirty notes that changes of a source were missed, so that a walk is due.
func (db *DB) MarkDirty(ctx context.Context, name string, dirty bool) error {
	return db.flag(ctx, `UPDATE source SET dirty = $2 WHERE name = $1`, name, dirty)
}

func (db *DB) flag(ctx context.Context, query, name string, on bool) error {
	v := 0
	if on {
		v = 1
	}
	res, err := db.sql.ExecContext(ctx, query, name, v)
	if err != nil {
		return fmt.Errorf("cannot note share %s: %w", name, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fmt.Errorf("share %s: %w", name, ErrNone), err)
	}
	return nil
}

// EnsureVersion is the number of a pair of versions: of what reads files, and of
// what judges them. What another pair judged is judged again.
func (db *DB) EnsureVersion(ctx context.Context, extract, detect string) (int64, error) {
	var id int64
	err := db.update(ctx, func(tx *sql.Tx) error {
		const find = `SELECT id FROM scan_version WHERE extract_version = $1 AND detect_version = $2`
		err := tx.QueryRowContext(ctx, find, extract, detect).Scan(&id)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		next, err := take(ctx, tx, "version", 1)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO scan_version (id, extract_version, detect_version) VALUES ($1, $2, $3)
			ON CONFLICT (extract_version, detect_version) DO NOTHING`, next, extract, detect); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, find, extract, detect).Scan(&id)
	})
	if err != nil {
		return 0, fmt.Errorf("cannot note the version: %w", err)
	}
	return id, nil
}

const runColumns = `id, source, scheduled, started, finished, state, problem, version, seen, planned, planned_bytes, done, done_bytes, hits, summary`

type scanner interface{ Scan(dest ...any) error }

func scanRun(row scanner) (Run, error) {
	var r Run
	var scheduled, started, finished int64
	err := row.Scan(&r.ID, &r.Source, &scheduled, &started, &finished, &r.Stage, &r.Problem, &r.Version, &r.Seen, &r.Planned, &r.Bytes, &r.Done, &r.DoneBytes, &r.Hits, &r.Summary)
	r.Scheduled, r.Started, r.Finished = moment(scheduled), moment(started), moment(finished)
	return r, err
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// Runs are the nights' runs of a source, newest first, at most n.
func (db *DB) Runs(ctx context.Context, source int64, n int) ([]Run, error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT `+runColumns+` FROM scan_run WHERE source = $1 AND kind = '' ORDER BY id DESC LIMIT $2`, source, n)
	if err != nil {
		return nil, fmt.Errorf("cannot read runs: %w", err)
	}
	defer rows.Close()
	var list []Run
	for rows.Next() {
		r, err := scanRun(rows)
		if err != nil {
			return nil, fmt.Errorf("cannot read runs: %w", err)
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// Run reads a run anew.
func (db *DB) Run(ctx context.Context, id int64) (Run, error) {
	r, err := scanRun(db.sql.QueryRowContext(ctx, `SELECT `+runColumns+` FROM scan_run WHERE id = $1`, id))
	if err != nil {
		return r, fmt.Errorf("cannot read run %d: %w", id, err)
	}
	return r, nil
}

// Begin goes on with the open run of a source, or makes the one that was scheduled
// for the given moment. The row is unique, so that a night is scanned once whoever
// asks; ok is false when that run is over already.
func (db *DB) Begin(ctx context.Context, source int64, scheduled, now time.Time, version int64) (r Run, ok bool, err error) {
	err = db.update(ctx, func(tx *sql.Tx) error {
		find := func() (err error) {
			r, err = scanRun(tx.QueryRowContext(ctx, `SELECT `+runColumns+` FROM scan_run WHERE source = $1 AND (state IN ('planning', 'working') OR scheduled = $2)
				ORDER BY finished, id LIMIT 1`, source, scheduled.UnixMilli()))
			return err
		}
		err := find()
		if errors.Is(err, sql.ErrNoRows) {
			var id int64
			if id, err = take(ctx, tx, "run", 1); err != nil {
				return err
			}
			if _, err = tx.ExecContext(ctx, `INSERT INTO scan_run (id, source, scheduled, started, state, version) VALUES ($1, $2, $3, $4, 'planning', $5)
				ON CONFLICT (source, scheduled) DO NOTHING`, id, source, scheduled.UnixMilli(), now.UnixMilli(), version); err != nil {
				return err
			}
			// What a failed run has queued is this one's work.
			if _, err = tx.ExecContext(ctx, `UPDATE scan_chunk SET run = $1 WHERE run IN (SELECT id FROM scan_run WHERE source = $2 AND state = 'failed')`, id, source); err != nil {
				return err
			}
			err = find()
		}
		if err != nil {
			return err
		}
		if r.Open() { // a newer program may go on with an older one's run, a night with live work that was cut off
			r.Version = version
			_, err = tx.ExecContext(ctx, `UPDATE scan_run SET version = $2, kind = '' WHERE id = $1`, r.ID, version)
		}
		return err
	})
	if err != nil {
		return r, false, fmt.Errorf("cannot begin a run: %w", err)
	}
	return r, r.Open(), nil
}

// BeginLive makes a run for what just changed; ok is false while another is open.
func (db *DB) BeginLive(ctx context.Context, source int64, now time.Time, version int64) (r Run, ok bool, err error) {
	err = db.update(ctx, func(tx *sql.Tx) error {
		var open int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM scan_run WHERE source = $1 AND state IN ('planning', 'working')`, source).Scan(&open); err != nil || open > 0 {
			return err
		}
		id, err := take(ctx, tx, "run", 1)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO scan_run (id, source, scheduled, kind, started, state, version) VALUES ($1, $2, $3, 'live', $3, 'planning', $4)
			ON CONFLICT (source, scheduled) DO NOTHING`, id, source, now.UnixMilli(), version); err != nil {
			return err
		}
		r, err = scanRun(tx.QueryRowContext(ctx, `SELECT `+runColumns+` FROM scan_run WHERE id = $1`, id))
		ok = err == nil
		return err
	})
	if err != nil {
		return r, false, fmt.Errorf("cannot begin a live run: %w", err)
	}
	return r, ok, nil
}

// Forget removes a live run that is over: the nights alone are the trend.
func (db *DB) Forget(ctx context.Context, run int64) error {
	if _, err := db.sql.ExecContext(ctx, `DELETE FROM scan_run WHERE id = $1 AND kind = 'live'`, run); err != nil {
		return fmt.Errorf("cannot forget run %d: %w", run, err)
	}
	return nil
}

// Fail ends a run whose share could not be walked.
func (db *DB) Fail(ctx context.Context, run int64, now time.Time, problem string) error {
	return db.update(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE scan_run SET state = 'failed', finished = $2, problem = $3, planner_until = 0 WHERE id = $1`, run, now.UnixMilli(), problem); err != nil {
			return fmt.Errorf("cannot end run %d: %w", run, err)
		}
		return nil
	})
}

// Finish ends a run when everything planned is done; ok is false when it is not.
// From now on a folder that looks the same is known by one digest.
func (db *DB) Finish(ctx context.Context, run Run, now time.Time, summary string) (ok bool, err error) {
	err = db.update(ctx, func(tx *sql.Tx) error {
		var left int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM scan_chunk WHERE run = $1`, run.ID).Scan(&left); err != nil || left > 0 {
			return err
		}
		res, err := tx.ExecContext(ctx, `UPDATE scan_run SET state = 'finished', finished = $2, summary = $3 WHERE id = $1 AND state = 'working'`, run.ID, now.UnixMilli(), summary)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil || n == 0 {
			return err
		}
		ok = true
		if _, err := tx.ExecContext(ctx, `UPDATE scan_folder SET digest = next_digest, next_digest = '' WHERE source = $1 AND next_digest <> '' AND NOT EXISTS
			(SELECT 1 FROM scan_object o WHERE o.folder = scan_folder.id AND (o.state = $2 OR o.trouble <> '' OR o.mtime < 0))`, run.Source, pending); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE source SET sampled = $2 WHERE id = $1`, run.Source, Week(run.Started))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("cannot end run %d: %w", run.ID, err)
	}
	return ok, nil
}

// Week counts the weeks since 1970. In each one some folders are read again
// although nothing seems to have changed, since times can be forged.
func Week(t time.Time) int64 { return t.Unix() / (7 * 24 * 3600) }
