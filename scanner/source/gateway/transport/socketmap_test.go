package transport

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"brevvagt/internal/postfixtest"
)

func serve(t *testing.T, s *Server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v", err)
		}
	})
	return l.Addr().String()
}

func TestQuestions(t *testing.T) {
	l, err := parseList([]byte(goodList))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.Local)
	s := &Server{Prover: &Prover{Lists: []*List{l}, Now: func() time.Time { return now }}, Promised: func(_ context.Context, d string) (string, error) {
		switch d {
		case "lovet.example", "xn--rdovre-bya.firma.example":
			return "dane-only protocols=>=TLSv1.2", nil
		case "fejl.example":
			return "", errors.New("database is locked")
		}
		return "", nil
	}}
	addr := serve(t, s)
	for range maxClients + 10 { // they say nothing, and keep nobody out
		silent, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer silent.Close()
	}
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	in := bufio.NewReader(nc)
	for _, tt := range []struct{ key, want string }{
		{"region.example", "OK encrypt protocols=>=TLSv1.2"}, {"[region.example]:587", "OK encrypt protocols=>=TLSv1.2"}, {"region.example:25", "OK encrypt protocols=>=TLSv1.2"},
		{".region.example", "NOTFOUND "}, {"andet.example", "NOTFOUND "}, {"lovet.example", "OK dane-only protocols=>=TLSv1.2"}, {"rødovre.firma.example", "OK dane-only protocols=>=TLSv1.2"}, {"fejl.example", "TEMP cannot look up what was promised"},
	} {
		q := "tlspolicy " + tt.key
		fmt.Fprintf(nc, "%d:%s,", len(q), q)
		if got, err := readNetstring(in); err != nil || got != tt.want {
			t.Errorf("%s: %q, %v", tt.key, got, err)
		}
	}
	s.Unproven = Encrypt
	if got := s.answer(t.Context(), "andet.example"); got != "OK encrypt protocols=>=TLSv1.2" {
		t.Errorf("unproven: %q", got)
	}
	for _, bad := range []string{"x:", "99999:a", "999999:", "3:abcd", ":,"} {
		nc, err := net.Dial("tcp", nc.RemoteAddr().String())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(nc, bad)
		_ = nc.SetReadDeadline(time.Now().Add(2 * time.Second))
		if b, _ := io.ReadAll(nc); len(b) > 0 && !strings.Contains(string(b), "PERM") {
			t.Errorf("%q is answered %q", bad, b)
		}
		_ = nc.Close()
	}
}

func FuzzNetstring(f *testing.F) {
	f.Add("5:hello,")
	f.Add("2049:")
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := readNetstring(bufio.NewReader(strings.NewReader(s))); err == nil && len(got) > maxRequest {
			t.Error("too long")
		}
		_ = host(s)
	})
}

// sink is a mail server that counts what it takes and how it was protected.
type sink struct {
	clear, encrypted atomic.Int32
	addr             string
}

func (s *sink) NewSession(c *smtp.Conn) (smtp.Session, error) { return &sinkSession{s, c}, nil }

type sinkSession struct {
	s *sink
	c *smtp.Conn
}

func (*sinkSession) Mail(string, *smtp.MailOptions) error { return nil }
func (*sinkSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (*sinkSession) Reset()                               {}
func (*sinkSession) Logout() error                        { return nil }
func (x *sinkSession) Data(r io.Reader) error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	if _, ok := x.c.TLSConnectionState(); ok {
		x.s.encrypted.Add(1)
	} else {
		x.s.clear.Add(1)
	}
	return nil
}

// startSink listens on ip; cfg nil offers no TLS.
func startSink(t *testing.T, ip string, cfg *tls.Config) *sink {
	t.Helper()
	l, err := net.Listen("tcp", ip+":0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{addr: l.Addr().String()}
	srv := smtp.NewServer(s)
	srv.Domain, srv.TLSConfig = "mx.example", cfg
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
	return s
}

func certificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"mx.example"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// TestPostfixObeys lets a real Postfix ask us before it delivers to a good mail
// server, to one with an old TLS and to one without: what must be encrypted is
// delivered encrypted or not at all.
func TestPostfixObeys(t *testing.T) {
	cert := certificate(t)
	good := startSink(t, "127.0.0.2", &tls.Config{Certificates: []tls.Certificate{cert}})
	old := startSink(t, "127.0.0.3", &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	plain := startSink(t, "127.0.0.4", nil)
	free := startSink(t, "127.0.0.5", nil)
	l, err := parseList([]byte("source: prøve\nexpires: 2099-01-01\ndomains: [{domain: 127.0.0.2}, {domain: 127.0.0.3}, {domain: 127.0.0.4}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int32
	addr := serve(t, &Server{Prover: &Prover{Lists: []*List{l}}, Answered: func(string) { asked.Add(1) }})
	maps := "transport_maps = inline:{"
	for domain, s := range map[string]*sink{"good.example": good, "old.example": old, "plain.example": plain, "free.example": free} {
		h, port, _ := net.SplitHostPort(s.addr)
		maps += fmt.Sprintf(" {%s=smtp:[%s]:%s}", domain, h, port)
	}
	p := postfixtest.Start(t, postfixtest.Config{Extra: []string{maps + " }", "smtp_tls_security_level = may", "smtp_tls_loglevel = 1",
		"smtp_tls_policy_maps = socketmap:inet:" + addr + ":tlspolicy"}})
	c, err := postfixtest.Dial(p.Addr, "pc.kommune.example")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, domain := range []string{"good", "old", "plain", "free"} {
		if code, msg, err := c.Send("a@kommune.example", []string{"b@" + domain + ".example"}, []byte("Subject: x\r\n\r\nx\r\n")); err != nil || code != 250 {
			t.Fatalf("%d %s %v", code, msg, err)
		}
	}
	settled := func() bool {
		log := p.Log()
		return good.encrypted.Load() > 0 && free.clear.Load() > 0 && strings.Contains(log, "to=<b@old.example>") && strings.Contains(log, "to=<b@plain.example>")
	}
	for end := time.Now().Add(3 * time.Minute); !settled() && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	if good.encrypted.Load() != 1 || good.clear.Load() != 0 || free.clear.Load() != 1 {
		t.Errorf("good: %d encrypted, %d clear; free: %d clear\n%s", good.encrypted.Load(), good.clear.Load(), free.clear.Load(), p.Log())
	}
	if n := old.encrypted.Load() + old.clear.Load() + plain.clear.Load(); n != 0 {
		t.Errorf("%d mails left over a way that is not good enough\n%s", n, p.Log())
	}
	if log := p.Log(); !strings.Contains(log, "TLS is required, but was not offered") || strings.Count(log, "status=deferred") < 2 {
		t.Errorf("not deferred:\n%s", log)
	}
	if asked.Load() < 4 {
		t.Errorf("asked %d times", asked.Load())
	}
}
