package review

import (
	"testing"
	"time"

	"brevvagt/quarantine/review/reasons"
)

// A number that its context hides wholly is marked as the finding masks it.
func TestTheMarkedNumberIsTheFindings(t *testing.T) {
	r := newRig(t)
	d := screenshot("a")
	d.Evidence[0].Match = "xxxxxx-xxxx"
	_, body := r.as(t, "auditor").get("/sag/" + r.hold(t, d, time.Hour).ID)
	contains(t, body, "<mark>070761-xxxx</mark>", "<mark>120336-xxxx</mark>")
}

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
