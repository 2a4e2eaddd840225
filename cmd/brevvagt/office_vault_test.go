package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"brevvagt/cmd/brevvagt/state"
	"brevvagt/quarantine"
)

// The keys of the quarantine from the terminal: a recovery key comes, an account goes,
// what is there is sealed anew, and the recovery key alone can bring it back.
func TestKeysOfTheVault(t *testing.T) {
	if testing.Short() {
		t.Skip("makes many keys from passphrases")
	}
	config, run := terminal(t)
	dir := filepath.Dir(config)
	key := filepath.Join(dir, "noegle.age")
	must := func(stdin string, args ...string) string {
		t.Helper()
		out, err := run(stdin, append(args, "--config", config)...)
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		return out
	}
	if out := must("", "vault", "keys"); !strings.Contains(out, "dpo") || !strings.Contains(out, "ingen gendannelsesnøgle") || !strings.Contains(out, "mindst to") {
		t.Error(out)
	}
	holdOne(t, filepath.Join(dir, "state"))
	out := must(dpoPhrase+"\nadgang til pengeskabet\n", "vault", "recovery", "new", "--by", "dpo", "--name", "pengeskab", "-o", key)
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 || !strings.Contains(out, "vault rewrap") {
		t.Fatal(out, err)
	}
	if blob, err := os.ReadFile(key); err != nil || strings.Contains(string(blob), "SECRET") {
		t.Fatal("the recovery key is not locked", err)
	}
	if _, err := run(dpoPhrase+"\nadgang til pengeskabet\n", "vault", "recovery", "new", "--by", "dpo", "--name", "x", "-o", key, "--config", config); err == nil {
		t.Error("a key was written over")
	}
	if out := must("", "vault", "keys"); !strings.Contains(out, "1 sager har indhold; 1 af dem") || !strings.Contains(out, "pengeskab") {
		t.Error(out)
	}
	if out := must(dpoPhrase+"\n", "vault", "rewrap", "--by", "dpo"); !strings.Contains(out, "1 sager er forseglet") {
		t.Error(out)
	}
	must("", "ledger", "verify")
	// A new DPO comes, the old one is closed, and only the recovery key is at hand.
	must("en anden lang sætning\n", "account", "add", "ny", "--role", "dpo")
	must("en anden lang sætning\n", "account", "disable", "dpo", "--by", "ny")
	if _, err := run("forkert adgangssætning\n", "vault", "rewrap", "--recovery", key, "--config", config); err == nil {
		t.Error("a wrong passphrase opened the recovery key")
	}
	if out := must("adgang til pengeskabet\n", "vault", "rewrap", "--recovery", key); !strings.Contains(out, "1 sager er forseglet") {
		t.Error(out)
	}
	out = must("", "vault", "keys")
	m := regexp.MustCompile(`([0-9a-f]{16})  recovery `).FindStringSubmatch(out)
	if m == nil || strings.Contains(out, " dpo\n") || !strings.Contains(out, "0 af dem") {
		t.Fatal(out)
	}
	must("en anden lang sætning\n", "vault", "recovery", "remove", m[1], "--by", "ny")
	if _, err := run(dpoPhrase+"\n", "vault", "rewrap", "--by", "revisor", "--config", config); err == nil {
		t.Error("an auditor sealed anew")
	}
}

// holdOne puts one item into quarantine.
func holdOne(t *testing.T, folder string) string {
	t.Helper()
	st, err := state.Open(t.Context(), folder, "", false)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	svc, err := st.Service(t.Context(), state.Keeping{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	d := quarantine.Deposit{Source: "gateway", ItemID: "1", Kind: "mail", From: "a@kommune.example", To: []string{"b@firma.example"}, Subject: "Lønsedler", Numbers: 1, Persons: 1,
		Rules:    []quarantine.Rule{{ID: "cpr-unprotected", Danish: "1 CPR-nummer til en modtager uden sikker forbindelse"}},
		Evidence: []quarantine.Evidence{{Detector: "cpr", Category: "national-id", Strength: "strong", Value: "070761-xxxx", Path: "mail.eml"}}, Clear: quarantine.Values{"070761-4285"}}
	c, err := svc.Hold(t.Context(), d, []byte("Subject: lønsedler\r\n\r\nCPR 070761-4285\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	return c.ID
}
