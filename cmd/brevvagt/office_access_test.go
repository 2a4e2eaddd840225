package main

import (
	"path/filepath"
	"strings"
	"testing"

	"brevvagt/cmd/brevvagt/state"
	"brevvagt/quarantine/account"
)

// Accounts and the municipality's sign-in from the terminal.
func TestAccessOnTheTerminal(t *testing.T) {
	config, run := terminal(t)
	must := func(stdin string, args ...string) string {
		t.Helper()
		out, err := run(stdin, args...)
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		return out
	}
	if out := must(dpoPhrase+"\n", "account", "link", "revisor", "--login", "Rie@kommune.example", "--by", "dpo"); !strings.Contains(out, "venter på") {
		t.Error(out)
	}
	if _, err := run("forkert adgangssætning\n", "account", "link", "dpo", "--login", "ond@kommune.example", "--by", "dpo"); err == nil {
		t.Error("linked with a wrong passphrase")
	}
	if _, err := run(dpoPhrase+"\n", "account", "link", "dpo", "--login", "ond@kommune.example", "--by", "revisor"); err == nil {
		t.Error("linked by an auditor")
	}
	must("", "account", "add", "anna-b", "--role", "dpo", "--login", "anna@andet.example")
	st, err := state.Open(t.Context(), filepath.Join(filepath.Dir(config), "state"), "", true)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	for login, name := range map[string]string{"rie@kommune.example": "revisor", "anna@andet.example": "anna-b"} {
		acc, err := st.Accounts.LoginExternal(t.Context(), account.External{Issuer: "https://login.kommune.example", Subject: login, Login: login, Role: account.DPO})
		if err != nil || acc.Name != name {
			t.Fatalf("%s: %+v, %v", login, acc, err)
		}
	}
	if err := st.Accounts.AddPasskey(t.Context(), account.Passkey{ID: "k1", Account: "revisor", Label: "Mistet telefon"}); err != nil {
		t.Fatal(err)
	}
	must(dpoPhrase+"\n", "account", "mail", "dpo", "Jura@kommune.example,d.po@kommune.example", "--by", "dpo")
	if out, err := run(dpoPhrase+"\n", "account", "mail", "dpo", "d.po@kommune.example", "--by", "dpo"); err == nil {
		t.Error("somebody took away his own address", out)
	}
	out := must("", "account", "list")
	for _, want := range []string{"[skriver fra d.po@kommune.example, jura@kommune.example]", "[rie@kommune.example]", "[uden adgangssætning og nøgle]  [anna@andet.example]"} {
		if !strings.Contains(out, want) {
			t.Errorf("the list lacks %q:\n%s", want, out)
		}
	}
	if out = must(dpoPhrase+"\nen ny og lang sætning\n", "account", "key", "anna-b", "--by", "dpo"); !strings.Contains(out, "vault rewrap") {
		t.Error(out)
	}
	if out = must("en ny og lang sætning\n", "account", "mail", "dpo", ",", "--by", "anna-b"); !strings.Contains(out, "ingen mailadresser mere") {
		t.Error(out)
	}
	if out = must("", "vault", "keys"); !strings.Contains(out, "anna-b") {
		t.Error(out)
	}
	if out = must("", "account", "passkeys", "revisor"); !strings.Contains(out, "k1  tilføjet") || !strings.Contains(out, "brugt aldrig  Mistet telefon") {
		t.Error(out)
	}
	must(dpoPhrase+"\n", "account", "passkeys", "remove", "revisor", "k1", "--by", "dpo")
	if _, err := run(dpoPhrase+"\n", "account", "passkeys", "remove", "revisor", "k1", "--by", "dpo"); err == nil {
		t.Error("removed twice")
	}
	if out = must("", "account", "passkeys", "revisor"); out != "" {
		t.Error(out)
	}
	if _, err := run("", "account", "passkeys", "ingen"); err == nil {
		t.Error("passkeys of nobody")
	}
}
