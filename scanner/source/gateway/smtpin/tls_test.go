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
