package wording_test

import (
	"strings"
	"testing"

	"brevvagt/scanner/policy/wording"
)

func TestGroupOf(t *testing.T) {
	for text, want := range map[string]wording.Group{
		"Netværk\nKære forældre til børn med autisme\n\nVi mødes torsdag.":                       wording.CitizensGroup,
		"Onsdag\nHej alle i angstgruppen\n\nVi ses.":                                             wording.CitizensGroup,
		"Jul\nKære plejefamilier\n\nVi mødes den 9.":                                             wording.CitizensGroup,
		"Nyankomne - mentorer\nKære nyankomne flygtninge\n\nSprogcafé hver tirsdag.":             wording.CitizensGroup,
		"Kursus\nKære deltagere\n\nDemenskurset er flyttet.":                                     wording.MaybeGroup,
		"Hold 2\nKære alle\n\nHoldet mødes om sorg.":                                             wording.MaybeGroup,
		"Demens\nKære alle i arbejdsgruppen\n\nUdkast til demenshandleplan.":                     wording.NoGroup,
		"Skolebestyrelsen\nKære medlemmer\n\nAntimobbestrategi.":                                 wording.NoGroup,
		"Temadag\nKære oplægsholdere\n\nProgram for temadagen om anbragte børn.":                 wording.NoGroup,
		"Jeres mor\nKære alle\n\nHoldet for borgere med demens er aflyst; jeres mor får besked.": wording.NoGroup,
		"Infomøde\nKære forældre i 0. klasse\n\nInfomøde om indskolingen.":                       wording.NoGroup,
	} {
		low := strings.ToLower(text)
		subject, _, _ := strings.Cut(low, "\n")
		if got := wording.GroupOf(subject, low); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestOfChild(t *testing.T) {
	const name = "Testbarn Eksempel"
	for text, want := range map[string]wording.Whose{
		"Testbarn Eksempel slog din datter, og vi har ringet hjem til hans mor.":                      wording.Another,
		"Vi ved, at Testbarn Eksempel ofte kommer for sent. Vi følger op med hans forældre.":          wording.Another,
		"Det var Testbarn Eksempel, der kastede stenen, og din Emil ramte ham.":                       wording.Another,
		"Testbarn Eksempel er startet i et forløb, så der bliver ro i klassen.":                       wording.Perhaps,
		"Din søn Testbarn Eksempel slog en kammerat i går, siger hans lærer.":                         wording.NoChild,
		"Testbarn Eksempel har haft en god uge. Han har læst højt.":                                   wording.NoChild,
		"Vikaren Testbarn Eksempel kommer i klassen i morgen. Han ringer til jer.":                    wording.NoChild,
		"Fra mandag er Testbarn Eksempel på stuen hos jeres datter. Hun er uddannet pædagog.":         wording.NoChild,
		"Testbarn Eksempel vandt præmien i klassen, og din datter blev nummer to.":                    wording.NoChild,
		"Du henter Testbarn Eksempel fredag, og hans mor henter ham igen.":                            wording.NoChild,
		"Kære forældre til Testbarn Eksempel. Han har svært ved at sidde stille i klassen.":           wording.NoChild,
		"I PPR er det Testbarn Eksempel, der har jeres sag. Ring til ham om jeres søns undersøgelse.": wording.NoChild,
	} {
		at := strings.Index(text, name)
		if got := wording.OfChild(text, strings.ToLower(text), at, at+len(name), false); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
	if wording.OfChild("İ", "i̇", 0, 1, false) != wording.NoChild {
		t.Error("places of one text were used in another")
	}
}
