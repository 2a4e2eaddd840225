package policy

import (
	"fmt"
	"strings"
	"testing"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/scanner/policy/parties"
)

// spoken makes facts of a mail of mere text.
func spoken(site Site, body string, to ...string) *Facts {
	doc := mailDoc()
	doc.Segments = []document.Segment{{Text: body, At: document.Location{Path: "m.eml", Layer: document.Visible}}}
	for _, a := range to {
		doc.Mail.To = append(doc.Mail.To, document.Address{Mail: a})
	}
	f := facts(site, doc, nil, to...)
	f.Subjects = subject.GroupWith(detectors.RandomKey(), doc, nil)
	return f
}

func action(v Verdict, id string) Action {
	for _, r := range v.Rules {
		if r.ID == id {
			return r.Action
		}
	}
	return Pass
}

// TestListsWithoutNumbers: people named with home or birthday are people, too.
func TestListsWithoutNumbers(t *testing.T) {
	list := func(n int, tail string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "- %s Prøve%csen, Prøvevej %d, 9999 Prøveby%s\n", []string{"Bente", "Anders", "Carl", "Dorte", "Erik", "Finn"}[i%6], 'a'+i, i+1, tail)
		}
		return b.String()
	}
	site := testSite()
	for _, c := range []struct {
		name, body, to string
		want           Action
	}{
		{"citizens with a home", "Her er de nye borgere:\n\n" + list(6, ""), "info@firma.example", Hold},
		{"with a birthday", "Her er listen:\n\n" + list(6, ", f. 12-03-1950"), "info@firma.example", Hold},
		{"a mere list of addresses", "Her er listen:\n\n" + list(6, ""), "info@firma.example", Warn},
		{"four", "Her er de nye borgere:\n\n" + list(4, ", f. 12-03-1950"), "info@firma.example", Pass},
		{"to a partner", "Her er de nye borgere:\n\n" + list(6, ", f. 12-03-1950"), "info@region.example", Pass},
		{"among colleagues", "Her er de nye borgere:\n\n" + list(6, ", f. 12-03-1950"), "b@kommune.example", Pass},
	} {
		if got := action(Decide(site, Default(), spoken(site, c.body, c.to)), "bulk-persons"); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestVisibleRecipients(t *testing.T) {
	boxes := func(n int, domain string) (out []string) {
		for i := range n {
			out = append(out, fmt.Sprintf("skovsti%c%d@%s", 'a'+i, i, domain))
		}
		return out
	}
	site := testSite()
	for _, c := range []struct {
		name, body string
		to         []string
		want       Action
	}{
		{"a course for the sick", "Holdet for borgere med KOL er aflyst.", boxes(8, "gmail.com"), Hold},
		{"a group by its trouble", "Mødregruppen for mødre med fødselsdepression ses på fredag.", boxes(8, "gmail.com"), Hold},
		{"a course", "Kurset er aflyst.", boxes(8, "gmail.com"), Warn},
		{"a board", "Dagsorden til bestyrelsen er vedhæftet.", boxes(8, "gmail.com"), Pass},
		{"four of one illness", "Holdet for borgere med KOL er aflyst.", boxes(4, "gmail.com"), Hold},
		{"two of one illness", "Holdet for borgere med KOL er aflyst.", boxes(2, "gmail.com"), Pass},
		{"four in a course", "Kurset er aflyst.", boxes(4, "gmail.com"), Pass},
		{"a family about one of theirs", "Holdet for borgere med demens er aflyst; jeres mor får besked.", boxes(4, "gmail.com"), Pass},
		{"relatives of several", "Kære alle\n\nVelkommen til forløb for pårørende til psykisk syge.", boxes(3, "gmail.com"), Hold},
		{"relatives of one", "Møde om jeres mor. Som pårørende kan I få råd om depression.", boxes(3, "gmail.com"), Pass},
		{"firms", "Holdet for borgere med KOL er aflyst.", boxes(8, "firma.example"), Pass},
	} {
		if got := action(Decide(site, Default(), spoken(site, c.body, c.to...)), "visible-recipients"); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestForwardedCitizens(t *testing.T) {
	mails := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "\nFra: Bente <bente%d@gmail.com>\nTil: post@kommune.example\n\nHvornår får jeg svar?\n", i)
		}
		return "Se nedenfor.\n" + b.String()
	}
	site := testSite()
	for _, c := range []struct {
		name, body, to string
		want           Action
	}{
		{"three", mails(3), "info@firma.example", Hold},
		{"two", mails(2), "info@firma.example", Warn},
		{"one", mails(1), "info@firma.example", Pass},
		{"to one who wrote", mails(3), "bente1@gmail.com", Pass},
		{"to a partner", mails(3), "info@region.example", Pass},
		{"among colleagues", mails(3), "b@kommune.example", Pass},
	} {
		if got := action(Decide(site, Default(), spoken(site, c.body, c.to)), "forwarded-citizens"); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestDoubtfulAgain: one letter to another may be a pet name; the third of a run is not.
func TestDoubtfulAgain(t *testing.T) {
	site := testSite()
	for doubtful, want := range []Action{Warn, Warn, Hold} {
		f := spoken(site, "Hej Bente\n\nDu har fået bevilget hjemmehjælp.", "anders.testesen@gmail.com")
		f.Past.Run.Sent, f.Past.Run.Doubtful = doubtful, doubtful
		if got := action(Decide(site, Default(), f), "addressee-mismatch"); got != want {
			t.Errorf("after %d: %s, want %s", doubtful, got, want)
		}
	}
}

// TestElsewhereAgain: one letter past the usual address may be a new address; the
// second of a run is not.
func TestElsewhereAgain(t *testing.T) {
	site := testSite()
	for doubtful, want := range []Action{Warn, Hold} {
		f := spoken(site, "Se vedhæftede.", "ab12@gmail.com")
		f.Past.Elsewhere = []parties.Odd{{Where: "brev.pdf", Who: "T. E.", Person: -1, Weak: true}}
		f.Past.Run.Sent, f.Past.Run.Doubtful = doubtful, doubtful
		if got := action(Decide(site, Default(), f), "addressee-mismatch"); got != want {
			t.Errorf("after %d: %s, want %s", doubtful, got, want)
		}
	}
}
