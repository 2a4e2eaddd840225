package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"brevvagt/internal/porttest"
)

// TestTransportIsProvenAndEnforced: a domain on the operator's list gets a mail
// with a number, Postfix asks us how and keeps to it (the test's mail server has no
// TLS, so the mail waits instead of going in the clear), and the proof is kept with
// the message id.
func TestTransportIsProvenAndEnforced(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	t.Parallel()
	list := write(t, t.TempDir(), "tunnel.yaml", "source: Aftale om tunnelmail\nexpires: 2099-01-01\ndomains: [{domain: tunnel.example}, {domain: 127.0.0.1}]\n")
	raw, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	write(t, strings.TrimSuffix(list, "/tunnel.yaml"), "tunnel.yaml.sha256", fmt.Sprintf("%x  tunnel.yaml\n", sha256.Sum256(raw)))
	policies := porttest.Free(t)
	in, p := withPostfix(t, fmt.Sprintf("transport: {lists: [%s], policy_listen: %q}\n", list, policies))
	p.Command(t, "postconf", "smtp_tls_policy_maps=socketmap:inet:"+policies+":tlspolicy")
	past := time.Now().Add(-time.Minute)
	if err := os.Chtimes(p.ConfigDir+"/main.cf", past, past); err != nil {
		t.Fatal(err)
	}
	in.must("", "transport", "tunnel.example", "--config", in.config)
	send(t, p.Addr, from, []string{"b@tunnel.example"}, crashMail(5))
	if cases := in.cases(); len(cases) != 0 {
		t.Fatalf("held although the way is proven: %v", cases)
	}
	in.eventually("Postfix to insist on encryption", func() bool {
		return strings.Contains(p.Log(), "TLS is required, but was not offered")
	})
	if out := in.must("", "transport", "--message", "<5@kommune.example>", "--config", in.config); !strings.Contains(out, "tunnel.example") || !strings.Contains(out, "operator") {
		t.Errorf("the proof was not kept: %s", out)
	}
	send(t, p.Addr, from, []string{"b@firma.example"}, crashMail(10))
	if cases := in.cases(); len(cases) != 1 {
		t.Errorf("%d cases for a domain that is not proven", len(cases))
	}
	if err := os.WriteFile(list, append(raw, "  - {domain: snydt.example}\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, stderr, code := command(t, "", "doctor", "--config", in.config); code == 0 || !strings.Contains(out, "checksum") {
		t.Errorf("doctor did not see the changed list: %d %s %s", code, out, stderr)
	}
}
