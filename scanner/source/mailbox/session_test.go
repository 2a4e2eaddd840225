package mailbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"brevvagt/internal/dovecottest"
	"brevvagt/scanner/source/mailbox/session"
)

func secret(s string) func(context.Context, bool) (string, error) {
	return func(context.Context, bool) (string, error) { return s, nil }
}

func appendMail(t testing.TB, d *dovecottest.Dovecot, user, folder, mail string, at time.Time) {
	t.Helper()
	c := d.Client(t, user)
	cmd := c.Append(folder, int64(len(mail)), &imap.AppendOptions{Time: at, Flags: []imap.Flag{imap.FlagSeen, imap.FlagFlagged}})
	if _, err := cmd.Write([]byte(mail)); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
}

func TestWaysToLogIn(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Config{Users: []string{"anna@kommune.example"}, Token: "godt-token"})
	base := session.Config{Addr: d.Addr, RootCAs: d.RootCAs, User: "anna@kommune.example", Timeout: time.Minute}
	for _, c := range []struct {
		name string
		edit func(*session.Config)
		want error
	}{
		{"password", func(c *session.Config) { c.Secret = secret(dovecottest.Password) }, nil},
		{"STARTTLS", func(c *session.Config) { c.Secret, c.Addr, c.StartTLS = secret(dovecottest.Password), d.Plain, true }, nil},
		{"wrong password", func(c *session.Config) { c.Secret = secret("forkert") }, session.ErrLogin},
		{"XOAUTH2", func(c *session.Config) { c.Auth, c.Secret = session.XOAuth2, secret("godt-token") }, nil},
		{"OAUTHBEARER", func(c *session.Config) { c.Auth, c.Secret = session.OAuthBearer, secret("godt-token") }, nil},
		{"refused XOAUTH2", func(c *session.Config) { c.Auth, c.Secret = session.XOAuth2, secret("dårligt") }, session.ErrLogin},
		{"refused OAUTHBEARER", func(c *session.Config) { c.Auth, c.Secret = session.OAuthBearer, secret("dårligt") }, session.ErrLogin},
		{"a token that a new one replaces", func(c *session.Config) {
			c.Auth, c.Secret = session.XOAuth2, func(_ context.Context, fresh bool) (string, error) {
				return map[bool]string{true: "godt-token", false: "udløbet"}[fresh], nil
			}
		}, nil},
		{"unknown certificate", func(c *session.Config) { c.Secret, c.RootCAs = secret(dovecottest.Password), nil }, session.ErrTLS},
		{"plain text port", func(c *session.Config) { c.Secret, c.Addr = secret(dovecottest.Password), d.Plain }, session.ErrTLS},
	} {
		cfg := base
		c.edit(&cfg)
		start := time.Now()
		s, err := session.Dial(t.Context(), cfg)
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if err != nil && (strings.Contains(err.Error(), "forkert") || strings.Contains(err.Error(), "dårligt")) {
			t.Errorf("%s: the error tells the secret: %v", c.name, err)
		}
		if s != nil {
			if _, err := s.Open(t.Context(), "Sent", true); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			s.Logout(t.Context())
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s took %s", c.name, took)
		}
	}
}

func TestReadingLeavesNoTrace(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Config{Users: []string{"anna"}, Boxes: []string{`Sendte små ting \Sent`, "Kladder"}})
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	mail := "Message-ID: <1@kommune.example>\r\nSubject: x\r\n\r\n" + strings.Repeat("0123456789abcdef\r\n", 1000)
	appendMail(t, d, "anna", "Sendte små ting", mail, at)
	s, err := session.Dial(t.Context(), session.Config{Addr: d.Addr, RootCAs: d.RootCAs, User: "anna", Secret: secret(dovecottest.Password)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	list, _, err := s.Folders(t.Context())
	if err != nil || !strings.Contains(fmt.Sprint(list), `{Sendte små ting / [\Sent]}`) {
		t.Fatalf("%v %v", list, err)
	}
	st, err := s.Open(t.Context(), "Sendte små ting", true)
	if err != nil || st.Messages != 1 || st.UIDNext != 2 || st.ModSeq == 0 {
		t.Fatalf("%+v %v", st, err)
	}
	var seen []session.Entry
	if err := s.List(t.Context(), 1, 0, func(e session.Entry) { seen = append(seen, e) }); err != nil || len(seen) != 1 || !seen[0].Received.Equal(at) || seen[0].Size != int64(len(mail)) {
		t.Fatalf("%+v %v", seen, err)
	}
	if err := s.List(t.Context(), 5, 0, func(e session.Entry) { t.Errorf("5:* gave %+v", e) }); err != nil {
		t.Fatal(err)
	}
	for _, limit := range []int64{1 << 20, int64(len(mail)), 100, int64(len(mail)) - 1} {
		var b bytes.Buffer
		n, found, more, err := s.Body(t.Context(), 1, seen[0].Size, limit, &b)
		want := mail[:min(limit, int64(len(mail)))]
		if err != nil || !found || more != (limit < int64(len(mail))) || b.String() != want || n != int64(len(want)) {
			t.Errorf("limit %d: %d bytes, found %v, more %v, %v", limit, b.Len(), found, more, err)
		}
	}
	if _, found, _, err := s.Body(t.Context(), 9, 0, 100, &bytes.Buffer{}); found || err != nil {
		t.Errorf("a mail that is not there: %v %v", found, err)
	}
	ids, err := s.WithMessageID(t.Context(), "<1@kommune.example>", 5)
	if err != nil || fmt.Sprint(ids) != "[1]" {
		t.Errorf("%v %v", ids, err)
	}
	if err := s.Create(t.Context(), "Kladder"); err != nil {
		t.Errorf("a folder that is there: %v", err)
	}
	if _, err := s.Open(t.Context(), "Findes ikke", true); !session.Refused(err) {
		t.Errorf("a missing folder: %v", err)
	}
	if _, err := s.Open(t.Context(), "Kladder", true); err != nil {
		t.Errorf("after a refusal: %v", err)
	}
}

func TestLargeMailComesInSlices(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Config{Users: []string{"anna"}})
	mail := "Subject: stor\r\n\r\n" + strings.Repeat(strings.Repeat("x", 70)+"\r\n", 300_000) // 21.6 MB
	appendMail(t, d, "anna", "Sent", mail, time.Now())
	s, err := session.Dial(t.Context(), session.Config{Addr: d.Addr, RootCAs: d.RootCAs, User: "anna", Secret: secret(dovecottest.Password)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Open(t.Context(), "Sent", true); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{int64(len(mail)), 5, 1 << 40} { // a server may lie about the size
		var b bytes.Buffer
		if _, found, more, err := s.Body(t.Context(), 1, size, 64<<20, &b); err != nil || !found || more || b.String() != mail {
			t.Errorf("size %d: %d of %d bytes, found %v, more %v, %v", size, b.Len(), len(mail), found, more, err)
		}
	}
}

func TestMoveNamesTheNewPlace(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Config{Users: []string{"anna"}})
	appendMail(t, d, "anna", "Sent", "Subject: x\r\n\r\nhej\r\n", time.Now())
	s, err := session.Dial(t.Context(), session.Config{Addr: d.Addr, RootCAs: d.RootCAs, User: "anna", Secret: secret(dovecottest.Password)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Create(t.Context(), "Karantaene"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Open(t.Context(), "Sent", false); err != nil {
		t.Fatal(err)
	}
	at, moved, err := s.Move(t.Context(), 1, "Karantaene")
	if err != nil || !moved || at.UID != 1 || at.UIDValidity == 0 {
		t.Fatalf("%+v %v %v", at, moved, err)
	}
	if _, moved, err := s.Move(t.Context(), 1, "Karantaene"); err != nil || moved {
		t.Errorf("a mail that is gone counts as moved: %v", err)
	}
	if _, _, err := s.Move(t.Context(), 1, "Findes ikke"); err != nil && !session.Refused(err) {
		t.Errorf("a missing folder: %v", err)
	}
}

func TestIdleTellsOfANewMail(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Config{Users: []string{"anna"}})
	s, err := session.Dial(t.Context(), session.Config{Addr: d.Addr, RootCAs: d.RootCAs, User: "anna", Secret: secret(dovecottest.Password)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Open(t.Context(), "Sent", true); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := s.Idle(t.Context(), 300*time.Millisecond); err != nil || time.Since(start) < 300*time.Millisecond {
		t.Errorf("nothing happened: %v after %s", err, time.Since(start))
	}
	go func() {
		time.Sleep(100 * time.Millisecond)
		appendMail(t, d, "anna", "Sent", "Subject: x\r\n\r\nhej\r\n", time.Now())
	}()
	start = time.Now()
	if err := s.Idle(t.Context(), 3*time.Minute); err != nil || time.Since(start) > 150*time.Second {
		t.Errorf("told late: %v after %s", err, time.Since(start))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := s.Idle(ctx, time.Minute); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("an ended wait: %v", err)
	}
}
