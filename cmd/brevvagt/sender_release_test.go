package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"brevvagt/internal/porttest"
	"brevvagt/scanner/source/gateway/relay"
)

// TestSenderReleasesAndSendsSecurely: behind a real Postfix a sender lets one mail go
// with a reason, where the only rule that stopped it allows that, and another by the
// secure route, which is a second mail server.
func TestSenderReleasesAndSendsSecurely(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	t.Parallel()
	gw, err := relay.StartSink(t.TempDir()+"/gateway", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer gw.Close()
	listen := porttest.Free(t)
	in, p := withPostfix(t, fmt.Sprintf("sender: {page: \"http://%s\", listen: %q}\n", listen, listen))
	in.stop()
	config, err := os.ReadFile(in.config)
	if err != nil {
		t.Fatal(err)
	}
	rules := fmt.Sprintf("site:\n  rules: [{id: fortrolig-ud, text: Fortroligt til nogen udenfor, action: hold, sender_may_release: true, when: 'subject.contains(\"Fortroligt\")'}]\n  routes: [{name: sikker, gateway: %q}]\n", gw.Addr())
	if err := os.WriteFile(in.config, bytes.Replace(config, []byte("site:\n"), []byte(rules), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	in.must("", "config", "check", in.config)
	in.start()

	plain := []byte("From: " + from + "\r\nTo: b@firma.example\r\nSubject: Fortroligt\r\nMessage-ID: <1@kommune.example>\r\nDate: Tue, 24 Nov 2026 10:00:00 +0100\r\n\r\nIntet andet.\r\n")
	send(t, p.Addr, from, []string{"b@firma.example"}, plain)
	if page := act(t, in.linkIn(1), "begrund", "Aftalt med modtageren på telefon"); !strings.Contains(page, "Mailen sendes") {
		t.Fatal(page)
	}
	in.same(t, in.received(1)[0].File, plain)

	leak := sampleMail(t, "Supportmail").Raw
	send(t, p.Addr, from, []string{"support@firma.example"}, leak)
	if page := act(t, in.linkIn(2), "sikker", ""); !strings.Contains(page, "går ad den sikre vej") {
		t.Fatal(page)
	}
	in.eventually("the gateway to have the mail", func() bool { return len(gw.Received()) == 1 })
	in.same(t, gw.Received()[0].File, leak)
	in.eventually("the queue to be empty", func() bool { return strings.TrimSpace(p.Command(t, "postqueue", "-j")) == "" })
	if n := len(in.received(1)); n != 1 {
		t.Errorf("%d mails went the ordinary way", n)
	}
	if n := len(in.cases()); n != 0 {
		t.Errorf("%d cases wait", n)
	}
}
