package quarantine_test

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

func accountOpen(t *testing.T) *fixture {
	t.Helper()
	return openAt(t, cheap)
}

func openAt(t *testing.T, cost account.Cost) *fixture {
	t.Helper()
	if storetest.InPostgres() {
		t.Skip("TestAccountsInEitherDatabase is for both databases")
	}
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
	a := accountOpen(t)
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
	a := accountOpen(t)
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
	a := accountOpen(t)
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

// TestGuessingFromOutside: what strangers try keeps out neither a browser that its owner
// signed in with nor one who is signed in, and one address cannot try name after name.
func TestGuessingFromOutside(t *testing.T) {
	const mine, theirs, town = "192.0.2.7", "198.51.100.1", "192.0.2.200"
	a := accountOpen(t)
	for _, name := range []string{"anna", "bo"} {
		if _, err := a.Create(t.Context(), name, "", account.Auditor, pass); err != nil {
			t.Fatal(err)
		}
	}
	in := func(from, browser, name, word string) (string, error) {
		p, err := a.LoginFrom(t.Context(), account.Caller{Address: from, Browser: browser}, name, word)
		if err != nil {
			return "", err
		}
		return p.Browser, nil
	}
	anna, err := in(mine, "", "anna", pass)
	if err != nil || anna == "" || len(anna) > 128 || strings.Contains(anna, "anna") {
		t.Fatalf("%q, %v", anna, err)
	}
	bo, err := in(mine, "", "bo", pass)
	if err != nil {
		t.Fatal(err)
	}
	for i := range maxTries { // each from another address
		if _, err := in(fmt.Sprint("192.0.2.", 100+i), "", "anna", "forkert ord her"); !errors.Is(err, account.ErrLogin) {
			t.Fatal(err)
		}
	}
	for i := range 40 { // a name after the other from one address
		want := account.ErrLogin
		if i >= 30 {
			want = account.ErrTooMany
		}
		if _, err := in(theirs, "", fmt.Sprint("navn", i), "forkert ord her"); !errors.Is(err, want) {
			t.Fatalf("name %d: %v", i, err)
		}
	}
	for range 40 { // many who share an address come in
		if _, err := in(town, "", "bo", pass); err != nil {
			t.Fatal(err)
		}
	}
	cut, last := anna[:len(anna)-1], "0"
	if anna[len(anna)-1] == '0' {
		last = "1"
	}
	for i, tt := range []struct {
		from, browser, name, word string
		later                     time.Duration
		want                      error
	}{
		{mine, "", "anna", pass, 0, account.ErrTooMany},
		{"198.51.100.3", "", "anna", pass, 0, nil},      // another neighbourhood
		{mine, bo, "anna", pass, 0, account.ErrTooMany}, // another's browser
		{mine, cut + last, "anna", pass, 0, account.ErrTooMany},
		{mine, ".", "anna", pass, 0, account.ErrTooMany},
		{theirs, "", "bo", pass, 0, account.ErrTooMany},
		{mine, anna, "anna", pass, 0, nil},
		{theirs, anna, "anna", pass, 0, nil}, // wherever it is
		{mine, anna, "anna", "forkert 1", 0, account.ErrLogin},
		{mine, anna, "anna", "forkert 2", 0, account.ErrLogin},
		{mine, anna, "anna", "forkert 3", 0, account.ErrLogin},
		{mine, anna, "anna", "forkert 4", 0, account.ErrLogin},
		{mine, anna, "anna", "forkert 5", 0, account.ErrLogin},
		{mine, anna, "anna", pass, 0, account.ErrTooMany}, // a stolen cookie gives five tries
		{mine, "", "bo", pass, 0, nil},
		{theirs, "", "bo", pass, 15 * time.Minute, nil},
		{mine, anna, "anna", pass, 0, nil},
	} {
		a.now = a.now.Add(tt.later)
		if _, err := in(tt.from, tt.browser, tt.name, tt.word); !errors.Is(err, tt.want) {
			t.Errorf("row %d: %v, want %v", i, err, tt.want)
		}
	}
	for range maxTries {
		_, _ = in("192.0.2.9", "", "anna", "forkert ord her")
	}
	const next = "en anden lang sætning"
	if err := a.ChangePassphrase(t.Context(), "anna", pass, next); err != nil {
		t.Errorf("who is signed in: %v", err)
	}
	if _, err := in(mine, anna, "anna", next); !errors.Is(err, account.ErrTooMany) {
		t.Errorf("the browser is known after a new passphrase: %v", err)
	}
	a.now = a.now.Add(account.KnownFor)
	for range maxTries {
		_, _ = in("192.0.2.9", "", "bo", "forkert ord her")
	}
	if _, err := in(mine, bo, "bo", pass); !errors.Is(err, account.ErrTooMany) {
		t.Errorf("a browser is known after %s: %v", account.KnownFor, err)
	}
}

// TestManyAddresses: somebody with many addresses on the internet closes a name to it, and
// not to the municipality's own networks, nor there from one network for the others.
func TestManyAddresses(t *testing.T) {
	a := accountOpen(t)
	if _, err := a.Create(t.Context(), "anna", "", account.Auditor, pass); err != nil {
		t.Fatal(err)
	}
	in := func(from, word string) error {
		_, err := a.LoginFrom(t.Context(), account.Caller{Address: from}, "anna", word)
		return err
	}
	for i := range 50 {
		from := fmt.Sprintf("198.51.%d.%d", i/maxTries, i)
		if i%2 == 1 {
			from = fmt.Sprintf("2001:db8:%d:%d::1", i/maxTries, i)
		}
		if err := in(from, "forkert ord her"); !errors.Is(err, account.ErrLogin) {
			t.Fatalf("%s: %v", from, err)
		}
	}
	if err := in("203.0.113.7", pass); !errors.Is(err, account.ErrTooMany) {
		t.Errorf("50 tries on the internet are not all: %v", err)
	}
	for range maxTries {
		if err := in("10.1.2.3", "forkert ord her"); !errors.Is(err, account.ErrLogin) {
			t.Fatal(err)
		}
	}
	for from, want := range map[string]error{"10.1.2.9": account.ErrTooMany, "10.1.3.9": nil, "fd00:1::5": nil, "172.16.0.5": nil, "203.0.113.8": account.ErrTooMany, "172.32.0.5": account.ErrTooMany} {
		if err := in(from, pass); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", from, err, want)
		}
	}
}

// maxTries are those of one name.
const maxTries = 5

func TestManyAtOnceDoNotOutrunTheLimit(t *testing.T) {
	a := accountOpen(t)
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
	a := accountOpen(t)
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
