package fieldcheck

import (
	"errors"
	"strings"
	"testing"

	"brevvagt/quarantine/register"
)

func TestCitizensAreRefused(t *testing.T) {
	for text, want := range map[string]error{
		"Borger 070761-4285":                              ErrNumber,
		"Borger 0707614285":                               ErrNumber,
		"Borger 070761 - 4285":                            ErrNumber,
		"Borger 070761-\n4285":                            ErrNumber,
		"Borger 07.07.61-4285":                            ErrNumber,
		"Borger 07\u200b0761-4285":                        ErrNumber,
		"Cpr 120336-3951":                                 ErrNumber,
		"Brevet gik til Anna Testesen":                    ErrName,
		"Brevet gik til Anna\nTestesen":                   ErrName,
		"Brevet gik til Xenofon Prøvesen":                 ErrName,
		"vedr. Testperson Eksempel":                       ErrName,
		"Hun bor Prøvevej 12, 3. th., 8000 Aarhus C":      ErrContact,
		"Svar kom fra testperson.eksempel1@gmail.com":     ErrContact,
		"Ring til borgeren på telefon 20 12 34 56 i dag.": ErrContact,
		"Borger O7O761-4285":                              ErrNumber,
		"Født 7. juli 1961 - 4285":                        ErrNumber,
		"Nr. 19610707-4285":                               ErrNumber,
		"nul syv nul syv seks et fire to otte fem":        ErrNumber,
		"brevet gik til anna testesen":                    ErrName,
		"BREVET GIK TIL ANNA TESTESEN":                    ErrName,
		"Modtager: Testesen, Anna":                        ErrName,
		"Anna_Testesen.docx":                              ErrName,
		"hr. Nielsen klagede":                             ErrName,
		"Det var borgeren Anna, der ringede":              ErrName,
		"Hun bor Testvej 12":                              ErrContact,
	} {
		err := Check(text)
		if !errors.Is(err, want) || !errors.Is(err, register.ErrPersonalData) {
			t.Errorf("%q: %v", text, err)
		}
		if err != nil && (strings.Contains(err.Error(), "Testesen") || strings.Contains(err.Error(), "4285")) {
			t.Errorf("the error quotes %q", text)
		}
	}
}

func TestOrdinaryWordsAreKept(t *testing.T) {
	for _, text := range []string{
		"", "En mail til leverandoer.example indeholdt 4 CPR-numre.", "Gladsaxe Kommune og Region Hovedstaden", "IT Hotline har lukket for adgangen",
		"Perioden 31-10-2024 - 24-01-2025, 550 opslag", "Sagsnr. 27.00.00-G01-12-21", "Barnets Lov § 32", "Sat i karantæne 16.01.2026 kl. 10.05.",
		"Datatilsynet, j.nr. 2025-431-0123", "Kontakt post@kommune.example", "CVR 12345678",
		"Hændelsen skete den 7. juli 2025, 2025 var første år", "Mailen er sat i karantæne den 7. juli 2025 kl. 10.15.", "Per adressen kan det ses, at lønsedlen ligger i mappen",
		"Forsendelsen, afgørelsen og tilladelsen blev sendt igen", "borgeren har klaget", "Barnet Lov", "DATATILSYNET HAR AFSLUTTET SAGEN", "en to tre gange", "Gladsaxe Kommune, Rådhuset",
	} {
		if err := Check(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("Borger 070761-4285 Anna Testesen")
	f.Add("31-10-2024 - 24-01-2025")
	f.Fuzz(func(t *testing.T, s string) { _ = Check(s) })
}
