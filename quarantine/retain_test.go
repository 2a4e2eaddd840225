package quarantine_test

import (
	"strings"
	"testing"
	"time"

	"brevvagt/quarantine"
)

func TestFindingsAreForgottenAfterTheContent(t *testing.T) {
	r := newBench(t, false)
	d := deposit("1")
	c := r.hold(t, d)
	later := r.clock.now().Add(400 * 24 * time.Hour)
	if n, err := r.service.ForgetFindings(t.Context(), later); err != nil || n != 0 {
		t.Fatalf("forgot a case that waits: %d, %v", n, err)
	}
	if _, err := r.service.Expire(t.Context(), later); err != nil {
		t.Fatal(err)
	}
	if n, err := r.service.ForgetFindings(t.Context(), later); err != nil || n != 1 {
		t.Fatalf("%d, %v", n, err)
	}
	got, err := r.service.Get(t.Context(), c.ID)
	if err != nil || got.Subject != "" || got.From != "" || len(got.To) != 0 || len(got.Evidence) != 0 || len(got.Rules) != len(c.Rules) || got.Persons != c.Persons {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := r.service.Ledger().Verify(t.Context()); err != nil {
		t.Errorf("the chain is broken: %v", err)
	}
	if n, err := r.service.ForgetFindings(t.Context(), later); err != nil || n != 0 {
		t.Errorf("forgot twice: %d, %v", n, err)
	}
	if got.State != quarantine.Expired || strings.Contains(got.Name, "eml") {
		t.Errorf("state %s, name %q", got.State, got.Name)
	}
}
