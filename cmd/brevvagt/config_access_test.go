package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/quarantine/account"
)

const oidcGood = `
dpo: {page: "https://brevvagt.kommune.example"}
review:
  oidc:
    issuer: https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0
    client_id: brevvagt
    client_secret_file: oidc-secret
    roles: {dpo: [Brevvagt.DPO], reviewer: [Brevvagt.Sagsbehandler, /brevvagt/sag]}
`

func loaded(t *testing.T, text string) (config.Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "b.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config.Load(path)
}

func TestWaysIn(t *testing.T) {
	c, err := loaded(t, oidcGood)
	if err != nil || !c.Review.OIDC.On() || !c.Review.LocalLogin || c.Review.OIDC.RolesClaim != "roles" || len(c.Review.OIDC.Roles[account.Reviewer]) != 2 || c.Review.OIDC.Name != "kommunens login" {
		t.Fatalf("%+v, %v", c.Review, err)
	}
	if c, err = loaded(t, ""); err != nil || c.Review.OIDC.On() || !c.Review.LocalLogin {
		t.Errorf("by default: %+v, %v", c.Review, err)
	}
	if c, err = loaded(t, oidcGood+"  local_login: false\n"); err != nil || c.Review.LocalLogin {
		t.Errorf("local sign-in off: %v", err)
	}
	for name, x := range map[string]struct{ old, new, says string }{
		"any organisation":       {"11111111-2222-3333-4444-555555555555", "common", "any organisation"},
		"any organisation too":   {"11111111-2222-3333-4444-555555555555", "organizations", "any organisation"},
		"not encrypted":          {"https://login", "http://login", "must begin with https"},
		"no address":             {"https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0", "login", "must be an address"},
		"a query":                {"/v2.0", "/v2.0?p=1", "must be an address"},
		"no client":              {"client_id: brevvagt", "client_id: ''", "client_id is missing"},
		"no page":                {"https://brevvagt.kommune.example", "", "needs dpo.page"},
		"page with a path":       {"https://brevvagt.kommune.example", "https://kommune.example/brevvagt", "needs dpo.page"},
		"page in the clear":      {"https://brevvagt.kommune.example", "http://brevvagt.kommune.example", "needs dpo.page"},
		"a role of their own":    {"reviewer:", "chef:", "is none of dpo"},
		"a value for two roles":  {"Brevvagt.Sagsbehandler", "Brevvagt.DPO", "stands for two roles"},
		"a value that is empty":  {"Brevvagt.Sagsbehandler", "''", "would let anybody in"},
		"nobody":                 {"{dpo: [Brevvagt.DPO], reviewer: [Brevvagt.Sagsbehandler, /brevvagt/sag]}", "{}", "nobody could sign in"},
		"a relative secret":      {"oidc-secret", "etc/oidc-secret", "client_secret_file"},
		"no claim":               {"client_id: brevvagt", "client_id: brevvagt\n    roles_claim: ''", "roles_claim must not be empty"},
		"no issuer":              {"    issuer: https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0\n", "", "issuer is missing"},
		"a key that is none":     {"client_id:", "client:", "client"},
		"nobody without the two": {oidcGood, "review: {local_login: false}", "needs review.oidc"},
	} {
		if _, err := loaded(t, strings.Replace(oidcGood, x.old, x.new, 1)); err == nil || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, page := range []string{"http://localhost:8080", "http://127.0.0.1:8080", "https://brevvagt.kommune.example/"} {
		if _, err := loaded(t, strings.Replace(oidcGood, "https://brevvagt.kommune.example", page, 1)); err != nil {
			t.Errorf("%s: %v", page, err)
		}
	}
}

func TestAccessRemarks(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	c, err := loaded(t, strings.Replace(oidcGood, "oidc-secret", secret, 1))
	if err != nil {
		t.Fatal(err)
	}
	all := func() string {
		text := ""
		for _, r := range c.AccessRemarks() {
			text += r.Text + "\n"
			if r.Broken {
				text += "BROKEN\n"
			}
		}
		return text
	}
	if got := all(); !strings.Contains(got, "BROKEN") || !strings.Contains(got, "local_login er til") {
		t.Error(got)
	}
	if err := os.WriteFile(secret, []byte("meget hemmeligt\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := all(); !strings.Contains(got, "BROKEN") || strings.Contains(got, "meget") {
		t.Error(got)
	}
	if err := os.Chmod(secret, 0o600); err != nil {
		t.Fatal(err)
	}
	c.Review.LocalLogin = false
	if got := all(); got != "" {
		t.Error(got)
	}
	delete(c.Review.OIDC.Roles, account.DPO)
	if got := all(); !strings.Contains(got, "ingen dpo") {
		t.Error(got)
	}
	if d := config.Default(); len(d.AccessRemarks()) != 0 {
		t.Error("remarks without the sign-in")
	}
}

// TestTrustedProxies: which proxies may say for whom they ask is written as networks,
// exactly, and what is wrong is named with its line.
func TestTrustedProxies(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "[127.0.0.0/8 ::1/128]",
		"trusted_proxies: []\n": "[]",
		"trusted_proxies: [127.0.0.0/8, 10.1.2.3/32, 2001:db8::7/128]\n": "[127.0.0.0/8 10.1.2.3/32 2001:db8::7/128]",
	} {
		c, err := loaded(t, text)
		if got := fmt.Sprint(c.TrustedProxies); err != nil || got != want {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
	for value, says := range map[string]string{
		"10.1.2.3":              "is no network such as",
		"10.1.2.3/33":           "is no network such as",
		"proxy.kommune":         "is no network such as",
		"10.1.2.3/24":           "the network is 10.1.2.0/24, the address alone 10.1.2.3/32",
		"0.0.0.0/0":             "is everybody",
		"'::/0'":                "is everybody",
		"'::ffff:10.1.2.3/128'": "must be written as IPv4",
	} {
		_, err := loaded(t, "review:\n  local_login: true\ntrusted_proxies:\n  - 127.0.0.0/8\n  - "+value+"\n")
		if err == nil || !strings.Contains(err.Error(), "line 5: trusted_proxies: ") || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", value, err)
		}
	}
	if _, err := loaded(t, "\ntrusted_proxies: 127.0.0.0/8\n"); err == nil || !strings.Contains(err.Error(), "line 2: trusted_proxies must be a list") {
		t.Errorf("no list: %v", err)
	}
}
