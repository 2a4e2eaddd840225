package state

import (
	"path/filepath"
	"testing"

	"brevvagt/scanner/source/share/seal"
)

// TestLook: what was written is read without writing, beside a writer and after it.
func TestLook(t *testing.T) {
	ctx := t.Context()
	keys, err := seal.NewKeys([]byte("prøvens nøgle på mindst 32 bytes...."))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a b?.db")
	if db, err := look(ctx, path, keys); err == nil {
		db.Close()
		t.Error("a database that is not there was opened")
	}
	writer, err := Open(ctx, path, keys)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.EnsureSource(ctx, "prøve"); err != nil {
		t.Fatal(err)
	}
	for range 2 { // with a journal, and without one
		db, err := look(ctx, path, keys)
		if err != nil {
			t.Fatal(err)
		}
		if src, err := db.Source(ctx, "prøve"); err != nil || src.Name != "prøve" {
			t.Errorf("%+v %v", src, err)
		}
		if _, err := db.EnsureSource(ctx, "ny"); err == nil {
			t.Error("it was written to")
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if err := writer.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
