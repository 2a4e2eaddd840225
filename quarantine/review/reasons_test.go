package review

import (
	"testing"

	"brevvagt/quarantine/review/reasons"
)

// Why a finding counts is told without the detectors' own words, and in English on an
// English page.
func TestReasons(t *testing.T) {
	for _, c := range []struct {
		list        []string
		danish, eng string
	}{
		{[]string{"dato", "uden modulus 11", "label: CPR-nr.", "form 6-4"}, "begynder med en dato; kontrolcifferet passer ikke, som i mange nyere CPR-numre; ved ordet „CPR-nr.“; skrevet som et CPR-nummer: seks og fire cifre",
			"begins with a date; the check digit does not fit, as in many newer CPR numbers; by the word “CPR-nr.”; written like a CPR number: six and four digits"},
		{[]string{"ord om helbred", "ved et fornavn"}, "ord om helbred; ved et fornavn", "words about health; by a first name"},
		{[]string{"flettefelt (omtalt, ikke brugt)"}, "flettefelt (omtalt, ikke brugt)", "merge field (mentioned, not used)"},
		{[]string{"kommunens eget ord"}, "kommunens eget ord", "kommunens eget ord"},
	} {
		if got := reasons.Say(false, c.list); got != c.danish {
			t.Errorf("%q", got)
		}
		if got := reasons.Say(true, c.list); got != c.eng {
			t.Errorf("%q", got)
		}
	}
}
