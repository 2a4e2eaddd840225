package wording

import (
	"slices"
	"strings"
	"testing"
)

func TestParents(t *testing.T) {
	for text, want := range map[string]Custody{
		"Du har alene forældremyndigheden over Bo.":                                  Apart,
		"Som du har bedt om, orienterer vi ikke Bos far.":                            Apart,
		"Bo er ked af det efter weekender hos sin far.":                              Apart,
		"Bos mor har søgt om samvær.":                                                Apart,
		"Vi har sendt samme brev til Bos far, da I har fælles forældremyndighed.":    Jointly,
		"Bo får støtte i 12 uger. Kopi til faderen.":                                 Jointly,
		"Du har alene forældremyndigheden. Kopi til skolen.":                         Apart,
		"Bo får støtte i 12 uger.":                                                   Unsaid,
		"Vi inviterer Bo og hans mor til et møde.":                                   Jointly,
		"Barnet får aflastning. Pengene indsættes på din konto, når sagen er færdig": Unsaid,
	} {
		if got := Parents(strings.ToLower(text)); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestChildNames(t *testing.T) {
	for text, want := range map[string]string{
		"Samtykke om din søn Bo.":                        "Bo",
		"Kære Eva. Din datter Ida og din søn Bo-Emil":    "Ida Bo-Emil",
		"Dine børn, Ida, Bo og Åse, er tilmeldt.":        "Ida Bo Åse",
		"Din søn er tilmeldt. Brevet om jeres børn Ida.": "Ida",
		"Vil du hente din datter? Hun er syg.":           "",
		"Vi ses, din søn":                                "",
	} {
		got := ChildNames(text, strings.ToLower(text))
		slices.Sort(got)
		wanted := strings.Fields(want)
		if slices.Sort(wanted); !slices.Equal(got, wanted) {
			t.Errorf("%q: %q, want %q", text, got, wanted)
		}
	}
}

// TestOwnMatter: what is sent to the reader, not to a service that begins like "dig".
func TestOwnMatter(t *testing.T) {
	for text, want := range map[string]bool{
		"her er brevet til dig.":            true,
		"et brev til dig":                   true,
		"10 breve. til digital post, tak":   false,
		"din ansøgnings bilag":              true,
		"vi har bygget en digital løsning.": false,
	} {
		if got := OwnMatter(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
