package quarantine_test

import (
	"database/sql"
	"errors"
	"testing"

	"brevvagt/quarantine"
)

// Nobody releases his own mail, however his address is spelled, whichever mailbox the
// envelope names, and whatever his account is called.
func TestOwnMailIsNotReleased(t *testing.T) {
	b := newBench(t, true)
	if err := b.db.Update(t.Context(), func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(t.Context(), `INSERT INTO accounts (name, display, role, hash, created) VALUES ('ab', 'A', 'dpo', '', 1)`); err != nil {
			return err
		}
		_, err := tx.ExecContext(t.Context(), `INSERT INTO account_logins (account, login, issuer, subject, linked) VALUES ('ab', 'asta.bo@kommune.example', '', '', 1)`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		by, from string
		authors  []string
		own      bool
	}{
		{"anna", "anna@kommune.example", nil, true},
		{"anna", "Anna@Kommune.example", nil, true},
		{"anna", "anna+sag@kommune.example", nil, true},
		{"anna", `"anna"@kommune.example`, nil, true},
		{"anna", "social@kommune.example", []string{"anna@kommune.example"}, true},
		{"anna", "", []string{"social@kommune.example", "ANNA+x@kommune.example"}, true},
		{"ab", "asta.bo@kommune.example", nil, true},
		{"anna", "annabo@kommune.example", []string{"hanna@kommune.example"}, false},
		{"anna", "", nil, false},
		{"ab", "social@kommune.example", nil, false},
	} {
		d := deposit(x.by + x.from + string(rune('a'+len(x.authors))))
		d.From, d.Authors = x.from, x.authors
		c := b.hold(t, d)
		decision := b.decision()
		decision.By = x.by
		if _, err := b.service.Release(t.Context(), c.ID, decision); errors.Is(err, quarantine.ErrOwn) != x.own {
			t.Errorf("%s releases a mail of %s %v: %v", x.by, x.from, x.authors, err)
		}
	}
}
