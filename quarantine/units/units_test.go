package units

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
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
	m, err := Open([]Unit{{"Skoler", []string{"@skole.kommune.example"}}, {"Borgerservice", []string{"Post@kommune.example", "@service.example"}}}, path)
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
	if got := (*Map)(nil).Of("a@b.example"); got != "b.example" {
		t.Error(got)
	}
	if _, err := Open(nil, path); err == nil {
		t.Error("a file that is not there is no error")
	}
}

func TestRead(t *testing.T) {
	long := strings.Repeat("æ", MaxName)
	got, err := Read(strings.NewReader("a@b.example\t" + long + "\nb@b.example\t  To   ord \n"))
	if err != nil || len(got["a@b.example"]) != MaxName || got["b@b.example"] != "To ord" {
		t.Errorf("%q, %v", got, err)
	}
	for name, text := range map[string]string{"empty": "", "no address": "a;b\n", "too large": strings.Repeat("x", maxFile+1), "too long": strings.Repeat("a@b;c\n", maxLines+1)} {
		if _, err := Read(strings.NewReader(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestCheck(t *testing.T) {
	for name, list := range map[string][]Unit{
		"no name": {{"", []string{"@a.example"}}}, "long": {{strings.Repeat("x", MaxName+1), []string{"@a.example"}}}, "no senders": {{"A", nil}},
		"no address": {{"A", []string{"a.example"}}}, "no domain": {{"A", []string{"a@"}}}, "twice": {{"A", []string{"@a.example"}}, {"B", []string{"@A.example"}}},
	} {
		if Check(list) == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
