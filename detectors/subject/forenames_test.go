package subject

import "testing"

func TestNamesOfOneWord(t *testing.T) {
	for local, want := range map[string]string{
		"testpersoneksempel": "Testperson Eksempel", "bodileksempel62": "Bodil Eksempel", "soereneksempel": "Søren Eksempel",
		"solsikke42": "", "bogholderi": "", "annex": "", "karin": "",
	} {
		n, ok := SplitName(local)
		if ok != (want != "") || ok && !n.SameLoosely(NewName(want)) {
			t.Errorf("%s: %v, %v", local, n, ok)
		}
	}
	if !NewName("Åse Øvelund").Joined("aaseoevelund3") || NewName("Åse Øvelund").Joined("oevelund") {
		t.Error("a name written together is not told")
	}
}

func TestNameInTitle(t *testing.T) {
	for s, want := range map[string]string{
		"Afgørelse - Testperson Eksempel": "Testperson Eksempel", "Brev til Karen-Marie Eksempel": "Karen-Marie Eksempel",
		"2057_afgørelse_Søren_Eksempel": "Søren Eksempel", "Vejledning Digital Post": "", "Referat Eksempel Kommune": "", "Karin": "",
	} {
		n, ok := NameIn(s)
		if ok != (want != "") || ok && !n.Same(NewName(want)) {
			t.Errorf("%s: %v, %v", s, n, ok)
		}
	}
}

func TestAbbreviationsAreNoNames(t *testing.T) {
	for word, want := range map[string]bool{"CPR-nummer": false, "SSP-konsulent": false, "Anne-Marie": true, "Maj-Britt": true, "Hans-jørgen": true, "A-M": true, "X-": true} {
		if ok, _ := nameWord(word); ok != want {
			t.Errorf("%s: %v, want %v", word, ok, want)
		}
	}
}

func TestCalledAfterSomebody(t *testing.T) {
	for title, want := range map[string]bool{"Samtale med Peter Holm Gade": true, "Samtale i Peter Bangs Gade": false, "Møde med Anna Lind Park": true, "Besigtigelse af Peter Bangs Vej": false} {
		if _, ok := NameIn(title); ok != want {
			t.Errorf("%q: %v, want %v", title, ok, want)
		}
	}
}
