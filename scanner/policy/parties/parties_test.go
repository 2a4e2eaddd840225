package parties

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/internal/spent"
)

// item makes an item of a mail to one reader, with papers given as text. Numbers
// are found where a text holds "nr=" and a letter that stands for one.
func item(to, body string, papers ...string) *Item {
	key := detectors.RandomKey()
	_, address, _ := strings.Cut(strings.Trim(to, ">"), "<")
	name, _, _ := strings.Cut(to, " <")
	doc := &document.Document{Mail: &document.Envelope{To: []document.Address{{Name: name, Mail: address}}}}
	var findings []detectors.Finding
	for i, text := range append([]string{body}, papers...) {
		at := document.Location{Path: "m.eml", Layer: document.Visible}
		if i > 0 {
			at.Path = fmt.Sprintf("m.eml/%d.txt", i)
		}
		doc.Segments = append(doc.Segments, document.Segment{Text: text, At: at})
		for from := 0; ; {
			k := strings.Index(text[from:], "nr=")
			if k < 0 {
				break
			}
			start := from + k + 3
			findings = append(findings, detectors.Finding{Detector: "cpr", Category: "national-id", Strength: detectors.Strong, At: at, Segment: len(doc.Segments) - 1,
				Start: start, End: start + 1, Value: key.Mask(text[start:start+1], "010240-xxxx"), Why: []string{"label: nr"}})
			from = start + 1
		}
	}
	return &Item{Doc: doc, Findings: findings, Subjects: subject.GroupWith(key, doc, findings), External: []string{address},
		Partner: func(a string) bool { return strings.HasSuffix(a, "@region.example") }, Sent: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)}
}

func TestReaders(t *testing.T) {
	for _, c := range []struct {
		to, body string
		citizen  bool
	}{
		{"Anders Testesen <at@mail.example>", "", true},
		{"<anders.testesen@mail.example>", "", true},
		{"<solskin77@mail.example>", "", false},
		{"<solskin77@mail.example>", "Kære Anders", true},
		{"<solskin77@mail.example>", "Kære borger", false},
		{"Support <support@mail.example>", "", false},
		{"<it.support@leverandoer.example>", "", false},
		{"Anders Testesen <at@region.example>", "Kære Anders", false},
		{"Anders Testesen <at@region.example>", "Kære Anders\n\nHer er blanketten, du bad om.", true},
		{"Anders Testesen <borger7@region.example>", "", true},
		{"Anders Testesen <at@advokat.example>", "", false},
		{"Advokat Anders Testesen <at@firmaet.example>", "", false},
		{"Anders Testesen (Region Prøve) <at@x.example>", "Vedr. borgeren", false},
	} {
		if got := item(c.to, c.body).readers().citizen(); got != c.citizen {
			t.Errorf("%s, %q: citizen %v, want %v", c.to, c.body, got, c.citizen)
		}
	}
}

func TestConflicts(t *testing.T) {
	const letter = "Eksempel Kommune\n\n%s\nPrøvevej 12\n9999 Prøveby\n\n20. november 2026\n\nKære %s\n\nDu har fået bevilget hjælp.\n"
	made := func(name string) string { return fmt.Sprintf(letter, name, strings.Fields(name)[0]) }
	at := "Anders Testesen <at@mail.example>"
	for _, c := range []struct {
		name, to, body, paper string
		want                  string // "", hold or warn
	}{
		{"to another", at, "", made("Bente Prøvesen"), "hold"},
		{"to the reader", at, "", made("Anders Testesen"), ""},
		{"to the reader with a middle name", at, "", made("Anders Bo Testesen"), ""},
		{"to the reader by initial", at, "", made("A. Testesen"), ""},
		{"known by address only", "<anders.testesen@mail.example>", "", made("Bente Prøvesen"), "hold"},
		{"known by half an address", "<at1961@mail.example>", "Kære Anders", made("Bente Prøvesen"), "hold"},
		{"greeted by the name in the address", "<anderstestesen@mail.example>", "Kære Anders", made("Bente Prøvesen"), "hold"},
		{"written in small letters", "anders testesen <at@mail.example>", "", made("Bente Prøvesen"), "hold"},
		{"the greeting is the letter's, the mailbox another's", at, "Kære Bente", made("Bente Prøvesen"), "hold"},
		{"the greeting is a couple's", at, "Kære Bente og Anders", made("Bente Prøvesen"), ""},
		{"of the family", at, "", made("Anna Testesen"), "warn"},
		{"to a firm's people", "Anders Testesen <at@vvs.example>", "", strings.Replace(made("Bente Prøvesen"), "Du har fået bevilget hjælp.", "Faktura 1001.", 1), "warn"},
		{"about a relative", at, "Her er brevet til din mor.", made("Bente Prøvesen"), "warn"},
		{"copy to the reader", at, "", made("Bente Prøvesen") + "\nKopi til: Anders Testesen", ""},
		{"a case paper about another", at, "", "Vedr.: Bente Prøvesen\nCPR nr=b", "hold"},
		{"a case paper by name alone", at, "", "Vedr.: Bente Prøvesen", "hold"},
	} {
		got := ""
		for _, o := range append(item(c.to, c.body, c.paper).Conflicts(false), item(c.to, c.body, c.paper).Conflicts(true)...) {
			got = "hold"
			if o.Weak {
				got = "warn"
			}
			if strings.Contains(o.Who, "Prøvesen") || strings.Contains(o.Where, "Prøvesen") {
				t.Errorf("%s: a name in %+v", c.name, o)
			}
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestStrangers(t *testing.T) {
	a, b, c := "Vedr.: Anders Testesen\nCPR nr=a", "Vedr.: Bente Prøvesen\nCPR nr=b", "Vedr.: Carl Eksempelgaard"
	for _, x := range []struct {
		name   string
		body   string
		papers []string
		odd    int
		weak   bool
	}{
		{"one of three", "", []string{a, a, b}, 1, false},
		{"by name", "", []string{a, a, c}, 1, false},
		{"nobody is the stranger", "", []string{a, b}, 0, false},
		{"the main person is mentioned", "", []string{a, a, b + "\nFar: Anders Testesen"}, 0, false},
		{"known beside the main person", "", []string{a + "\nMor: Bente Prøvesen", a, b}, 0, false},
		{"the mail says whom it is about", "Vedr.: Anders Testesen\nCPR nr=a", []string{b}, 1, false},
		{"staff", "", []string{a, a, "Sagsbehandler: Carl Eksempelgaard\nMøde den 3. december."}, 0, false},
	} {
		s := item("Post <post@region.example>", x.body, x.papers...).Strangers()
		if len(s.Odd) != x.odd || x.odd > 0 && s.Odd[0].Weak != x.weak {
			t.Errorf("%s: got %+v", x.name, s)
		}
	}
}

func TestHostile(t *testing.T) {
	for _, text := range []string{strings.Repeat("Kære Bente Prøvesen\n", 20_000), strings.Repeat("Vedr.: Bente Prøvesen\nnr=b\n", 5_000), "Kære", "Kære ", "Navn:\t", "\t", "Til \n9999 A"} {
		it := item("Anders Testesen <at@mail.example>", text, text, text)
		start := spent.Processor()
		it.Conflicts(true)
		it.Strangers()
		it.Hidden()
		if took := spent.Processor() - start; took > 5*time.Second {
			t.Errorf("%.20q: took %v", text, took)
		}
	}
}

// TestManyFindings: what is asked for each finding costs no look at the mail's text each.
func TestManyFindings(t *testing.T) {
	for _, begin := range []string{"Kære Anders\n\nDin nye psykolog ringer.\n", "Kære Anders\n\nDin datter ringer.\n"} {
		it := item("Anders Testesen <at@mail.example>", begin+strings.Repeat("Bente Prøvesen har depression.\n", 20_000))
		s := &it.Doc.Segments[0]
		for from, k := 0, 0; len(it.Findings) < 20_000; from += k + 1 {
			if k = strings.Index(s.Text[from:], "depression"); k < 0 {
				break
			}
			for _, category := range []string{"psykiatri", "personalesag"} {
				it.Findings = append(it.Findings, detectors.Finding{Detector: "special-category", Category: category, Strength: detectors.Strong, At: s.At, Start: from + k, End: from + k + len("depression")})
			}
		}
		start := spent.Processor()
		if told := it.Told(map[string]bool{"psykiatri": true}); len(told) != 1 {
			t.Errorf("%.30q: told of %d", begin, len(told))
		}
		it.Personnel()
		if took := spent.Processor() - start; took > 5*time.Second {
			t.Errorf("%.30q: took %v", begin, took)
		}
	}
}

// TestManyPapersAndPeople: a bundle of thousands and a list of thousands cost
// seconds, not minutes.
func TestManyPapersAndPeople(t *testing.T) {
	var list strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&list, "Navn: Bente Prøvesen%s\nCPR nr=%c\n", strings.Repeat("a", i%40), rune('!'+i%90))
	}
	papers := []string{list.String()}
	for i := range 3000 {
		papers = append(papers, fmt.Sprintf("Vedr.: Bente Prøvesen%s\nCPR nr=%c", strings.Repeat("a", i%40), rune('!'+i%90)))
	}
	it := item("Anders Testesen <at@mail.example>", "", papers...)
	start := spent.Processor()
	it.Conflicts(true)
	it.Conflicts(false)
	it.Strangers()
	it.Hidden()
	if took := spent.Processor() - start; took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	t.Logf("took %v", spent.Processor()-start)
}
