package detectors_test

import (
	"testing"

	"brevvagt/detectors"
)

func TestRedactNumbers(t *testing.T) {
	cases := map[string]string{
		"in/mail-17.eml":                            "in/mail-17.eml",
		"Afgoerelse_0707614285.pdf":                 "Afgoerelse_070761xxxx.pdf",
		"070761-4285@sikkerpost.example":            "070761-xxxx@sikkerpost.example",
		"07.07.61-4285.pdf":                         "07.07.61-xxxx.pdf",
		"07071961 4285":                             "07071961 xxxx",
		"670761-4285":                               "670761-xxxx", // replacement number: day + 60
		"20261124101500-rapport.pdf":                "20261124101500-rapport.pdf",
		"ordre 9912345678":                          "ordre 9912345678",
		"Faktura 12345":                             "Faktura 12345",
		"070761 to 4285":                            "070761 to 4285",
		"":                                          "",
		"07 07 61 42 85":                            "07 07 61 xx xx",
		"0 7 0 7 6 1 - 4 2 8 5":                     "0 7 0 7 6 1 - x x x x",
		"0707\u00ad61-4285":                         "0707\u00ad61-xxxx",
		"24-11-2026 10.15":                          "24-11-2026 10.15",
		"Skærmbillede 2026-11-05 101512.png":        "Skærmbillede 2026-11-05 101512.png",
		"Scan 2026-11-05 10.15.12.pdf":              "Scan 2026-11-05 10.15.12.pdf",
		"Scan 2026-11-05 10.15.12 070761-4285.pdf":  "Scan 2026-11-05 10.xx.xx 070761-xxxx.pdf",
		"2026-11-07 076142-4285":                    "2026-11-07 07xxxx-4285",
		"a070761-4285b010190-1234":                  "a070761-xxxxb010190-xxxx",
		"\uff10\uff17\uff10\uff17\uff16\uff11-4285": "\uff10\uff17\uff10\uff17\uff16\uff11-xxxx",
	}
	for in, want := range cases {
		if got := detectors.RedactNumbers(in); got != want {
			t.Errorf("RedactNumbers(%q) = %q, want %q", in, got, want)
		}
	}
}
