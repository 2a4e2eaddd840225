package quarantine

import (
	"strings"
	"testing"

	"brevvagt/detectors"
)

func TestNamesStayRecognisable(t *testing.T) {
	for in, want := range map[string]string{
		"sag 070761-4285.pdf":          "sag 070761-xxxx.pdf",
		"07 07 61 42 85.pdf":           "07 07 61 xx xx.pdf",
		"67.07.61.42.85":               "67.07.61.xx.xx", // a replacement number, day raised by 60
		"IMG_20261124_101530.jpg":      "IMG_20261124_101530.jpg",
		"2026-11-24 10.15.30 skærm":    "2026-11-24 10.15.30 skærm",
		"<20261124101530.A1@x.example": "<20261124101530.A1@x.example",
		"tlf. 12 34 56 78":             "tlf. 12 34 56 78",
	} {
		if got := redactName(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

// What is shown around a hit comes from hostile files and is cut anywhere.
func FuzzEvidence(f *testing.F) {
	f.Add("nr. 0707", "61-42", "85 slut")
	f.Add("\xc3", "\xa607", "\xff0761-4285")
	f.Add("", "", "")
	f.Fuzz(func(t *testing.T, before, match, after string) {
		e := redactEvidence(Evidence{Before: before, Match: match, After: after})
		joined := e.Before + e.Match + e.After
		if detectors.Redact(joined) != joined {
			t.Errorf("%q still shows a number", joined)
		}
		whole := strings.ToValidUTF8(before, "?") + strings.ToValidUTF8(match, "?") + strings.ToValidUTF8(after, "?")
		if len([]rune(joined)) != len([]rune(whole)) {
			t.Errorf("%q became %q", whole, joined)
		}
	})
}
