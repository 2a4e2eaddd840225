package main

import (
	"os"
	"path/filepath"
	"testing"

	"brevvagt/cmd/brevvagt/access"
	"brevvagt/cmd/brevvagt/config"
	"brevvagt/internal/idptest"
	"brevvagt/internal/store"
	"brevvagt/quarantine/account"
)

// TestWays reads a configuration as the daemon does, and asks the provider in it.
func TestWays(t *testing.T) {
	dir := t.TempDir()
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(dir, "state", "b.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	accounts, err := account.New(account.Config{Store: db})
	if err != nil {
		t.Fatal(err)
	}
	idp := idptest.Start(t)
	for name, x := range map[string]struct {
		text           string
		oidc, passkeys bool
	}{
		"nothing":           {"", false, false},
		"an address":        {"dpo: {page: 'https://brevvagt.kommune.example/'}", false, true},
		"a plain address":   {"dpo: {page: 'http://brevvagt.kommune.example'}", false, false},
		"this machine":      {"dpo: {page: 'http://localhost:8080'}", false, true},
		"the own sign-in":   {"dpo: {page: 'https://brevvagt.kommune.example'}\nreview: {oidc: {issuer: '" + idp.URL + "', client_id: brevvagt, roles: {dpo: [x]}}}", true, true},
		"the own one alone": {"dpo: {page: 'https://brevvagt.kommune.example'}\nreview: {local_login: false, oidc: {issuer: '" + idp.URL + "', client_id: brevvagt, client_secret_file: /ingen, roles: {dpo: [x]}}}", true, true},
	} {
		path := filepath.Join(dir, "b.yaml")
		if err := os.WriteFile(path, []byte(x.text), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load(path)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		w, err := access.Ways(cfg, accounts)
		if err != nil || (w.OIDC != nil) != x.oidc || (w.Passkeys != nil) != x.passkeys || w.NoPassphrase == cfg.Review.LocalLogin {
			t.Errorf("%s: %+v, %v", name, w, err)
		}
		if w.OIDC == nil {
			continue
		}
		if address, trip, err := w.OIDC.Begin(t.Context()); err != nil || trip.State == "" || address[:len(idp.URL)] != idp.URL {
			t.Errorf("%s: %q, %v", name, address, err)
		}
	}
}
