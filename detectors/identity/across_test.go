package identity

import (
	"strings"
	"testing"

	"brevvagt/detectors"
	"brevvagt/document"
)

// TestHalvesInTwoTexts holds which dates and serials of two texts make a number. In a row,
// texts are parted by "¤"; the first is the subject.
func TestHalvesInTwoTexts(t *testing.T) {
	d := CPR(Config{})
	for _, tt := range []struct{ texts, want string }{
		{"Vedr. 220645¤Hej ¤De sidste fire er 7026.", "strong"},
		{"Vedr. borgeren 220645¤Løbenr. er syv nul to seks.", "strong"},
		{"Sag¤Vedr. borgeren 220645.¤Løbenummeret: 7026", "strong"},
		{"Sag¤Løbenr. syv nul to seks, borgeren er fra 220645.", ""},
		{"Sag¤Borgeren er født 220645 og løbenr. er syv nul to seks.", "strong"},
		{"Sag¤Kontrolcifrene er 7026¤Borgeren fra 220645", "strong"},
		{"Sag¤Født 22.06.2045.¤CPR-nummeret slutter på 7026.", "strong"},
		{"Sag 220645¤Vi kalender cpr-sagen, rum 7026.", ""},
		{"Sag¤Sidste 4: 7026¤Hun er født den 22.06.2045.", "strong"},
		{"Sag¤Sidste 4: 7027¤Hun er født den 22.06.45.", "strong"},
		{"Re: 220645¤Hvad er de fire sidste cifre i cpr-nummeret?¤7026", "strong"},
		{"Re: 220645¤Hvad er de fire sidste cifre i cpr-nummeret?¤7026 er portokontoen", ""},
		{"Re: 220645¤Hvad er koden til døren?¤7026", ""},
		{"Vedr. 220645¤De sidste fire er 7027.", ""},
		{"Faktura 220645¤De sidste fire er 7026.", ""},
		{"Vedr. 220645¤Betalingskortets sidste fire er 7026.", ""},
		{"Vedr. 120957¤De sidste fire pladser, rum 7026, er taget.", ""},
	} {
		doc := &document.Document{}
		for i, text := range strings.Split(tt.texts, "¤") {
			seg := document.Segment{Text: text, At: document.Location{Path: "a.eml"}}
			if i == 0 {
				seg.Label = "Subject"
			}
			doc.Segments = append(doc.Segments, seg)
		}
		set := detectors.Set{List: []detectors.Detector{d}, Key: detectors.RandomKey()}
		found, gaps := set.Scan(t.Context(), doc, detectors.Env{AsOf: asOf})
		got := ""
		if len(found) > 0 {
			got = string(found[0].Strength)
		}
		if got != tt.want || len(gaps) > 0 || len(found) > 1 {
			t.Errorf("%s: %q, want %q, %d found", detectors.Redact(tt.texts), got, tt.want, len(found))
		}
	}
}

func TestHalvesInTwoFilesAreNotJoined(t *testing.T) {
	doc := &document.Document{Segments: []document.Segment{
		{Text: "Vedr. 220645", At: document.Location{Path: "a.eml"}},
		{Text: "De sidste fire er 7026.", At: document.Location{Path: "a.eml/b.txt"}},
	}}
	if got := newRules(Config{}).across(doc, detectors.Env{AsOf: asOf}); len(got) != 0 {
		t.Errorf("%d found", len(got))
	}
}
