package quarantine_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"brevvagt/quarantine/account"
	"brevvagt/quarantine/ledger"
)

const issuer = "https://login.kommune.example"

func anna(role account.Role) account.External {
	return account.External{Issuer: issuer, Subject: "a1", Login: "Anna@Kommune.example", Display: "Anna Eksempel", Role: role}
}

// verbs are the last lines of the ledger, oldest first.
func (f *fixture) verbs(t *testing.T, n int) string {
	t.Helper()
	l := ledger.New(f.db)
	if _, err := l.Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	lines, err := l.Page(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range lines[max(0, len(lines)-n):] {
		line := e.Actor + ":" + e.Verb
		for _, k := range []string{"how", "role", "account", "login", "passkey"} {
			if v := e.Detail[k]; v != "" {
				line += " " + k + "=" + v
			}
		}
		out = append(out, line)
	}
	return strings.Join(out, ", ")
}

func TestExternalPersonGetsAnAccountWithoutKey(t *testing.T) {
	a := accountOpen(t)
	for _, role := range []account.Role{account.Reviewer, account.DPO, account.DPO, account.Operator} {
		acc, err := a.LoginExternal(t.Context(), anna(role))
		if err != nil || acc.Name != "anna" || acc.Role != role || acc.Recipient != "" || acc.Passphrase {
			t.Fatalf("%s: %+v, %v", role, acc, err)
		}
	}
	want := "anna:account-created how=oidc role=reviewer, anna:login how=oidc, anna:role-changed role=dpo, anna:login how=oidc, anna:login how=oidc, anna:role-changed role=operator, anna:login how=oidc"
	if got := a.verbs(t, 10); got != want {
		t.Errorf("the ledger tells %s", got)
	}
	// No passphrase lets anybody in under that name, the empty one least of all.
	for _, p := range []string{"", pass} {
		if _, _, err := a.Login(t.Context(), "anna", p); !errors.Is(err, account.ErrLogin) {
			t.Errorf("%q: %v", p, err)
		}
		if o, err := a.Unlock(t.Context(), "anna", p); o != nil || !errors.Is(err, account.ErrLogin) {
			t.Errorf("%q unlocks: %v", p, err)
		}
	}
}

// A new login name of the same person changes nothing; the same name of another person
// gets nothing.
func TestExternalIdentityIsTheSubject(t *testing.T) {
	a := accountOpen(t)
	if _, err := a.LoginExternal(t.Context(), anna(account.DPO)); err != nil {
		t.Fatal(err)
	}
	e := anna(account.DPO)
	e.Login = "anna.gift@kommune.example"
	if acc, err := a.LoginExternal(t.Context(), e); err != nil || acc.Name != "anna" {
		t.Errorf("after a wedding: %+v, %v", acc, err)
	}
	for name, change := range map[string]func(*account.External){
		"another person of the name":  func(e *account.External) { e.Subject = "b2" },
		"another provider":            func(e *account.External) { e.Issuer = "https://login.ond.example" },
		"another domain":              func(e *account.External) { e.Subject, e.Login = "b2", "anna@andet.example" },
		"a name of an account of old": func(e *account.External) { e.Subject, e.Login = "b2", "ANNA" },
	} {
		e := anna(account.DPO)
		change(&e)
		if acc, err := a.LoginExternal(t.Context(), e); !errors.Is(err, account.ErrTaken) {
			t.Errorf("%s: %+v, %v", name, acc, err)
		}
	}
	for _, login := range []string{"", "@kommune.example", "Ærø@kommune.example", "a b@kommune.example", strings.Repeat("x", 40), "../anna", "<b>@kommune.example"} {
		e := anna(account.DPO)
		e.Subject, e.Login = "ny", login
		if acc, err := a.LoginExternal(t.Context(), e); !errors.Is(err, account.ErrName) {
			t.Errorf("%q: %+v, %v", login, acc, err)
		}
	}
	for _, e := range []account.External{{Subject: "x", Login: "x", Role: account.DPO}, {Issuer: issuer, Login: "x", Role: account.DPO}, {Issuer: issuer, Subject: "x", Login: "x"}, {Issuer: issuer, Subject: "x", Login: "x", Role: "chef"}, {Issuer: issuer, Subject: strings.Repeat("x", 300), Login: "x", Role: account.DPO}} {
		if acc, err := a.LoginExternal(t.Context(), e); err == nil {
			t.Errorf("%.80v: %+v", e, acc)
		}
	}
}

// An account with a key is linked on the terminal; the lesser of both roles holds.
func TestLinkedAccount(t *testing.T) {
	a := accountOpen(t)
	if _, err := a.Create(t.Context(), "anna", "Anna", account.Reviewer, pass); err != nil {
		t.Fatal(err)
	}
	if _, err := a.LoginExternal(t.Context(), anna(account.DPO)); !errors.Is(err, account.ErrTaken) {
		t.Fatalf("before it is linked: %v", err)
	}
	if err := a.Link(t.Context(), "anna", " Anna@kommune.example", "dpo"); err != nil {
		t.Fatal(err)
	}
	if login, waiting, err := a.Linked(t.Context()); err != nil || login["anna"] != "anna@kommune.example" || !waiting["anna"] {
		t.Errorf("%v %v %v", login, waiting, err)
	}
	for role, want := range map[account.Role]account.Role{account.DPO: account.Reviewer, account.Reviewer: account.Reviewer, account.Auditor: account.Auditor, account.Operator: account.Operator} {
		acc, err := a.LoginExternal(t.Context(), anna(role))
		if err != nil || acc.Name != "anna" || acc.Role != want || acc.Recipient == "" {
			t.Errorf("as %s: %+v, %v", role, acc, err)
		}
	}
	// What the provider gave last holds for every way in; the account's own role stays.
	if _, err := a.LoginExternal(t.Context(), anna(account.Auditor)); err != nil {
		t.Fatal(err)
	}
	if acc, err := a.Get(t.Context(), "anna"); err != nil || acc.Role != account.Auditor || acc.Own != account.Reviewer || !acc.Opens() {
		t.Errorf("the provider took the role: %s of %s, %v", acc.Role, acc.Own, err)
	}
	if o, err := a.Unlock(t.Context(), "anna", pass); err != nil || o != nil {
		t.Errorf("the passphrase unlocks a key that the role has not: %v", err)
	}
	if _, err := a.LoginExternal(t.Context(), anna(account.DPO)); err != nil {
		t.Fatal(err)
	}
	if acc, err := a.Get(t.Context(), "anna"); err != nil || acc.Role != account.Reviewer {
		t.Errorf("the provider gave more than the account's own role: %s, %v", acc.Role, err)
	}
	other := anna(account.DPO)
	other.Subject = "b2"
	if _, err := a.LoginExternal(t.Context(), other); !errors.Is(err, account.ErrTaken) {
		t.Errorf("a second person under the linked login: %v", err)
	}
	if o, err := a.Unlock(t.Context(), "anna", pass); err != nil || o == nil {
		t.Errorf("the passphrase does not unlock: %v", err)
	}
	if err := a.Link(t.Context(), "ingen", "x@kommune.example", "dpo"); !errors.Is(err, account.ErrNotFound) {
		t.Error(err)
	}
	if err := a.CreateExternal(t.Context(), "anna-b", "", account.DPO, "anna@kommune.example", "dpo"); !errors.Is(err, account.ErrTaken) {
		t.Errorf("two accounts for one login: %v", err)
	}
	for _, login := range []string{"", "a b", strings.Repeat("x", 300)} {
		if err := a.Link(t.Context(), "anna", login, "dpo"); err == nil {
			t.Errorf("linked to %.20q", login)
		}
	}
}

func TestClosedAccountStaysOutWhateverTheProviderSays(t *testing.T) {
	a := accountOpen(t)
	if _, err := a.LoginExternal(t.Context(), anna(account.DPO)); err != nil {
		t.Fatal(err)
	}
	if err := a.Disable(t.Context(), "anna", "dpo"); err != nil {
		t.Fatal(err)
	}
	if acc, err := a.LoginExternal(t.Context(), anna(account.DPO)); !errors.Is(err, account.ErrDisabled) || acc != nil {
		t.Errorf("%+v, %v", acc, err)
	}
	if got := a.verbs(t, 1); got != "anna:login-refused how=oidc" {
		t.Errorf("the ledger tells %s", got)
	}
}

// A key comes from the terminal and never from a sign-in.
func TestGiveKey(t *testing.T) {
	a := accountOpen(t)
	if err := a.CreateExternal(t.Context(), "anna-b", "Anna B", account.DPO, "anna@andet.example", "bo"); err != nil {
		t.Fatal(err)
	}
	e := anna(account.Reviewer)
	e.Login = "anna@andet.example"
	if acc, err := a.LoginExternal(t.Context(), e); err != nil || acc.Name != "anna-b" || acc.Role != account.Reviewer {
		t.Fatalf("%+v, %v", acc, err)
	}
	if _, err := a.GiveKey(t.Context(), "anna-b", "kort", "bo"); !errors.Is(err, account.ErrPassphrase) {
		t.Error(err)
	}
	recipient, err := a.GiveKey(t.Context(), "anna-b", pass, "bo")
	if err != nil || recipient == "" {
		t.Fatal(err)
	}
	if o, err := a.Unlock(t.Context(), "anna-b", pass); err != nil || o.Recipient() != recipient {
		t.Errorf("%v", err)
	}
	if _, err := a.GiveKey(t.Context(), "anna-b", pass+" igen", "bo"); !errors.Is(err, account.ErrExists) {
		t.Errorf("a second key: %v", err)
	}
	// From now on the role it had then is the most it gets.
	e.Role = account.DPO
	if acc, err := a.LoginExternal(t.Context(), e); err != nil || acc.Role != account.Reviewer {
		t.Errorf("%+v, %v", acc, err)
	}
	if err := a.CreateExternal(t.Context(), "x", "", "chef", "x@kommune.example", "bo"); err == nil {
		t.Error("a role that is none")
	}
	if err := a.CreateExternal(t.Context(), "X Y", "", account.DPO, "x@kommune.example", "bo"); err == nil {
		t.Error("a name that is none")
	}
}

func TestPasskeys(t *testing.T) {
	a := accountOpen(t)
	if _, err := a.Create(t.Context(), "anna", "", account.Auditor, pass); err != nil {
		t.Fatal(err)
	}
	handle, err := a.Handle(t.Context(), "anna")
	again, errAgain := a.Handle(t.Context(), "anna")
	if err != nil || errAgain != nil || len(handle) != 32 || string(handle) != string(again) {
		t.Fatalf("handles %x and %x, %v %v", handle, again, err, errAgain)
	}
	if acc, err := a.ByHandle(t.Context(), handle); err != nil || acc.Name != "anna" {
		t.Errorf("%+v, %v", acc, err)
	}
	if _, err := a.ByHandle(t.Context(), []byte("fremmed")); !errors.Is(err, account.ErrNotFound) {
		t.Error(err)
	}
	k := account.Passkey{ID: "k1", Account: "anna", Label: "  Min   bærbare ", Credential: []byte(`{"n":1}`)}
	if err := a.AddPasskey(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	if err := a.AddPasskey(t.Context(), k); err == nil {
		t.Error("the same passkey twice")
	}
	for _, label := range []string{"", "   ", strings.Repeat("æ", account.MaxLabel+1)} {
		if err := a.AddPasskey(t.Context(), account.Passkey{ID: "k2", Account: "anna", Label: label}); !errors.Is(err, account.ErrLabel) {
			t.Errorf("%q: %v", label, err)
		}
	}
	k.Credential = []byte(`{"n":2}`)
	if acc, err := a.LoginPasskey(t.Context(), k); err != nil || acc.Name != "anna" {
		t.Fatalf("%+v, %v", acc, err)
	}
	list, err := a.Passkeys(t.Context(), "anna")
	if err != nil || len(list) != 1 || list[0].Label != "Min bærbare" || string(list[0].Credential) != `{"n":2}` || !list[0].Used.Equal(a.now) || list[0].Copied {
		t.Fatalf("%+v, %v", list, err)
	}
	// One that may be a copy is closed for good.
	k.Copied = true
	if _, err := a.LoginPasskey(t.Context(), k); !errors.Is(err, account.ErrLogin) {
		t.Error(err)
	}
	k.Copied = false
	if _, err := a.LoginPasskey(t.Context(), k); !errors.Is(err, account.ErrLogin) {
		t.Errorf("a closed passkey: %v", err)
	}
	if got := a.verbs(t, 4); got != "anna:passkey-added passkey=Min bærbare, anna:login how=passkey, anna:passkey-copied passkey=Min bærbare, anna:login-refused how=passkey" {
		t.Errorf("the ledger tells %s", got)
	}
	if err := a.RemovePasskey(t.Context(), "bo", "k1", "bo"); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("another's passkey: %v", err)
	}
	if err := a.RemovePasskey(t.Context(), "anna", "k1", "anna"); err != nil {
		t.Error(err)
	}
	if _, err := a.LoginPasskey(t.Context(), k); err == nil {
		t.Error("a removed passkey signs in")
	}
	for i := range account.MaxPasskeys {
		if err := a.AddPasskey(t.Context(), account.Passkey{ID: fmt.Sprint("n", i), Account: "anna", Label: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.AddPasskey(t.Context(), account.Passkey{ID: "en til", Account: "anna", Label: "x"}); !errors.Is(err, account.ErrManyPasskeys) {
		t.Error(err)
	}
	if err := a.Disable(t.Context(), "anna", "dpo"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.LoginPasskey(t.Context(), account.Passkey{ID: "n1", Account: "anna"}); !errors.Is(err, account.ErrLogin) {
		t.Errorf("a closed account: %v", err)
	}
}

func TestRolesAreOrdered(t *testing.T) {
	order := []account.Role{account.Operator, account.Auditor, account.Reviewer, account.DPO}
	for i, r := range order {
		for j, most := range order {
			if r.Within(most) != (i <= j) {
				t.Errorf("%s within %s: %v", r, most, r.Within(most))
			}
		}
		if account.Role("chef").Within(r) || r.Within("chef") {
			t.Errorf("a role that is none, beside %s", r)
		}
	}
}

// Everybody may add his own mail addresses; only a colleague takes one away.
func TestMailOfAnAccount(t *testing.T) {
	a := accountOpen(t)
	if _, err := a.LoginExternal(t.Context(), anna(account.DPO)); err != nil {
		t.Fatal(err)
	}
	for _, s := range []struct {
		by   string
		mail []string
		want error
	}{
		{"anna", []string{"Anna.E@kommune.example ", "jura@kommune.example"}, nil},
		{"anna", []string{"jura@kommune.example"}, account.ErrOwnMail},
		{"bo", []string{"jura@kommune.example", "jura@kommune.example"}, nil},
		{"anna", []string{"jura@kommune.example", "x@kommune.example"}, nil},
		{"bo", []string{"jura"}, account.ErrMail},
		{"bo", []string{"a b@kommune.example"}, account.ErrMail},
		{"bo", []string{"<a@kommune.example>"}, account.ErrMail},
	} {
		if err := a.SetMail(t.Context(), "anna", s.mail, s.by); !errors.Is(err, s.want) {
			t.Errorf("%s sets %q: %v", s.by, s.mail, err)
		}
	}
	if err := a.SetMail(t.Context(), "nobody", []string{"a@kommune.example"}, "bo"); !errors.Is(err, account.ErrNotFound) {
		t.Error(err)
	}
	if got, err := a.Mail(t.Context()); err != nil || strings.Join(got["anna"], " ") != "jura@kommune.example x@kommune.example" {
		t.Errorf("%q, %v", got, err)
	}
	if got := a.verbs(t, 1); got != "anna:account-mail account=anna" {
		t.Error(got)
	}
	// The municipality's own sign-in names one more, or nothing that is one.
	for _, mail := range []string{"Anna.Eksempel@kommune.example", "", "ikke en adresse", "anna.eksempel@kommune.example"} {
		e := anna(account.DPO)
		e.Mail = mail
		if _, err := a.LoginExternal(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	if got := a.verbs(t, 10); strings.Count(got, "anna:account-mail how=oidc account=anna") != 1 {
		t.Errorf("the ledger says: %s", got)
	}
	if got, err := a.Mail(t.Context()); err != nil || strings.Join(got["anna"], " ") != "anna.eksempel@kommune.example jura@kommune.example x@kommune.example" {
		t.Errorf("%q, %v", got, err)
	}
}

// Whom the municipality gives no role any more can do nothing, by no way in, until it
// gives one again; an account of another, or of nobody, is not touched.
func TestSignInWithoutRole(t *testing.T) {
	a := accountOpen(t)
	for _, name := range []string{"anna", "bo"} {
		if _, err := a.Create(t.Context(), name, name, account.Reviewer, pass); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Link(t.Context(), "anna", "anna@kommune.example", "dpo"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.LoginExternal(t.Context(), anna(account.DPO)); err != nil {
		t.Fatal(err)
	}
	none, stranger := anna(""), anna("")
	stranger.Subject = "en anden"
	for range 2 {
		if err := errors.Join(a.WithoutRole(t.Context(), none), a.WithoutRole(t.Context(), stranger)); err != nil {
			t.Fatal(err)
		}
		if acc, err := a.Get(t.Context(), "anna"); err != nil || acc.Role.Valid() || acc.Own != account.Reviewer || !acc.Opens() {
			t.Errorf("%+v, %v", acc, err)
		}
	}
	if _, _, err := a.Login(t.Context(), "anna", pass); !errors.Is(err, account.ErrLogin) {
		t.Errorf("with the passphrase: %v", err)
	}
	if acc, _, err := a.Login(t.Context(), "bo", pass); err != nil || acc.Role != account.Reviewer {
		t.Errorf("another: %+v, %v", acc, err)
	}
	if acc, err := a.LoginExternal(t.Context(), anna(account.DPO)); err != nil || acc.Role != account.Reviewer {
		t.Errorf("given back: %+v, %v", acc, err)
	}
	if _, opener, err := a.Login(t.Context(), "anna", pass); err != nil || opener == nil {
		t.Errorf("given back, with the passphrase: %v", err)
	}
	if err := a.WithoutRole(t.Context(), account.External{}); err == nil {
		t.Error("nobody was proven")
	}
}
