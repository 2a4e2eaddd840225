package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
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
	var list []Object
	for rows.Next() {
		var o Object
		var dir, name string
		var lastRun int64
		if err := rows.Scan(&o.folder, &o.name, &dir, &name, &o.Size, &o.MTime, &o.CTime, &o.Inode, &o.Breadth, &o.Tries, &o.Content, &o.Version, &lastRun, &o.Hits, &o.Case); err != nil {
			return nil, err
		}
		o.Unchanged = lastRun > 0
		if dir, err = db.keys.Open(dir); err != nil {
			return nil, err
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

// Result is what became of a file. Now is its fingerprint when it was read, with
// Gone for one that is no longer there.
type Result struct {
	Object  Object
	Now     walk.Entry
	Gone    bool
	Racy    bool // its times cannot be trusted another night
	Content string
	// Findings is the verdict to keep for the content, when it is a new one.
	Findings string
	Fresh    bool // Findings has to be stored
	Hits     int64
	Trouble  string
	Case     string
}

// Complete stores results of a chunk that is still held by owner, all or none. A
// result for a file that was queued anew meanwhile is dropped: it will be read again.
func (db *DB) Complete(ctx context.Context, run Run, chunk int64, owner string, results []Result) error {
	if len(results) == 0 {
		return nil
	}
	err := db.complete(ctx, run, chunk, owner, results, rowsAtOnce)
	if errors.Is(err, errDropped) {
		err = db.complete(ctx, run, chunk, owner, results, 1)
	}
	if err != nil {
		return fmt.Errorf("cannot store results: %w", err)
	}
	return nil
}

// errDropped says that of the files of one statement some were queued anew; which is
// only known when each has its own.
var errDropped = errors.New("some files were queued anew")

func (db *DB) complete(ctx context.Context, run Run, chunk int64, owner string, results []Result, atOnce int) error {
	return db.update(ctx, func(tx *sql.Tx) error {
		var holder string
		err := tx.QueryRowContext(ctx, db.locked(`SELECT owner FROM scan_chunk WHERE id = $1 {lock}`, "FOR UPDATE"), chunk).Scan(&holder)
		if errors.Is(err, sql.ErrNoRows) || err == nil && holder != owner {
			return ErrLost
		}
		if err != nil {
			return err
		}
		if err := db.storeVerdicts(ctx, tx, run, results); err != nil {
			return err
		}
		var files, bytes, hits int64
		count := func(n int64, list ...*Result) {
			for _, r := range list {
				files, bytes = files+n, bytes+n*r.Now.Size
				if r.Hits > 0 {
					hits += n
				}
			}
		}
		var clean, read []*Result
		for i := range results {
			r := &results[i]
			var n int64
			switch {
			case r.Gone:
				r.Now.Size = r.Object.Size
				n, err = completeGone(ctx, tx, run, chunk, r)
			case r.Trouble != "":
				r.Now.Size = r.Object.Size
				n, err = completeTrouble(ctx, tx, run, chunk, r)
			case r.clean():
				clean = append(clean, r)
			default:
				read = append(read, r)
			}
			if err != nil {
				return err
			}
			count(n, r)
		}
		for lot := range slices.Chunk(clean, atOnce) {
			n, err := db.completeClean(ctx, tx, run, chunk, lot)
			if err != nil {
				return err
			}
			count(n, lot...)
		}
		for lot := range slices.Chunk(read, atOnce) {
			n, err := db.completeRead(ctx, tx, run, chunk, lot)
			if err != nil {
				return err
			}
			count(n, lot...)
		}
		_, err = tx.ExecContext(ctx, `UPDATE scan_run SET done = done + $2, done_bytes = done_bytes + $3, hits = hits + $4 WHERE id = $1`, run.ID, files, bytes, hits)
		return err
	})
}

// clean says that nothing was found in a file, and that it was read as it was planned.
func (r *Result) clean() bool {
	e := &r.Object.Entry
	return r.Hits == 0 && r.Case == "" && !r.Racy && r.Now.Size == e.Size && r.Now.MTime == e.MTime && r.Now.CTime == e.CTime && r.Now.Inode == e.Inode
}

// storeVerdicts keeps what was found in content that was not known.
func (db *DB) storeVerdicts(ctx context.Context, tx *sql.Tx, run Run, results []Result) error {
	seen := make(map[string]bool)
	var args []any
	for i := range results {
		if r := &results[i]; r.Fresh && !seen[r.Content] {
			seen[r.Content] = true
			args = append(args, r.Content, run.Version, r.Findings)
		}
	}
	for lot := range slices.Chunk(args, 3*rowsAtOnce) {
		var err error
		if len(lot) == 3*rowsAtOnce {
			_, err = tx.StmtContext(ctx, db.verdicts).ExecContext(ctx, lot...)
		} else {
			_, err = tx.ExecContext(ctx, db.insertVerdicts(len(lot)/3), lot...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) insertVerdicts(n int) string {
	return `INSERT` + db.orFail() + ` INTO content_verdict (content, version, findings) VALUES ` + db.places(n, "", "", "") + ` ON CONFLICT (content, version) DO NOTHING`
}

// orFail spares SQLite the journal that it keeps of a statement with many rows, to undo
// it alone. Whoever meets an error here undoes the whole transaction.
func (db *DB) orFail() string {
	if db.pg {
		return ""
	}
	return " OR FAIL"
}

// mark is the k-th placeholder of a statement with very many. SQLite's driver looks
// a numbered one up among all arguments, so it gets plain ones; arguments must
// therefore stand in the order of the text.
func (db *DB) mark(k int) string {
	if db.pg {
		return fmt.Sprintf("$%d", k)
	}
	return "?"
}

// places are n rows of placeholders, each cast to its type where one is given.
func (db *DB) places(n int, types ...string) string {
	var s strings.Builder
	k := 0
	for i := range n {
		if i > 0 {
			s.WriteString(", ")
		}
		s.WriteByte('(')
		for j, t := range types {
			if j > 0 {
				s.WriteString(", ")
			}
			k++
			if t == "" || !db.pg {
				s.WriteString(db.mark(k))
			} else {
				fmt.Fprintf(&s, "CAST($%d AS %s)", k, t)
			}
		}
		s.WriteByte(')')
	}
	return s.String()
}

// completeClean stores a lot of files in which nothing was found, in one statement: most
// files of most shares.
func (db *DB) completeClean(ctx context.Context, tx *sql.Tx, run Run, chunk int64, lot []*Result) (each int64, err error) {
	args := make([]any, 0, 3*len(lot)+3)
	for _, r := range lot {
		args = append(args, r.Object.folder, r.Object.name, r.Content)
	}
	return stored(ctx, tx, db.clean, db.updateClean, lot, append(args, run.Version, run.ID, chunk))
}

// completeRead stores a lot of files that were read, in one statement.
func (db *DB) completeRead(ctx context.Context, tx *sql.Tx, run Run, chunk int64, lot []*Result) (each int64, err error) {
	args := make([]any, 0, 9*len(lot)+4)
	for _, r := range lot {
		mtime := r.Now.MTime
		if r.Racy {
			mtime = -mtime
		}
		args = append(args, r.Object.folder, r.Object.name, r.Now.Size, mtime, r.Now.CTime, r.Now.Inode, r.Content, r.Hits, r.Case)
	}
	return stored(ctx, tx, db.read, db.updateRead, lot, append(args, run.Version, run.ID, run.ID, chunk))
}

// stored runs a statement for a lot: full is prepared for a whole one, query makes that
// for any. It says how often each of the lot was stored, once or not at all.
func stored(ctx context.Context, tx *sql.Tx, full *sql.Stmt, query func(n int) string, lot []*Result, args []any) (each int64, err error) {
	var res sql.Result
	if len(lot) == rowsAtOnce {
		res, err = tx.StmtContext(ctx, full).ExecContext(ctx, args...)
	} else {
		res, err = tx.ExecContext(ctx, query(len(lot)), args...)
	}
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	if err == nil && n != int64(len(lot)) && len(lot) > 1 {
		err = errDropped
	}
	return min(n, 1), err
}

func (db *DB) updateClean(n int) string {
	k := 3 * n
	return `WITH v (folder, name, content) AS (VALUES ` + db.places(n, "BIGINT", "TEXT", "TEXT") + `) UPDATE` + db.orFail() +
		fmt.Sprintf(` scan_object SET state = 1, chunk = 0, tries = 0, trouble = '', content = v.content, version = %s, last_run = %s, kase = '', hits = 0, first_run = 0
		FROM v WHERE scan_object.folder = v.folder AND name_key = v.name AND chunk = %s AND state = 0`, db.mark(k+1), db.mark(k+2), db.mark(k+3))
}

func (db *DB) updateRead(n int) string {
	const big = "BIGINT"
	k := 9 * n
	return `WITH v (folder, name, size, mtime, ctime, inode, content, hits, kase) AS (VALUES ` +
		db.places(n, big, "TEXT", big, big, big, big, "TEXT", big, "TEXT") + `) UPDATE` + db.orFail() + fmt.Sprintf(` scan_object SET state = 1, chunk = 0, tries = 0, trouble = '',
		size = v.size, mtime = v.mtime, ctime = v.ctime, inode = v.inode, content = v.content, version = %s, last_run = %s, kase = v.kase, hits = v.hits,
		first_run = CASE WHEN v.hits <= 0 THEN 0 WHEN scan_object.hits > 0 AND first_run > 0 THEN first_run ELSE %s END
		FROM v WHERE scan_object.folder = v.folder AND name_key = v.name AND chunk = %s AND state = 0`, db.mark(k+1), db.mark(k+2), db.mark(k+3), db.mark(k+4))
}

// completeTrouble notes that a file could not be read. What was found earlier still
// counts until it is, and that it changed since is not forgotten.
func completeTrouble(ctx context.Context, tx *sql.Tx, run Run, chunk int64, r *Result) (int64, error) {
	version := r.Object.Version
	if r.Trouble == walk.TroubleCrash {
		version = run.Version // not tried again by the program that it took down
	}
	res, err := tx.ExecContext(ctx, `UPDATE scan_object SET state = 1, chunk = 0, trouble = $4, version = $5,
		last_run = CASE WHEN content <> '' AND last_run = 0 THEN 0 ELSE $6 END WHERE folder = $1 AND name_key = $2 AND chunk = $3 AND state = 0`,
		r.Object.folder, r.Object.name, chunk, r.Trouble, version, run.ID)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// completeGone closes a file that went away, or that was taken away into a case.
func completeGone(ctx context.Context, tx *sql.Tx, run Run, chunk int64, r *Result) (int64, error) {
	query, args := `UPDATE scan_object SET state = $4`, []any{r.Object.folder, r.Object.name, chunk, gone}
	if r.Case != "" {
		query += `, content = $5, version = $6, hits = $7, kase = $8, first_run = $9`
		args = append(args, r.Content, run.Version, r.Hits, r.Case, run.ID)
	}
	res, err := tx.ExecContext(ctx, query+` WHERE folder = $1 AND name_key = $2 AND chunk = $3 AND state = 0`, args...)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	if err != nil || n == 0 {
		return 0, err
	}
	return n, closeObject(ctx, tx, r.Object.objectKey, run.ID)
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
