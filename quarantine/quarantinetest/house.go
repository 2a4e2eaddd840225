// Package quarantinetest opens a quarantine for the tests of others: a database, a vault with
// one key, and the service over them.
package quarantinetest

import (
	"path/filepath"
	"testing"

	"filippo.io/age"

	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	"brevvagt/quarantine"
	"brevvagt/quarantine/vault"
)

// House is a quarantine in a directory of its own, which is gone when the test ends.
type House struct {
	Dir     string
	DB      *store.DB
	Opener  *vault.Opener // of the vault's only key
	Service *quarantine.Service
}

// Open makes a house. change may set what the service is to know beside its database, its
// vault and its outbox; nil changes nothing.
func Open(t testing.TB, change func(*quarantine.Config)) *House {
	t.Helper()
	h := &House{Dir: t.TempDir()}
	var err error
	if h.DB, err = storetest.Open(t.Context(), store.Options{Path: filepath.Join(h.Dir, "state", "brevvagt.db")}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.DB.Close() })
	id, err := vault.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	h.Opener = id.Opener()
	key, err := vault.ParseRecipient(id.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.New(filepath.Join(h.Dir, "vault"), []age.Recipient{key})
	if err != nil {
		t.Fatal(err)
	}
	cfg := quarantine.Config{Store: h.DB, Vault: v, Outbox: filepath.Join(h.Dir, "outbox")}
	if change != nil {
		change(&cfg)
	}
	if h.Service, err = quarantine.New(cfg); err != nil {
		t.Fatal(err)
	}
	return h
}
