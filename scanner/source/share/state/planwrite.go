package state

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"brevvagt/scanner/source/share/walk"
)

// objectState is what is known of a file.
type objectState struct {
	walk.Entry
	state, chunk, version, lastRun int64
	trouble                        string
}

// objects are the known files of a folder by the digest of their name.
func (db *DB) objects(ctx context.Context, folder int64) (map[string]objectState, error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT name_key, size, mtime, ctime, inode, breadth, state, chunk, version, last_run, trouble FROM scan_object WHERE folder = $1`, folder)
	if err != nil {
		return nil, fmt.Errorf("cannot read files: %w", err)
	}
	defer rows.Close()
	list := make(map[string]objectState)
	for rows.Next() {
		var o objectState
		var name string
		if err := rows.Scan(&name, &o.Size, &o.MTime, &o.CTime, &o.Inode, &o.Breadth, &o.state, &o.chunk, &o.version, &o.lastRun, &o.trouble); err != nil {
			return nil, fmt.Errorf("cannot read files: %w", err)
		}
		list[name] = o
	}
	return list, rows.Err()
}

// idBlock is how many folder numbers are reserved at once.
const idBlock = 512

func (p *Plan) newID(ctx context.Context) (int64, error) {
	if p.ids.next == p.ids.end {
		err := p.db.update(ctx, func(tx *sql.Tx) error {
			first, err := take(ctx, tx, "folder", idBlock)
			p.ids.next, p.ids.end = first, first+idBlock
			return err
		})
		if err != nil {
			return 0, fmt.Errorf("cannot number a folder: %w", err)
		}
	}
	p.ids.next++
	return p.ids.next - 1, nil
}

// flush writes the batch in one transaction: chunks can be taken the moment it ends.
func (p *Plan) flush(ctx context.Context) error {
	b := p.batch
	p.batch = batch{since: p.now()}
	err := p.db.again(ctx, func(tx *sql.Tx) error {
		// The planner's lease is checked and renewed with everything it writes.
		res, err := tx.ExecContext(ctx, `UPDATE scan_run SET planner_until = $3, seen = $4, planned = planned + $5, planned_bytes = planned_bytes + $6
			WHERE id = $1 AND planner = $2 AND state = 'planning'`,
			p.run.ID, p.owner, p.now().Add(p.lease).UnixMilli(), p.seen, len(b.objects), b.total)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return ErrLost
		}
		if err := writeFolders(ctx, tx, p.run.Source, b.folders); err != nil {
			return err
		}
		if err := writeMounts(ctx, tx, p.run.Source, b.mounts); err != nil {
			return err
		}
		if err := p.writeChunks(ctx, tx, &b); err != nil {
			return err
		}
		for _, o := range b.gone {
			if err := closeObject(ctx, tx, o, p.run.ID); err != nil {
				return err
			}
		}
		for _, o := range b.breadth {
			if _, err := tx.ExecContext(ctx, `UPDATE scan_object SET breadth = $3 WHERE folder = $1 AND name_key = $2`, o.folder, o.name, int64(o.Breadth)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("cannot write the plan: %w", err)
	}
	return nil
}

func (p *Plan) writeChunks(ctx context.Context, tx *sql.Tx, b *batch) error {
	if len(b.chunks) == 0 {
		return nil
	}
	first, err := take(ctx, tx, "chunk", int64(len(b.chunks)))
	if err != nil {
		return err
	}
	for i := range b.chunks {
		if _, err := tx.ExecContext(ctx, `INSERT INTO scan_chunk (id, run) VALUES ($1, $2)`, first+int64(i), p.run.ID); err != nil {
			return err
		}
	}
	return p.db.writeObjects(ctx, tx, b.objects, first)
}

func writeFolders(ctx context.Context, tx *sql.Tx, source int64, list []folderRow) error {
	for _, f := range list {
		if _, err := tx.ExecContext(ctx, `INSERT INTO scan_folder (id, source, path_key, sealed_path, owner, digest, next_digest, trouble)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (source, path_key) DO UPDATE
			SET owner = excluded.owner, digest = excluded.digest, next_digest = excluded.next_digest, trouble = excluded.trouble`,
			f.id, source, f.key, f.sealed, f.owner, f.digest, f.next, f.trouble); err != nil {
			return err
		}
	}
	return nil
}

// rowsAtOnce is how many files one statement writes.
const rowsAtOnce = 16

// writeObjects queues files. What was found earlier stays until they were read.
func (db *DB) writeObjects(ctx context.Context, tx *sql.Tx, list []objectRow, firstChunk int64) error {
	// In the order of the table, so that new folders are written at its end.
	slices.SortFunc(list, func(a, b objectRow) int {
		return cmp.Or(cmp.Compare(a.folder, b.folder), strings.Compare(a.name, b.name))
	})
	var full *sql.Stmt
	for len(list) > 0 {
		n := min(len(list), rowsAtOnce)
		args := make([]any, 0, 9*n)
		for i := range list[:n] {
			o := &list[i]
			args = append(args, o.folder, o.name, o.sealed, o.Size, o.MTime, o.CTime, o.Inode, int64(o.Breadth), firstChunk+o.chunk)
		}
		list = list[n:]
		if n < rowsAtOnce {
			_, err := tx.ExecContext(ctx, db.insertObjects(n), args...)
			return err
		}
		if full == nil {
			var err error
			if full, err = tx.PrepareContext(ctx, db.insertObjects(n)); err != nil {
				return err
			}
			defer full.Close()
		}
		if _, err := full.ExecContext(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) insertObjects(n int) string {
	return `INSERT` + db.orFail() + ` INTO scan_object (folder, name_key, sealed_name, size, mtime, ctime, inode, breadth, chunk, state) VALUES ` +
		strings.ReplaceAll(db.places(n, "", "", "", "", "", "", "", "", ""), ")", ", 0)") +
		` ON CONFLICT (folder, name_key) DO UPDATE SET size = excluded.size, mtime = excluded.mtime, ctime = excluded.ctime,
		inode = excluded.inode, breadth = excluded.breadth, chunk = excluded.chunk, state = 0, tries = 0, trouble = '',
		last_run = CASE WHEN scan_object.size = excluded.size AND scan_object.mtime = excluded.mtime AND scan_object.ctime = excluded.ctime
		AND scan_object.inode = excluded.inode THEN scan_object.last_run ELSE 0 END`
}

// closeObject ends a file that is gone: its row stays only where something was
// found in it, for the report.
func closeObject(ctx context.Context, tx *sql.Tx, o objectKey, run int64) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM scan_object WHERE folder = $1 AND name_key = $2 AND hits <= 0 AND kase = ''`, o.folder, o.name); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `UPDATE scan_object SET state = $3, chunk = 0, trouble = '', last_run = $4 WHERE folder = $1 AND name_key = $2`, o.folder, o.name, gone, run)
	return err
}

func closeFolder(ctx context.Context, tx *sql.Tx, id, run int64) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM scan_object WHERE folder = $1 AND hits <= 0 AND kase = ''`, id); err != nil {
		return fmt.Errorf("cannot close a folder: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE scan_object SET state = $2, chunk = 0, trouble = '', last_run = $3 WHERE folder = $1 AND state <> $2`, id, gone, run); err != nil {
		return fmt.Errorf("cannot close a folder: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE scan_folder SET digest = '', next_digest = '', trouble = '' WHERE id = $1`, id); err != nil {
		return fmt.Errorf("cannot close a folder: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM scan_mount WHERE path_key IN (SELECT path_key FROM scan_folder WHERE id = $1)
		AND source IN (SELECT source FROM scan_folder WHERE id = $1)`, id); err != nil {
		return fmt.Errorf("cannot close a folder: %w", err)
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM scan_folder WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM scan_object WHERE folder = $1)`, id)
	if err != nil {
		return fmt.Errorf("cannot close a folder: %w", err)
	}
	return nil
}
