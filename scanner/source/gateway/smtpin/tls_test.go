package smtpin_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"net/textproto"
	"testing"
	"time"

	"brevvagt/scanner/source/gateway/relay"
	"brevvagt/scanner/source/gateway/smtpin"
)

func TestEncryptedClients(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	b := newLab(t, smtpin.Config{TLS: &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}})
	client := &relay.Hop{Addr: b.lane.Addr(), TLS: relay.Verified, TLSConfig: &tls.Config{RootCAs: roots}}
	content := mailWith("ren")
	env := relay.Envelope{From: "a@kommune.example", To: []relay.Recipient{{Address: "b@firma.example"}}}
	if _, err := client.Send(t.Context(), env, bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	if got := b.arrived(t, 1)[0]; !bytes.Equal(got, content) {
		t.Errorf("arrived %q", got)
	}
}

// TestClientCertificate: with agreed names only a client that shows a certificate
// of one of them may hand in mail.
func TestClientCertificate(t *testing.T) {
	ca, server := authority(t, "brevvagt.kommune.example")
	agreed, stranger := ca.issue(t, "mail.kommune.example"), ca.issue(t, "mail.fremmed.example")
	b := newLab(t, smtpin.Config{ClientNames: []string{"mail.kommune.example"},
		TLS: &tls.Config{Certificates: []tls.Certificate{server}, ClientAuth: tls.VerifyClientCertIfGiven, ClientCAs: ca.pool}})
	env := relay.Envelope{From: "a@kommune.example", To: []relay.Recipient{{Address: "b@firma.example"}}}
	for name, tt := range map[string]struct {
		mode relay.TLS
		cert *tls.Certificate
		want bool
	}{"agreed": {relay.Required, &agreed, true}, "stranger": {relay.Required, &stranger, false}, "none": {relay.Required, nil, false}, "no TLS": {relay.None, nil, false}} {
		cfg := &tls.Config{}
		if tt.cert != nil {
			cfg.Certificates = []tls.Certificate{*tt.cert}
		}
		_, err := (&relay.Hop{Addr: b.lane.Addr(), TLS: tt.mode, TLSConfig: cfg}).Send(t.Context(), env, bytes.NewReader(mailWith("ren")))
		if (err == nil) != tt.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.arrived(t, 1)
}

// testCA issues certificates for a test.
type testCA struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

func authority(t *testing.T, name string) (*testCA, tls.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	ca := &testCA{cert: cert, key: key, pool: x509.NewCertPool()}
	ca.pool.AddCert(cert)
	return ca, ca.issue(t, name)
}

func (ca *testCA) issue(t *testing.T, name string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(2), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{name},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, ca.cert, key.Public(), ca.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// TestLMTP answers for each recipient after the content (RFC 2033).
func TestLMTP(t *testing.T) {
	b := newLab(t, smtpin.Config{LMTP: true})
	nc, err := net.Dial("tcp", b.lane.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	_ = nc.SetDeadline(time.Now().Add(2 * time.Minute))
	c := textproto.NewConn(nc)
	for _, step := range []struct {
		line    string
		answers []int
	}{
		{"", []int{220}}, {"LHLO mx.kommune.example", []int{250}}, {"MAIL FROM:<a@kommune.example>", []int{250}},
		{"RCPT TO:<b@firma.example>", []int{250}}, {"RCPT TO:<c@firma.example>", []int{250}}, {"DATA", []int{354}},
		{"Subject: x\r\n\r\nren\r\n.", []int{250, 250}},
		{"MAIL FROM:<a@kommune.example>", []int{250}}, {"RCPT TO:<b@firma.example>", []int{250}}, {"RCPT TO:<c@firma.example>", []int{250}}, {"DATA", []int{354}},
		{"Subject: x\r\n\r\nMARKER-REJECT\r\n.", []int{550, 550}},
	} {
		if step.line != "" {
			if err := c.PrintfLine("%s", step.line); err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range step.answers {
			if code, msg, _ := c.ReadResponse(0); code != want {
				t.Fatalf("%q: %d %s, want %d", step.line, code, msg, want)
			}
		}
	}
	b.arrived(t, 1)
}
