// Package storetest opens the database of a test, and runs the tests of a package a
// second time with their databases in a private PostgreSQL.
package storetest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // database/sql knows drivers by import only

	"brevvagt/internal/peertest"
	"brevvagt/internal/store"
)

// server is the variable that names the PostgreSQL of a second run.
const server = "BREVVAGT_TEST_SERVER"

// template is a database with the tables made, of which each test gets a copy.
const template = "brevvagt_template"

// blank is the content of a new database: making the tables takes longer than most
// tests that need them.
var blank = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "brevvagt-blank-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "blank.db")
	db, err := store.Open(context.Background(), store.Options{Path: path})
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// fresh puts a new database where there is none.
func fresh(path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	content, err := blank()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o600)
}

// Open is store.Open with the tables made beforehand, in a second run with the
// database in PostgreSQL: one for each path, so that a test can close it, open it
// again and open it from another process.
func Open(ctx context.Context, o store.Options) (*store.DB, error) {
	if admin := os.Getenv(server); admin != "" {
		var err error
		if o.Server, err = database(ctx, admin, o.Path); err != nil {
			return nil, err
		}
		return patiently(ctx, o)
	}
	if err := fresh(o.Path); err != nil {
		return nil, err
	}
	return store.Open(ctx, o)
}

// patiently waits for a server that has not seen yet that the process before us was
// killed, and holds its lock for it.
func patiently(ctx context.Context, o store.Options) (*store.DB, error) {
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		db, err := store.Open(ctx, o)
		if !errors.Is(err, store.ErrInUse) || time.Now().After(end) {
			return db, err
		}
	}
}

// InPostgres reports whether this is the second run, for what is only true of files.
func InPostgres() bool { return os.Getenv(server) != "" }

// database makes the database of a path where there is none, and gives its address.
func database(ctx context.Context, admin, path string) (string, error) {
	name := fmt.Sprintf("t_%x", sha256.Sum256([]byte(path)))[:34]
	db, err := sql.Open("pgx", admin)
	if err != nil {
		return "", err
	}
	defer db.Close()
	var exists *pgconn.PgError
	_, err = db.ExecContext(ctx, `CREATE DATABASE `+name+` TEMPLATE `+template)
	if errors.As(err, &exists) && exists.Code == "42P04" {
		err = nil
	}
	return Named(admin, name), err
}

// Named is the address of another database of a server.
func Named(address, name string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	u.Path = "/" + name
	return u.String()
}

// Again runs the tests of this package anew, all but those that match skip, with
// their databases in a private PostgreSQL. In that run it does nothing.
func Again(t *testing.T, skip string) {
	t.Helper()
	if InPostgres() {
		return
	}
	if testing.Short() {
		t.Skip("starts a server")
	}
	admin := start(t)
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^Test", "-test.v", "-test.skip=^("+strings.Join([]string{t.Name(), skip}, "|")+")$")
	again.Env = append(os.Environ(), server+"="+admin)
	out, err := again.CombinedOutput()
	text := string(out)
	if n := strings.Count(text, "--- PASS: Test"); err != nil || n == 0 {
		t.Fatalf("with PostgreSQL: %v, %d tests passed\n%s", err, n, failures(text))
	}
}

// Use puts the databases that are opened from here on in a private PostgreSQL.
func Use(t testing.TB) { t.Helper(); t.Setenv(server, start(t)) }

// start starts a server with the template in it.
func start(t testing.TB) string {
	t.Helper()
	admin := peertest.Postgres(t)
	db, err := sql.Open("pgx", admin)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), `CREATE DATABASE `+template); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	made, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "state", "brevvagt.db"), Server: Named(admin, template)})
	if err != nil {
		t.Fatal(err)
	}
	if err := made.Close(); err != nil {
		t.Fatal(err)
	}
	return admin
}

// failures leaves out what went well.
func failures(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(strings.TrimSpace(line), "--- PASS") {
			b.WriteString(line)
		}
	}
	return b.String()
}
