package quarantine_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	"brevvagt/quarantine/warned"
)

func TestWarningsAreMaskedAndGo(t *testing.T) {
	db, err := storetest.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "b.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	l := warned.New(db, 48*time.Hour, func() time.Time { return now })
	const n = "070761-4285"
	many := make([]string, 300)
	for i := range many {
		many[i] = n + "@x.example"
	}
	w := warned.Warning{Source: "smtp", Kind: "mail", From: n + "@kommune.example", To: many, Subject: "Vedr. " + n + strings.Repeat("x", 5000), Gaps: many, Rules: []warned.Rule{{ID: "gap", Danish: n, English: n}}}
	if err := l.Add(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	var facts string
	if err := db.Read().QueryRow(`SELECT facts FROM warned`).Scan(&facts); err != nil || strings.Contains(facts, "4285") {
		t.Errorf("a number is kept: %v", err)
	}
	list, total, err := l.List(t.Context(), 10, 0)
	if err != nil || total != 1 || len(list[0].To) != 20 || len(list[0].Subject) > 600 || !list[0].At.Equal(now) {
		t.Fatal(total, err)
	}
	now = now.Add(49 * time.Hour)
	if _, total, err = l.List(t.Context(), 10, 0); err != nil || total != 0 {
		t.Error("an expired line is shown")
	}
	if n, err := l.Sweep(t.Context()); err != nil || n != 1 {
		t.Error(n, err)
	}
}
