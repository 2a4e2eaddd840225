package detectors_test

import (
	"os"
	"strings"
	"testing"

	"brevvagt/detectors"
	"brevvagt/detectors/detectortest"
	"brevvagt/detectors/identity"
	"brevvagt/document"
)

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"":                                      "",
		"220645-7026":                           "220645-xxxx",
		"CPR 2206457026.":                       "CPR 220645xxxx.",
		"22 06 45 – 7026":                       "22 06 45 – xxxx",
		"0 4 1 1 5 3 - 7 1 3 7":                 "0 4 1 1 5 3 - x x x x",
		"220645-\n7026":                         "220645-\nxxxx",
		"<td>220645</td><td>-7026":              "<td>220645</td><td>-xxxx",
		"050253&#8209;7946":                     "050253&#8209;xxxx",
		"2206\u00ad45-70\u200b26":               "2206\u00ad45-xx\u200bxx",
		"904577448":                             "90457xxxx",
		"90457-7448":                            "90457-xxxx",
		"O9O457-7448":                           "O9O457-xxxx",
		"0703921VJ4":                            "070392xxxx",
		"120655-0VK9":                           "120655-xxxx",
		"5000 220645-7026":                      "5000 22xxxx-xxxx",
		"tlf. 72 14 50 66":                      "tlf. 72 14 50 66",
		"den 24-11-2026\n\n12 breve":            "den 24-11-2026\n\n12 breve",
		"§ 12, stk. 3 i lov nr. 1234 af 5. maj": "§ 12, stk. 3 i lov nr. 1234 af 5. maj",
		"Sold 5 biler":                          "Sold 5 biler",
	} {
		if got := detectors.Redact(in); got != want {
			t.Errorf("Redact(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzRedact holds Redact against the detector: once redacted, a text has no
// number left that counts, with a label or without, read by a machine or not.
func FuzzRedact(f *testing.F) {
	for n := range 20 {
		f.Add("Kære " + detectortest.CPR(n) + " og " + detectortest.Dashed(detectortest.CPRNoMod11(n)))
	}
	lines, err := detectortest.ReadCorpus("identity/testdata/cpr.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, l := range lines {
		f.Add(l.Segment.Text)
	}
	data, err := os.ReadFile("../testdata/cpr/vectors.tsv")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		text, _ := detectortest.Unescape(strings.Split(line, "\t")[1])
		f.Add(text)
	}
	d := identity.CPR(identity.Config{TestIsReal: true})
	env := detectors.Env{AsOf: detectortest.AsOf}
	f.Fuzz(func(t *testing.T, s string) {
		redacted := detectors.Redact(s)
		for _, label := range []string{"", "CPR-nr."} {
			seg := document.Segment{Text: redacted, Label: label, At: document.Location{OCR: true}}
			for _, sp := range d.Find(seg, env) {
				if sp.Strength.Rank() >= detectors.Medium.Rank() {
					t.Fatalf("%q: %q still holds %s", s, redacted, sp.Display)
				}
			}
		}
		if again := detectors.Redact(redacted); len([]rune(again)) != len([]rune(s)) {
			t.Fatalf("%q: the length changed", s)
		}
	})
}
