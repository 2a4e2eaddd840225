package quarantine_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	"brevvagt/quarantine/casework"
	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/register"
)

func caseworkRig(t *testing.T, now *time.Time) *casework.Work {
	t.Helper()
	db, err := storetest.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "b.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return casework.New(casework.Config{Store: db, Ledger: ledger.New(db), Check: register.CheckNumbers, Now: func() time.Time { return *now }})
}

func TestExceptionsEndByThemselves(t *testing.T) {
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	k := caseworkRig(t, &now)
	const from, rule = "loen@kommune.example", "cpr-unprotected"
	e := casework.Exception{Rule: rule, Sender: from, Domain: "pension.example", Reason: "Aftalt tunnel", CaseID: "sag", Expires: now.Add(7 * 24 * time.Hour)}
	for name, bad := range map[string]func(*casework.Exception){
		"no reason": func(e *casework.Exception) { e.Reason = " " }, "a number": func(e *casework.Exception) { e.Reason = "070761-4285" },
		"for ever": func(e *casework.Exception) { e.Expires = now.Add(3 * 366 * 24 * time.Hour) }, "past": func(e *casework.Exception) { e.Expires = now },
		"everybody": func(e *casework.Exception) { e.Sender = "" },
	} {
		x := e
		bad(&x)
		if err := k.Except(t.Context(), "dpo", x); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if err := k.Except(t.Context(), "dpo", e); err != nil {
		t.Fatal(err)
	}
	list, err := k.Exceptions(t.Context(), true)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	x := list[0]
	for _, c := range []struct {
		rule, from string
		to         []string
		want       bool
	}{
		{rule, from, []string{"a@pension.example"}, true},
		{rule, "Loen@Kommune.example", []string{"a@PENSION.example", "b@kommune.example"}, true},
		{rule, from, []string{"a@pension.example", "b@andet.example"}, false},
		{rule, from, []string{"b@kommune.example"}, false},
		{rule, from, []string{"a@pension.example.evil.example"}, false},
		{rule, "x" + from, []string{"a@pension.example"}, false},
		{"foreign-person", from, []string{"a@pension.example"}, false},
		{rule, from, nil, false},
	} {
		if got := x.Covers(c.rule, c.from, c.to, now); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	if x.Covers(rule, from, []string{"a@pension.example"}, now.Add(8*24*time.Hour)) {
		t.Error("it does not end")
	}
	if err := k.End(t.Context(), "dpo", x.ID); err != nil {
		t.Fatal(err)
	}
	if err := k.End(t.Context(), "dpo", x.ID); !errors.Is(err, casework.ErrScope) {
		t.Errorf("ended twice: %v", err)
	}
	if list, err = k.Exceptions(t.Context(), true); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
	notes, err := k.Notes(t.Context(), "sag")
	if err != nil || len(notes) != 1 || notes[0].Kind != casework.FalseAlarm {
		t.Error(notes, err)
	}
	if lines, err := k.Ledger.Page(t.Context(), 0, 100); err != nil || len(lines) != 3 {
		t.Errorf("%d ledger lines, %v", len(lines), err)
	}
}

func TestNotesAreChecked(t *testing.T) {
	now := time.Now()
	k := caseworkRig(t, &now)
	if err := k.AddNote(t.Context(), "dpo", "sag", casework.Plain, "Ringet til 070761-4285"); !errors.Is(err, register.ErrPersonalData) {
		t.Error(err)
	}
	if err := k.AddNote(t.Context(), "dpo", "sag", casework.Plain, "Afventer leder"); err != nil {
		t.Error(err)
	}
	if err := k.Hand(t.Context(), "dpo", "findes-ikke", "kollega"); err == nil {
		t.Error("a case that is not there was handed over")
	}
}
