package quarantine_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"brevvagt/quarantine/sender/copies"
)

func TestCopies(t *testing.T) {
	dir := t.TempDir()
	c, err := copies.Open(dir, "secret", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	original := []byte("Subject: fortroligt\r\n\r\nindhold")
	for _, id := range []string{"A1", "B2", "C3"} {
		if err := c.Put(id, original); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := c.Get("A1"); err != nil || !bytes.Equal(got, original) {
		t.Errorf("%q, %v", got, err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "A1.copy"))
	if err != nil || bytes.Contains(raw, []byte("fortroligt")) {
		t.Errorf("it can be read on disk: %v", err)
	}
	if info, _ := os.Stat(filepath.Join(dir, "A1.copy")); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	// The copy of another case, a changed one and another installation's open nothing.
	if err := os.Rename(filepath.Join(dir, "A1.copy"), filepath.Join(dir, "D4.copy")); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Get("D4"); err == nil {
		t.Error("the copy of another case was taken")
	}
	other, _ := copies.Open(dir, "other", time.Hour)
	if _, err := other.Get("B2"); err == nil {
		t.Error("another key opens it")
	}
	if _, err := c.Get("A1"); !errors.Is(err, copies.ErrNone) {
		t.Errorf("%v", err)
	}
	if err := c.Put("../x", original); err == nil {
		t.Error("a name out of the folder was taken")
	}
	old := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "C3.copy"), old, old); err != nil {
		t.Fatal(err)
	}
	if err := c.Sweep(t.Context(), func(_ context.Context, id string) (bool, error) { return id != "D4", nil }); err != nil {
		t.Fatal(err)
	}
	left, _ := os.ReadDir(dir)
	if len(left) != 1 || left[0].Name() != "B2.copy" {
		t.Errorf("left: %v", left)
	}
}
