package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/lanes"
	"brevvagt/detectors"
	"brevvagt/scanner/memory"
	"brevvagt/scanner/source/gateway/relay"
)

// TestLogins: the files of the configuration are what the lane and the next hop go by,
// as they are at each login.
func TestLanesLogins(t *testing.T) {
	dir := t.TempDir()
	hash, err := bcrypt.GenerateFromPassword([]byte("ord"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	clients, next := filepath.Join(dir, "logins"), filepath.Join(dir, "next")
	write := func(file, text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(clients, "printer:"+string(hash)+"\n")
	write(next, "brevvagt:hemmeligt\n")
	cfg := config.Default()
	cfg.State = dir
	c := &cfg.Gateway.SMTP
	c.Listen, c.NextHop, c.NextHopTLS, c.NextHopLMTP, c.Logins, c.NextHopLogin = "127.0.0.1:0", "mx.example:24", "require", true, clients, next
	l, err := lanes.New(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if s := l.SMTP; !s.Config.Login("printer", "ord") || s.Config.Login("printer", "andet") || s.Later == nil {
		t.Error("the clients' logins are not those of the file")
	}
	h := l.SMTP.Next
	if user, password, err := h.Login(); err != nil || user != "brevvagt" || password != "hemmeligt" || !h.LMTP || h.TLS != relay.Required {
		t.Errorf("%q %q %v %+v", user, password, err, h)
	}
	write(next, "brevvagt:nyt\n")
	if _, password, _ := h.Login(); password != "nyt" {
		t.Errorf("an old password %q", password)
	}
	if n := lanes.NoticeHop(cfg); n.Login == nil || n.TLS != relay.Required {
		t.Error("notices do not go the next hop's way")
	}
	cfg.Notify.SMTP = "127.0.0.1:25"
	if n := lanes.NoticeHop(cfg); n.Login != nil {
		t.Error("another server is told the next hop's password")
	}
	write(clients, "printer:ord\n")
	if _, err := lanes.New(cfg, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a file that is none was taken")
	}
}

// TestMemoryInUse: a memory that another process has must not be taken for a damaged one,
// which would be moved away under it.
func TestMemoryInUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "memory.db")
	key, err := detectors.NewKey(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	open := func() *memory.Memory {
		m, err := memory.Open(t.Context(), lanes.OpenMemory, path, lanes.MemoryOptions(config.Default(), key), slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = m.Close() })
		return m
	}
	if first, second := open(), open(); first.Stats().Damage != "" || second.Stats().Damage == "" {
		t.Errorf("the first: %q, the second: %q", first.Stats().Damage, second.Stats().Damage)
	}
	if _, err := os.Stat(path + ".damaged"); err == nil {
		t.Error("a memory in use was moved away")
	}
}
