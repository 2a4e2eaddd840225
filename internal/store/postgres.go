package store

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"reflect"
	"regexp"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"brevvagt/internal/carry"
)

// The advisory locks of an installation in PostgreSQL. They are held per database, so
// an installation has a database of its own.
const (
	lockDaemon  = 7071101 // held by the one connection that a daemon writes over
	lockWriter  = 7071102 // held by every writing transaction: one at a time, as in SQLite
	lockMigrate = 7071103
)

// connectServer opens an installation's database in PostgreSQL.
//
// All writing of a process goes over one connection, and every writing transaction
// takes a lock first, so that transactions follow each other as they do in SQLite. A
// daemon's connection holds a second lock for as long as it lives: two daemons cannot
// write to one database, and a connection that was lost must claim it anew.
func (db *DB) connectServer(ctx context.Context) error {
	config, err := pgx.ParseConfig(db.o.Server)
	if err != nil {
		return errors.New("the address of the PostgreSQL database cannot be read") // the error names it, with what may stand in it
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 10 * time.Second
	}
	if !db.o.Relaxed {
		config.RuntimeParams["synchronous_commit"] = "on"
	}
	reading := config.Copy()
	reading.RuntimeParams["default_transaction_read_only"] = "on"
	// How many rows there are hangs on the word, the state or the day that is asked for: a
	// plan that is made once for any value takes a word of half of all cases for a rare one.
	reading.RuntimeParams["plan_cache_mode"] = "force_custom_plan"
	db.read = sql.OpenDB(textual{stdlib.GetConnector(*reading)})
	db.read.SetMaxOpenConns(2 * readers)
	db.read.SetMaxIdleConns(2 * readers)
	var opts []stdlib.OptionOpenDB
	if !db.shared {
		opts = append(opts, stdlib.OptionAfterConnect(db.claimServer))
	}
	db.write = sql.OpenDB(textual{stdlib.GetConnector(*config, opts...)})
	db.write.SetMaxOpenConns(1)
	db.write.SetMaxIdleConns(1)

	// Several programs may start at once: the tables are made by one of them.
	turn, err := db.read.Conn(ctx)
	if err != nil {
		return fmt.Errorf("cannot reach the PostgreSQL database: %w", err)
	}
	defer turn.Close()
	if _, err := turn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, lockMigrate); err != nil {
		return fmt.Errorf("cannot wait for the tables: %w", err)
	}
	err = db.migrate(ctx, goose.DialectPostgres)
	_, errUnlock := turn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, lockMigrate)
	return errors.Join(err, errUnlock)
}

// claimServer takes the daemon's lock over the connection that it writes over. The
// server needs a moment to see that a daemon that was killed is gone: its successor
// waits for that. A connection that could not claim is closed here: the caller would
// leave it open.
func (db *DB) claimServer(ctx context.Context, c *pgx.Conn) error {
	for until := time.Now().Add(db.o.Patience); ; {
		var mine bool
		if err := c.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, lockDaemon).Scan(&mine); err != nil {
			return errors.Join(fmt.Errorf("cannot claim the database: %w", err), c.Close(context.WithoutCancel(ctx)))
		}
		if mine {
			return nil
		}
		if time.Now().After(until) {
			return errors.Join(ErrInUse, c.Close(context.WithoutCancel(ctx)))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// textual makes every text fit for PostgreSQL, which takes neither NUL nor broken
// UTF-8: a mail must not fail to be held for a sign in its sender's address.
type textual struct{ driver.Connector }

func (c textual) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	pg, ok := inner.(*stdlib.Conn)
	if !ok {
		return nil, fmt.Errorf("unexpected connection %T", inner)
	}
	return textConn{pg}, nil
}

type textConn struct{ *stdlib.Conn }

// CheckNamedValue implements driver.NamedValueChecker.
func (c textConn) CheckNamedValue(v *driver.NamedValue) error {
	if s := reflect.ValueOf(v.Value); s.Kind() == reflect.String {
		v.Value = carry.Text(s.String())
	}
	return c.Conn.CheckNamedValue(v)
}

// dialect gives the migrations in the words of PostgreSQL. Texts are compared byte by
// byte as in SQLite, whatever the database's language is.
type dialect struct{ fs.FS }

var (
	blobs = regexp.MustCompile(`\bBLOB\b`)
	texts = regexp.MustCompile(`\bTEXT\b`)
)

// Open implements fs.FS.
func (d dialect) Open(name string) (fs.File, error) {
	f, err := d.FS.Open(name)
	if err != nil || path.Ext(name) != ".sql" {
		return f, err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	b = texts.ReplaceAll(blobs.ReplaceAll(b, []byte("BYTEA")), []byte(`TEXT COLLATE "C"`))
	return &translated{bytes.NewReader(b), info}, nil
}

type translated struct {
	*bytes.Reader
	info fs.FileInfo
}

func (t *translated) Stat() (fs.FileInfo, error) { return t.info, nil }
func (t *translated) Close() error               { return nil }
