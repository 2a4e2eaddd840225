package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/lanes"
	"brevvagt/scanner/policy/setting"
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

// TestAuthoritiesAreReplaced: who is put in the file of those who vouch for a gateway or a
// client counts from the next connection on, and who is taken out does not.
func TestAuthoritiesAreReplaced(t *testing.T) {
	const name = "gw.kommune.example"
	from, end := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	cert, key := certificate(t, name, from, end)
	other, _ := certificate(t, name, from, end)
	file := filepath.Join(t.TempDir(), "ca.pem")
	age := from
	put := func(from string) {
		t.Helper()
		raw, err := os.ReadFile(from)
		age = age.Add(time.Second)
		if err := errors.Join(err, os.WriteFile(file, raw, 0o600), os.Chtimes(file, age, age)); err != nil {
			t.Fatal(err)
		}
	}
	put(other)
	server, err := config.SMTPTLS{Certificate: cert, Key: key, ClientCA: file, ClientNames: []string{name}}.Config(nil)
	if err != nil {
		t.Fatal(err)
	}
	var cfg config.Config
	cfg.Site.Routes = []setting.Route{{Name: "sikker", Gateway: "127.0.0.1:1", TLSName: name, CA: file}}
	routes, err := lanes.Routes(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		file string
		good bool
	}{{other, false}, {cert, true}, {other, false}} {
		put(step.file)
		for _, look := range []bool{true, false} { // a client that looks at nothing leaves it to the server
			client := &tls.Config{ServerName: name, RootCAs: routes["sikker"].Hop.Roots(), Certificates: []tls.Certificate{pair}, InsecureSkipVerify: !look}
			byClient, byServer := handshake(t, client, server)
			if (byServer == nil) != step.good || look && (byClient == nil) != step.good {
				t.Errorf("client %v, server %v, want good %v", byClient, byServer, step.good)
			}
		}
	}
}

// handshake is how client and server come together, and whether each is content. A pipe would
// not do: at the end both sides write.
func handshake(t *testing.T, client, server *tls.Config) (byClient, byServer error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	done := make(chan error, 1)
	go func() {
		nc, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			done <- err
			return
		}
		defer nc.Close()
		done <- tls.Client(nc, client).Handshake()
	}()
	nc, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	byServer = tls.Server(nc, server).Handshake()
	return <-done, byServer
}
