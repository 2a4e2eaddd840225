package quarantine_test

import (
	"errors"
	"strings"
	"testing"

	"brevvagt/quarantine/register"
	"brevvagt/quarantine/register/fieldcheck"
)

func TestCitizensAreRefused(t *testing.T) {
	for text, want := range map[string]error{
		"Borger 070761-4285":                              fieldcheck.ErrNumber,
		"Borger 0707614285":                               fieldcheck.ErrNumber,
		"Borger 070761 - 4285":                            fieldcheck.ErrNumber,
		"Borger 070761-\n4285":                            fieldcheck.ErrNumber,
		"Borger 07.07.61-4285":                            fieldcheck.ErrNumber,
		"Borger 07\u200b0761-4285":                        fieldcheck.ErrNumber,
		"Cpr 120336-3951":                                 fieldcheck.ErrNumber,
		"Brevet gik til Anna Testesen":                    fieldcheck.ErrName,
		"Brevet gik til Anna\nTestesen":                   fieldcheck.ErrName,
		"Brevet gik til Xenofon Prøvesen":                 fieldcheck.ErrName,
		"vedr. Testperson Eksempel":                       fieldcheck.ErrName,
		"Hun bor Prøvevej 12, 3. th., 8000 Aarhus C":      fieldcheck.ErrContact,
		"Svar kom fra testperson.eksempel1@gmail.com":     fieldcheck.ErrContact,
		"Ring til borgeren på telefon 20 12 34 56 i dag.": fieldcheck.ErrContact,
		"Borger O7O761-4285":                              fieldcheck.ErrNumber,
		"Født 7. juli 1961 - 4285":                        fieldcheck.ErrNumber,
		"Nr. 19610707-4285":                               fieldcheck.ErrNumber,
		"nul syv nul syv seks et fire to otte fem":        fieldcheck.ErrNumber,
		"brevet gik til anna testesen":                    fieldcheck.ErrName,
		"BREVET GIK TIL ANNA TESTESEN":                    fieldcheck.ErrName,
		"Modtager: Testesen, Anna":                        fieldcheck.ErrName,
		"Anna_Testesen.docx":                              fieldcheck.ErrName,
		"hr. Nielsen klagede":                             fieldcheck.ErrName,
		"Det var borgeren Anna, der ringede":              fieldcheck.ErrName,
		"Hun bor Testvej 12":                              fieldcheck.ErrContact,
		"Borgeren hedder Søren":                           fieldcheck.ErrName,
		"Navn\tCPR\nBorger 1\t070761-4285":                fieldcheck.ErrNumber,
		"CPR\n0707614285\n1203363951":                     fieldcheck.ErrNumber,
	} {
		err := fieldcheck.Check(text)
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
		"Forsendelsen, afgørelsen og tilladelsen blev sendt igen", "borgeren har klaget", "Systemet hedder Nexus, og sagen hedder INC0012345.", "Borgeren ved navnet på kuverten, at den var til en anden", "Barnet Lov", "DATATILSYNET HAR AFSLUTTET SAGEN", "en to tre gange", "Gladsaxe Kommune, Rådhuset",
	} {
		if err := fieldcheck.Check(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzFieldcheck(f *testing.F) {
	f.Add("Borger 070761-4285 Anna Testesen")
	f.Add("31-10-2024 - 24-01-2025")
	f.Fuzz(func(t *testing.T, s string) { _ = fieldcheck.Check(s) })
}
