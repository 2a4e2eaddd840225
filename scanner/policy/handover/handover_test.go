package handover

import (
	"testing"

	"brevvagt/detectors/subject"
	"brevvagt/document"
)

func TestOf(t *testing.T) {
	reader := subject.NewName("Anna Testesen")
	for text, want := range map[string]bool{
		"Hej\nHer er akten om Jens Ole Prøvesen, som er flyttet til jer.": true,
		"Hej\nHär är akten om Jens Ole Prøvesen, född 2016.":              true,
		"Vedlagt er papirene i barnevernssaken til Jens Ole Prøvesen.":    true,
		"anbei die Akte von Jens Ole Prøvesen, geboren 2016":              true,
		"Please find the file on Jens Ole Prøvesen, who has moved.":       true,
		"Sag om Jens Ole Prøvesen":                                        true,
		"Sag om Anna Testesen":                                            false, // the reader's own
		"Thank you for the file on child protection. Jens Ole Prøvesen":   false,
		"anbei die Akte zur Ausschreibung, Ansprechpartner Jens Prøvesen": false,
		"Vi bestiller værelser til Jens Ole Prøvesen.":                    false,
		"Foredrag om Jens Ole Prøvesen":                                   false,
	} {
		doc := &document.Document{Segments: []document.Segment{{Text: text, At: document.Location{Layer: document.Visible}}}}
		if n, got := Of(doc, reader.Same); got != want {
			t.Errorf("%q: %v (%s), want %v", text, got, n, want)
		}
	}
	quoted := &document.Document{Segments: []document.Segment{{Text: "Sag om Jens Ole Prøvesen", At: document.Location{Layer: document.Quoted}}}}
	if _, ok := Of(quoted, reader.Same); ok {
		t.Error("what is quoted")
	}
}
