package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A case is handed out from the terminal and checked by the one who got it.
func TestACaseIsHandedOut(t *testing.T) {
	if testing.Short() {
		t.Skip("makes many keys from passphrases")
	}
	config, run := terminal(t)
	dir := filepath.Dir(config)
	id := holdOne(t, filepath.Join(dir, "state"))
	file := filepath.Join(dir, "pakke.tar.age")
	const phrase = "en adgangssætning til pakken"
	args := []string{"case", "export", id, "--by", "dpo", "--reason", "Datatilsynet har bedt om sagen", "--receiver", "Datatilsynet", "--passphrase", "-o", file}
	if _, err := run(dpoPhrase+"\nkort\n", args...); err == nil {
		t.Error("a short passphrase was taken")
	}
	if out, err := run(dpoPhrase+"\n"+phrase+"\n", args...); err != nil || !strings.Contains(out, file) {
		t.Fatal(out, err)
	}
	if b, err := os.ReadFile(file); err != nil || strings.Contains(string(b), "070761-4285") {
		t.Fatal("not encrypted", err)
	}
	if _, err := run(dpoPhrase+"\n"+phrase+"\n", args...); err == nil {
		t.Error("written over")
	}
	public, err := run("", "ledger", "head", "--public-key")
	if err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(dir, "key.pub")
	if err := os.WriteFile(key, []byte(public), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := run(phrase+"\n", "case", "verify", file, "--public-key", key)
	if err != nil || !strings.Contains(out, "8 filer") || !strings.Contains(out, "2 linjer") {
		t.Error(out, err)
	}
	if _, err := run("noget andet, der er langt\n", "case", "verify", file); err == nil {
		t.Error("opened with a wrong passphrase")
	}
	if out, err := run("", "case", "show", id); err != nil || !strings.Contains(out, "case-exported") {
		t.Error(out, err)
	}
	if _, err := run(dpoPhrase+"\n", "case", "forget", id, "--by", "dpo", "--reason", "Anmodning om sletning"); err == nil {
		t.Error("a case that waits was deleted")
	}
	if _, err := run(dpoPhrase+"\n", "case", "forget", id, "--by", "revisor", "--reason", "Anmodning om sletning"); err == nil {
		t.Error("deleted by an auditor")
	}
}

// The register, the year and a case come as PDF.
func TestPapers(t *testing.T) {
	config, run := terminal(t)
	dir := filepath.Dir(config)
	id := holdOne(t, filepath.Join(dir, "state"))
	for name, args := range map[string][]string{"fortegnelse": {"register", "export", "--format", "pdf", "-o"}, "aar": {"register", "report", "-o"}, "sag": {"case", "show", id, "--pdf"}} {
		file := filepath.Join(dir, name+".pdf")
		if out, err := run("", append(args, file)...); err != nil {
			t.Errorf("%s: %s %v", name, out, err)
			continue
		}
		if b, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(b), "%PDF-") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := run("", "register", "export", "--format", "pdf"); err == nil {
		t.Error("a PDF on the terminal")
	}
}
