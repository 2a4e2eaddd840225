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
			Owners: ownedBy{id: key.Digest(name)}}
		got := it.Conflicts(false)
		if len(got) != want || want == 1 && got[0].Weak {
			t.Errorf("mailbox of %q: %d conflicts, want %d: %+v", name[:6], len(got), want, got)
		}
	}
}

// ownedBy is a list that tells the owner of every mailbox: by number, or by words of a
// name.
type ownedBy struct {
	id    string
	first string
	last  string
}

func (o ownedBy) Owner(string) (string, bool) { return o.id, o.id != "" }

func (o ownedBy) Shared(_ string, n subject.Name) (words int, known bool) {
	if n.Shares(subject.NewName(o.first)) {
		words++
	}
	if n.Shares(subject.NewName(o.last)) {
		words++
	}
	return words, o.last != ""
}

// TestMailboxKnownByName judges letters and greetings without a number to a mailbox
// that tells no name, by a list that tells its owner's.
func TestMailboxKnownByName(t *testing.T) {
	key := detectors.RandomKey()
	letter := "Eksempel Kommune\n\nBente Prøvesen\nPrøvevej 12\n9999 Prøveby\n\n20. november 2026\n\nKære Bente\n\nDu har fået bevilget hjælp.\n"
	const greeting = "Kære Bente Prøvesen\n\nDu har fået bevilget hjemmehjælp."
	for _, c := range []struct {
		owner ownedBy
		want  string
	}{
		{ownedBy{first: "Anders", last: "Testesen"}, "hold"},
		{ownedBy{first: "Bente", last: "Prøvesen"}, ""},
		{ownedBy{first: "Anders", last: "Prøvesen"}, "warn"},
		{ownedBy{}, ""},
	} {
		for what, doc := range map[string]*document.Document{
			"letter":   {Mail: &document.Envelope{To: []document.Address{{Mail: "x7@post.example"}}}, Segments: []document.Segment{{Text: "Se brevet.", At: document.Location{Path: "m.eml"}}, {Text: letter, At: document.Location{Path: "m.eml/brev.txt"}}}},
			"greeting": {Mail: &document.Envelope{To: []document.Address{{Mail: "x7@post.example"}}}, Segments: []document.Segment{{Text: greeting, At: document.Location{Path: "m.eml"}}}},
		} {
			it := parties.Item{Doc: doc, Subjects: subject.GroupWith(key, doc, nil), External: []string{"x7@post.example"}, Partner: func(string) bool { return false }, Owners: c.owner}
			got := ""
			for _, o := range it.Conflicts(false) {
				if got = "hold"; o.Weak {
					got = "warn"
				}
			}
			if got != c.want {
				t.Errorf("%s, owner %s %s: got %q, want %q", what, c.owner.first, c.owner.last, got, c.want)
			}
		}
	}
}
