package gateway_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/internal/porttest"
	"brevvagt/internal/postfixtest"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/gateway/relay"
	"brevvagt/scanner/source/gateway/smtpin"
)

// secureGateway is a real second mail server with a certificate for
// gw.kommune.example, and the file that vouches for it.
type secureGateway struct {
	addr string
	ca   string
	pool *x509.CertPool
	sink *relay.Sink
}

func startGateway(t *testing.T, addr, name string) *secureGateway {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{name}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	g := &secureGateway{pool: x509.NewCertPool(), ca: filepath.Join(postfixtest.Dir(t), "ca.pem")}
	g.pool.AddCert(cert)
	if err := os.WriteFile(g.ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644); err != nil {
		t.Fatal(err)
	}
	if g.sink, err = relay.StartSink(filepath.Join(t.TempDir(), "gateway"), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.sink.Close() })
	srv := &smtpin.Server{Next: &relay.Hop{Addr: g.sink.Addr(), TLS: relay.None}, Config: smtpin.Config{Listen: addr, Domain: "gw.kommune.example",
		TLS: &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}}}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = srv.Run(ctx, func(context.Context, scanner.Item) (scanner.Outcome, error) {
			return scanner.Outcome{Verdict: policy.Verdict{Action: policy.Pass}}, nil
		})
	}()
	t.Cleanup(func() { cancel(); <-done })
	eventually(t, "the gateway listens", func() bool { return srv.Addr() != "" })
	g.addr = srv.Addr()
	return g
}

// routedLab is a Postfix with the lines of docs/sikker-vej.md and a lane whose mails
// with MARKER-ROUTE go by the route.
func routedLab(t *testing.T, addr, ca string, filter bool, pool *x509.CertPool) *lab {
	t.Helper()
	doc, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "sikker-vej.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, part, _ := strings.Cut(string(doc), "## Postfix")
	host, port, _ := net.SplitHostPort(addr)
	fit := strings.NewReplacer("[gw.kommune.example]:25", "["+host+"]:"+port, "/etc/ssl/certs/ca-certificates.crt", ca, "unix - - y", "unix - - n")
	checks := filepath.Join(postfixtest.Dir(t), "brevvagt-vej")
	if err := os.WriteFile(checks, []byte(fit.Replace(block(t, part, "header_checks"))), 0o644); err != nil {
		t.Fatal(err)
	}
	service, rest, _ := strings.Cut(strings.TrimSpace(block(t, part, "sh")), "\n")
	checking, _, _ := strings.Cut(rest, "\n")
	var extra []string
	if filter {
		extra = []string{strings.Replace(strings.Trim(strings.TrimPrefix(checking, "postconf "), "'"), "/etc/postfix/brevvagt-vej", checks, 1)}
	}
	b := newLab(t, setting{idle: true, postfix: postfixtest.Config{Extra: extra}})
	b.lane.Routes = map[string]*relay.Route{"sikker": {Name: "sikker", Filter: fit.Replace("brevvagt-sikker:[gw.kommune.example]:25"),
		Hop:   &relay.Hop{Addr: addr, TLS: relay.Verified, TLSConfig: &tls.Config{RootCAs: pool, ServerName: "gw.kommune.example"}},
		Takes: func(a string) bool { return strings.HasSuffix(a, "@firma.example") }}}
	if err := b.lane.KeepRouted(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if filter {
		b.pf.Command(t, "postconf", "-Me", strings.Trim(strings.TrimPrefix(fit.Replace(service), "postconf -Me "), "'"))
		past := time.Now().Add(-time.Minute)
		for _, f := range []string{"main.cf", "master.cf"} {
			if err := os.Chtimes(filepath.Join(b.pf.ConfigDir, f), past, past); err != nil {
				t.Fatal(err)
			}
		}
		b.pf.Reload(t)
	}
	b.start(t)
	return b
}

// TestSecureRouteFilter: with the documented lines Postfix itself hands the mail to
// the gateway, and to nobody else.
func TestSecureRouteFilter(t *testing.T) {
	addr := porttest.Free(t)
	g := startGateway(t, addr, "gw.kommune.example")
	b := routedLab(t, addr, g.ca, true, g.pool)
	send(t, b.dial(t), mailWith("MARKER-ROUTE"), 250)
	eventually(t, "the gateway has the mail", func() bool { return len(g.sink.Received()) == 1 })
	if c, err := g.sink.Received()[0].Content(); err != nil || !bytes.Contains(c, []byte("X-Brevvagt-Vej: sikker\r\n")) || !bytes.Contains(c, []byte("MARKER-ROUTE")) {
		t.Errorf("%q %v", c, err)
	}
	eventually(t, "Postfix says so", func() bool { return strings.Contains(b.pf.Log(), "status=sent") })
	if log := b.pf.Log(); !strings.Contains(log, "released from hold") || !strings.Contains(log, "relay=127.0.0.1[127.0.0.1]:"+addr[strings.LastIndexByte(addr, ':')+1:]+",") {
		t.Error(log)
	}
	// A sender cannot choose the way by writing the header himself.
	send(t, b.dial(t), append([]byte("X-Brevvagt-Vej: sikker\r\n"), mailWith("ren")...), 250)
	b.arrived(t, 1)
	if n := len(g.sink.Received()); n != 1 {
		t.Errorf("the gateway has %d mails", n)
	}
}

// TestSecureRouteWithoutFilter: where Postfix does not note the gateway on the mail,
// brevvagt hands it over itself; nothing goes the ordinary way. The gateway is down at
// first, and then somebody else stands in its place.
func TestSecureRouteWithoutFilter(t *testing.T) {
	addr := porttest.Free(t)
	right := startGateway(t, "127.0.0.1:0", "gw.kommune.example")
	b := routedLab(t, addr, right.ca, false, right.pool)
	send(t, b.dial(t), mailWith("MARKER-ROUTE"), 250)
	eventually(t, "the mail is on its way", func() bool { return b.lane.Routed() == 1 })
	time.Sleep(500 * time.Millisecond)
	if n := len(b.held(t)); n != 1 || b.lane.Routed() != 1 {
		t.Fatalf("gateway down: %d held, %d on their way", n, b.lane.Routed())
	}
	wrong := startGateway(t, addr, "gw.kommune.example") // the name is right, nobody vouches for it
	time.Sleep(time.Second)
	if n := len(b.held(t)); n != 1 || len(wrong.sink.Received()) != 0 {
		t.Fatalf("wrong certificate: %d held, %d taken", n, len(wrong.sink.Received()))
	}
	b.stop()
	b.lane.Routes["sikker"].Hop = &relay.Hop{Addr: right.addr, TLS: relay.Verified, TLSConfig: &tls.Config{RootCAs: right.pool, ServerName: "gw.kommune.example"}}
	b.start(t)
	eventually(t, "the gateway has the mail", func() bool { return len(right.sink.Received()) == 1 })
	eventually(t, "the queue is empty", func() bool { return len(b.held(t)) == 0 && b.lane.Routed() == 0 })
	if n := len(b.sink.Received()); n != 0 {
		t.Errorf("%d mails went the ordinary way", n)
	}
}

// TestWrongCertificateInPostfix: a mail that Postfix took over waits in its queue when
// the certificate is not the gateway's.
func TestWrongCertificateInPostfix(t *testing.T) {
	addr := porttest.Free(t)
	right := startGateway(t, "127.0.0.1:0", "gw.kommune.example")
	wrong := startGateway(t, addr, "other.kommune.example")
	b := routedLab(t, addr, wrong.ca, true, right.pool)
	send(t, b.dial(t), mailWith("MARKER-ROUTE"), 250)
	eventually(t, "Postfix says why", func() bool { return strings.Contains(b.pf.Log(), "status=deferred") })
	if len(wrong.sink.Received()) != 0 || len(b.sink.Received()) != 0 {
		t.Errorf("the mail went out\n%s", b.pf.Log())
	}
}
