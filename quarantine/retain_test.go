package quarantine_test

import (
	"database/sql"
	"errors"
	"fmt"
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
	// How it went, and that it was a false alarm, count in the statistics of the years.
	if err := r.db.Update(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE cases SET wish = '{"to":[0],"text":"Til Bo","route":"sikker"}' WHERE id = $1`, c.ID)
		for _, kind := range []string{"note", "false-alarm"} {
			_, more := tx.Exec(`INSERT INTO case_notes (id, case_id, at, actor, kind, text) VALUES ($1, $2, 1, 'dpo', $1, 'Bo ringede')`, kind, c.ID)
			err = errors.Join(err, more)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if n, err := r.service.ForgetFindings(t.Context(), later); err != nil || n != 1 {
		t.Fatalf("%d, %v", n, err)
	}
	var notes string
	if err := r.db.Read().QueryRow(`SELECT kind || actor || text FROM case_notes WHERE case_id = $1`, c.ID).Scan(&notes); err != nil || notes != "false-alarm" {
		t.Errorf("of the notes is left %q, %v", notes, err)
	}
	got, err := r.service.Get(t.Context(), c.ID)
	if got.Wish.Route != "sikker" || len(got.Wish.To) != 1 || got.Wish.Text != "" {
		t.Errorf("of how it went is left %+v", got.Wish)
	}
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

// A citizen asks to be erased: the case keeps its counts and the ledger its chain, and
// nobody's address is left, neither here nor in the log.
func TestOneCaseIsForgottenOnRequest(t *testing.T) {
	r := newBench(t, true)
	c := r.hold(t, deposit("1"))
	forget := func(reason string) error { return r.service.Forget(t.Context(), c.ID, "dpo", reason) }
	if err := forget("Anmodning om sletning"); !errors.Is(err, quarantine.ErrState) {
		t.Errorf("a case that waits: %v", err)
	}
	if _, err := r.service.Reject(t.Context(), c.ID, quarantine.Decision{By: "bo", Reason: "Skal ikke sendes til Nordby"}); err != nil {
		t.Fatal(err)
	}
	for _, reason := range []string{"", "cpr 070761-4285"} {
		if err := forget(reason); err == nil {
			t.Errorf("with the reason %q", reason)
		}
	}
	if err := forget("Anmodning om sletning"); err != nil {
		t.Fatal(err)
	}
	got, err := r.service.Get(t.Context(), c.ID)
	if err != nil || got.VaultObject != "" || got.Subject != "" || got.From != "" || len(got.To) != 0 || len(got.Evidence) != 0 || got.State != quarantine.Rejected || got.Persons != c.Persons {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := r.service.Ledger().Verify(t.Context()); err != nil {
		t.Errorf("the chain is broken: %v", err)
	}
	history, err := r.service.History(t.Context(), c.ID)
	if last := history[len(history)-1]; err != nil || last.Actor != "dpo" || last.Detail["reason"] != "Anmodning om sletning" || !history[0].Erased || strings.Contains(fmt.Sprint(history), "Nordby") {
		t.Errorf("%+v, %v", history, err)
	}
	if err := forget("Igen"); !errors.Is(err, quarantine.ErrState) {
		t.Errorf("a second time: %v", err)
	}
}
