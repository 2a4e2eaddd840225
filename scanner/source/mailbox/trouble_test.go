package mailbox_test

import (
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
		cfg.Timeout = 30 * time.Second
		if _, err := session.Dial(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), want.Error()) {
			t.Errorf("%s: %v, want %v", code, err, want)
		}
	}
}
