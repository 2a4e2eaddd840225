package internal_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"brevvagt/internal/carry"
	"brevvagt/internal/peertest"
	"brevvagt/internal/store"
)

// TestTables holds the list of what is moved against the tables that there are.
func TestTables(t *testing.T) {
	db := open(t, store.Options{Path: filepath.Join(t.TempDir(), "b.db")})
	rows, err := db.Read().QueryContext(t.Context(), `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%' ORDER BY name`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var have []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		have = append(have, name)
	}
	if moved := slices.Sorted(slices.Values(store.Tables())); !slices.Equal(have, moved) {
		t.Errorf("the tables are %v, moved are %v", have, moved)
	}
}

func TestPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	server := peertest.Postgres(t)
	path := func(name string) string { return filepath.Join(t.TempDir(), name, "brevvagt.db") }
	here := path("en")
	file := open(t, store.Options{Path: here})
	const odd = "æ\x00\xff'; DROP TABLE accounts; --\u202e"
	err := file.Update(t.Context(), func(tx *sql.Tx) error {
		for i := range 300 {
			if err := insert(t.Context(), tx, fmt.Sprintf("konto%03d", i)); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(t.Context(), `UPDATE accounts SET display = $1, identity = $2 WHERE name = 'konto007'`, odd, []byte("\x00\xff")); err != nil {
			return err
		}
		// SQLite keeps a text in a column of bytes when it is given one.
		_, err := tx.ExecContext(t.Context(), `UPDATE accounts SET identity = 'tekst' WHERE name = 'konto008'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Move(t.Context(), here, server, false, nil); !errors.Is(err, store.ErrInUse) {
		t.Fatalf("beside a daemon: %v", err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), store.Options{Path: here, Server: server}); !errors.Is(err, store.ErrNotMoved) {
		t.Fatalf("the server, while the cases lie in the file: %v", err)
	}
	want := carry.Count{Table: "accounts", Rows: 300}
	for _, dry := range []bool{true, false} {
		counts, err := store.Move(t.Context(), here, server, dry, nil)
		if err != nil || !slices.Contains(counts, want) {
			t.Fatalf("move (dry %v): %v, %v", dry, counts, err)
		}
	}
	if _, err := store.Open(t.Context(), store.Options{Path: here}); !errors.Is(err, store.ErrMoved) {
		t.Errorf("the file after the move: %v", err)
	}
	if _, err := store.Move(t.Context(), here, server, false, nil); !errors.Is(err, store.ErrMoved) {
		t.Errorf("moved twice: %v", err)
	}

	db := open(t, store.Options{Path: here, Server: server})
	var display string
	var identity []byte
	if err := db.Read().QueryRowContext(t.Context(), `SELECT display, identity FROM accounts WHERE name = $1`, "konto007").Scan(&display, &identity); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(display, "æ\uFFFD\uFFFD'") || string(identity) != "\x00\xff" {
		t.Errorf("moved: %q %q", display, identity)
	}
	if _, err := store.Open(t.Context(), store.Options{Path: path("to"), Server: server}); !errors.Is(err, store.ErrInUse) {
		t.Errorf("a second daemon, on another machine: %v", err)
	}
	beside := open(t, store.Options{Path: path("tre"), Server: server, Shared: true})
	if err := db.Update(t.Context(), func(tx *sql.Tx) error { return insert(t.Context(), tx, odd) }); err != nil {
		t.Errorf("a text that PostgreSQL does not take: %v", err)
	}
	var plans string
	if err := db.Read().QueryRowContext(t.Context(), `SHOW plan_cache_mode`).Scan(&plans); err != nil || plans != "force_custom_plan" {
		t.Errorf("what is looked for is planned by %q, %v", plans, err)
	}
	if _, err := db.Read().ExecContext(t.Context(), `DELETE FROM accounts`); err == nil {
		t.Error("written through the readers")
	}

	// Transactions of several programs follow each other: none is lost, though each
	// reads before it writes.
	var all sync.WaitGroup
	for _, from := range []*store.DB{db, beside} {
		for range 2 {
			all.Go(func() {
				for range 20 {
					if err := from.Update(t.Context(), func(tx *sql.Tx) error {
						var n int64
						if err := tx.QueryRowContext(t.Context(), `SELECT created FROM accounts WHERE name = 'konto001'`).Scan(&n); err != nil {
							return err
						}
						_, err := tx.ExecContext(t.Context(), `UPDATE accounts SET created = $1 WHERE name = 'konto001'`, n+1)
						return err
					}); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	all.Wait()
	var n int
	if err := beside.Read().QueryRowContext(t.Context(), `SELECT created FROM accounts WHERE name = 'konto001'`).Scan(&n); err != nil || n != 80 {
		t.Errorf("%d of 80 transactions count, %v", n, err)
	}
	lostConnection(t, server, db)

	// Another installation's cases are not written over.
	other := path("fire")
	if file, err = store.Open(t.Context(), store.Options{Path: other}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(file.Update(t.Context(), func(tx *sql.Tx) error { return insert(t.Context(), tx, "a") }), file.Close(), db.Close(), beside.Close()); err != nil {
		t.Fatal(err)
	}
	for _, dry := range []bool{true, false} {
		if _, err := store.Move(t.Context(), other, server, dry, nil); !errors.Is(err, carry.ErrFull) {
			t.Errorf("into a full database (dry %v): %v", dry, err)
		}
	}
}

// lostConnection ends the daemon's connections: it claims the database anew, and while
// another has it nothing can be written.
func lostConnection(t *testing.T, server string, db *store.DB) {
	t.Helper()
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	conn, err := admin.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	cut := func() {
		t.Helper()
		if _, err := conn.ExecContext(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
			t.Fatal(err)
		}
	}
	// The lock is let go when the server has seen the connection end.
	try := func(name string) (err error) {
		for range 200 {
			if err = db.Update(t.Context(), func(tx *sql.Tx) error { return insert(t.Context(), tx, name) }); err == nil {
				return nil
			}
		}
		return err
	}
	cut()
	if err := try("efter"); err != nil {
		t.Fatalf("after a lost connection: %v", err)
	}
	cut()
	if _, err := conn.ExecContext(t.Context(), `SELECT pg_advisory_lock(7071101)`); err != nil { // as another daemon would
		t.Fatal(err)
	}
	if err := try("uden"); !errors.Is(err, store.ErrInUse) {
		t.Errorf("written while another daemon has the database: %v", err)
	}
	if _, err := conn.ExecContext(t.Context(), `SELECT pg_advisory_unlock(7071101)`); err != nil {
		t.Fatal(err)
	}
	if err := try("igen"); err != nil {
		t.Errorf("when it is free again: %v", err)
	}
}
