package quarantine_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/quarantine"
	"brevvagt/quarantine/vault"

	"filippo.io/age"
)

func TestTooMuchIsBoundedAndSaid(t *testing.T) {
	b := newBench(t, false)
	d := deposit("item-1")
	d.Pictures = []quarantine.Picture{{Path: "huge.png", PNG: make([]byte, 16<<20+1)}}
	for range 203 {
		d.Pictures = append(d.Pictures, quarantine.Picture{Path: "p.png", PNG: []byte("png")})
	}
	for range 1005 {
		d.Evidence = append(d.Evidence, quarantine.Evidence{Detector: "cpr"})
		d.Gaps = append(d.Gaps, "a.zip: krypteret")
	}
	c, err := b.service.Get(t.Context(), b.hold(t, d).ID)
	if err != nil {
		t.Fatal(err)
	}
	if c.PictureCount != 200 || len(c.Evidence) != 1000 || len(c.Gaps) != 1003 {
		t.Errorf("%d pictures, %d findings, %d gaps", c.PictureCount, len(c.Evidence), len(c.Gaps))
	}
	if said := strings.Join(c.Gaps[1000:], "\n"); !strings.HasPrefix(said, "4 sidebilleder er ikke gemt") || !strings.Contains(said, "\n6 fund er ikke gemt") {
		t.Errorf("said %q", said)
	}
	if _, err := b.service.Reject(t.Context(), c.ID, quarantine.Decision{By: "dpo", Reason: strings.Repeat("x", 5000)}); !errors.Is(err, quarantine.ErrReason) {
		t.Errorf("a reason of 5000 bytes: %v", err)
	}
	if _, err := b.service.Picture(t.Context(), c.ID, 200, "dpo", b.opener); !errors.Is(err, quarantine.ErrNotFound) {
		t.Errorf("a picture beyond the last: %v", err)
	}
	if _, err := b.service.Picture(t.Context(), c.ID, 0, "dpo", nil); !errors.Is(err, quarantine.ErrLocked) {
		t.Errorf("a picture without a key: %v", err)
	}
}

// A hold that fails must say so, so that the source keeps the item, and must leave
// no case, no number in the register and no sealed file.
func TestAFailedHoldLeavesNothing(t *testing.T) {
	b := newBench(t, false)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.service.Hold(ctx, deposit("item-1"), original); err == nil {
		t.Error("held although the caller had gone")
	}
	if _, err := b.service.Hold(t.Context(), quarantine.Deposit{Source: "gateway"}, original); err == nil {
		t.Error("held an item without an id")
	}
	dir := filepath.Join(b.dir, "vault")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := b.service.Hold(t.Context(), deposit("item-1"), original); err == nil {
		t.Error("held without a vault")
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if objects, err := b.vault.Objects(); err != nil || len(objects) != 0 {
		t.Errorf("%v, %v", objects, err)
	}
	if c := b.hold(t, deposit("item-1")); c.DraftNo != "2026-01" {
		t.Errorf("the failed holds used up numbers: %s", c.DraftNo)
	}
}

// The database fails in the middle of the transaction; sealed files must go again.
func TestAFailedTransactionUnseals(t *testing.T) {
	b := newBench(t, false)
	id, err := vault.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	r, err := vault.ParseRecipient(id.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.New(filepath.Join(b.dir, "vault"), []age.Recipient{r})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := quarantine.New(quarantine.Config{Store: b.db, Vault: v, Outbox: filepath.Join(b.dir, "outbox"), Crash: func(point string) {
		if point == "hold:before-commit" {
			cancel()
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Hold(ctx, deposit("item-1"), original); err == nil {
		t.Error("held although the commit failed")
	}
	if objects, err := v.Objects(); err != nil || len(objects) != 0 {
		t.Errorf("%v, %v", objects, err)
	}
	if _, total, err := s.List(t.Context(), quarantine.Filter{}); err != nil || total != 0 {
		t.Errorf("%d cases, %v", total, err)
	}
}

func TestATamperedOriginalIsNotReleased(t *testing.T) {
	b := newBench(t, true)
	c := b.hold(t, deposit("item-1"))
	path := filepath.Join(b.dir, "vault", c.VaultObject)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)-1] ^= 1
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := b.service.Release(t.Context(), c.ID, b.decision()); !errors.Is(err, vault.ErrChanged) {
		t.Errorf("%v", err)
	}
	if got, err := b.service.Get(t.Context(), c.ID); err != nil || got.State != quarantine.Held || len(b.source.delivered) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if left, _ := os.ReadDir(filepath.Join(b.dir, "outbox")); len(left) != 0 {
		t.Errorf("outbox holds %v", left)
	}
}
