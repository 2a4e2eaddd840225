package policy

import (
	"strings"
	"testing"

	"brevvagt/detectors"
	"brevvagt/document"
)

// TestInstructionsInAForm: a form that the reader is to fill in speaks to the reader in
// brackets; a letter with the same brackets was never finished.
func TestInstructionsInAForm(t *testing.T) {
	const path = "mail.eml/Skema.docx"
	facts := func(why, text, at string) *Facts {
		d := &document.Document{Mail: &document.Envelope{}}
		d.Segments = []document.Segment{{Text: text, At: document.Location{Path: at, Layer: document.Visible}}}
		return &Facts{Doc: d, Findings: []detectors.Finding{{Detector: "placeholder", Category: "placeholder", Strength: detectors.Strong,
			Why: []string{why}, At: document.Location{Path: at}}}}
	}
	form := "Virksomhed: ________\nKontakt: [skriv navn]\n[ ] Ja\n"
	for _, c := range []struct {
		name string
		f    *Facts
		want bool
	}{
		{"form", facts("anvisning i skarpe parenteser", form, path), true},
		{"letter", facts("anvisning i skarpe parenteser", "Kære Jens\n"+form, path), false},
		{"merge mark in a form", facts("flettefelt", form, path), false},
		{"the mail itself", facts("anvisning i skarpe parenteser", form, "mail.eml"), false},
		{"nowhere to write", facts("anvisning i skarpe parenteser", "Kontakt: [skriv navn]", path), false},
		{"nothing found", &Facts{Doc: &document.Document{}}, false},
	} {
		if got := c.f.formsOnly(); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestMeantBlank: a form whose places are to be filled in is not even worth a warning.
func TestMeantBlank(t *testing.T) {
	const path = "mail.eml/Skema.docx"
	for _, c := range []struct {
		name, why, text, mail, at string
		want                      bool
	}{
		{"places to write on", "maske for CPR-nummer", "Navn: ____\nCPR-nr.: xxxxxx-xxxx\n[ ] Ja", "Hej", path, true},
		{"a form by its head", "anvisning i skarpe parenteser", "Blanket til navneændring\n[Skriv dit navn her]", "Udfyld og send retur.", path, true},
		{"nobody is asked", "anvisning i skarpe parenteser", "Blanket til navneændring\n[Skriv dit navn her]", "Her er afgørelsen.", path, false},
		{"an unfinished letter", "anvisning i skarpe parenteser", "Din ydelse er [skriv beløb].", "Udfyld og send retur.", path, false},
		{"a letter that greets", "maske for dato", "Kære Testperson\nNavn: ____ Dato: ____", "Udfyld.", path, false},
		{"a merge mark", "flettefelt", "Skema\nNavn: ____\nCPR: ____", "Udfyld.", path, false},
		{"the mail itself", "maske for dato", "Navn: ____\nDato: ____", "", "mail.eml", false},
	} {
		strength := detectors.Strong
		if strings.HasPrefix(c.why, "maske") {
			strength = detectors.Weak
		}
		d := &document.Document{Mail: &document.Envelope{}, Segments: []document.Segment{
			{Text: c.mail, At: document.Location{Path: "mail.eml", Layer: document.Visible}},
			{Text: c.text, At: document.Location{Path: c.at, Layer: document.Visible}}}}
		f := &Facts{Doc: d, Findings: []detectors.Finding{{Detector: "placeholder", Category: "placeholder", Strength: strength,
			Why: []string{c.why}, Segment: 1, At: document.Location{Path: c.at}}}}
		if got := f.meantBlank(Site{}, &f.Findings[0]); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
