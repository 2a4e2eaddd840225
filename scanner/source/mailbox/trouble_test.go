package mailbox_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"brevvagt/internal/dovecottest"
	"brevvagt/scanner/source/mailbox/folders"
	"brevvagt/scanner/source/mailbox/session"
)

// met waits until the first round of an account is over.
func (l *lab) met(account string) {
	l.t.Helper()
	l.eventually("the first round", func() bool {
		st, err := l.book.Status(l.t.Context(), l.book.Digest(account))
		return err == nil && st != nil && st.State == "ok"
	})
}

// TestAFolderThatAppearsLater: a mail program makes its folder for the first mail it
// sends, so that mail is handled; what is older was moved there.
func TestAFolderThatAppearsLater(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Config{Users: []string{"anna"}})
	c := d.Client(t, "anna")
	put(t, c, "Sent", letter("før", "x"), time.Now())
	a := account(d, "anna")
	l := newLab(t, a)
	l.run()
	l.met("anna")
	l.stop()
	if err := c.Create("Sendt post", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	put(t, c, "Sendt post", letter("flyttet hertil", "x"), time.Now().Add(-300*day))
	put(t, c, "Sendt post", letter("første fra Outlook", "x"), time.Now())
	l.watch = l.another(a)
	l.run()
	l.saw("første fra Outlook")
	put(t, c, "Sendt post", letter("anden fra Outlook", "x"), time.Now())
	l.saw("anden fra Outlook", "første fra Outlook")
	// Renamed while it is watched: it is looked for at once, and nothing is handled twice.
	if err := c.Rename("Sendt post", "Sendte elementer", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	put(t, c, "Sendte elementer", letter("tredje", "x"), time.Now())
	l.saw("anden fra Outlook", "første fra Outlook", "tredje")
}

// TestDanishFolderNames: names that travel in modified UTF-7.
func TestDanishFolderNames(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Config{Users: []string{"anna"}})
	c := d.Client(t, "anna")
	names := []string{"Sendt på vegne af Børn & Unge", "Sendte/År 2026 – æøå", "日本"}
	for _, name := range names {
		if err := c.Create(name, nil).Wait(); err != nil {
			t.Fatal(err)
		}
	}
	a := account(d, "anna")
	a.Folders = map[folders.Role][]string{folders.Sent: names}
	a.Since = time.Hour
	l := newLab(t, a)
	var want []string
	for i, name := range names {
		put(t, c, name, letter(fmt.Sprint(i), "CPR"), time.Now())
		want = append(want, fmt.Sprint(i))
	}
	l.run()
	l.saw(want...)
}

// TestFirstMeetingWithAFullMailbox: from now on means that ten years of sent mail
// are neither read nor listed; what comes after is. BREVVAGT_LARGE=1 does it with
// 50,000 mails.
func TestFirstMeetingWithAFullMailbox(t *testing.T) {
	n := 300
	if os.Getenv("BREVVAGT_LARGE") != "" {
		n = 50_000
	}
	d := dovecottest.Start(t, dovecottest.Config{Users: []string{"anna"}})
	var mails []string
	for i := range n {
		mails = append(mails, letter(fmt.Sprint("gammel ", i), "CPR"))
	}
	d.Fill(t, "anna", "Sent", mails)
	c := d.Client(t, "anna")
	l := newLab(t, account(d, "anna"))
	began := time.Now()
	l.run()
	l.met("anna")
	t.Logf("the first round took %v", time.Since(began))
	put(t, c, "Sent", letter("ny", "CPR"), time.Now())
	l.saw("ny")
	st, err := l.book.Status(t.Context(), l.book.Digest("anna"))
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, n := range st.Counts {
		total += n
	}
	if total != 1 || len(l.cases) != 1 {
		t.Errorf("%d mails noted, %d cases", total, len(l.cases))
	}
}

// TestBusyIsNoRefusal: a server that takes nobody just now is asked again soon, not
// as if the password were wrong.
func TestBusyIsNoRefusal(t *testing.T) {
	s := newScript(t)
	for code, want := range map[string]error{"UNAVAILABLE": session.ErrBusy, "LIMIT": session.ErrBusy, "AUTHENTICATIONFAILED": session.ErrLogin, "EXPIRED": session.ErrLogin} {
		s.mu.Lock()
		s.misbehave = func(c *peer, tag, command string) bool {
			if !strings.HasPrefix(command, "LOGIN") && !strings.HasPrefix(command, "AUTHENTICATE") {
				return false
			}
			c.say("%s NO [%s] no", tag, code)
			return true
		}
		s.mu.Unlock()
		cfg := s.account().Server
		cfg.Timeout = 2 * time.Minute
		if _, err := session.Dial(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), want.Error()) {
			t.Errorf("%s: %v, want %v", code, err, want)
		}
	}
}

// TestATokenThatExpiresWhileWaiting: the server hangs up in the middle of IDLE and
// takes the old token no more; with a new one what came meanwhile is handled.
func TestATokenThatExpiresWhileWaiting(t *testing.T) {
	s := newScript(t)
	s.caps = "IMAP4rev1 IDLE SASL-IR AUTH=XOAUTH2"
	s.mails[1] = letter("en", "x")
	good := "gammelt"
	s.misbehave = func(c *peer, tag, command string) bool {
		switch {
		case strings.HasPrefix(command, "AUTHENTICATE"):
			raw, _ := base64.StdEncoding.DecodeString(command[strings.LastIndex(command, " ")+1:])
			if !strings.Contains(string(raw), "Bearer "+good+"\x01") {
				c.say("%s NO [AUTHENTICATIONFAILED] expired", tag)
				return true
			}
		case command == "IDLE" && good == "gammelt":
			good = "nyt"
			s.mails[2] = letter("to", "x")
			c.say("+ idling\r\n* BYE session expired")
			c.Close()
			return true
		}
		return false
	}
	a := s.account()
	a.Server.Auth, a.Server.Timeout = session.XOAuth2, time.Minute
	kept := "gammelt"
	a.Server.Secret = func(_ context.Context, fresh bool) (string, error) {
		if fresh {
			kept = "nyt"
		}
		return kept, nil
	}
	l := newLab(t, a)
	l.run()
	l.saw("en", "to")
}

// TestTwoAccountsOfOneMailbox: two settings for one mailbox are two readers of it,
// each with a book of its own, and neither keeps the other from it.
func TestTwoAccountsOfOneMailbox(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Config{Users: []string{"anna"}})
	a, b := account(d, "anna"), account(d, "anna")
	b.Name = "anna igen"
	a.Since, b.Since = time.Hour, time.Hour
	put(t, d.Client(t, "anna"), "Sent", letter("en", "CPR"), time.Now())
	l := newLab(t, a, b)
	l.run()
	l.saw("en", "en")
}
