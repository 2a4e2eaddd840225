package state

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"brevvagt/scanner/source/share/found"
	"brevvagt/scanner/source/share/walk"
)

// Hit is a file in which something was found.
type Hit struct {
	Dir, Name         string
	Owner             string // of the folder
	Size              int64
	Modified          time.Time
	Breadth           walk.Breadth
	Findings          found.Findings
	FirstRun, LastRun int64
	Gone              bool   // since LastRun
	Case              string // the case that holds it, "" when it was only reported
}

// Path of the file relative to its share.
func (h *Hit) Path() string { return walk.Join(h.Dir, h.Name) }

// EachHit gives every file of a source with findings, in no certain order.
func (db *DB) EachHit(ctx context.Context, source int64, fn func(Hit) error) error {
	rows, err := db.sql.QueryContext(ctx, `SELECT f.sealed_path, f.owner, o.sealed_name, o.size, o.mtime, o.breadth, o.first_run, o.last_run, o.state, o.kase, v.findings
		FROM scan_object o JOIN scan_folder f ON f.id = o.folder LEFT JOIN content_verdict v ON v.content = o.content AND v.version = o.version
		WHERE o.hits > 0 AND f.source = $1`, source)
	if err != nil {
		return fmt.Errorf("cannot read findings: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var h Hit
		var mtime, objectState int64
		var stored sql.NullString
		if err := rows.Scan(&h.Dir, &h.Owner, &h.Name, &h.Size, &mtime, &h.Breadth, &h.FirstRun, &h.LastRun, &objectState, &h.Case, &stored); err != nil {
			return fmt.Errorf("cannot read findings: %w", err)
		}
		h.Gone, h.Modified = objectState == gone, time.Unix(0, max(mtime, -mtime)).UTC()
		if h.Dir, err = db.keys.Open(h.Dir); err != nil {
			return err
		}
		if h.Name, err = db.keys.Open(h.Name); err != nil {
			return err
		}
		if h.Findings, err = found.Decode(stored.String); err != nil {
			return err
		}
		if err := fn(h); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Unread is a file or folder that could not be read, with the trouble's word; or a file
// of which some could not be, with the gap's.
type Unread struct {
	Path, Trouble string
	Gap           string // the reason that says most, "" when none of it was read
	Folder        bool
}

// EachUnread gives every file and folder of a source that could not be read, or not
// wholly. Files with findings are not among them: those are looked at anyway.
func (db *DB) EachUnread(ctx context.Context, source int64, fn func(Unread) error) error {
	rows, err := db.sql.QueryContext(ctx, `SELECT f.sealed_path, '', f.trouble, '' FROM scan_folder f WHERE f.source = $1 AND f.trouble <> ''
		UNION ALL SELECT f.sealed_path, o.sealed_name, o.trouble, '' FROM scan_object o JOIN scan_folder f ON f.id = o.folder WHERE f.source = $1 AND o.trouble <> ''
		UNION ALL SELECT f.sealed_path, o.sealed_name, '', COALESCE(v.findings, '') FROM scan_object o JOIN scan_folder f ON f.id = o.folder
		LEFT JOIN content_verdict v ON v.content = o.content AND v.version = o.version WHERE f.source = $1 AND o.hits < 0 AND o.trouble = ''`, source)
	if err != nil {
		return fmt.Errorf("cannot read what was not read: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var u Unread
		var name, stored string
		if err := rows.Scan(&u.Path, &name, &u.Trouble, &stored); err != nil {
			return fmt.Errorf("cannot read what was not read: %w", err)
		}
		if u.Trouble == "" {
			f, err := found.Decode(stored)
			if err != nil {
				return err
			}
			u.Gap = f.Gap()
		}
		if u.Path, err = db.keys.Open(u.Path); err != nil {
			return err
		}
		if u.Folder = name == ""; !u.Folder {
			if name, err = db.keys.Open(name); err != nil {
				return err
			}
			u.Path = walk.Join(u.Path, name)
		}
		if err := fn(u); err != nil {
			return err
		}
	}
	return rows.Err()
}

// OpenRun is the run of a source that is not over, of the night or of what just changed,
// and how many processes are at it; 0 when there is none.
func (db *DB) OpenRun(ctx context.Context, source int64, now time.Time) (run int64, workers int, err error) {
	err = db.sql.QueryRowContext(ctx, `SELECT COALESCE(MIN(id), 0) FROM scan_run WHERE source = $1 AND state IN ('planning', 'working')`, source).Scan(&run)
	if err == nil && run > 0 {
		err = db.sql.QueryRowContext(ctx, `SELECT COUNT(*) FROM (SELECT planner AS owner FROM scan_run WHERE id = $1 AND planner_until > $2
			UNION SELECT owner FROM scan_chunk WHERE run = $1 AND owner <> '' AND lease_until > $2) AS busy`, run, now.UnixMilli()).Scan(&workers)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("cannot see who is at work: %w", err)
	}
	return run, workers, nil
}
