package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"brevvagt/scanner/source/share/walk"
)

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
			case r.Clean():
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

// Clean says that nothing was found in a file, that it was read as it was planned and
// need not be read again. The verdict on its content is left to KeepClean.
func (r *Result) Clean() bool {
	e := &r.Object.Entry
	return r.Hits == 0 && r.Findings == "" && r.Case == "" && !r.Racy && r.Now.Size == e.Size && r.Now.MTime == e.MTime && r.Now.CTime == e.CTime && r.Now.Inode == e.Inode
}

// storeVerdicts keeps what was found in content that was not known.
func (db *DB) storeVerdicts(ctx context.Context, tx *sql.Tx, run Run, results []Result) error {
	seen := make(map[string]bool)
	var args []any
	for i := range results {
		if r := &results[i]; r.Fresh && !r.Clean() && !seen[r.Content] {
			seen[r.Content] = true
			args = append(args, r.Content, run.Version, r.Findings)
		}
	}
	return db.writeVerdicts(ctx, tx, args)
}

// KeepClean keeps that nothing was found in contents, which are sorted and distinct.
func (db *DB) KeepClean(ctx context.Context, version int64, contents []string) error {
	args := make([]any, 0, 3*len(contents))
	for _, c := range contents {
		args = append(args, c, version, "")
	}
	if err := db.update(ctx, func(tx *sql.Tx) error { return db.writeVerdicts(ctx, tx, args) }); err != nil {
		return fmt.Errorf("cannot keep verdicts: %w", err)
	}
	return nil
}

func (db *DB) writeVerdicts(ctx context.Context, tx *sql.Tx, args []any) error {
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
		query += `, content = $5, version = $6, hits = $7, kase = $8, first_run = CASE WHEN hits > 0 AND first_run > 0 THEN first_run ELSE $9 END`
		args = append(args, r.Content, run.Version, r.Hits, r.Case, run.ID)
		// The folder was listed with the file in it, and looks the same when it is put back.
		if _, err := tx.ExecContext(ctx, `UPDATE scan_folder SET digest = '', next_digest = '' WHERE id = $1`, r.Object.folder); err != nil {
			return 0, err
		}
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
