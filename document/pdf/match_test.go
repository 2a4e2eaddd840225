package pdf

import "testing"

// TestMatch: a mail that speaks of a PDF is no PDF, and what a viewer opens is one.
func TestMatch(t *testing.T) {
	for head, want := range map[string]bool{
		"%PDF-1.7\n":                   true,
		"\xef\xbb\xbf\r\n\r\n%PDF-1.4": true,
		"HTTP/1.1 200 OK\r\nServer: x\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7": true,
		"Udskrift: kontor 4\n%PDF-1.4": true,
		"From: a@kommune.example\r\nSubject: Filen begynder med %PDF-1.4\r\n\r\nHej":                                           false,
		"Subject: Fejl\nTo: b@firma.example\n\nHer er den:\n%PDF-1.4\n%\xe2\xe3":                                               false,
		"From a@kommune.example Mon Jan  2 15:04:05 2006\nFrom: a@kommune.example\nSubject: Fejl\n\nDen begynder med %PDF-1.4": false,
		"Hej, se filen": false,
	} {
		if got := Formats(Config{})[0].Match([]byte(head), ""); got != want {
			t.Errorf("%q: %v", head, got)
		}
	}
}
