package account

import (
	"fmt"
	"testing"
	"time"
)

// Somebody tries endless names: the memory stays bounded, and names that were
// tried long ago make room for new ones.
func TestLimiterIsBounded(t *testing.T) {
	l := newLimiter(maxFailures)
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	for i := range maxNames {
		if !l.begin(fmt.Sprint(i), now.Add(time.Duration(i)*time.Microsecond)) {
			t.Fatalf("name %d was refused", i)
		}
	}
	if !l.begin("one more", now.Add(time.Second)) || len(l.failures) != maxNames || l.failures["0"] != nil || l.failures["1"] == nil {
		t.Errorf("%d names are remembered, not all but the oldest", len(l.failures))
	}
	if !l.begin("later", now.Add(time.Second+failureWindow)) || len(l.failures) != 1 {
		t.Errorf("after the window %d names are remembered", len(l.failures))
	}
}

// TestNetwork: what an address counts as.
func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7", "2001:db8:1:2:3::4": "2001:db8:1:2::/64",
		"fe80::1%eth0": "fe80::/64", "127.0.0.1": "", "::1": "", "": "", "unix": "",
	} {
		if got := Network(address); got != want {
			t.Errorf("%q counts as %q, want %q", address, got, want)
		}
	}
}
