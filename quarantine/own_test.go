package quarantine_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"brevvagt/quarantine"
	"brevvagt/quarantine/vault"
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
		return errors.Join(err, set(tx, `INSERT INTO account_mail (account, mail) VALUES ('ab', 'asta.b@kommune.example'), ('ab', 'juridisk@kommune.example')`))
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
		{"ab", "Asta.B+x@skole.kommune.example", nil, true},
		{"ab", "social@kommune.example", []string{"juridisk@kommune.example"}, true},
		{"anna", "juridisk@kommune.example", nil, false},
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
		if err := b.service.MayExcept(t.Context(), c.ID, x.by, ""); errors.Is(err, quarantine.ErrOwn) != x.own {
			t.Errorf("%s calls a mail of %s %v a false alarm: %v", x.by, x.from, x.authors, err)
		}
	}
}

func set(tx *sql.Tx, statement string) error {
	_, err := tx.Exec(statement)
	return err
}

// What takes two people to let go once does not take one to let go for a year, and the
// word of somebody who has left since does not count.
func TestTwoPeopleForAnException(t *testing.T) {
	b := newBench(t, false)
	if err := b.db.Update(t.Context(), func(tx *sql.Tx) error {
		return set(tx, `INSERT INTO accounts (name, display, role, hash, created) VALUES ('bo', 'Bo', 'dpo', '', 1), ('carl', 'Carl', 'dpo', '', 1)`)
	}); err != nil {
		t.Fatal(err)
	}
	d := deposit("abroad")
	d.Rules = []quarantine.Rule{{ID: "foreign-recipient", Danish: "x", English: "x", Approvers: 2}, {ID: "cpr-unprotected", Danish: "x", English: "x"}}
	c := b.hold(t, d)
	except := func(by, rule string) error { return b.service.MayExcept(t.Context(), c.ID, by, rule) }
	release := func(by string) *quarantine.Case {
		t.Helper()
		decision := b.decision()
		decision.By = by
		got, err := b.service.Release(t.Context(), c.ID, decision)
		if err != nil {
			t.Fatalf("%s: %v", by, err)
		}
		return got
	}
	if err := errors.Join(except("bo", ""), except("bo", "cpr-unprotected")); err != nil {
		t.Error(err)
	}
	if err := except("bo", "foreign-recipient"); !errors.Is(err, quarantine.ErrNotAllowed) {
		t.Errorf("one person makes an exception: %v", err)
	}
	release("bo")
	if err := except("bo", "foreign-recipient"); !errors.Is(err, quarantine.ErrNotAllowed) {
		t.Errorf("the same person twice: %v", err)
	}
	if err := except("carl", "foreign-recipient"); err != nil {
		t.Errorf("a second person: %v", err)
	}
	for _, lost := range [][2]string{
		{`UPDATE accounts SET role = 'auditor' WHERE name = 'bo'`, `UPDATE accounts SET role = 'reviewer' WHERE name = 'bo'`},
		{`INSERT INTO account_logins (account, login, linked, most) VALUES ('bo', 'bo@kommune.example', 1, 'operator')`, `UPDATE account_logins SET most = 'dpo' WHERE account = 'bo'`},
	} {
		for i, statement := range lost {
			if err := b.db.Update(t.Context(), func(tx *sql.Tx) error { return set(tx, statement) }); err != nil {
				t.Fatal(err)
			}
			if err := except("carl", "foreign-recipient"); errors.Is(err, quarantine.ErrNotAllowed) != (i == 0) {
				t.Errorf("after %s: %v", statement, err)
			}
		}
	}
	if err := b.db.Update(t.Context(), func(tx *sql.Tx) error { return set(tx, `UPDATE accounts SET disabled = 1 WHERE name = 'bo'`) }); err != nil {
		t.Fatal(err)
	}
	if err := except("carl", "foreign-recipient"); !errors.Is(err, quarantine.ErrNotAllowed) {
		t.Errorf("with somebody who has left: %v", err)
	}
	if got := release("carl"); got.State != quarantine.Held || len(b.source.delivered) > 0 {
		t.Errorf("released with the word of somebody who has left: %s", got.State)
	}
	if got := release("dora"); got.State != quarantine.Released {
		t.Errorf("two who are here: %s", got.State)
	}
}

// Somebody with the database in hand puts the files of one case into the rows of another,
// under their names or under that case's own: the recipients of the one must not get the
// mail of the other, and nobody sees it.
func TestSwappedContentIsNotGivenOut(t *testing.T) {
	b := newBench(t, true)
	mine := b.hold(t, deposit("item-1"))
	other, err := b.service.Hold(t.Context(), deposit("item-2"), []byte("From: a@kommune.example\r\n\r\nsomebody else's\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{other.VaultObject, mine.VaultObject} {
		if err := b.db.Update(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(t.Context(), `UPDATE cases SET vault_object = $1, plain_sha256 = $2, cipher_sha256 = $3 WHERE id = $4`,
				name, other.PlainSHA256, other.CipherSHA256, mine.ID)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if name == mine.VaultObject {
			folder := filepath.Join(b.dir, "vault")
			if err := os.Rename(filepath.Join(folder, other.VaultObject), filepath.Join(folder, mine.VaultObject)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := b.service.Release(t.Context(), mine.ID, b.decision()); !errors.Is(err, vault.ErrChanged) {
			t.Errorf("released: %v", err)
		}
		if r, err := b.service.Original(t.Context(), mine.ID, "dpo", "prøve", b.opener); !errors.Is(err, vault.ErrChanged) {
			t.Errorf("opened: %v, %v", r, err)
		}
	}
	if len(b.source.delivered) > 0 {
		t.Error("the other mail was delivered")
	}
}
