package state

import (
	"context"
	"database/sql"
	"fmt"

	"brevvagt/scanner/source/share/walk"
)

// mounts are the folders of a source on which another file system was mounted.
func (db *DB) mounts(ctx context.Context, source int64) (map[string]bool, error) {
	rows, err := db.sql.QueryContext(ctx, `SELECT path_key FROM scan_mount WHERE source = $1`, source)
	if err != nil {
		return nil, fmt.Errorf("cannot read mounts: %w", err)
	}
	defer rows.Close()
	list := make(map[string]bool)
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, fmt.Errorf("cannot read mounts: %w", err)
		}
		list[key] = true
	}
	return list, rows.Err()
}

// mounted notes where file systems are mounted. A folder that had one and shows nothing
// of what lay there is more likely not mounted than emptied: it was not listed then, and
// nothing below it is closed. What is found there after the content was moved to the
// share's own disk tells that it is mounted no more.
func (p *Plan) mounted(ctx context.Context, f walk.Found, key string) (walk.Found, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f.Err != nil || f.Mount == p.mounts[key] {
		return f, nil
	}
	if known := p.folders[key]; !f.Mount && known != nil {
		have, err := p.db.objects(ctx, known.id)
		if err != nil {
			return f, err
		}
		if !p.anyKnown(f, have) {
			return walk.Found{Path: f.Path, Err: walk.ErrUnmounted}, nil
		}
	}
	if p.batch.mounts == nil {
		p.batch.mounts = make(map[string]bool)
	}
	p.mounts[key], p.batch.mounts[key] = f.Mount, f.Mount
	return f, nil
}

// anyKnown tells that something in a folder was there before.
func (p *Plan) anyKnown(f walk.Found, have map[string]objectState) bool {
	for _, e := range f.Entries {
		if o, ok := have[p.db.keys.Name(e.Name)]; ok && o.state != gone && e.Kind == walk.Regular {
			return true
		}
		if e.Kind == walk.Folder && p.folders[p.db.keys.Name(walk.Join(f.Path, e.Name))] != nil {
			return true
		}
	}
	return false
}

func writeMounts(ctx context.Context, tx *sql.Tx, source int64, list map[string]bool) error {
	for key, there := range list {
		do := `DELETE FROM scan_mount WHERE source = $1 AND path_key = $2`
		if there {
			do = `INSERT INTO scan_mount (source, path_key) VALUES ($1, $2) ON CONFLICT (source, path_key) DO NOTHING`
		}
		if _, err := tx.ExecContext(ctx, do, source, key); err != nil {
			return fmt.Errorf("cannot write a mount: %w", err)
		}
	}
	return nil
}
