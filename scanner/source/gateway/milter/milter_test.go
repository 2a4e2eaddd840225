package milter_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	peer "github.com/emersion/go-milter"

	"brevvagt/scanner/source/gateway/milter"
)

// start serves h on a socket of its own and returns the network and address.
func start(t *testing.T, s *milter.Server, network string) (string, string) {
	t.Helper()
	spec := "inet:127.0.0.1:0"
	if network == "unix" {
		spec = "unix:" + filepath.Join(t.TempDir(), "m.sock")
	}
	l, err := milter.Listen(spec, 0o600, "")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		_ = s.Close()
		if err := <-done; !errors.Is(err, milter.ErrClosed) {
			t.Errorf("serve: %v", err)
		}
	})
	return network, l.Addr().String()
}

func session(t *testing.T, network, addr string) *peer.ClientSession {
	t.Helper()
	c := peer.NewClientWithOptions(network, addr, peer.ClientOptions{
		ReadTimeout: 5 * time.Second, WriteTimeout: 5 * time.Second,
		ActionMask:   peer.OptAddHeader | peer.OptQuarantine | peer.OptChangeBody,
		ProtocolMask: 0x1fffff,
	})
	s, err := c.Session()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func must(t *testing.T, act *peer.Action, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if act.Code != peer.ActContinue {
		t.Fatalf("got %q, want continue", byte(act.Code))
	}
}

// greet plays the start of an SMTP connection.
func greet(t *testing.T, s *peer.ClientSession) {
	t.Helper()
	if err := s.Macros(peer.CodeConn, "j", "mx.example", "{daemon_name}", "smtpd"); err != nil {
		t.Fatal(err)
	}
	act, err := s.Conn("klient.example", peer.FamilyInet, 4711, "192.0.2.9")
	must(t, act, err)
	if err := s.Macros(peer.CodeHelo, "{tls_version}", "TLSv1.3"); err != nil {
		t.Fatal(err)
	}
	act, err = s.Helo("pc7.example")
	must(t, act, err)
}

// send plays one message and returns what the filter wants done with it.
func send(t *testing.T, s *peer.ClientSession, id, body string) ([]peer.ModifyAction, *peer.Action) {
	t.Helper()
	if err := s.Macros(peer.CodeMail, "{auth_authen}", "testperson"); err != nil {
		t.Fatal(err)
	}
	act, err := s.Mail("fra@kommune.example", []string{"SIZE=12", "SMTPUTF8"})
	must(t, act, err)
	if err := s.Macros(peer.CodeRcpt, "{rcpt_host}", "[mx.firma.example]"); err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"a@firma.example", "b@firma.example"} {
		act, err = s.Rcpt(to, []string{"NOTIFY=NEVER"})
		must(t, act, err)
	}
	if err := s.Macros(peer.CodeData, "i", id); err != nil {
		t.Fatal(err)
	}
	for _, f := range [][2]string{{"Subject", " første\n\tlinje"}, {"X-B", "uden"}, {"x-b", "  to"}} {
		act, err = s.HeaderField(f[0], f[1])
		must(t, act, err)
	}
	act, err = s.HeaderEnd()
	must(t, act, err)
	for len(body) > 0 {
		n := min(len(body), 60000)
		act, err = s.BodyChunk([]byte(body[:n]))
		must(t, act, err)
		body = body[n:]
	}
	mods, act, err := s.End()
	if err != nil {
		t.Fatal(err)
	}
	return mods, act
}

func TestMessageAsTheHandlerSeesIt(t *testing.T) {
	for _, network := range []string{"unix", "tcp"} {
		t.Run(network, func(t *testing.T) {
			var got []*milter.Message
			n, a := start(t, &milter.Server{Handler: milter.HandlerFunc(func(_ context.Context, m *milter.Message) milter.Reply {
				got = append(got, m)
				return milter.Accept()
			})}, network)
			s := session(t, n, a)
			greet(t, s)
			for range 10 {
				if _, act := send(t, s, "4fHk2T0Xz9zABC", "linje et\r\nlinje to\r\n"); act.Code != peer.ActAccept {
					t.Fatalf("answer %q", byte(act.Code))
				}
			}
			m := got[9]
			if m.ConnAddr != "192.0.2.9" || m.ConnPort != 4711 || m.ConnHost != "klient.example" || m.Helo != "pc7.example" {
				t.Errorf("tenth message has lost its connection: %+v", m)
			}
			for k, want := range map[string]string{"auth_authen": "testperson", "tls_version": "TLSv1.3", "j": "mx.example", "daemon_name": "smtpd"} {
				if m.Macro(k) != want {
					t.Errorf("macro %s = %q", k, m.Macro(k))
				}
			}
			if m.QueueID != "4fHk2T0Xz9zABC" || m.From != "fra@kommune.example" || strings.Join(m.FromArgs, " ") != "SIZE=12 SMTPUTF8" {
				t.Errorf("envelope: %+v", m)
			}
			if len(m.To) != 2 || m.To[1].Address != "b@firma.example" || m.To[1].Args[0] != "NOTIFY=NEVER" || m.To[0].NextHop != "[mx.firma.example]" {
				t.Errorf("recipients: %+v", m.To)
			}
			want := "Subject: første\r\n\tlinje\r\nX-B:uden\r\nx-b:  to\r\n\r\nlinje et\r\nlinje to\r\n"
			if string(m.Content()) != want || string(m.Header)+"\r\n"+string(m.Body) != want {
				t.Errorf("content %q", m.Content())
			}
		})
	}
}

func TestReplies(t *testing.T) {
	cases := map[string]struct {
		reply milter.Reply
		code  peer.ActionCode
		smtp  int
		text  string
	}{
		"zero":      {milter.Reply{}, peer.ActTempFail, 0, ""},
		"tempfail":  {milter.TempFail("vent"), peer.ActReplyCode, 451, "4.7.1 vent"},
		"reject":    {milter.Reject(550, "5.7.1", "Blåbærgrød 100%\r\n250 ok\x00"), peer.ActReplyCode, 550, "5.7.1 Blaabaergroed 100%%  250 ok"},
		"odd codes": {milter.Reject(250, "2.0.0", ""), peer.ActReplyCode, 550, "5.7.1 Command rejected"},
		"accept":    {milter.Accept(), peer.ActAccept, 0, ""},
		"hold":      {milter.Quarantine("fund"), peer.ActAccept, 0, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			n, a := start(t, &milter.Server{Handler: milter.HandlerFunc(func(context.Context, *milter.Message) milter.Reply {
				return c.reply.WithHeader("X-Prøve", "ulovligt navn").WithHeader("X-Brevvagt", "a\r\nBcc: x@y.example")
			})}, "unix")
			s := session(t, n, a)
			greet(t, s)
			mods, act := send(t, s, "ABCDEF123", "x")
			if act.Code != c.code || act.SMTPCode != c.smtp || act.SMTPText != c.text {
				t.Errorf("got %q %d %q", byte(act.Code), act.SMTPCode, act.SMTPText)
			}
			held, headers := false, 0
			for _, m := range mods {
				held = held || m.Code == peer.ActQuarantine && m.Reason == "fund"
				if m.Code == peer.ActInsertHeader {
					headers++
					if m.HeaderName != "X-Brevvagt" || m.HeaderValue != " a  Bcc: x@y.example" {
						t.Errorf("header %q: %q", m.HeaderName, m.HeaderValue)
					}
				}
			}
			if held != (name == "hold") || (headers == 1) != (c.code == peer.ActAccept) {
				t.Errorf("changes %+v", mods)
			}
		})
	}
}

func TestLongReplyFitsOneLine(t *testing.T) {
	n, a := start(t, &milter.Server{Handler: milter.HandlerFunc(func(context.Context, *milter.Message) milter.Reply {
		return milter.Reject(550, "5.7.1", "x"+strings.Repeat("%", 2000))
	})}, "unix")
	s := session(t, n, a)
	greet(t, s)
	_, act := send(t, s, "ABCDEF123", "x")
	if len(act.SMTPText) > 480 || strings.Count(act.SMTPText, "%")%2 != 0 {
		t.Errorf("%d bytes, %d percent signs", len(act.SMTPText), strings.Count(act.SMTPText, "%"))
	}
}

func TestQuarantineNotOfferedIsTempFail(t *testing.T) {
	n, a := start(t, &milter.Server{Handler: milter.HandlerFunc(func(context.Context, *milter.Message) milter.Reply {
		return milter.Quarantine("fund")
	})}, "unix")
	s, err := peer.NewClientWithOptions(n, a, peer.ClientOptions{ReadTimeout: time.Second, ActionMask: peer.OptAddHeader}).Session()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	greet(t, s)
	if _, act := send(t, s, "ABCDEF123", "x"); act.SMTPCode != 451 {
		t.Errorf("a hold that cannot be had was answered %+v", act)
	}
}

func TestPanicIsOneMessage(t *testing.T) {
	n, a := start(t, &milter.Server{Handler: milter.HandlerFunc(func(_ context.Context, m *milter.Message) milter.Reply {
		if strings.Contains(string(m.Body), "BOOM") {
			panic("must not end the process")
		}
		return milter.Accept()
	})}, "unix")
	s := session(t, n, a)
	greet(t, s)
	if _, act := send(t, s, "A123456", "BOOM"); act.Code != peer.ActTempFail {
		t.Errorf("panic answered %q", byte(act.Code))
	}
	if _, act := send(t, s, "A123457", "fint"); act.Code != peer.ActAccept {
		t.Errorf("the next message was answered %q", byte(act.Code))
	}
}

func TestTooBig(t *testing.T) {
	called := false
	n, a := start(t, &milter.Server{Limits: milter.Limits{MaxBytes: 100_000}, Handler: milter.HandlerFunc(func(context.Context, *milter.Message) milter.Reply {
		called = true
		return milter.Accept()
	})}, "unix")
	s := session(t, n, a)
	greet(t, s)
	mods, act := send(t, s, "A123456", strings.Repeat("x", 200_000))
	if act.Code != peer.ActAccept || len(mods) != 1 || mods[0].Code != peer.ActQuarantine || called {
		t.Errorf("over the limit: %+v %+v called=%v", mods, act, called)
	}
	if mods, act := send(t, s, "A123457", "lille"); act.Code != peer.ActAccept || len(mods) != 0 || !called {
		t.Errorf("after it: %+v %+v", mods, act)
	}
}

func TestAbortForgetsMessageOnly(t *testing.T) {
	var got *milter.Message
	n, a := start(t, &milter.Server{Handler: milter.HandlerFunc(func(_ context.Context, m *milter.Message) milter.Reply {
		got = m
		return milter.Accept()
	})}, "unix")
	s := session(t, n, a)
	greet(t, s)
	_, _ = s.Mail("anden@kommune.example", nil)
	_, _ = s.Rcpt("fremmed@firma.example", nil)
	_ = s.Abort()
	_ = s.Abort()
	send(t, s, "A123456", "x")
	if len(got.To) != 2 || got.From != "fra@kommune.example" || got.Helo != "pc7.example" {
		t.Errorf("after abort: %+v", got)
	}
}

// TestProgress reads the raw packets: the peer must hear from us while the
// handler thinks.
func TestProgress(t *testing.T) {
	var thought atomic.Int64
	n, a := start(t, &milter.Server{Limits: milter.Limits{ProgressAfter: 20 * time.Millisecond, ProgressEvery: 20 * time.Millisecond},
		Handler: milter.HandlerFunc(func(context.Context, *milter.Message) milter.Reply {
			begun := time.Now()
			time.Sleep(200 * time.Millisecond)
			thought.Store(int64(time.Since(begun)))
			return milter.Accept()
		})}, "unix")
	c, err := net.Dial(n, a)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var in []byte
	for _, p := range []string{"O\x00\x00\x00\x06\x00\x00\x01\xff\x00\x1f\xff\xff", "M<a@b.example>\x00", "R<c@d.example>\x00", "N", "E"} {
		in = append(in, 0, 0, 0, byte(len(p)))
		in = append(in, p...)
	}
	if _, err := c.Write(in); err != nil {
		t.Fatal(err)
	}
	_ = c.SetReadDeadline(time.Now().Add(2 * time.Minute))
	var out []byte
	buf := make([]byte, 4096)
	for !strings.HasSuffix(string(out), "\x00\x00\x00\x01a") {
		k, err := c.Read(buf)
		if err != nil {
			t.Fatalf("after %q: %v", out, err)
		}
		out = append(out, buf[:k]...)
	}
	// One at least, and never more than the clock has room for; how many of them a
	// busy machine is late with is not ours.
	most := int(time.Duration(thought.Load())/(20*time.Millisecond)) + 1
	if p := strings.Count(string(out), "\x00\x00\x00\x01p"); p < 1 || p > most {
		t.Errorf("%d progress packets in %v", p, time.Duration(thought.Load()))
	}
}
