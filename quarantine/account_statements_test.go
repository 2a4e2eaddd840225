package quarantine_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	"brevvagt/quarantine/account"
)

// Sign-ins, links and passkeys, whose statements must do the same in either database.
func TestAccountsInEitherDatabase(t *testing.T) {
	db, err := storetest.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "state", "b.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	a := &fixture{db: db, now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	if a.Accounts, err = account.New(account.Config{Store: db, Cost: cheap, Now: func() time.Time { return a.now }}); err != nil {
		t.Fatal(err)
	}
	if acc, err := a.LoginExternal(t.Context(), anna(account.DPO)); err != nil || acc.Name != "anna" || acc.Passphrase {
		t.Fatalf("%+v, %v", acc, err)
	}
	other := anna(account.DPO)
	other.Subject = "b2"
	if _, err := a.LoginExternal(t.Context(), other); !errors.Is(err, account.ErrTaken) {
		t.Error(err)
	}
	if _, err := a.GiveKey(t.Context(), "anna", pass, "bo"); err != nil {
		t.Fatal(err)
	}
	if err := a.Link(t.Context(), "anna", "anna@kommune.example", "bo"); err != nil {
		t.Fatal(err)
	}
	if acc, err := a.LoginExternal(t.Context(), other); err != nil || acc.Name != "anna" || acc.Recipient == "" {
		t.Errorf("after it was linked anew: %+v, %v", acc, err)
	}
	if o, err := a.Unlock(t.Context(), "anna", pass); err != nil || o == nil {
		t.Error(err)
	}
	handle, err := a.Handle(t.Context(), "anna")
	if err != nil {
		t.Fatal(err)
	}
	if acc, err := a.ByHandle(t.Context(), handle); err != nil || acc.Name != "anna" {
		t.Errorf("%+v, %v", acc, err)
	}
	k := account.Passkey{ID: "k1", Account: "anna", Label: "Bærbar", Credential: []byte(`{"n":1}`)}
	if err := a.AddPasskey(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	if _, err := a.LoginPasskey(t.Context(), k); err != nil {
		t.Error(err)
	}
	k.Copied = true
	if _, err := a.LoginPasskey(t.Context(), k); !errors.Is(err, account.ErrLogin) {
		t.Error(err)
	}
	list, err := a.Passkeys(t.Context(), "anna")
	if err != nil || len(list) != 1 || !list[0].Copied || string(list[0].Credential) != `{"n":1}` || !list[0].Used.Equal(a.now) {
		t.Errorf("%+v, %v", list, err)
	}
	if err := a.RemovePasskey(t.Context(), "anna", "k1", "anna"); err != nil {
		t.Error(err)
	}
	want := "anna:passkey-added passkey=Bærbar, anna:login how=passkey, anna:passkey-copied passkey=Bærbar, anna:passkey-removed passkey=Bærbar"
	if got := a.verbs(t, 4); got != want {
		t.Errorf("the ledger tells %s", got)
	}
}
