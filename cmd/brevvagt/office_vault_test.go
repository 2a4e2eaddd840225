package main

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"brevvagt/cmd/brevvagt/state"
	"brevvagt/quarantine"
	"brevvagt/quarantine/rekey"
	"brevvagt/quarantine/vault"
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
	if out := must("", "vault", "keys"); !strings.Contains(out, "dpo") || !strings.Contains(out, "ingen gendannelsesnøgle") || !strings.Contains(out, "skal være mindst to") {
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
	if out, err := run("en anden lang sætning\n", "account", "disable", "dpo", "--by", "ny", "--config", config); !errors.Is(err, rekey.ErrNeeded) {
		t.Errorf("one of two DPOs was closed: %v %s", err, out)
	}
	must("en tredje lang sætning\n", "account", "add", "tredje", "--role", "dpo")
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
	if _, err := run("en anden lang sætning\n", "vault", "recovery", "remove", m[1], "--by", "ny", "--config", config); !errors.Is(err, rekey.ErrNeeded) {
		t.Errorf("the only recovery key was taken out: %v", err)
	}
	// A DPO who gets another role: the key goes out of use, is named until it opens nothing,
	// and comes back with the role.
	must("en fjerde lang sætning\n", "account", "add", "fjerde", "--role", "dpo")
	must("en anden lang sætning\n", "account", "role", "tredje", "auditor", "--by", "ny")
	if out = must("", "vault", "keys"); !regexp.MustCompile(`  out +tredje\n`).MatchString(out) || !strings.Contains(out, "1 af dem") {
		t.Error(out)
	}
	must("adgang til pengeskabet\n", "vault", "rewrap", "--recovery", key)
	if out = must("", "vault", "keys"); strings.Contains(out, "tredje") {
		t.Error(out)
	}
	if _, err := run("en anden lang sætning\n", "account", "role", "fjerde", "operator", "--by", "ny", "--config", config); !errors.Is(err, rekey.ErrNeeded) {
		t.Errorf("one of two DPOs lost the role: %v", err)
	}
	if _, err := run("en anden lang sætning\n", "account", "role", "ny", "auditor", "--by", "ny", "--config", config); err == nil {
		t.Error("somebody changed his own role")
	}
	must("en anden lang sætning\n", "account", "role", "tredje", "dpo", "--by", "ny")
	if out = must("", "vault", "keys"); !regexp.MustCompile(`  dpo +tredje\n`).MatchString(out) {
		t.Error(out)
	}
	must("en anden lang sætning\nadgang til banken\n", "vault", "recovery", "new", "--by", "ny", "--name", "bank", "-o", key+"2")
	must("en anden lang sætning\n", "vault", "recovery", "remove", m[1], "--by", "ny")
	if _, err := run(dpoPhrase+"\n", "vault", "rewrap", "--by", "revisor", "--config", config); err == nil {
		t.Error("an auditor sealed anew")
	}
}

// An installation without the keys it must have does not start; one command gives them to
// it, and what lies there already can be opened with each of them.
func TestKeysThatMustBeThere(t *testing.T) {
	config, _ := terminal(t)
	dir := filepath.Dir(config)
	folder, key := filepath.Join(dir, "state"), filepath.Join(dir, "noegle.age")
	id := holdOne(t, folder)
	refused := func(what string, lacks ...string) {
		t.Helper()
		for _, args := range [][]string{{"serve", "--config", config}, {"config", "check", config}, {"doctor", "--config", config}} {
			out, errs, code := command(t, "", args...)
			for _, want := range append(lacks, "brevvagt vault setup --dpo") {
				if code == 0 || !strings.Contains(out+errs, want) {
					t.Errorf("%s: %v: exit %d, want %q:\n%s%s", what, args, code, want, out, errs)
				}
			}
		}
	}
	setUp := func(stdin string, args ...string) (string, int) {
		out, errs, code := command(t, stdin, append([]string{"vault", "setup", "--config", config}, args...)...)
		return out + errs, code
	}
	refused("one DPO", "kun én DPO-nøgle", "ingen gendannelsesnøgle")
	if out, code := setUp("en anden lang sætning\n", "--dpo", "ny"); code == 0 || !strings.Contains(out, "must be the first") {
		t.Errorf("somebody made himself a key: exit %d %s", code, out)
	}
	if out, code := setUp("forkert adgangssætning\n", "--dpo", "dpo"); code == 0 {
		t.Error(out)
	}
	if out, code := setUp(dpoPhrase+"\nen anden lang sætning\n", "--dpo", "dpo", "--dpo", "ny"); code == 0 || !strings.Contains(out, "ingen gendannelsesnøgle") {
		t.Errorf("without a recovery key: exit %d %s", code, out)
	}
	refused("no recovery key", "ingen gendannelsesnøgle")
	if out, code := setUp(dpoPhrase+"\nadgang til pengeskabet\n", "--dpo", "dpo", "-o", key); code != 0 || !strings.Contains(out, "forseglet") {
		t.Fatalf("exit %d %s", code, out)
	}
	if out, code := setUp(dpoPhrase+"\nadgang til pengeskabet\n", "--dpo", "dpo", "-o", key); code == 0 {
		t.Errorf("a key was written over: %s", out)
	}
	if out, errs, code := command(t, "", "config", "check", config); code != 0 {
		t.Error(out, errs)
	}
	if out := must(t, "", "vault", "keys", "--config", config); strings.Contains(out, "obs:") || !strings.Contains(out, "0 af dem") {
		t.Error(out)
	}
	st, err := state.Open(hasty(t.Context()), folder, "", false)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	svc, err := st.Service(t.Context(), state.Keeping{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	blob, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	outside, err := vault.Unlock(blob, "adgang til pengeskabet")
	if err != nil {
		t.Fatal(err)
	}
	openers := []*vault.Opener{outside}
	for name, phrase := range map[string]string{"dpo": dpoPhrase, "ny": "en anden lang sætning"} {
		_, o, err := st.Accounts.Login(t.Context(), name, phrase)
		if err != nil {
			t.Fatal(err)
		}
		openers = append(openers, o)
	}
	for n, o := range openers {
		if v, err := svc.Value(t.Context(), id, 0, o); err != nil || v != "070761-4285" {
			t.Errorf("key %d does not open what was there: %v", n, err)
		}
	}
}

// A new installation has its keys from the one command, the recovery key made elsewhere.
func TestSetUp(t *testing.T) {
	dir := t.TempDir()
	config := write(t, dir, "brevvagt.yaml", "state: "+filepath.Join(dir, "tilstand")+"\n")
	if out, errs, code := command(t, "", "config", "check", config); code != 0 || !strings.Contains(out, "brevvagt vault setup") {
		t.Error(out, errs)
	}
	if _, errs, code := command(t, "", "serve", "--config", config); code == 0 || !strings.Contains(errs, "ingen DPO-nøgle") {
		t.Error(errs)
	}
	elsewhere, err := vault.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	public := write(t, dir, "offentlig.txt", elsewhere.Recipient()+"\n")
	must(t, "en lang sætning\nen anden lang sætning\n", "vault", "setup", "--dpo", "anna", "--dpo", "bo", "--public", public, "--config", config)
	if out := must(t, "", "config", "check", config); !strings.Contains(out, "er i orden") || strings.Contains(out, "setup") {
		t.Error(out)
	}
	if out := must(t, "", "vault", "keys", "--config", config); strings.Count(out, " dpo ") != 2 || !strings.Contains(out, vault.Fingerprint(elsewhere.Recipient())) || strings.Contains(out, "obs:") {
		t.Error(out)
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
