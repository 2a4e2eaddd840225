package quarantine_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	"brevvagt/quarantine/proof"
)

func proofDB(t *testing.T) *store.DB {
	t.Helper()
	db, err := storetest.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "s", "brevvagt.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestProofByCanary(t *testing.T) {
	db := proofDB(t)
	at := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	never, err := proof.LastCanary(t.Context(), db, "mail")
	if err != nil || never.Good() || !never.Tried.IsZero() {
		t.Errorf("before the first: %+v, %v", never, err)
	}
	if err := proof.Held(t.Context(), db, "mail", "01ARZ3NDEKTSV4RRFFQ69G5FAV", at); err != nil {
		t.Fatal(err)
	}
	if err := proof.Failed(t.Context(), db, "mail", "it said 120336-3951 "+strings.Repeat("å", 1000), at.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	got, err := proof.LastCanary(t.Context(), db, "mail")
	if err != nil || got.Good() || !got.Proven.Equal(at) || !got.Tried.Equal(at.Add(time.Hour)) {
		t.Errorf("after a failure: %+v, %v", got, err)
	}
	if strings.Contains(got.Trouble, "3951") || len(got.Trouble) > 500 {
		t.Errorf("kept %q", got.Trouble)
	}
	if err := proof.Held(t.Context(), db, "mail", "x", at.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got, _ := proof.LastCanary(t.Context(), db, "mail"); !got.Good() {
		t.Errorf("after a success: %+v", got)
	}
}

func TestProofOfTransports(t *testing.T) {
	tr := proof.Transports{DB: proofDB(t), Key: []byte("key")}
	at := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	list := []proof.Transport{{Domain: "b.example", Method: "dane", Answer: "dane-only", At: at}, {Domain: "a.example", Method: "operator", Source: "tunnel", At: at}}
	if err := tr.Keep(t.Context(), "<1@kommune.example>", list); err != nil {
		t.Fatal(err)
	}
	if err := tr.Keep(t.Context(), "<1@kommune.example>", list); err != nil {
		t.Fatal(err)
	}
	got, err := tr.Of(t.Context(), "1@kommune.example")
	if err != nil || len(got) != 2 || got[0] != list[1] || got[1] != list[0] {
		t.Errorf("%+v, %v", got, err)
	}
	if got, _ := (proof.Transports{DB: tr.DB, Key: []byte("other")}).Of(t.Context(), "1@kommune.example"); len(got) != 0 {
		t.Error("found without the key")
	}
	for domain, want := range map[string]string{"b.example": "dane-only", "c.example": ""} {
		if got, err := tr.Promised(t.Context(), domain, at); err != nil || got != want {
			t.Errorf("promised for %s: %q, %v", domain, got, err)
		}
	}
	if got, _ := tr.Promised(t.Context(), "b.example", at.Add(time.Second)); got != "" {
		t.Errorf("an old promise: %q", got)
	}
	if err := tr.Expire(t.Context(), at.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	if got, _ := tr.Of(t.Context(), "1@kommune.example"); len(got) != 0 {
		t.Errorf("still there: %+v", got)
	}
	if err := tr.Keep(t.Context(), "", list); err != nil {
		t.Error(err)
	}
}
