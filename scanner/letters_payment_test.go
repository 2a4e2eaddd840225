package scanner_test

import (
	"testing"

	"brevvagt/detectors/subject"
	"brevvagt/internal/lower"
	"brevvagt/scanner/source/letters/payment"
)

func TestPayments(t *testing.T) {
	reader := subject.NewName("Barn Eksempel")
	own := func(n subject.Name) bool { return reader.Same(n) }
	for _, c := range []struct {
		text        string
		told, other bool
	}{
		{"Du har tid hos tandplejen mandag.", false, false},
		{"Vi udbetaler 1.200 kr. den 1.", true, false},
		{"Beløbet udbetales til Testperson Eksempel-Prøve den 1.", true, true},
		{"Beløbet udbetales til Barn Eksempel den 1.", true, false},
		{"BELØBET FOR İ UDBETALES til Testperson Eksempel-Prøve den 1.", true, true}, // a letter that is longer when small
		{"Ydelsen til dit barn er beregnet.", true, true},
		{"Udbetaling Danmark oplyser, at pengene er sendt til Prøve Kommune.", true, false},
		{"Beløbet sættes ind på din NemKonto. Det sker ved udbetaling til Digital Post.", true, false},
	} {
		low := lower.InPlace(c.text)
		if payment.Told(low) != c.told {
			t.Errorf("%q: told %v", c.text, !c.told)
		}
		if c.told && payment.ToOther(c.text, low, own) != c.other {
			t.Errorf("%q: to other %v", c.text, !c.other)
		}
	}
}
