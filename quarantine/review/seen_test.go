package review

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// Who looks at a case, masked, stands in the ledger: one line an hour for each person and
// case, whichever of its pages it was, and none for a case that is not there.
func TestLooksAreNoted(t *testing.T) {
	r := newRig(t)
	held, other := r.hold(t, screenshot("a"), time.Hour), r.hold(t, screenshot("b"), time.Hour)
	looks := func(id string) (who []string) {
		t.Helper()
		lines, err := r.service.History(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range lines {
			if e.Verb == "case-shown" {
				who = append(who, e.Actor)
			}
		}
		return who
	}
	anna, bo, reads, runs := r.as(t, "dpo"), r.as(t, "reviewer"), r.as(t, "auditor"), r.as(t, "operator")
	want := func(what string, names ...string) {
		t.Helper()
		if got := looks(held.ID); !slices.Equal(got, names) {
			t.Errorf("%s: %v looked, want %v", what, got, names)
		}
	}
	for _, path := range []string{"/", "/fortegnelse/" + held.DraftNo} {
		anna.get(path)
	}
	want("the lists alone")
	_, body := anna.get("/sag/" + held.ID)
	contains(t, body, "Så sagen (sløret)")
	anna.get("/sag/" + held.ID + "?billeder=1")
	anna.get("/sag/" + held.ID + "/pdf")
	anna.get("/sag/" + held.ID + "/koersel")
	want("several pages", "dpo")
	bo.get("/sag/" + held.ID + "/pdf")
	if status, _ := runs.get("/sag/" + held.ID); status != 403 {
		t.Errorf("operations saw a case: %d", status)
	}
	reads.get("/sag/" + held.ID)
	want("three people", "dpo", "reviewer", "auditor")
	r.now = r.now.Add(59 * time.Minute)
	anna = r.as(t, "dpo") // of a new session
	anna.get("/sag/" + held.ID)
	want("within the hour", "dpo", "reviewer", "auditor")
	r.now = r.now.Add(2 * time.Minute)
	anna.get("/sag/" + held.ID)
	want("after the hour", "dpo", "reviewer", "auditor", "dpo")
	if got := looks(other.ID); len(got) != 0 {
		t.Errorf("%v looked at a case that nobody opened", got)
	}
	missing := strings.Repeat("0", 26)
	if status, _ := anna.get("/sag/" + missing); status != 404 {
		t.Errorf("status %d", status)
	}
	if got := looks(missing); len(got) != 0 {
		t.Errorf("a case that is not there was seen by %v", got)
	}
	if _, err := r.service.Ledger().Verify(t.Context()); err != nil {
		t.Error(err)
	}
}
