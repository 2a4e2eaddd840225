package account_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	"brevvagt/quarantine/account"
	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/vault"

	"filippo.io/age"
)

const pass = "fire tilfældige ord her"

type fixture struct {
	*account.Accounts
	db  *store.DB
	now time.Time
}

// cheap is what guessing costs where a test is not about it.
var cheap = account.Cost{Memory: 64, Passes: 1, Vault: 4}

func open(t *testing.T) *fixture {
	t.Helper()
	return openAt(t, cheap)
}

func openAt(t *testing.T, cost account.Cost) *fixture {
	t.Helper()
	db, err := storetest.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "state", "b.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	f := &fixture{db: db, now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	if f.Accounts, err = account.New(account.Config{Store: db, Cost: cost, Now: func() time.Time { return f.now }}); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestLoginUnlocksTheVaultOfThatAccount(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	a := openAt(t, account.Cost{}) // the real one
	recipient, err := a.Create(t.Context(), "dpo", "Testperson Eksempel", account.DPO, pass)
	if err != nil {
		t.Fatal(err)
	}
	r, err := vault.ParseRecipient(recipient)
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.New(t.TempDir(), []age.Recipient{r})
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := v.Seal(t.Context(), "case", strings.NewReader("original"))
	if err != nil {
		t.Fatal(err)
	}
	acc, opener, err := a.Login(t.Context(), " DPO ", pass) // names are typed carelessly
	if err != nil || opener == nil || acc.Name != "dpo" || acc.Display != "Testperson Eksempel" || acc.Role != account.DPO {
		t.Fatalf("%+v, %v", acc, err)
	}
	if opened, err := v.Open(t.Context(), sealed, opener); err != nil {
		t.Error(err)
	} else {
		opened.Close()
	}

	const next = "fem helt andre ord denne gang"
	if err := a.ChangePassphrase(t.Context(), "dpo", pass, next); err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.Login(t.Context(), "dpo", pass); !errors.Is(err, account.ErrLogin) {
		t.Errorf("the old passphrase: %v", err)
	}
	if _, opener, err = a.Login(t.Context(), "dpo", next); err != nil || opener.Recipient() != recipient {
		t.Fatalf("after the change: %v", err)
	}
	for _, secret := range []string{pass, next, "AGE-SECRET-KEY"} {
		if inFiles(t, filepath.Dir(a.db.Path()), secret) {
			t.Errorf("%.6s… stands in a file", secret)
		}
	}
}

func inFiles(t *testing.T, dir, text string) bool {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), text) {
			return true
		}
	}
	return false
}

func TestRolesWithoutContentHaveNoKey(t *testing.T) {
	a := open(t)
	for _, role := range []account.Role{account.Auditor, account.Operator} {
		recipient, err := a.Create(t.Context(), string(role), "", role, pass)
		if err != nil || recipient != "" {
			t.Fatalf("%s: %q, %v", role, recipient, err)
		}
		if acc, opener, err := a.Login(t.Context(), string(role), pass); err != nil || opener != nil || acc.Role != role {
			t.Errorf("%s: %+v, %v, %v", role, acc, opener, err)
		}
	}
	list, err := a.List(t.Context())
	if err != nil || len(list) != 2 || list[0].Name != "auditor" {
		t.Errorf("%v, %v", list, err)
	}
}

func TestWhatIsRefusedAtCreation(t *testing.T) {
	a := open(t)
	if _, err := a.Create(t.Context(), "revisor", "", account.Auditor, pass); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, pass string
		role       account.Role
		want       error
	}{
		{"revisor", pass, account.Auditor, account.ErrExists},
		{"x", "for kort", account.Auditor, account.ErrPassphrase},
		{"x", strings.Repeat("æ", 600), account.Auditor, nil},
		{"", pass, account.Auditor, nil},
		{"Stor", pass, account.Auditor, nil},
		{"a b", pass, account.Auditor, nil},
		{"x", pass, "chef", nil},
	} {
		if _, err := a.Create(t.Context(), c.name, "", c.role, c.pass); err == nil || (c.want != nil && !errors.Is(err, c.want)) {
			t.Errorf("%q %q: %v", c.name, c.role, err)
		}
	}
}

func TestFailuresCloseTheNameForAWhile(t *testing.T) {
	a := open(t)
	if _, err := a.Create(t.Context(), "revisor", "", account.Auditor, pass); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"revisor", "findes-ikke"} { // both answer alike
		for i := range 5 {
			if _, _, err := a.Login(t.Context(), name, fmt.Sprint("forkert ", i)); !errors.Is(err, account.ErrLogin) {
				t.Fatalf("%s try %d: %v", name, i, err)
			}
		}
		if _, _, err := a.Login(t.Context(), name, pass); !errors.Is(err, account.ErrTooMany) {
			t.Errorf("%s after five failures: %v", name, err)
		}
	}
	a.now = a.now.Add(14 * time.Minute)
	if _, _, err := a.Login(t.Context(), "revisor", pass); !errors.Is(err, account.ErrTooMany) {
		t.Errorf("after 14 minutes: %v", err)
	}
	a.now = a.now.Add(time.Minute)
	if _, _, err := a.Login(t.Context(), "revisor", pass); err != nil {
		t.Errorf("after 15 minutes: %v", err)
	}
	for range 7 { // success resets the count
		if _, _, err := a.Login(t.Context(), "revisor", pass); err != nil {
			t.Fatal(err)
		}
	}
}

func TestManyAtOnceDoNotOutrunTheLimit(t *testing.T) {
	a := open(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := map[error]int{}
	for range 12 {
		wg.Go(func() {
			_, _, err := a.Login(t.Context(), "nogen", "forkert ord her")
			mu.Lock()
			defer mu.Unlock()
			got[err]++
		})
	}
	wg.Wait()
	if got[account.ErrLogin] != 5 || got[account.ErrTooMany] != 7 {
		t.Errorf("%v", got)
	}
}

func TestDisabledAndTamperedAccountsStayOut(t *testing.T) {
	a := openAt(t, account.Cost{})
	for _, name := range []string{"en", "to"} {
		if _, err := a.Create(t.Context(), name, "", account.Operator, pass); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Disable(t.Context(), "en", "to"); err != nil {
		t.Fatal(err)
	}
	if err := a.Disable(t.Context(), "ingen", "to"); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("%v", err)
	}
	err := a.db.Update(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE accounts SET hash = REPLACE(hash, 'm=19456', 'm=8') WHERE name = 'to'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"en", "to"} {
		if _, _, err := a.Login(t.Context(), name, pass); !errors.Is(err, account.ErrLogin) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if acc, err := a.Get(t.Context(), "en"); err != nil || !acc.Disabled {
		t.Errorf("%+v, %v", acc, err)
	}
}

func TestTheLedgerTells(t *testing.T) {
	a := open(t)
	if _, err := a.Create(t.Context(), "revisor", "", account.Auditor, pass); err != nil {
		t.Fatal(err)
	}
	a.Login(t.Context(), "revisor", pass)
	a.Login(t.Context(), "revisor", "forkert ord her")
	a.Login(t.Context(), "findes-ikke", pass)
	l := ledger.New(a.db)
	if _, err := l.Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	lines, err := l.Page(t.Context(), 0, 10)
	var verbs []string
	for _, e := range lines {
		verbs = append(verbs, e.Actor+":"+e.Verb)
	}
	if got := strings.Join(verbs, " "); err != nil || got != "revisor:account-created revisor:login revisor:login-refused" {
		t.Errorf("%q, %v", got, err)
	}
}

func BenchmarkLogin(b *testing.B) {
	db, err := storetest.Open(b.Context(), store.Options{Path: filepath.Join(b.TempDir(), "b.db")})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	a, err := account.New(account.Config{Store: db})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := a.Create(b.Context(), "dpo", "", account.DPO, pass); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, _, err := a.Login(b.Context(), "dpo", pass); err != nil {
			b.Fatal(err)
		}
	}
}
