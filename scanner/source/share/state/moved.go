package state

import (
	"context"
	"database/sql"
	"fmt"
)

// maxMoved bounds what is matched after one run; more counts as new.
const maxMoved = 100_000

// placed is a file with findings in its place.
type placed struct {
	objectKey
	content, owner string
	breadth, first int64
}

// Moved lets findings that a run met in another place, with the same owner and no more
// readers, be as old as they were where they lay before, and forgets that place: a
// folder that got another name is nothing new. It is asked before a run ends.
func (db *DB) Moved(ctx context.Context, run Run) error {
	err := db.update(ctx, func(tx *sql.Tx) error {
		went, err := placedFiles(ctx, tx, `o.last_run = $2 AND o.state = $3 AND o.first_run > 0 AND o.first_run < $2 AND o.kase = ''`, run)
		if err != nil || len(went) == 0 {
			return err
		}
		came, err := placedFiles(ctx, tx, `o.first_run = $2 AND o.state <> $3`, run)
		if err != nil {
			return err
		}
		before := make(map[string][]placed)
		for _, p := range went {
			before[p.content+"\x00"+p.owner] = append(before[p.content+"\x00"+p.owner], p)
		}
		for _, p := range came {
			k := p.content + "\x00" + p.owner
			old := before[k]
			if len(old) == 0 || p.breadth > old[0].breadth {
				continue
			}
			before[k] = old[1:]
			if err := moved(ctx, tx, old[0], p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("cannot tell what was moved in run %d: %w", run.ID, err)
	}
	return nil
}

func moved(ctx context.Context, tx *sql.Tx, from, to placed) error {
	if _, err := tx.ExecContext(ctx, `UPDATE scan_object SET first_run = $3 WHERE folder = $1 AND name_key = $2`, to.folder, to.name, from.first); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM scan_object WHERE folder = $1 AND name_key = $2`, from.folder, from.name)
	return err
}

func placedFiles(ctx context.Context, tx *sql.Tx, where string, run Run) (list []placed, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT o.folder, o.name_key, o.content, f.owner, o.breadth, o.first_run
		FROM scan_object o JOIN scan_folder f ON f.id = o.folder
		WHERE o.hits > 0 AND o.content <> '' AND f.source = $1 AND `+where+` ORDER BY o.folder, o.name_key LIMIT $4`, run.Source, run.ID, gone, maxMoved)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p placed
		if err := rows.Scan(&p.folder, &p.name, &p.content, &p.owner, &p.breadth, &p.first); err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, rows.Err()
}
