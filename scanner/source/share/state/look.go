package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"

	"brevvagt/scanner/source/share/seal"
)

// Look opens an SQLite file of which nothing may be written, not even a lock: that of a
// disk which went read-only, or of a backup.
func Look(ctx context.Context, path string, keys *seal.Keys) (*DB, error) {
	q := url.Values{"mode": {"ro"}, "_pragma": {"query_only(1)", "cache_size(-65536)"}}
	// With a journal beside it SQLite reads both; without one it would make one.
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() == 0 {
		q.Set("immutable", "1")
	}
	db := &DB{keys: keys}
	var err error
	if db.sql, err = sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode()); err != nil {
		return nil, fmt.Errorf("cannot open the scan database: %w", err)
	}
	db.sql.SetMaxOpenConns(1)
	tx, err := db.sql.BeginTx(ctx, nil)
	if err == nil {
		err = errors.Join(usable(ctx, tx, true), tx.Rollback())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot look into the scan database: %w", err), db.sql.Close())
	}
	return db, nil
}
