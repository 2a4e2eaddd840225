package review

import (
	"testing"
	"testing/synctest"
	"time"

	"brevvagt/quarantine/review/keyring"
	"brevvagt/quarantine/vault"
)

func TestIdleKeyIsForgotten(t *testing.T) {
	id, err := vault.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		k := keyring.New(30 * time.Minute)
		handle, other := k.Put(id.Opener(), keyring.Owner{}), k.Put(nil, keyring.Owner{})
		if handle == other || len(handle) < 26 {
			t.Errorf("handles %q and %q", handle, other)
		}
		// A key in use outlives the idle time.
		for range 3 {
			time.Sleep(29 * time.Minute)
			if o, ok := k.Get(handle); !ok || o == nil {
				t.Fatal("a key in use was forgotten")
			}
		}
		if _, ok := k.Get(other); ok {
			t.Error("an idle key is still held")
		}
		time.Sleep(30*time.Minute + time.Second)
		if n := k.Len(); n != 0 {
			t.Errorf("%d keys held after the idle time", n)
		}
	})
}

func TestDropAndForget(t *testing.T) {
	k := keyring.New(time.Hour)
	a, b := k.Put(nil, keyring.Owner{}), k.Put(nil, keyring.Owner{})
	k.Drop(a)
	k.Drop("no such handle")
	if _, ok := k.Get(a); ok || k.Len() != 1 {
		t.Error("a dropped key is still held")
	}
	k.Forget()
	if _, ok := k.Get(b); ok || k.Len() != 0 {
		t.Error("keys are held after Forget")
	}
}

func TestSessionsEndByOwner(t *testing.T) {
	id, err := vault.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	k := keyring.New(time.Hour)
	a := k.Put(nil, keyring.Owner{Account: "anna", Subject: "s1", Session: "x"})
	b := k.Put(nil, keyring.Owner{Account: "anna"})
	c := k.Put(nil, keyring.Owner{Account: "bo"})
	anna := func(o keyring.Owner) bool { return o.Account == "anna" }
	if !k.Unlock(a, id.Opener()) || k.Unlock("no such handle", id.Opener()) {
		t.Error("unlocked the wrong sessions")
	}
	if o, ok := k.Peek(a); !ok || o == nil {
		t.Error("the session was not unlocked")
	}
	if n := k.Count(anna); n != 2 {
		t.Errorf("%d sessions of anna, want 2", n)
	}
	if n := k.End(a, anna); n != 1 {
		t.Errorf("%d sessions ended, want 1", n)
	}
	for handle, lives := range map[string]bool{a: true, b: false, c: true} {
		if _, ok := k.Peek(handle); ok != lives {
			t.Errorf("session %.4s lives: %v", handle, ok)
		}
	}
}
