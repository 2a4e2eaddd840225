package identity_test

import (
	"testing"
	"time"

	"brevvagt/detectors/identity"
	"brevvagt/detectors/identity/verdict"
	"brevvagt/document"
)

// What stands around six and four digits tells a pupil's number from a harbour's log and
// the number of a part.
func TestSixAndFour(t *testing.T) {
	asOf := time.Date(2055, 11, 30, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, label, text string
		found             bool
	}{
		{"tab behind a pupil", "", "Indmeldelse\nElevens nr.\t220645\t7026\nKlasse: 0.A", true},
		{"blanks behind a child", "", "Barnets nr.:   220645   7026", true},
		{"tab behind a patient", "", "Patientens nr.\t220645\t7026", true},
		{"applicant", "", "Ansøgerens nr.\t220645\t7026", true},
		{"no-break blank", "", "Mærkes med: 220645\u00a07026", true},
		{"tab behind a thing", "", "Kassens nr.\t220645\t7026", false},
		{"tab, check digit fails", "", "Elevens nr.\t220645\t7027", false},
		{"two columns of a list", "", "Konto\tBeløb\n220645\t7026\n220646\t7100", false},
		{"day and time", "Dato Kl.", "091155 0013", false},
		{"arrival", "Ankomst", "091155 0013", false},
		{"departure", "Afg.", "091155-0013", false},
		{"person under a time", "Tid", "220645-7026", true},
		{"part", "delnr", "881098-4015", false},
		{"spare part", "Reservedelsnr.", "881098-4015", false},
	} {
		for _, r := range identity.Read(document.Segment{Text: c.text, Label: c.label}, asOf, identity.Config{}) {
			if found := r.Verdict == verdict.Strong || r.Verdict == verdict.Replacement || r.Verdict == verdict.NoMod11; found && !c.found {
				t.Errorf("%s: %q is a number: %s", c.name, c.text, r.Verdict)
			} else if found {
				c.found = false
			}
		}
		if c.found {
			t.Errorf("%s: %q is none", c.name, c.text)
		}
	}
}
