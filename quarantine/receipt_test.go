package quarantine_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	"brevvagt/quarantine/receipt"
)

func openSealer(t *testing.T) (*receipt.Sealer, *store.DB) {
	t.Helper()
	db, err := storetest.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "b.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s, err := receipt.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return s, db
}

func TestHiddenComesBackForItsCaseOnly(t *testing.T) {
	s, db := openSealer(t)
	h := receipt.Hidden{ItemID: "/deling/070761-4285.pdf", MessageID: "<1>", From: "a", To: []string{"b", "c"}, Receipt: []byte{0, 1}}
	sealed, err := s.Seal("case-1", h)
	if err != nil || bytes.Contains(sealed, []byte("070761")) {
		t.Fatalf("%q, %v", sealed, err)
	}
	again, err := receipt.Open(t.Context(), db) // another start, the same key
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Reveal("case-1", sealed); err != nil || !reflect.DeepEqual(got, h) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := s.Reveal("case-2", sealed); err == nil {
		t.Error("a receipt of another case was accepted")
	}
	sealed[len(sealed)-1] ^= 1
	for _, bad := range [][]byte{sealed, nil, {1, 2, 3}} {
		if _, err := s.Reveal("case-1", bad); err == nil {
			t.Error("a changed receipt was accepted")
		}
	}
	info, err := os.Stat(filepath.Join(filepath.Dir(db.Path()), "receipt.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestItemsHaveKeyedNames(t *testing.T) {
	a, _ := openSealer(t)
	b, _ := openSealer(t)
	first := a.Item("gateway", "1")
	if second := a.Item("gateway", "1"); first != second {
		t.Error("one item has two names")
	}
	for _, other := range []string{a.Item("gateway", "2"), a.Item("gateway\n1", ""), a.Item("share", "1"), b.Item("gateway", "1")} {
		if other == a.Item("gateway", "1") {
			t.Error("two items have one name")
		}
	}
}
