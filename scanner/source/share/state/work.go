package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"brevvagt/scanner/source/share/walk"
)

// Object is a file that has to be read.
type Object struct {
	objectKey
	Path string // relative to the share
	walk.Entry
	Tries int64
	// Content and Version are what it was when it was read before, if it was; Unchanged
	// says that its fingerprint is still the one it had then.
	Content   string
	Version   int64
	Unchanged bool
	Hits      int64
	Case      string
}

// Chunk is some files of a run, taken under a lease.
type Chunk struct {
	ID      int64
	Attempt int64 // how often it was taken; a file that kills its reader makes this grow
	Objects []Object
}

// Claim takes the next free chunk of a run for owner; ok is false when none is free.
// The clocks of workers on several machines must agree to within the lease.
func (db *DB) Claim(ctx context.Context, run int64, owner string, now time.Time, lease time.Duration) (c Chunk, ok bool, err error) {
	const claim = `UPDATE scan_chunk SET owner = $1, lease_until = $2, attempt = attempt + 1 WHERE id =
		(SELECT id FROM scan_chunk WHERE run = $3 AND (lease_until < $4 OR lease_until > $5) ORDER BY id LIMIT 1 {lock}) RETURNING id, attempt`
	err = db.sql.QueryRowContext(ctx, db.locked(claim, "FOR UPDATE SKIP LOCKED"), owner, now.Add(lease).UnixMilli(), run, now.UnixMilli(), latest(now, lease)).Scan(&c.ID, &c.Attempt)
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, nil
	}
	if err == nil {
		c.Objects, err = db.pendingOf(ctx, c.ID)
	}
	if err != nil {
		return c, false, fmt.Errorf("cannot take work: %w", err)
	}
	return c, true, nil
}

// latest is the end of the longest lease that anybody can have now, in ms. One that
// ends later was given by a clock that was set back since, and would last until then.
func latest(now time.Time, lease time.Duration) int64 { return now.Add(lease + time.Hour).UnixMilli() }

func (db *DB) pendingOf(ctx context.Context, chunk int64) ([]Object, error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT o.folder, o.name_key, f.sealed_path, o.sealed_name, o.size, o.mtime, o.ctime, o.inode, o.breadth, o.tries, o.content, o.version, o.last_run, o.hits, o.kase
		FROM scan_object o JOIN scan_folder f ON f.id = o.folder WHERE o.chunk = $1 AND o.chunk > 0 AND o.state = 0 ORDER BY o.folder, o.name_key`, chunk)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := make([]Object, 0, chunkFiles)
	sealed, dir := "", "" // of the folder before
	for rows.Next() {
		var o Object
		var of, name string
		var lastRun int64
		if err := rows.Scan(&o.folder, &o.name, &of, &name, &o.Size, &o.MTime, &o.CTime, &o.Inode, &o.Breadth, &o.Tries, &o.Content, &o.Version, &lastRun, &o.Hits, &o.Case); err != nil {
			return nil, err
		}
		o.Unchanged = lastRun > 0
		if of != sealed || len(list) == 0 {
			if dir, err = db.keys.Open(of); err != nil {
				return nil, err
			}
			sealed = of
		}
		if name, err = db.keys.Open(name); err != nil {
			return nil, err
		}
		o.Path, o.Name = walk.Join(dir, name), name
		list = append(list, o)
	}
	return list, rows.Err()
}

// Renew keeps a lease.
func (db *DB) Renew(ctx context.Context, chunk int64, owner string, until time.Time) error {
	res, err := db.sql.ExecContext(ctx, `UPDATE scan_chunk SET lease_until = $3 WHERE id = $1 AND owner = $2`, chunk, owner, until.UnixMilli())
	if err != nil {
		return fmt.Errorf("cannot keep the lease: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(ErrLost, err)
	}
	return nil
}

// Try notes by +1, before a file of a chunk that keeps failing is opened, that it
// will be, and takes it back by -1 when it was merely cut off: a file that takes the
// reader down with it is known by its tries.
func (db *DB) Try(ctx context.Context, o *Object, by int64) error {
	o.Tries += by
	_, err := db.sql.ExecContext(ctx, `UPDATE scan_object SET tries = $3 WHERE folder = $1 AND name_key = $2`, o.folder, o.objectKey.name, o.Tries)
	if err != nil {
		return fmt.Errorf("cannot note a try: %w", err)
	}
	return nil
}

// Leave ends a chunk: it goes when all its files are done, and is free for the next
// worker when some are left.
func (db *DB) Leave(ctx context.Context, chunk int64, owner string) error {
	err := db.update(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE scan_chunk SET lease_until = 0, owner = '' WHERE id = $1 AND owner = $2`, chunk, owner); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM scan_chunk WHERE id = $1 AND owner = '' AND NOT EXISTS (SELECT 1 FROM scan_object WHERE chunk = $1 AND chunk > 0 AND state = 0)`, chunk)
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot leave a chunk: %w", err)
	}
	return nil
}

// Verdict is what was found in content by this version, if it was ever read.
func (db *DB) Verdict(ctx context.Context, content string, version int64) (findings string, ok bool, err error) {
	err = db.sql.QueryRowContext(ctx, `SELECT findings FROM content_verdict WHERE content = $1 AND version = $2`, content, version).Scan(&findings)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("cannot read a verdict: %w", err)
	}
	return findings, true, nil
}

// Verdicts are the contents that this version has judged, at most limit of them;
// all is false when there are more.
func (db *DB) Verdicts(ctx context.Context, version int64, limit int) (known map[string]struct{}, all bool, err error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT content FROM content_verdict WHERE version = $1 LIMIT $2`, version, limit+1)
	if err != nil {
		return nil, false, fmt.Errorf("cannot read verdicts: %w", err)
	}
	defer rows.Close()
	known = make(map[string]struct{})
	for rows.Next() {
		var content string
		if err := rows.Scan(&content); err != nil {
			return nil, false, fmt.Errorf("cannot read verdicts: %w", err)
		}
		known[content] = struct{}{}
	}
	return known, len(known) <= limit, rows.Err()
}
