package main

import (
	"log/slog"
	"testing"
	"time"

	"brevvagt/cmd/brevvagt/state"
	"brevvagt/document"
	"brevvagt/quarantine/casework"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
)

// TestExceptionsCount runs the two actions on outcomes as the pipeline makes them.
func TestExceptionsCount(t *testing.T) {
	dir := t.TempDir()
	st, err := state.Open(hasty(t.Context()), dir, "", false)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if _, err := st.Accounts.Create(t.Context(), "dpo", "dpo", "dpo", "en lang adgangssætning"); err != nil {
		t.Fatal(err)
	}
	d := &daemon{state: st, log: slog.New(slog.DiscardHandler)}
	d.cfg.DPO.KeepWarnings = 1 << 50
	if d.service, err = st.Service(t.Context(), state.Keeping{}, nil, d.log); err != nil {
		t.Fatal(err)
	}
	err = d.casework().Except(t.Context(), "dpo", casework.Exception{Rule: "cpr-unprotected", Sender: "a@kommune.example", Domain: "firma.example", Reason: "Aftalt tunnel", CaseID: "sag", Expires: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	outcome := func(from, to string, rules ...policy.Rule) *scanner.Outcome {
		return &scanner.Outcome{Kind: "mail", From: from, To: []string{to}, Document: &document.Document{}, Verdict: policy.Verdict{Action: policy.Hold, Rules: rules}}
	}
	hold, warn := policy.Rule{ID: "cpr-unprotected", Text: "x", Action: policy.Hold}, policy.Rule{ID: "placeholder", Text: "y", Action: policy.Warn}
	other := policy.Rule{ID: "foreign-person", Text: "z", Action: policy.Hold}
	for name, c := range map[string]struct {
		out  *scanner.Outcome
		want policy.Action
	}{
		"excepted":       {outcome("a@kommune.example", "b@firma.example", hold), policy.Pass},
		"a warning left": {outcome("a@kommune.example", "b@firma.example", hold, warn), policy.Warn},
		"another rule":   {outcome("a@kommune.example", "b@firma.example", hold, other), policy.Hold},
		"another sender": {outcome("c@kommune.example", "b@firma.example", hold), policy.Hold},
		"another domain": {outcome("a@kommune.example", "b@andet.example", hold), policy.Hold},
	} {
		it := scanner.Item{Source: "smtp", ID: name, To: c.out.To}
		for _, a := range []scanner.Action{exempt{d}, warnings{d}} {
			if err := a.Apply(t.Context(), it, c.out); err != nil {
				t.Fatal(err)
			}
		}
		if c.out.Verdict.Action != c.want {
			t.Errorf("%s: %s, want %s", name, c.out.Verdict.Action, c.want)
		}
	}
	if list, total, err := d.warned().List(t.Context(), 10, 0); err != nil || total != 1 || list[0].Rules[0].ID != "placeholder" {
		t.Errorf("%d warnings, %v", total, err)
	}
}
