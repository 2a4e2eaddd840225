package subject_test

import (
	"slices"
	"strings"
	"testing"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
)

// Spellings of one name are the same person's, two Danish names never are.
func TestSpellings(t *testing.T) {
	for pair, want := range map[string]bool{
		"Mohammed Altesthassan|Mohammad Al Testhassan": true,
		"Muhammad El-Testhasan|Mohamed Al Testhassan":  true,
		"Nataliia Testvalczuk|Natalia Testvalchuk":     true,
		"Yousef Testhossein|Youssef Testhussein":       true,
		"Krzysztof Testowski|Krzystof Testovski":       true,
		"Kirsten Testholm|Karsten Testholm":            false,
		"Testperson Lindberg|Testperson Lundberg":      false,
		"Testperson Petersen|Testperson Pedersen":      false,
		"Testperson Jensen|Testperson Johansen":        false,
		"Martin Testgaard|Morten Testgaard":            false,
		"Fatima Testhassan|Farid Testhassan":           false,
		"Ali Testhassan|Aisha Testhassan":              false,
		"Mohammed Testhassan|Mohammed Testkhan":        false,
		"Testperson Holm|Testperson Helm":              false,
		"Yousef Eltestmasri|Youssef El-Testmasry":      true,
		"Testperzon Valchuk|Testperson Valczuk":        false,
		"Testperson Valchuk|Testperson Valczuk":        true,
	} {
		a, b, _ := strings.Cut(pair, "|")
		if got := subject.NewName(a).SameLoosely(subject.NewName(b)); got != want {
			t.Errorf("%s: %v", pair, got)
		}
		if got := subject.NewName(b).SameLoosely(subject.NewName(a)); got != want {
			t.Errorf("%s, the other way: %v", pair, got)
		}
	}
}

// Namesakes begin alike and go on otherwise.
func TestNamesakes(t *testing.T) {
	for pair, want := range map[string]bool{
		"Anna Testholt Becker|Anne Testholm Bech": true, "Morten Testborg|Martin Testkilde": true,
		"Anna Testholt|Anne Testholt": false, "Anna Testholt|Bodil Testkilde": false, "Peter Test Holm|Peter Testholm": false,
		"Yousef Testhossein|Youssef Testkhan": false, "Anna|Anne Testholt": false,
	} {
		a, b, _ := strings.Cut(pair, "|")
		if got := subject.NewName(a).Namesake(subject.NewName(b)); got != want {
			t.Errorf("%s: %v", pair, got)
		}
	}
}

// A mailbox cut down to the beginnings of two names is told by the name, and by no other.
func TestShortMailboxes(t *testing.T) {
	key := detectors.RandomKey()
	for local, want := range map[string]bool{"tesmon61": true, "temo": true, "testmons": true, "monste": false, "testperson": false, "tm": false, "anders": false} {
		word, ok := subject.ShortBox(local)
		got := ok && slices.Contains(subject.NewName("Testperson Mønster").Shorts(key), subject.ShortKey(key, word))
		if got != want {
			t.Errorf("%s: %v", local, got)
		}
	}
}
