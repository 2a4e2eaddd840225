package subject

import (
	"strings"
	"testing"
)

func TestNamesIn(t *testing.T) {
	for _, c := range []struct {
		text string
		lone bool
		want string // initials, joined by a comma
	}{
		{"Her er udtalelsen om Mads Testesen, som starter mandag.", false, "M. T."},
		{"Mads er glad.", false, ""},
		{"Mads er glad.", true, "M."},
		{"Mads og Annes bord", true, "M.,A."},
		{"Borgmester Mads Testesen åbner. Anna Prøvesen, kontorchef, takker.", false, ""},
		{"værge for Xylia Prøvesen", true, "X. P."},
		{"tilbud om Ny Plads", true, ""},
		{"Anna M. Testesen kom.", false, "A. M. T."},
		{"Anna Testvej 3", false, ""},
	} {
		var got []string
		for _, f := range NamesIn(c.text, c.lone) {
			got = append(got, f.Name.String())
			if f.Start < 0 || f.End > len(c.text) || f.Start >= f.End {
				t.Errorf("%q: %d-%d", c.text, f.Start, f.End)
			}
		}
		if strings.Join(got, ",") != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestSubjectLines(t *testing.T) {
	for text, want := range map[string]string{
		"Behandlingsplan for Bente Eksempel, 4.c":   "B. E.",
		"Handleplan for trafik på Bentes Vej":       "",
		"mellem Eksempel Kommune og Bente Eksempel": "B. E.",
		"mellem Bente Eksempel og Carl Testesen":    "",
		"Elevens navn\nBente Eksempel":              "B. E.",
		"Lærerens navn\nBente Eksempel":             "",
		"Til forældrene til Bente Eksempel":         "B. E.",
		"Til Bente Eksempel":                        "B. E.",
		"Til: Bente Eksempel":                       "B. E.",
		"Fra: Carl Testesen\nTil: Bente Eksempel":   "",
		"Forældre/værge til: Bente Eksempel":        "B. E.",
		"Låner: Bente Eksempel":                     "B. E.",
		"Barn Bente Eksempel":                       "B. E.",
		"Elevens navn Bente Eksempel":               "B. E.",
		"Barn under tolv":                           "",
		"Fører: Bente Eksempel\nFødt: 12.03.1950":   "B. E.",
		"Fører: Bente Eksempel\nTelefon: 20123456":  "",
		"Lærer: Bente Eksempel\nFødt: 12.03.1950":   "",
	} {
		var lines []line
		for s := range strings.SplitSeq(text, "\n") {
			lines = append(lines, line{text: s})
		}
		got := ""
		for k := range lines {
			if n, _, ok := subjectLine(lines, k); ok && got == "" {
				got = n.String()
			}
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestRoleName(t *testing.T) {
	for text, want := range map[string]string{
		"Matr. 4b, Prøveby. Påbud til ejer: Testperson Eksempel, Prøvevej 2": "T. E.",
		"Ansøger 1: Testperson Eksempel. Dygtig.":                            "T. E.",
		"Jeg, Testperson Eksempel, giver samtykke":                           "T. E.",
		"Den umyndige: Testperson Eksempel":                                  "T. E.",
		"Elevens klasselærer: Testperson Eksempel":                           "",
		"Kontaktperson for borger: Testperson Eksempel":                      "",
		"Mødet om borger: kl. 10":                                            "",
		"Hej, Testperson Eksempel kommer":                                    "",
	} {
		n, ok := declares(text)
		if !ok {
			n, _ = roleName(text)
		}
		if n.String() != want {
			t.Errorf("%q: got %q, want %q", text, n, want)
		}
	}
}

func TestAkin(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{{"Lise Prøvesen", "Elisabeth Prøvesen Eksempel", true}, {"Poul Erik Testesen", "Anders Erik Prøvesen", false}, {"Anna Testesen", "Bo Prøvesen", false}} {
		if NewName(c.a).Akin(NewName(c.b)) != c.want {
			t.Errorf("%s, %s: want %v", c.a, c.b, c.want)
		}
	}
}

// TestSentencesAboutFirstNames: a word that begins a sentence is no first name of whoever
// it speaks of.
func TestSentencesAboutFirstNames(t *testing.T) {
	for text, want := range map[string]int{"Vi ses. Hvis Testo er syg, så ring.": 0, "Vi ses. Når Prøve kommer, så ring.": 0, "Vi ses. Testo Prøvesen er syg.": 1} {
		if got := PeopleIn(text); len(got) != want {
			t.Errorf("%q: %+v", text, got)
		}
	}
}
