package quarantine_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"brevvagt/quarantine/ledger"
)

func TestASignedHeadIsChecked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.key")
	s, err := ledger.OpenSigner(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := ledger.OpenSigner(path)
	if err != nil || again.Public() != s.Public() {
		t.Fatalf("another key after a restart: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the signing key is open: %v %v", info.Mode(), err)
	}
	want := ledger.Head{Size: 7, Root: "q1Z7l4v0m6c7t0m7l4v0m6c7t0m7l4v0m6c7t0m7l4s="}
	signed, err := s.Sign(want)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ledger.ParseHead(strings.ReplaceAll(signed, "\n", "\r\n"), s.Public()); err != nil || got != want {
		t.Errorf("%v, %v", got, err)
	}
	other, err := ledger.OpenSigner(filepath.Join(t.TempDir(), "x"))
	if err != nil {
		t.Fatal(err)
	}
	for name, forged := range map[string]string{"size": strings.Replace(signed, "\n7\n", "\n6\n", 1), "cut": signed[:20], "empty": ""} {
		if _, err := ledger.ParseHead(forged, s.Public()); err == nil {
			t.Errorf("%s: a forged head was taken", name)
		}
	}
	if _, err := ledger.ParseHead(signed, other.Public()); !errors.Is(err, ledger.ErrSignature) {
		t.Errorf("another's key: %v", err)
	}
	if err := os.WriteFile(path, []byte("PRIVATE+KEY+x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.OpenSigner(path); err == nil || strings.Contains(err.Error(), "PRIVATE") {
		t.Errorf("a damaged key: %v", err)
	}
}

func FuzzParseHead(f *testing.F) {
	f.Add("brevvagt ledger\n7\nx\n\n— brevvagt AAAA\n", "brevvagt+00000000+AAAA")
	f.Fuzz(func(t *testing.T, signed, public string) { _, _ = ledger.ParseHead(signed, public) })
}
