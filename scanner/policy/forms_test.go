package policy

import (
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
