package detectors_test

import (
	"fmt"
	"strings"
	"testing"

	"brevvagt/detectors"
	"brevvagt/detectors/known"
)

func TestReads(t *testing.T) {
	key := detectors.RandomKey()
	tests := []struct {
		name, file string
		n          int
		owner      string // number of b@x.example's owner
	}{
		{"one a line", "120336-3951\n0703454286\n\n", 2, ""},
		{"table", "\ufeffNavn;CPR-nr.;E-mail\r\nTestperson Eksempel;120336-3951;B@x.example\r\nAnden;703454286;\r\n", 2, "1203363951"},
		{"tabs and quotes", "mail\tPersonnummer\n\"b@x.example\"\t\"120336 3951\"\n", 1, "1203363951"},
		{"twice", "CPR\n1203363951\n120336-3951\n", 1, ""},
	}
	for _, tt := range tests {
		l := known.New(key, nil)
		if err := l.Read(strings.NewReader(tt.file)); err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if l.Len() != tt.n || !l.Number("1203363951") || l.Number("1203363952") {
			t.Errorf("%s: %d citizens", tt.name, l.Len())
		}
		id, ok := l.Owner("b@X.example")
		if ok != (tt.owner != "") || ok && id != key.Digest(tt.owner) {
			t.Errorf("%s: owner %q %v", tt.name, id, ok)
		}
	}
}

func TestErrorsNameTheLineAndNotTheNumber(t *testing.T) {
	for file, want := range map[string]string{
		"Navn;Adresse\nx;y\n":            "line 1 names no column CPR",
		"Navn;Fødselsdato\nx;y\n":        "line 1 names no column CPR, nor Navn with Mail",
		"CPR\n1203363951\n12033639512\n": "line 3",
		"Navn;CPR\nx\n":                  "line 2",
	} {
		err := known.New(detectors.RandomKey(), nil).Read(strings.NewReader(file))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "120336") {
			t.Errorf("%q: %v", file, err)
		}
	}
}

// BenchmarkMillion reads a million citizens and looks some up.
func BenchmarkMillion(b *testing.B) {
	var file strings.Builder
	file.WriteString("CPR;Mail\n")
	for i := range 1_000_000 {
		fmt.Fprintf(&file, "%010d;p%d@x.example\n", 1203360000+i, i)
	}
	for b.Loop() {
		l := known.New(detectors.RandomKey(), nil)
		if err := l.Read(strings.NewReader(file.String())); err != nil || l.Len() != 1_000_000 {
			b.Fatal(l.Len(), err)
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	l := known.New(detectors.RandomKey(), nil)
	if err := l.Read(strings.NewReader("1203363951\n")); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if !l.Number("1203363951") {
			b.Fatal("not known")
		}
	}
}

// TestNames: owners of mailboxes are known by name, too, with a number or without.
func TestNames(t *testing.T) {
	key := detectors.RandomKey()
	words := func(name string) (out []string) {
		for _, w := range strings.Fields(strings.ReplaceAll(strings.ToLower(name), ",", "")) {
			out = append(out, key.Digest(w))
		}
		return out
	}
	for _, file := range []string{
		"Navn;Mail\nTestperson Bo Eksempel;b@x.example\n",
		"Fornavn;Efternavn;E-mail;CPR\nTestperson Bo;Eksempel;b@x.example;1203363951\n",
	} {
		l := known.New(key, words)
		if err := l.Read(strings.NewReader(file)); err != nil || l.Len() != 1 {
			t.Errorf("%q: %d citizens, %v", file, l.Len(), err)
		}
		for name, want := range map[string]int{"Testperson Eksempel": 2, "Eksempel, Testperson Bo": 2, "Anden Eksempel": 1, "Anden Prøve": 0} {
			if got, ok := l.Shared("B@x.example", words(name)); !ok || min(got, 2) != want {
				t.Errorf("%s: %d words in common, %v", name, got, ok)
			}
		}
		if _, ok := l.Shared("c@x.example", words("Testperson Eksempel")); ok {
			t.Error("another's mailbox is known")
		}
	}
}
