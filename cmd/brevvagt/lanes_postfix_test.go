package main

import (
	"testing"

	"brevvagt/cmd/brevvagt/lanes"
)

// TestSameSocket: which milter of Postfix is us.
func TestSameSocket(t *testing.T) {
	const unix, tcp = "unix:/var/spool/postfix/brevvagt/milter.sock", "inet:127.0.0.1:8891"
	for _, tt := range []struct {
		theirs, ours string
		want         bool
	}{
		{"unix:brevvagt/milter.sock", unix, true},
		{"unix:/brevvagt/milter.sock", unix, true},
		{"unix:./brevvagt/milter.sock", unix, true},
		{unix, unix, true},
		{"unix:/run/rspamd/milter.sock", unix, false},
		{"unix:rspamd/milter.sock", unix, false},
		{"unix:xbrevvagt/milter.sock", unix, false},
		{"unix:", unix, false},
		{"inet:localhost:8891", tcp, true},
		{"inet:127.0.0.1:8891", "inet:0.0.0.0:8891", true},
		{"inet:[::1]:8891", tcp, true},
		{"inet:192.0.2.7:8891", "inet:192.0.2.7:8891", true},
		{"inet:192.0.2.7:8891", "inet:0.0.0.0:8891", true},
		{"inet:192.0.2.7:8891", tcp, false},
		{"inet:localhost:8892", tcp, false},
		{"inet:localhost:8891", unix, false},
		{"default_action=quarantine", unix, false},
	} {
		if got := lanes.SameSocket(tt.theirs, tt.ours); got != tt.want {
			t.Errorf("%s for %s: %v", tt.theirs, tt.ours, got)
		}
	}
}
