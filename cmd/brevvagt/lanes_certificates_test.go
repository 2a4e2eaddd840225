package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/lanes"
)

// certificate writes a certificate and its key and gives their files.
func certificate(t *testing.T, name string, from, until time.Time) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotBefore: from, NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// TestOwnCertificates: what doctor says of certificates in every state, wherever we show one.
func TestOwnCertificates(t *testing.T) {
	now := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	const name = "brevvagt.kommune.example"
	for state, tt := range map[string]struct {
		name        string
		from, until time.Duration
		want        string
	}{
		"good":       {name, -time.Hour, 90 * 24 * time.Hour, ""},
		"expired":    {name, -48 * time.Hour, -time.Minute, "udløb 2026-11-30"},
		"soon":       {name, -time.Hour, 10 * 24 * time.Hour, "udløber 2026-12-10"},
		"not yet":    {name, time.Hour, 90 * 24 * time.Hour, "gælder først fra"},
		"wrong name": {"kommune.example", -time.Hour, 90 * 24 * time.Hour, "gælder ikke for " + name},
		"no key":     {name, -time.Hour, 90 * 24 * time.Hour, "kan ikke læses"},
	} {
		cert, key := certificate(t, tt.name, now.Add(tt.from), now.Add(tt.until))
		if state == "no key" {
			key += ".bak"
		}
		var cfg config.Config
		cfg.Gateway.SMTP.TLS = config.SMTPTLS{Certificate: cert, Key: key}
		cfg.Review.TLSCertificate, cfg.Review.TLSKey = cert, key
		cfg.Sender.TLSCertificate, cfg.Sender.TLSKey = cert, key
		cfg.Gateway.SMTP.Hostname, cfg.DPO.Page, cfg.Sender.Page = name, "https://"+name+":8443", "https://"+name
		got := lanes.OwnCertificates(cfg, now)
		if tt.want == "" && len(got) > 0 || tt.want != "" && len(got) != 3 {
			t.Errorf("%s: %+v", state, got)
		}
		for _, c := range got {
			if !strings.Contains(c.State, tt.want) {
				t.Errorf("%s: %+v, want %q", state, c, tt.want)
			}
		}
	}
	if got := lanes.OwnCertificates(config.Config{}, now); len(got) > 0 {
		t.Errorf("without certificates: %+v", got)
	}
}
