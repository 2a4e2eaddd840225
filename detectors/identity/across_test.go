package identity

import (
	"strings"
	"testing"
	"time"

	"brevvagt/detectors"
	"brevvagt/document"
)

var asOf = time.Date(2058, 1, 1, 0, 0, 0, 0, time.UTC)

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
		{"Sag¤Hun er født 22.06.2045.¤Resten af cpr-nummeret er 7026.", "strong"},
		{"Sag¤Hun er født 22.06.2045.¤Resten af beløbet er 7026 til cpr.", ""},
		{"Sag¤Sidste 4: 7026¤Hun er født den 22.06.2045.", "strong"},
		{"Sag¤Sidste 4: 7027¤Hun er født den 22.06.45.", "strong"},
		{"Re: 220645¤Hvad er de fire sidste cifre i cpr-nummeret?¤7026", "strong"},
		{"Re: 220645¤Hvad er de fire sidste cifre i cpr-nummeret?¤7026 er portokontoen", ""},
		{"Re: 220645¤Hvad er koden til døren?¤7026", ""},
		{"Re: 220645¤Vi mangler lige de fire sidste for at finde ham.¤7026 :-)", "strong"},
		{"Re: 220645¤Du mangler de sidste fire cifre:¤7026", "strong"},
		{"Re: 220645¤Vi mangler tal for de sidste fire måneder.¤7026", ""},
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
	if got := CPR(Config{}).Across(doc, detectors.Env{AsOf: asOf}); len(got) != 0 {
		t.Errorf("%d found", len(got))
	}
}

// TestHalvesInLabelledFields: what fields are called makes a number of them, where the
// check digit agrees.
func TestHalvesInLabelledFields(t *testing.T) {
	for _, tt := range []struct {
		date, dateLabel, serial, serialLabel string
		want                                 int
	}{
		{"20450622", "BDAY", "sidste fire 7026", "NOTE", 1},
		{"2045-06-22", "BDAY", "7026", "X-LBNR", 1},
		{"22.06.2045", "Fødselsdato", "7026", "De sidste fire cifre", 1},
		{"22.06.2045", "Fødselsdato", "7027", "De sidste fire cifre", 0},
		{"22.06.2045", "Fødselsdato", "7026", "Postnr.", 0},
		{"22.06.2045", "Fødselsdato", "7026", "Kort, sidste fire", 0},
		{"19450622", "BDAY", "sidste fire 7026", "NOTE", 0},
	} {
		doc := &document.Document{Segments: []document.Segment{{Text: tt.date, Label: tt.dateLabel}, {Text: tt.serial, Label: tt.serialLabel}}}
		if got := CPR(Config{}).Across(doc, detectors.Env{AsOf: asOf}); len(got) != tt.want {
			t.Errorf("%s with %s: %d found, want %d", tt.dateLabel, tt.serialLabel, len(got), tt.want)
		}
	}
}

// TestSaidWithoutLabel: ten digits in words are a number by their check digit alone.
func TestSaidWithoutLabel(t *testing.T) {
	d := CPR(Config{})
	for text, want := range map[string]int{
		"Det er ham: to to nul seks fire fem streg syv nul to seks.":             1,
		"to\nto\nnul\nseks\nfire\nfem\nsyv\nnul\nto\nseks":                       1,
		"toogtyve. nul seks. femogfyrre. halvfjerds seksogtyve":                  1,
		"to to null seks fire fem syv null to seks":                              1,
		"to to nul seks fire fem syv nul to syv":                                 0,
		"Resultater: to et, tre nul, fire fire, nul nul, fem en, to to, tre et.": 0,
		"nul en to tre fire fem seks syv otte ni ti, så kommer jeg":              0,
	} {
		if got := d.Find(document.Segment{Text: text}, detectors.Env{AsOf: asOf}); len(got) != want {
			t.Errorf("%s: %d found, want %d", detectors.Redact(text), len(got), want)
		}
	}
}

// TestReplacementInProperty: nothing but a person's number is ten such digits with a check
// digit in a hidden property of a file.
func TestReplacementInProperty(t *testing.T) {
	d := CPR(Config{})
	for layer, want := range map[document.Layer]int{document.Metadata: 1, document.Visible: 0} {
		if got := d.Find(document.Segment{Text: "8206457008", Label: "SB_Part", At: document.Location{Layer: layer}}, detectors.Env{AsOf: asOf}); len(got) != want {
			t.Errorf("%s: %d found, want %d", layer, len(got), want)
		}
	}
}
