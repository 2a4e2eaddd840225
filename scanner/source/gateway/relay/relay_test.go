package relay_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"brevvagt/scanner/source/gateway/relay"
)

func sink(t *testing.T) *relay.Sink {
	t.Helper()
	s, err := relay.StartSink(t.TempDir(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func env(to ...string) relay.Envelope {
	e := relay.Envelope{From: "a@kommune.example"}
	for _, r := range to {
		e.To = append(e.To, relay.Recipient{Address: r})
	}
	return e
}

func TestBytesAreKept(t *testing.T) {
	s := sink(t)
	h := &relay.Hop{Addr: s.Addr(), DataTimeout: time.Minute}
	cases := map[string]string{
		"plain":        "Subject: x\r\n\r\nhej\r\n",
		"dots":         ".\r\n..\r\n.a\r\n...\r\n",
		"bare ends":    "a\nb\rc\r\nd\r\r\ne\n\r\n",
		"8 bit":        "Subject: \xe6\xf8\xe5 æøå\r\n\r\n\xff\xfe\x00\r\n",
		"long line":    "X: y\r\n\r\n" + strings.Repeat("0123456789", 50_000) + "\r\n",
		"empty lines":  "\r\n\r\n\r\n",
		"no final end": "Subject: x\r\n\r\nhej",
		"dot at 32 Ki": strings.Repeat("x", 32<<10-2) + "\r\n.y\r\n",
		"empty":        "",
		"trailing CR":  "a\r",
	}
	n := 0
	for name, content := range cases {
		answer, err := h.Send(t.Context(), env("b@firma.example"), strings.NewReader(content))
		if err != nil || !strings.Contains(answer, "OK") {
			t.Errorf("%s: %q, %v", name, answer, err)
			continue
		}
		n++
		got, err := s.Received()[n-1].Content()
		want := strings.TrimSuffix(content, "\r")
		if want != "" && !strings.HasSuffix(want, "\r\n") {
			want += "\r\n"
		}
		if err != nil || string(got) != want {
			t.Errorf("%s: got %d bytes %.60q, want %d, %v", name, len(got), got, len(want), err)
		}
	}
}

// TestNoSmuggling looks at the wire: no line, by whatever line end, may be a lone
// dot before the last one.
func TestNoSmuggling(t *testing.T) {
	for _, content := range []string{"a\n.\nMAIL FROM:<x@y>\r\n", "a\r.\r\nb\r\n", "a\r\n.\nb\r\n", "a\n.\r\nb\r\n", ".\rb\r\n"} {
		wire := script(t, "250 ok", func(h *relay.Hop) {
			if _, err := h.Send(t.Context(), env("b@firma.example"), strings.NewReader(content)); err != nil {
				t.Error(err)
			}
		})
		body := wire[strings.Index(wire, "DATA\r\n")+6 : strings.LastIndex(wire, "\r\n.\r\n")]
		for _, line := range strings.FieldsFunc(body, func(r rune) bool { return r == '\r' || r == '\n' }) {
			if line == "." {
				t.Errorf("%q goes out as %q", content, body)
			}
		}
	}
}

// script plays a next hop that answers everything alike and returns what it heard.
func script(t *testing.T, final string, use func(*relay.Hop)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var heard bytes.Buffer
	var wg sync.WaitGroup
	wg.Go(func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		fmt.Fprint(c, "220-hej\r\n220 hej\r\n")
		in, data := bufio.NewReader(c), false
		for {
			line, err := in.ReadString('\n')
			heard.WriteString(line)
			switch {
			case err != nil:
				return
			case data && line == ".\r\n":
				data = false
				fmt.Fprint(c, final+"\r\n")
			case data:
			case strings.HasPrefix(line, "EHLO"):
				fmt.Fprint(c, "250-hej\r\n250-DSN\r\n250 8BITMIME\r\n")
			case line == "DATA\r\n":
				data = true
				fmt.Fprint(c, "354 go\r\n")
			case strings.HasPrefix(line, "QUIT"):
				fmt.Fprint(c, "221 bye\r\n")
				return
			default:
				fmt.Fprint(c, "250 ok\r\n")
			}
		}
	})
	use(&relay.Hop{Addr: l.Addr().String(), Helo: "brevvagt.example", CommandTimeout: time.Minute, DataTimeout: time.Minute})
	_ = l.Close()
	wg.Wait()
	return heard.String()
}

func TestEnvelopeOnTheWire(t *testing.T) {
	e := relay.Envelope{From: "a b@kommune.example", Body: "8BITMIME", Return: "HDRS", EnvelopeID: "id+1=x",
		To: []relay.Recipient{{Address: "b@firma.example", Notify: "SUCCESS,FAILURE", ORcpt: "RFC822;c@d.example"}, {Address: `q"x@firma.example`}}}
	heard := script(t, "250 2.0.0 queued", func(h *relay.Hop) {
		if answer, err := h.Send(t.Context(), e, strings.NewReader("x\r\n")); err != nil || answer != "2.0.0 queued" {
			t.Errorf("%q, %v", answer, err)
		}
	})
	want := "EHLO brevvagt.example\r\n" +
		"MAIL FROM:<\"a b\"@kommune.example> BODY=8BITMIME RET=HDRS ENVID=id+2B1+3Dx\r\n" +
		"RCPT TO:<b@firma.example> NOTIFY=SUCCESS,FAILURE ORCPT=RFC822;c@d.example\r\n" +
		"RCPT TO:<\"q\\\"x\"@firma.example>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n"
	if heard != want {
		t.Errorf("heard\n%s", heard)
	}
}

// TestUTF8Recipient: a mail to such an address needs SMTPUTF8, also when it was released
// without what its client said, and is refused where the next hop does not know it.
func TestUTF8Recipient(t *testing.T) {
	heard := script(t, "250 2.0.0 queued", func(h *relay.Hop) {
		var e *relay.Error
		_, err := h.Send(t.Context(), relay.Envelope{From: "a@kommune.example", To: []relay.Recipient{{Address: "søren@firma.example"}}}, strings.NewReader("x\r\n"))
		if !errors.As(err, &e) || e.Enhanced != "5.6.7" {
			t.Errorf("%v", err)
		}
	})
	if strings.Contains(heard, "MAIL") {
		t.Errorf("heard %q", heard)
	}
}

func TestErrorsAreTyped(t *testing.T) {
	cases := []struct {
		name, final string
		temporary   bool
		code        int
	}{
		{"full", "452 4.2.2 full", true, 452},
		{"refused", "554-5.7.1 no\r\n554 5.7.1 no", false, 554},
		{"nonsense", "hello", true, 0},
		{"silence", "", true, 0},
		{"redirect", "354 again", true, 0},
		{"endless", strings.Repeat("250-x\r\n", 200), true, 0},
		{"long", "250 " + strings.Repeat("x", 10_000), true, 0},
	}
	for _, c := range cases {
		script(t, c.final, func(h *relay.Hop) {
			if c.final == "" {
				h.DataTimeout = 200 * time.Millisecond
			}
			_, err := h.Send(t.Context(), env("b@firma.example"), strings.NewReader("x\r\n"))
			var e *relay.Error
			if !errors.As(err, &e) || e.Code != c.code || relay.IsTemporary(err) != c.temporary {
				t.Errorf("%s: %v", c.name, err)
			}
		})
	}
	dead := &relay.Hop{Addr: "127.0.0.1:1"}
	if _, err := dead.Send(t.Context(), env("b@firma.example"), strings.NewReader("")); !relay.IsTemporary(err) {
		t.Errorf("nobody there: %v", err)
	}
	if relay.IsTemporary(nil) {
		t.Error("no error is temporary")
	}
}

func TestAddressesCannotForgeCommands(t *testing.T) {
	s := sink(t)
	h := &relay.Hop{Addr: s.Addr()}
	for _, bad := range []string{"a@b.example> NOTIFY=NEVER", "a@b.example\r\nDATA", "a\r\n@b.example"} {
		if _, err := h.Send(t.Context(), env(bad), strings.NewReader("x\r\n")); err == nil || relay.IsTemporary(err) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if len(s.Received()) != 0 {
		t.Error("something was sent")
	}
}

func TestRefusedRecipients(t *testing.T) {
	s := sink(t)
	h := &relay.Hop{Addr: s.Addr()}
	answer, err := h.Send(t.Context(), env("unknown@firma.example", "b@firma.example"), strings.NewReader("x\r\n"))
	if err != nil || !strings.Contains(answer, "not delivered") || !strings.Contains(answer, "unknown@firma.example") {
		t.Errorf("%q, %v", answer, err)
	}
	if got := s.Received(); len(got) != 1 || len(got[0].To) != 1 {
		t.Errorf("received %+v", got)
	}
	if _, err := h.Send(t.Context(), env("unknown@firma.example"), strings.NewReader("x\r\n")); err == nil || relay.IsTemporary(err) {
		t.Errorf("all refused: %v", err)
	}
	s.Refuse(451, "later")
	if _, err := h.Send(t.Context(), env("b@firma.example"), strings.NewReader("x\r\n")); !relay.IsTemporary(err) {
		t.Errorf("temporary: %v", err)
	}
	s.Refuse(0, "")
	if _, err := h.Send(t.Context(), relay.Envelope{}, strings.NewReader("x\r\n")); err == nil || relay.IsTemporary(err) {
		t.Errorf("nobody to send to: %v", err)
	}
}

func TestHalfContentIsNotSent(t *testing.T) {
	s := sink(t)
	h := &relay.Hop{Addr: s.Addr()}
	broken := errors.New("disk")
	r := &failing{after: strings.NewReader(strings.Repeat("line\r\n", 30_000)), err: broken}
	if _, err := h.Send(t.Context(), env("b@firma.example"), r); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	time.Sleep(50 * time.Millisecond)
	if n := len(s.Received()); n != 0 {
		t.Errorf("%d mails from half a content", n)
	}
}

type failing struct {
	after *strings.Reader
	err   error
}

func (f *failing) Read(p []byte) (int, error) {
	if f.after.Len() > 0 {
		return f.after.Read(p)
	}
	return 0, f.err
}

func TestContextEndsASend(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	begun := time.Now()
	_, err = (&relay.Hop{Addr: l.Addr().String()}).Send(ctx, env("b@firma.example"), strings.NewReader("x\r\n"))
	if !relay.IsTemporary(err) || time.Since(begun) > 20*time.Second {
		t.Errorf("%v after %s", err, time.Since(begun))
	}
}

// TestSlowInEverything: a next hop that takes its time over each of many commands comes
// to an end all the same.
func TestSlowInEverything(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		fmt.Fprint(c, "220 hej\r\n")
		for in := bufio.NewReader(c); ; time.Sleep(10 * time.Millisecond) {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			code := "250"
			if strings.HasPrefix(line, "DATA") {
				code = "354"
			}
			fmt.Fprint(c, code+" ok\r\n")
		}
	}()
	to := make([]string, 10_000)
	for i := range to {
		to[i] = fmt.Sprintf("m%d@firma.example", i)
	}
	h := &relay.Hop{Addr: l.Addr().String(), TotalTimeout: 50 * time.Millisecond}
	if answer, err := h.Send(t.Context(), env(to...), strings.NewReader("x\r\n")); !relay.IsTemporary(err) {
		t.Errorf("%q, %v", answer, err)
	}
}

// tlsHop is a next hop with STARTTLS and a certificate for 127.0.0.1.
func tlsHop(t *testing.T, version uint16) (addr string, roots *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, _ := x509.ParseCertificate(der)
	roots = x509.NewCertPool()
	roots.AddCert(cert)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	cfg := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MaxVersion: version}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				fmt.Fprint(c, "220 hej\r\n")
				in := bufio.NewReader(c)
				for {
					line, err := in.ReadString('\n')
					switch {
					case err != nil || strings.HasPrefix(line, "QUIT"):
						return
					case strings.HasPrefix(line, "EHLO"):
						fmt.Fprint(c, "250-hej\r\n250 STARTTLS\r\n")
					case strings.HasPrefix(line, "STARTTLS"):
						fmt.Fprint(c, "220 go\r\n")
						c = tls.Server(c, cfg)
						in = bufio.NewReader(c)
					case strings.HasPrefix(line, "DATA"):
						fmt.Fprint(c, "354 go\r\n")
						for line != ".\r\n" {
							if line, err = in.ReadString('\n'); err != nil {
								return
							}
						}
						_, enc := c.(*tls.Conn)
						fmt.Fprintf(c, "250 encrypted=%v\r\n", enc)
					default:
						fmt.Fprint(c, "250 ok\r\n")
					}
				}
			}()
		}
	}()
	return l.Addr().String(), roots
}

func TestEncryption(t *testing.T) {
	addr, roots := tlsHop(t, tls.VersionTLS13)
	old, _ := tlsHop(t, tls.VersionTLS11)
	plain := sink(t).Addr()
	cases := []struct {
		name  string
		hop   relay.Hop
		want  string
		fails bool
	}{
		{"opportunistic", relay.Hop{Addr: addr}, "encrypted=true", false},
		{"opportunistic, not offered", relay.Hop{Addr: plain}, "OK", false},
		{"none", relay.Hop{Addr: addr, TLS: relay.None}, "encrypted=false", false},
		{"required", relay.Hop{Addr: addr, TLS: relay.Required}, "encrypted=true", false},
		{"required, not offered", relay.Hop{Addr: plain, TLS: relay.Required}, "", true},
		{"required, too old", relay.Hop{Addr: old, TLS: relay.Required}, "", true},
		{"verified", relay.Hop{Addr: addr, TLS: relay.Verified, TLSConfig: &tls.Config{RootCAs: roots}}, "encrypted=true", false},
		{"verified, unknown issuer", relay.Hop{Addr: addr, TLS: relay.Verified}, "", true},
		{"verified, other name", relay.Hop{Addr: addr, TLS: relay.Verified, TLSConfig: &tls.Config{RootCAs: roots, ServerName: "mx.example"}}, "", true},
	}
	for _, c := range cases {
		answer, err := c.hop.Send(t.Context(), env("b@firma.example"), strings.NewReader("x\r\n"))
		if (err != nil) != c.fails || !strings.Contains(answer, c.want) || err != nil && !relay.IsTemporary(err) {
			t.Errorf("%s: %q, %v", c.name, answer, err)
		}
	}
}
