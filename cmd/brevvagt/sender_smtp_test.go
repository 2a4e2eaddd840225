package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"brevvagt/internal/porttest"
)

// TestSenderReleasesOnTheSMTPLane: where the originals are sealed to people, a sender
// still lets his own mail go when every rule that stopped it allows that; the copy that
// makes it possible is kept of such mails only.
func TestSenderReleasesOnTheSMTPLane(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a daemon")
	}
	t.Parallel()
	listen, lane := porttest.Free(t), porttest.Free(t)
	in := install(t, fmt.Sprintf("sender: {page: \"http://%s\", listen: %q}\n", listen, listen))
	config, err := os.ReadFile(in.config)
	if err != nil {
		t.Fatal(err)
	}
	rules := "site:\n  rules: [{id: fortrolig-ud, text: Fortroligt til nogen udenfor, action: hold, sender_may_release: true, when: 'subject.contains(\"Fortroligt\")'}]\n"
	text := fmt.Sprintf("gateway: {smtp: {listen: %q, next_hop: %q}}\n", lane, in.sink.Addr()) + strings.Replace(string(config), "site:\n", rules, 1)
	if err := os.WriteFile(in.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	in.must("", "config", "check", in.config)
	in.start()
	copies := func() int {
		list, err := filepath.Glob(filepath.Join(in.state, "copies", "*.copy"))
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	send(t, lane, from, []string{"support@firma.example"}, sampleMail(t, "Supportmail").Raw)
	if page := act(t, in.linkIn(1), "begrund", "Aftalt med modtageren på telefon"); strings.Contains(page, "Mailen sendes") {
		t.Fatalf("a mail with numbers was released by its sender: %s", page)
	}
	if n := copies(); n != 0 {
		t.Errorf("%d copies of mails that their sender may not release", n)
	}
	plain := []byte("From: " + from + "\r\nTo: b@firma.example\r\nSubject: Fortroligt\r\nMessage-ID: <1@kommune.example>\r\nDate: Tue, 24 Nov 2026 10:00:00 +0100\r\n\r\nIntet andet.\r\n")
	send(t, lane, from, []string{"b@firma.example"}, plain)
	in.eventually("the copy", func() bool { return copies() == 1 })
	if page := act(t, in.linkIn(2), "begrund", "Aftalt med modtageren på telefon"); !strings.Contains(page, "Mailen sendes") {
		t.Fatal(page)
	}
	in.same(t, in.received(1)[0].File, plain)
}
