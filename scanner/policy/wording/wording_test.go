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

// TestHarmless: words that hold the stem of a trouble and tell of none.
func TestHarmless(t *testing.T) {
	for _, text := range []string{
		"Havevandring\nKære borgere\n\nTak for jeres tilmelding. Det gælder både lørdag og søndag.",
		"Borgermøde udsat\nKære borgere\n\nBorgermødet er udsat til den 12.",
		"Svømmehold\nHej alle\n\nHoldet er udsat til næste uge. Husk jeres badetøj.",
		"Keramik\nKære kursister\n\nDer er to ledige pladser på kurset. Husk jeres forklæde.",
		"Sommerkoncert\nKære forældre\n\nKristoffer spiller til koncerten. Husk jeres børns noder til holdet.",
		"Affald\nTil dig, der bor på vejen\n\nDet gælder fra mandag.",
		"Protokol-udkast\nHej\n\nHer er protokol-udkastet til jeres gruppe.",
		"Lokalhistorisk gruppe\nKære deltagere\n\nArkivet åbner kl. 10. Tilmelding gælder for jer alle.",
		"Nøgler\nKære alle på holdet\n\nHusk at aflevere dine nøgler. Reglen gælder alle.",
		"Madpakker\nTil forældre til 2.b\n\nReglen om slik gælder stadig.",
		"Sø\nKære borger\n\nDet kræver tilladelse at fiske. Reglerne gælder hele året.",
		"Kolonihaver\nKære borger\n\nDer er ledige haver i foreningen.",
		"Brugermøde\nKære bruger af kulturhuset\n\nVi har ledige lokaler.",
		"Biblioteket\nKære brugere\n\nLånereglerne gælder fra 1. januar.",
		"Omsorg for bier\nKære borgere\n\nDer er kursus i omsorg for bier.",
		"Hold 4\nHej alle på yogaholdet\n\nTimen er udsat. Tag jeres egne måtter med.",
		"It-café\nKære deltagere\n\nI næste uge ser vi på integration mellem jeres telefoner og computere.",
		"Løbehold\nHej alle på løbeholdet\n\nUden stress denne gang: jeres rute er 5 km.",
		"Cykeltur\nTil dig, der er tilmeldt cykelturen\n\nTuren er udsat til søndag.",
		"Genbrug\nKære borgere\n\nTøj og stoffer afleveres på genbrugsstationen.",
		"Sykursus\nKære kursister\n\nHusk jeres stoffer og tråd til kurset.",
		"Varme\nKære borgere\n\nRykker gravearbejdet jeres dato, får I besked.",
		"Musikskolen\nKære forældre til elever på violinholdet\n\nKoncerten er udsat, og det gælder også jeres øveaften.",
		"Sommerfest\nKære borgere\n\nBekræft jeres deltagelse inden fredag.",
		"Gåtur\nTil dig, der har meldt dig\n\nVi går ad gangstien og får nye kræfter.",
		"Kor\nKære deltagere på korholdet\n\nDirigenten er sygemeldt, så jeres øveaften er udsat indtil videre.",
		"Skilte\nKære borgere\n\nNye skilte på stien, og ingen fravær af bænke.",
	} {
		low := strings.ToLower(text)
		subject, _, _ := strings.Cut(low, "\n")
		if got := wording.GroupOf(subject, low); got != wording.NoGroup {
			t.Errorf("%q: %d", text, got)
		}
	}
	for _, text := range []string{
		"Gæld\nKære borgere\n\nI har alle gæld, og det gælder om at handle.",
		"Gruppen\nKære alle i sorggruppen\n\nMødet er udsat til tirsdag.",
		"Rådgivning\nTil dig, der er sygemeldt\n\nVi ses.",
		"Kræft\nKære pårørende til kræftramte\n\nBekræft jeres plads.",
		"Hold\nKære deltagere på stressholdet\n\nVi ses uden stress.",
		"Unge\nTil forældre til unge, der tager stoffer\n\nVi mødes.",
		"Eksamen\nHej alle i eksamensangstgruppen\n\nVi ses.",
		"Net\nTil forældre til udsatte unge\n\nVi ses.",
		"Job\nKære ledige\n\nDer er ledige stillinger.",
		"Ordning\nKære fraskilte forældre til børn i gruppen\n\nVi ses.",
	} {
		low := strings.ToLower(text)
		subject, _, _ := strings.Cut(low, "\n")
		if got := wording.GroupOf(subject, low); got != wording.CitizensGroup {
			t.Errorf("%q: %d", text, got)
		}
	}
}

func TestOfChild(t *testing.T) {
	const name = "Testbarn Eksempel"
	for text, want := range map[string]wording.Whose{
		"Testbarn Eksempel slog din datter, og vi har ringet hjem til hans mor.":                       wording.Another,
		"Vi ved, at Testbarn Eksempel ofte kommer for sent. Vi følger op med hans forældre.":           wording.Another,
		"Det var Testbarn Eksempel, der kastede stenen, og din Emil ramte ham.":                        wording.Another,
		"Testbarn Eksempel er startet i et forløb, så der bliver ro i klassen.":                        wording.Perhaps,
		"Din søn Testbarn Eksempel slog en kammerat i går, siger hans lærer.":                          wording.NoChild,
		"Testbarn Eksempel har haft en god uge. Han har læst højt.":                                    wording.NoChild,
		"Vikaren Testbarn Eksempel kommer i klassen i morgen. Han ringer til jer.":                     wording.NoChild,
		"Fra mandag er Testbarn Eksempel på stuen hos jeres datter. Hun er uddannet pædagog.":          wording.NoChild,
		"I dag hjalp Testbarn Eksempel din datter. Han er god til det. Vi ses til forældremødet.":      wording.Perhaps,
		"Din søn legede med Testbarn Eksempel i dag. De byggede en hule til ham.":                      wording.Perhaps,
		"Din søns dagplejer Testbarn Eksempel er syg i dag. Hun er tilbage på torsdag.":                wording.NoChild,
		"Din søns gæstedagplejer er Testbarn Eksempel, og hun har bleer selv.":                         wording.NoChild,
		"Testbarn Eksempel bed din søn hos dagplejeren. Han er sendt hjem.":                            wording.Another,
		"Fodboldskolen ledes af Testbarn Eksempel. Han har været alene om det, siger din søn.":         wording.NoChild,
		"Børnehavens kok Testbarn Eksempel er syg. Han har lavet mad til jeres børn.":                  wording.NoChild,
		"Advokat Testbarn Eksempel spørger til din søns fravær. Vi svarer ham.":                        wording.NoChild,
		"Klassen læser om Testbarn Eksempel. Han var syg, og din datter må tage en bog med.":           wording.NoChild,
		"Testbarn Eksempel spiller på skolen. Han skrev brev om fløjte og fuldkomne euro til din søn.": wording.Perhaps,
		"Testbarn Eksempel henter din søn i dag, da hun ikke er syg mere.":                             wording.NoChild,
		"Testbarn Eksempel vandt præmien i klassen, og din datter blev nummer to.":                     wording.NoChild,
		"Du henter Testbarn Eksempel fredag, og hans mor henter ham igen.":                             wording.NoChild,
		"Kære forældre til Testbarn Eksempel. Han har svært ved at sidde stille i klassen.":            wording.NoChild,
		"I PPR er det Testbarn Eksempel, der har jeres sag. Ring til ham om jeres søns undersøgelse.":  wording.NoChild,
	} {
		at := strings.Index(text, name)
		if got := wording.OfChild(text, strings.ToLower(text), at, at+len(name), false); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
	if low := "advokat testperson eksempel spørger til din søns fravær. han er syg."; wording.OfChild(low, low, 0, len("advokat testperson eksempel"), false) != wording.NoChild {
		t.Error("a title in the name was read as a child's")
	}
	if wording.OfChild("İ", "i̇", 0, 1, false) != wording.NoChild {
		t.Error("places of one text were used in another")
	}
}

// TestYearsOfHistory: a year in which nobody lived who lives now, and what only looks like one.
func TestYearsOfHistory(t *testing.T) {
	for text, want := range map[string]bool{"i protokollen for 1884 finder vi": true, "sad der fra 1889, da": true, "den 3. februar 1893. kilder": true, "bor på nr. 1884 nu": false, "betalte for 1850 kr. mad": false, "i 1984 kom": false} {
		if got := wording.LongAgo(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestPartyBehind: the letters of a party, and brackets that hold something else.
func TestPartyBehind(t *testing.T) {
	for text, want := range map[string]bool{" (A) stemte": true, "(SF)": true, " (Ø)": true, " (12)": false, " (og hans mor)": false, " stemte (A)": false, "": false} {
		if got := wording.PartyBehind(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
