package quarantine_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/quarantine/units"
)

func TestOf(t *testing.T) {
	path := filepath.Join(t.TempDir(), "enheder.csv")
	write := func(text string, age time.Duration) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	write("Mail;Afdeling\r\nbo@kommune.example;B\xf8rn og Familie\r\nUgyldig;linje\r\nlis@kommune.example;\r\n", time.Hour)
	m, err := units.Open([]units.Unit{unitOf("Skoler", "@skole.kommune.example"), unitOf("Borgerservice", "Post@kommune.example", "@service.example")}, path)
	if err != nil {
		t.Fatal(err)
	}
	of := func(address, want string) {
		t.Helper()
		if got := m.Of(address); got != want {
			t.Errorf("%q is of %q, want %q", address, got, want)
		}
	}
	of("post@kommune.example", "Borgerservice")
	of("Poststedet <POST@kommune.example>", "Borgerservice")
	of("lærer@nord.skole.kommune.example", "Skoler")
	of("rektor@skole.kommune.example", "Skoler")
	of("x@ikkeskole.kommune.example", "ikkeskole.kommune.example")
	of("bo@kommune.example", "Børn og Familie")
	of("lis@kommune.example", "kommune.example")
	of("anden@kommune.example", "kommune.example")
	of("", "")
	of("uden-adresse", "")
	write("\ufeff\"bo@kommune.example\",\"Teknik, Miljø\"\n@kommune.example,Rådhuset\n", time.Minute)
	of("bo@kommune.example", "Teknik, Miljø")
	of("anden@kommune.example", "Rådhuset")
	write("intet", 0)
	of("anden@kommune.example", "Rådhuset")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	of("anden@kommune.example", "Rådhuset")
	if got := (*units.Map)(nil).Of("a@b.example"); got != "b.example" {
		t.Error(got)
	}
	if _, err := units.Open(nil, path); err == nil {
		t.Error("a file that is not there is no error")
	}
}

func TestRead(t *testing.T) {
	long := strings.Repeat("æ", units.MaxName)
	got, err := units.Read(strings.NewReader("a@b.example\t" + long + "\nb@b.example\t  To   ord \n"))
	if err != nil || len(got["a@b.example"]) != units.MaxName || got["b@b.example"] != "To ord" {
		t.Errorf("%q, %v", got, err)
	}
	for name, text := range map[string]string{"empty": "", "no address": "a;b\n", "too large": strings.Repeat("x", 16<<20+1), "too long": strings.Repeat("a@b;c\n", 500_000+1)} {
		if _, err := units.Read(strings.NewReader(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func unitOf(name string, senders ...string) units.Unit {
	return units.Unit{Name: name, Senders: senders}
}

func TestCheck(t *testing.T) {
	for name, list := range map[string][]units.Unit{
		"no name": {unitOf("", "@a.example")}, "long": {unitOf(strings.Repeat("x", units.MaxName+1), "@a.example")}, "no senders": {unitOf("A")},
		"no address": {unitOf("A", "a.example")}, "no domain": {unitOf("A", "a@")}, "twice": {unitOf("A", "@a.example"), unitOf("B", "@A.example")},
	} {
		if units.Check(list) == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
