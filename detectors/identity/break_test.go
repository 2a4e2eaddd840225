package identity

import (
	"testing"
	"time"

	"brevvagt/detectors/identity/verdict"
)

// TestLabelledNumberOverLines takes numbers that justified text parts at the hyphen:
// the first half must not be taken for a masked number.
func TestLabelledNumberOverLines(t *testing.T) {
	asOf := time.Date(2058, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, text := range []string{"hans CPR-nr. 271055-\n6418 er", "CPR-nr.: 271055-\r\n6418.", "cpr 271055 -\n6418 bor"} {
		if v, value := Classify(text, asOf); v != verdict.Strong || value != "2710556418" {
			t.Errorf("%q: %s", text, v)
		}
	}
	if v, _ := Classify("CPR: 271055-\nmere tekst", asOf); v != verdict.Masked {
		t.Errorf("an open number is %s", v)
	}
}
