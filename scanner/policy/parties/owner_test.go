package parties_test

import (
	"testing"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/scanner/policy/parties"
)

// TestKnownMailbox judges a letter with a number to a mailbox that tells no name, by
// the site's list of whose it is.
func TestKnownMailbox(t *testing.T) {
	key := detectors.RandomKey()
	const theirs, other = "1203363951", "0703454286"
	text := "Testperson Eksempel\nTestvej 12\n5000 Odense C\n\nCPR-nr. 120336-3951\n\nKære Testperson Eksempel\n\nDu er bevilget hjælp."
	doc := &document.Document{Mail: &document.Envelope{}, Segments: []document.Segment{
		{Text: "Se brevet.", At: document.Location{Path: "m.eml"}}, {Text: text, At: document.Location{Path: "m.eml/brev.txt"}}}}
	start := len("Testperson Eksempel\nTestvej 12\n5000 Odense C\n\nCPR-nr. ")
	found := []detectors.Finding{{Detector: "cpr", Category: "national-id", Strength: detectors.Strong, Value: key.Mask(theirs, "120336-xxxx"),
		At: document.Location{Path: "m.eml/brev.txt"}, Why: []string{"label: CPR-nr."}, Segment: 1, Start: start, End: start + 11}}
	for name, want := range map[string]int{theirs: 0, other: 1} {
		it := parties.Item{Doc: doc, Findings: found, Subjects: subject.GroupWith(key, doc, found), External: []string{"x7@post.example"},
			Partner: func(string) bool { return false }, Personal: true,
			Owner: func(string) (string, bool) { return key.Digest(name), true }}
		got := it.Conflicts(false)
		if len(got) != want || want == 1 && got[0].Weak {
			t.Errorf("mailbox of %q: %d conflicts, want %d: %+v", name[:6], len(got), want, got)
		}
	}
}
