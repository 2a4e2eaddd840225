package internal_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"brevvagt/internal/store"
)

func open(t *testing.T, o store.Options) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestFilesArePrivate(t *testing.T) {
	// A folder with a space, a percent sign and a question mark: the path goes into a URI.
	dir := filepath.Join(t.TempDir(), "brev vagt 100%?")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "b.db")
	db := open(t, store.Options{Path: path})
	if err := db.Update(t.Context(), func(tx *sql.Tx) error { return insert(t.Context(), tx, "a") }); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder %v, %v", info.Mode(), err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 3 { // database, write-ahead log, shared memory, lock
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", f.Name(), info.Mode(), err)
		}
	}
}

func insert(ctx context.Context, tx *sql.Tx, name string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO accounts (name, display, role, hash, created) VALUES ($1, '', '', '', 0)`, name)
	return err
}

func count(t *testing.T, db *store.DB) (n int) {
	t.Helper()
	if err := db.Read().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM accounts`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPragmas(t *testing.T) {
	db := open(t, store.Options{Path: filepath.Join(t.TempDir(), "b.db")})
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000"} {
		var read, write string
		if err := db.Read().QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&read); err != nil {
			t.Fatal(err)
		}
		err := db.Update(t.Context(), func(tx *sql.Tx) error { return tx.QueryRow("PRAGMA " + pragma).Scan(&write) })
		if err != nil || read != want || write != want {
			t.Errorf("%s is %s for readers and %s for the writer, want %s (%v)", pragma, read, write, want, err)
		}
	}
}

func TestUpdateIsAllOrNothing(t *testing.T) {
	db := open(t, store.Options{Path: filepath.Join(t.TempDir(), "b.db")})
	stop := errors.New("stop")
	err := db.Update(t.Context(), func(tx *sql.Tx) error {
		if err := insert(t.Context(), tx, "a"); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) || count(t, db) != 0 {
		t.Errorf("%v, %d rows", err, count(t, db))
	}
	if _, err := db.Read().ExecContext(t.Context(), `DELETE FROM accounts`); err == nil {
		t.Error("the read pool can write")
	}
	err = db.Update(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO case_pictures (case_id, n, path, page, object, plain_sha256, cipher_sha256, size) VALUES ('none', 0, '', 0, '', '', '', 0)`)
		return err
	})
	if err == nil {
		t.Error("a picture without a case was kept")
	}
}

func TestASecondDaemonIsToldWhoHasIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "b.db")
	first := open(t, store.Options{Path: path})
	_, err := store.Open(t.Context(), store.Options{Path: path})
	if !errors.Is(err, store.ErrInUse) || !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) {
		t.Fatalf("second daemon: %v", err)
	}
	beside := open(t, store.Options{Path: path, Shared: true})
	if !beside.Shared() || first.Shared() {
		t.Error("who shares is mixed up")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, store.Options{Path: path})
}

// A command on the terminal and the daemon write at the same time.
func TestTwoOpenersWriteWithoutBusyErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "b.db")
	dbs := []*store.DB{open(t, store.Options{Path: path}), open(t, store.Options{Path: path, Shared: true})}
	var wg sync.WaitGroup
	for i, db := range dbs {
		wg.Go(func() {
			for n := range 40 {
				err := db.Update(t.Context(), func(tx *sql.Tx) error {
					var have int
					if err := tx.QueryRow(`SELECT COUNT(*) FROM accounts`).Scan(&have); err != nil { // read, then write: deadlocks unless immediate
						return err
					}
					return insert(t.Context(), tx, fmt.Sprint(i, "-", n))
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := count(t, dbs[0]); n != 80 {
		t.Errorf("%d rows", n)
	}
}

func TestNewerDatabaseAndDamagedFileAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "b.db")
	db := open(t, store.Options{Path: path})
	err := db.Update(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)`)
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), store.Options{Path: path}); err == nil || !strings.Contains(err.Error(), "99999") {
		t.Errorf("newer database: %v", err)
	}
	broken := filepath.Join(t.TempDir(), "broken.db")
	if err := os.WriteFile(broken, []byte(strings.Repeat("this is no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), store.Options{Path: broken}); err == nil {
		t.Error("a file that is no database was opened")
	}
}

func TestViewSeesOneState(t *testing.T) {
	db := open(t, store.Options{Path: filepath.Join(t.TempDir(), "b.db")})
	err := db.View(t.Context(), func(tx *sql.Tx) error {
		var before, after int
		if err := tx.QueryRow(`SELECT COUNT(*) FROM accounts`).Scan(&before); err != nil {
			return err
		}
		if err := db.Update(t.Context(), func(tx *sql.Tx) error { return insert(t.Context(), tx, "a") }); err != nil {
			return err
		}
		if err := tx.QueryRow(`SELECT COUNT(*) FROM accounts`).Scan(&after); err != nil {
			return err
		}
		if before != after {
			t.Errorf("the view saw %d, then %d", before, after)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTimes(t *testing.T) {
	at := time.Date(2026, 11, 24, 9, 15, 0, 123_000_000, time.UTC)
	if got := store.Time(store.Millis(at)); !got.Equal(at) {
		t.Errorf("%v", got)
	}
	if !store.Time(store.Millis(time.Time{})).IsZero() {
		t.Error("the zero time came back as another")
	}
}

func BenchmarkUpdate(b *testing.B) {
	db, err := store.Open(b.Context(), store.Options{Path: filepath.Join(b.TempDir(), "b.db")})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	for n := 0; b.Loop(); n++ {
		if err := db.Update(b.Context(), func(tx *sql.Tx) error { return insert(b.Context(), tx, fmt.Sprint(n)) }); err != nil {
			b.Fatal(err)
		}
	}
}
