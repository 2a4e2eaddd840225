package internal_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"brevvagt/internal/certfile"
)

// issue makes a certificate with a serial number and its key.
func issue(t *testing.T, serial int64) (cert, key []byte) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(serial), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
}

// TestRenewed: each step is a state of the files that a renewal may leave for a moment,
// or for good.
func TestRenewed(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	age := time.Now().Add(-time.Hour)
	put := func(name string, content []byte) {
		t.Helper()
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
		age = age.Add(time.Second) // files written in one tick of the clock differ here
		if err := os.Chtimes(name, age, age); err != nil {
			t.Fatal(err)
		}
	}
	oldCert, oldKey := issue(t, 1)
	newCert, newKey := issue(t, 2)
	if _, err := certfile.Open(certFile, keyFile); err == nil {
		t.Fatal("files that are not there were opened")
	}
	put(certFile, oldCert)
	put(keyFile, oldKey)
	p, err := certfile.Open(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	var news []error
	p.News = func(err error) { news = append(news, err) }
	serial := func() int64 {
		c, err := p.Certificate(nil)
		if err != nil {
			t.Fatal(err)
		}
		return c.Leaf.SerialNumber.Int64()
	}
	for _, step := range []struct {
		what string
		do   func()
		want int64
		news int // in all
		bad  bool
	}{
		{"nothing", func() {}, 1, 0, false},
		{"half a certificate", func() { put(certFile, newCert[:40]) }, 1, 1, true},
		{"the new one without its key", func() { put(certFile, newCert) }, 1, 2, true},
		{"both", func() { put(keyFile, newKey) }, 2, 3, false},
		{"no key", func() { _ = os.Remove(keyFile) }, 2, 4, true},
		{"the key again", func() { put(keyFile, newKey) }, 2, 5, false},
	} {
		step.do()
		for range 2 {
			if got := serial(); got != step.want {
				t.Errorf("%s: certificate %d, want %d", step.what, got, step.want)
			}
		}
		if len(news) != step.news || step.news > 0 && (news[step.news-1] != nil) != step.bad {
			t.Errorf("%s: told %v", step.what, news)
		}
	}
}

// TestAuthorities: an authority that is put in the file counts, and one that is taken away
// does not; while the file cannot be read the old ones do.
func TestAuthorities(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ca.pem")
	if _, err := certfile.OpenAuthorities(file); err == nil {
		t.Fatal("a file that is not there was opened")
	}
	one, _ := issue(t, 1)
	two, _ := issue(t, 2)
	age := time.Now().Add(-time.Hour)
	put := func(content []byte) {
		t.Helper()
		age = age.Add(time.Second)
		if err := errors.Join(os.WriteFile(file, content, 0o600), os.Chtimes(file, age, age)); err != nil {
			t.Fatal(err)
		}
	}
	put(one)
	a, err := certfile.OpenAuthorities(file)
	if err != nil {
		t.Fatal(err)
	}
	bad := 0
	a.News = func(err error) {
		if err != nil {
			bad++
		}
	}
	pool := func(certs ...[]byte) *x509.CertPool {
		p := x509.NewCertPool()
		p.AppendCertsFromPEM(bytes.Join(certs, nil))
		return p
	}
	for _, step := range []struct {
		what    string
		content []byte
		want    *x509.CertPool
		bad     int
	}{
		{"the same", one, pool(one), 0},
		{"one more", append(bytes.Clone(one), two...), pool(one, two), 0},
		{"half a file", one[:40], pool(one, two), 1},
		{"the first is gone", two, pool(two), 1},
	} {
		put(step.content)
		for range 2 {
			if !a.Pool().Equal(step.want) {
				t.Errorf("%s: other authorities", step.what)
			}
		}
		if bad != step.bad {
			t.Errorf("%s: told %d times that the file is bad", step.what, bad)
		}
	}
}
