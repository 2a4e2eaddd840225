package review

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"brevvagt/quarantine"
	"brevvagt/quarantine/account"
	"brevvagt/quarantine/register"
	"brevvagt/quarantine/rekey"
	"brevvagt/quarantine/review/words"
)

var (
	used      = regexp.MustCompile(`(?:\.T |\b[tT]ext\((?:\w+\.)?\w+(?:\(r\))?, |[fF]ailWith\(w, r, \S+, |refuseLogin\(w, r, \S+, |\badd\()"([a-z0-9.-]+)"`)
	usedMany  = regexp.MustCompile(`(?:\.Plural |\bPlural\(\w+, |\bcount\(\w+, )"([a-z0-9.-]+)"|"(wait\.(?:minutes|hours|days))"`)
	otherwise = regexp.MustCompile(`"((?:tab|nav|flash|problem|error|done|login|mine|register)\.[a-z0-9.-]+)"`)
)

// TestNoMissingText looks up every key that templates and code use, in both
// languages, and every key of the catalogue for being used.
func TestNoMissingText(t *testing.T) {
	keys := make(map[string]bool)
	var all strings.Builder
	for _, pattern := range []string{"*/templates/*.html", "*/*.go", "*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") || strings.HasPrefix(filepath.Base(f), "phrases") || strings.HasSuffix(f, "catalogue.go") {
				continue
			}
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(b)
			for _, m := range used.FindAllStringSubmatch(string(b), -1) {
				keys[m[1]] = true
			}
			for _, m := range usedMany.FindAllStringSubmatch(string(b), -1) {
				key := m[1] + m[2]
				keys[key+".one"], keys[key+".many"] = true, true
			}
			for _, m := range otherwise.FindAllStringSubmatch(string(b), -1) {
				keys[m[1]] = true
			}
		}
	}
	for _, s := range []quarantine.State{quarantine.Held, quarantine.Releasing, quarantine.Rejecting, quarantine.Released, quarantine.Rejected, quarantine.Expired, quarantine.Gone} {
		keys["state."+string(s)] = true
		if s != quarantine.Held {
			keys["done."+string(s)], keys["done."+string(s)+".text"] = true, true
		}
	}
	for _, s := range []register.Status{register.Averted, register.Possible, register.Breach} {
		keys["status."+string(s)] = true
	}
	for _, r := range []account.Role{account.DPO, account.Reviewer, account.Auditor, account.Operator} {
		keys["role."+string(r)] = true
	}
	for _, l := range []rekey.Lack{rekey.NoDPO, rekey.OneDPO, rekey.NoRecovery} {
		keys["keylack."+string(l)] = true
	}
	for _, n := range []string{"400", "403", "404", "405", "500", "origin", "locked", "year", "many", "oidc", "oidc-again", "oidc-role", "oidc-overage", "oidc-denied", "oidc-away", "oidc-name", "oidc-closed", "drive.many"} {
		keys["error."+n], keys["error."+n+".text"] = true, true
	}
	delete(keys, "error.")
	if len(keys) < 150 {
		t.Fatalf("only %d keys found: the search has gone stale", len(keys))
	}
	for k := range keys {
		for _, l := range []words.Lang{words.Danish, words.English} {
			if !words.Has(k) || words.Text(l, k) == "«"+k+"»" {
				t.Errorf("text %q is missing in %s", k, l)
			}
		}
	}
	// The words for other packages' values are looked up by value.
	open := []string{"state.", "strength.", "detector.", "layer.", "kind.a.", "verb.", "detail.", "role.", "status.", "tell.", "notify.", "severity.", "band.", "form.status.", "import.", "rule.", "source.", "age.", "order.", "batch.action.", "batch.why.", "notekind.", "keykind.", "keylack.", "keys.", "belongs.", "sender.", "how.", "measures.", "drive.stage.", "drive.problem.", "drive.heat.", "drive.breadth.", "drive.age.", "drive.why.", "sheet."}
	for _, k := range words.Keys() {
		used := keys[k]
		for _, prefix := range open {
			used = used || strings.HasPrefix(k, prefix)
		}
		if !used {
			t.Errorf("text %q is never used", k)
		}
	}
}

// TestVerbsMatch keeps a placeholder from being lost in translation.
func TestVerbsMatch(t *testing.T) {
	verb := regexp.MustCompile(`%[a-z]`)
	for _, k := range words.Keys() {
		da, en := verb.FindAllString(words.Text(words.Danish, k), -1), verb.FindAllString(words.Text(words.English, k), -1)
		if strings.Join(da, "") != strings.Join(en, "") {
			t.Errorf("%s: %v in Danish, %v in English", k, da, en)
		}
	}
	if n := len(strings.Fields(words.Text(words.Danish, "months"))); n != 12 {
		t.Errorf("%d months", n)
	}
}
