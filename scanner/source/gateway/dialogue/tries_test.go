package dialogue

import (
	"net"
	"testing"
	"time"
)

// TestTries: an address that guesses is not listened to for a while, and who came in from
// there before still is.
func TestTries(t *testing.T) {
	var tr tries
	now := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	const bad, good = "192.0.2.1", "192.0.2.2"
	if !tr.may(bad, "printer", now) {
		t.Fatal("the first is refused")
	}
	tr.note(bad, "printer", true)
	for i := range maxWrong {
		user := string(rune('a' + i))
		if !tr.may(bad, user, now) {
			t.Fatalf("try %d is refused", i)
		}
		tr.note(bad, user, false)
	}
	if tr.may(bad, "other", now) || !tr.may(good, "other", now) {
		t.Error("after too many: of the address, or of another")
	}
	for i := range ownWrong {
		if !tr.may(bad, "printer", now) {
			t.Fatalf("the owner's try %d is refused", i)
		}
		tr.note(bad, "printer", false)
	}
	if tr.may(bad, "printer", now) {
		t.Error("the owner's name can be guessed for ever")
	}
	if later := now.Add(wrongWindow + time.Second); !tr.may(bad, "other", later) {
		t.Error("the address is refused for ever")
	}
}

// TestNetwork: whoever has an IPv6 network has no new tries with each of its addresses.
func TestNetwork(t *testing.T) {
	for addr, want := range map[string]string{
		"192.0.2.7:25": "192.0.2.7", "[::ffff:192.0.2.7]:25": "192.0.2.7",
		"[2001:db8:1:2::1]:25": "2001:db8:1:2::/64", "[2001:db8:1:2:ffff:1:2:3]:9": "2001:db8:1:2::/64", "[2001:db8:1:3::1]:25": "2001:db8:1:3::/64",
		"[fe80::1%lo]:25": "fe80::/64",
	} {
		a, err := net.ResolveTCPAddr("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if got := network(a); got != want {
			t.Errorf("%s counts for %s, want %s", addr, got, want)
		}
	}
}
