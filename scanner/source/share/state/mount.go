package state

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"brevvagt/scanner/source/share/walk"
)

// mounted notes where file systems are mounted. A folder that had one and shows nothing
// of what lay there is more likely not mounted than emptied: it was not listed then, and
// nothing below it is closed. What is found there after the content was moved to the
// share's own disk tells that it is mounted no more.
func (p *Plan) mounted(ctx context.Context, f walk.Found, key string) (walk.Found, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known := p.folders[key]
	was := known != nil && known.mount
	if f.Err != nil || f.Mount == was {
		return f, nil
	}
	if was {
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
	p.batch.mounts[key] = f.Mount
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

// unseen are the folders that are gone: not walked, and not below one that could
// not be listed.
func (p *Plan) unseen(ctx context.Context) ([]int64, error) {
	var ids []int64
	for _, f := range p.folders {
		if f.seen {
			continue
		}
		if len(p.blind) > 0 {
			var sealed string
			if err := p.db.sql.QueryRowContext(ctx, `SELECT sealed_path FROM scan_folder WHERE id = $1`, f.id).Scan(&sealed); err != nil {
				return nil, fmt.Errorf("cannot read a folder: %w", err)
			}
			path, err := p.db.keys.Open(sealed)
			if err != nil {
				return nil, err
			}
			if below(path, p.blind) {
				continue
			}
		}
		ids = append(ids, f.id)
	}
	return ids, nil
}

func below(path string, roots []string) bool {
	for _, r := range roots {
		if r == "" || strings.HasPrefix(path, r+"/") {
			return true
		}
	}
	return false
}
