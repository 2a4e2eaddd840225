package mailbox_test

import (
	"strings"
	"testing"
	"time"

	"brevvagt/scanner/source/mailbox/book"
)

// TestIdleIsRenewed: nobody waits longer than was asked for, so that no server hangs up
// on a silent client (RFC 2177: within 29 minutes); each wait is ended with DONE before
// the next begins, on one connection, and a server that tells nothing is looked at all the same.
func TestIdleIsRenewed(t *testing.T) {
	s := newScript(t)
	logins, begun, ended := 0, 0, 0
	s.misbehave = func(_ *peer, tag, command string) bool {
		switch {
		case strings.HasPrefix(command, "LOGIN"), strings.HasPrefix(command, "AUTHENTICATE"):
			logins++
		case command == "IDLE":
			begun++
		case tag == "DONE":
			ended++
		}
		return false
	}
	s.mails = map[uint32]string{1: letter("en", "x")}
	a := s.account()
	a.Server.Timeout = time.Minute // what is slow here is the machine
	l := newLab(t, a)
	l.run()
	l.saw("en")
	l.eventually("a wait to be renewed twice", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return ended >= 2 && begun > ended-1
	})
	s.mu.Lock()
	s.mails[2] = letter("to", "x") // of which it tells nobody
	s.mu.Unlock()
	l.saw("en", "to")
	s.mu.Lock()
	defer s.mu.Unlock()
	if logins != 1 || begun-ended > 1 {
		t.Errorf("%d logins, %d waits begun and %d ended", logins, begun, ended)
	}
}

// TestChangedMailsAreAskedFor: with CONDSTORE a mail that comes to stand before the last
// one that was seen, as some servers put one back, is found at the next look and not only
// by the comparison of the whole folder once a day.
func TestChangedMailsAreAskedFor(t *testing.T) {
	s := newScript(t)
	s.caps += " CONDSTORE"
	s.mails = map[uint32]string{1: letter("en", "x"), 5: letter("fem", "x")}
	modseq, asked, whole := uint64(10), 0, 0
	s.misbehave = func(p *peer, tag, command string) bool {
		switch {
		case strings.HasPrefix(command, "EXAMINE") && strings.Contains(command, "CONDSTORE"):
			p.say("* %d EXISTS\r\n* OK [UIDVALIDITY %d] x\r\n* OK [UIDNEXT 6] x\r\n* OK [HIGHESTMODSEQ %d] x\r\n%s OK done", len(s.mails), s.validity, modseq, tag)
			return true
		case isListing(command) && strings.Contains(command, "CHANGEDSINCE 10"):
			asked++
			mail := s.mails[3]
			p.say("* 2 FETCH (UID 3 FLAGS () INTERNALDATE \"24-Nov-2026 10:00:00 +0100\" RFC822.SIZE %d MODSEQ (11))\r\n%s OK done", len(mail), tag)
			return true
		case strings.HasPrefix(command, "UID FETCH 1:*"):
			whole++
		}
		return false
	}
	a := s.account()
	a.Server.Timeout = time.Minute
	l := newLab(t, a)
	l.run()
	l.saw("en", "fem")
	l.eventually("the end of the first look", func() bool {
		st, err := l.book.Status(t.Context(), l.book.Digest(a.Name))
		return err == nil && st != nil && st.Counts[book.Done] == 2
	})
	s.mu.Lock()
	before := whole
	s.mails[3] = letter("tre", "x")
	modseq = 11
	s.mu.Unlock()
	l.saw("en", "fem", "tre")
	s.mu.Lock()
	defer s.mu.Unlock()
	if asked == 0 || whole != before {
		t.Errorf("asked for changes %d times, for the whole folder %d times more", asked, whole-before)
	}
}
