package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/cmd/brevvagt/state"
	"brevvagt/internal/peertest"
	"brevvagt/internal/porttest"
)

// TestDatabaseGrows: a night on SQLite, the move to PostgreSQL, and a worker started
// as `serve --only=worker` that goes on there with nothing read again.
func TestDatabaseGrows(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	t.Parallel()
	dir := t.TempDir()
	path := write(t, dir, "sag.txt", "CPR-nr. "+sample.Number(3))
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	before := sharesConfig(t, fmt.Sprintf("  - {name: sager, path: %s}\n", dir))
	must(t, "", "shares", "run", "--config", before)
	must(t, testPassphrase+"\n", "account", "add", "anna", "--role", "dpo", "--display", "Anna", "--config", before)
	text, err := os.ReadFile(before)
	if err != nil {
		t.Fatal(err)
	}
	if _, errs, code := command(t, "", "db", "move", "--config", before); code == 0 || !strings.Contains(errs, "database") {
		t.Errorf("without an address: exit %d, %s", code, errs)
	}
	after := write(t, filepath.Dir(before), "efter.yaml", "database: "+peertest.Postgres(t)+"\n"+string(text))
	cfg, err := config.Load(after)
	if err != nil {
		t.Fatal(err)
	}
	daemon, err := state.Open(t.Context(), cfg.State, "", false)
	if err != nil {
		t.Fatal(err)
	}
	if _, errs, code := command(t, "", "db", "move", "--config", after); code == 0 || !strings.Contains(errs, "already used") {
		t.Errorf("beside a daemon: exit %d, %s", code, errs)
	}
	if err := daemon.Close(); err != nil {
		t.Fatal(err)
	}
	if out := must(t, "", "db", "move", "--dry-run", "--config", after); !strings.Contains(out, "ville blive flyttet") {
		t.Error(out)
	}
	if _, errs, code := command(t, "", "account", "list", "--config", after); code == 0 || !strings.Contains(errs, "db move") {
		t.Errorf("PostgreSQL before the move: exit %d, %s", code, errs)
	}
	out := must(t, "", "db", "move", "--config", after)
	for _, line := range []string{"accounts                   2 rækker flyttet", "scan_object                1 rækker flyttet"} {
		if !strings.Contains(out, line) {
			t.Errorf("no %q in\n%s", line, out)
		}
	}
	if out := must(t, "", "account", "list", "--config", after); !strings.Contains(out, "anna") {
		t.Errorf("the accounts after the move:\n%s", out)
	}
	if _, errs, code := command(t, "", "account", "list", "--config", before); code == 0 || !strings.Contains(errs, "database:") {
		t.Errorf("the old cases: exit %d, %s", code, errs)
	}
	if out := must(t, "", "report", "--config", after); !strings.Contains(out, "sag.txt") {
		t.Errorf("the report after the move:\n%s", out)
	}
	if _, errs, code := command(t, "", "shares", "status", "--config", before); code == 0 || !strings.Contains(errs, "database:") {
		t.Errorf("the old database: exit %d, %s", code, errs)
	}
	if _, errs, code := command(t, "", "serve", "--only", "side", "--config", after); code == 0 || !strings.Contains(errs, "worker") {
		t.Errorf("an unknown part: exit %d, %s", code, errs)
	}
	write(t, dir, "ny.txt", "CPR-nr. "+sample.Number(4))
	must(t, "", "shares", "pause", "--config", after)
	worker := program(io.Discard, "serve", "--only=worker", "--config", after)
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = worker.Process.Kill(); _ = worker.Wait() }()
	if out := must(t, "", "shares", "run", "--config", after); !strings.Contains(out, "2 med fund (1 nye)") {
		t.Errorf("a night after the move:\n%s", out)
	}
}

// TestCasesInPostgres: a daemon whose cases lie in PostgreSQL holds and releases over
// its death, and a second one on another state folder is kept out.
func TestCasesInPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers")
	}
	t.Parallel()
	server := peertest.Postgres(t)
	heads := filepath.Join(t.TempDir(), "hoveder.txt")
	in := install(t, fmt.Sprintf("database: %s\ndpo: {heads: {file: %q}}\n", server, heads))
	addr := porttest.Free(t)
	in.configure(fmt.Sprintf("gateway:\n  smtp: {listen: %q, next_hop: %q}\n", addr, in.sink.Addr()))
	in.start()
	leak := sampleMail(t, "Supportmail").Raw
	if code, text := send(t, addr, from, []string{"support@firma.example"}, leak); code != 250 {
		t.Fatalf("%d %s", code, text)
	}
	ids := in.cases()
	if len(ids) != 1 {
		t.Fatalf("%d cases", len(ids))
	}
	other := write(t, t.TempDir(), "anden.yaml", fmt.Sprintf("state: %s\ndatabase: %s\nreview: {listen: %q}\n", t.TempDir(), server, porttest.Free(t)))
	if _, errs, code := command(t, "", "serve", "--config", other); code == 0 || !strings.Contains(errs, "already used") {
		t.Errorf("a second daemon: exit %d, %s", code, errs)
	}
	in.kill()
	in.start()
	in.must(testPassphrase+"\n", "case", "release", ids[0], "--by", "dpo", "--reason", "Aftalt", "--config", in.config)
	in.same(t, in.received(1)[0].File, leak)
	if out := in.must("", "ledger", "verify", "--config", in.config); !strings.Contains(out, "linjer") {
		t.Error(out)
	}
	kept, err := os.ReadFile(heads)
	if err != nil {
		t.Fatal(err)
	}
	_, head, _ := strings.Cut(string(kept), "\n")
	in.must("", "ledger", "verify", "--config", in.config, "--head", write(t, t.TempDir(), "hoved.txt", head))
	in.stop()
	if _, err := os.Stat(filepath.Join(in.state, "brevvagt.db")); err == nil {
		t.Error("there is a database in the state folder, too")
	}
}
