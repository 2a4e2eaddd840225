package policy

import (
	"fmt"
	"strings"
	"testing"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/document"
)

// papers makes facts of papers: each string lists the people in one paper.
func papers(site Site, to []string, people ...string) *Facts {
	key := detectors.RandomKey()
	doc := mailDoc()
	var findings []detectors.Finding
	for i, in := range people {
		for _, p := range in {
			findings = append(findings, detectors.Finding{Detector: "cpr", Category: "national-id", Strength: detectors.Strong,
				Value: key.Mask(string(p), "010203-xxxx"), At: document.Location{Path: fmt.Sprintf("m.eml/akt-%d.docx", i+1)}})
		}
	}
	f := facts(site, doc, findings, to...)
	f.Subjects = subject.Group(doc, findings)
	return f
}

func fires(v Verdict, id string) bool {
	for _, r := range v.Rules {
		if r.ID == id {
			return true
		}
	}
	return false
}

// TestCrossedOut: text that is crossed out and can be read all the same stops a mail that
// leaves, by any route, and none among colleagues.
func TestCrossedOut(t *testing.T) {
	crossed := func(layer document.Layer, text string, to ...string) *Facts {
		doc := mailDoc()
		doc.Segments = append(doc.Segments, document.Segment{Text: text, At: document.Location{Path: "m.eml/notat.docx", Layer: layer}})
		return facts(testSite(), doc, nil, to...)
	}
	for name, c := range map[string]struct {
		facts *Facts
		want  bool
	}{
		"to a citizen":        {crossed(document.Covered, "Testperson Eksempel", "a@privat.example"), true},
		"over a secure route": {crossed(document.Covered, "Testperson Eksempel", "b@region.example"), true},
		"to a colleague":      {crossed(document.Covered, "Testperson Eksempel", "k@kommune.example"), false},
		"a number":            {crossed(document.Covered, "22 00 11 33", "b@region.example"), true},
		"a year":              {crossed(document.Covered, "2026", "a@privat.example"), false},
		"no words":            {crossed(document.Covered, "---- ", "a@privat.example"), false},
		"hidden otherwise":    {crossed(document.Hidden, "Testperson Eksempel", "a@privat.example"), false},
	} {
		v := Decide(testSite(), Default(), c.facts)
		if got := fires(v, "template-residue"); got != c.want || got && v.Action != Hold {
			t.Errorf("%s: fires %v, %v, want %v", name, got, v.Action, c.want)
		}
	}
}

func TestForeignPerson(t *testing.T) {
	site := testSite()
	partner := []string{"b@region.example"}
	cases := []struct {
		name  string
		facts *Facts
		want  bool
	}{
		{"one of six about another", papers(site, partner, "a", "a", "a", "b", "a", "a"), true},
		{"two about one, one about another", papers(site, partner, "a", "a", "b"), true},
		{"spouse mentioned once", papers(site, partner, "a", "ac", "a"), false},
		{"child with its parent", papers(site, partner, "ab", "ab", "a"), false},
		{"all about one", papers(site, partner, "a", "a", "a"), false},
		{"one each: nobody is the stranger", papers(site, partner, "a", "b"), false},
		{"among colleagues", papers(site, []string{"k@kommune.example"}, "a", "a", "b"), false},
		{"to the unprotected too", papers(site, []string{"b@firma.example"}, "a", "a", "b"), true},
	}
	for _, c := range cases {
		if got := fires(Decide(site, Default(), c.facts), "foreign-person"); got != c.want {
			t.Errorf("%s: fires %v, want %v", c.name, got, c.want)
		}
	}
}

func TestBulkPersons(t *testing.T) {
	site := testSite()
	many := []string{"a@region.example", "b@region.example", "c@region.example", "d@region.example", "e@region.example"}
	apart := []string{"a@a.tunnel.example", "a@b.tunnel.example", "a@c.tunnel.example", "a@d.tunnel.example", "a@region.example"}
	cases := []struct {
		name  string
		facts *Facts
		want  bool
	}{
		{"five people to one", papers(site, many[:1], "abcde"), true},
		{"four people to one", papers(site, many[:1], "abcd"), false},
		{"one person to five", papers(site, apart, "a"), true},
		{"one person to four", papers(site, apart[:4], "a"), false},
		{"one person to five in one organisation", papers(site, many, "a"), false},
		{"one person to five strangers", papers(site, []string{"a@firma.example", "b@firma.example", "c@firma.example", "d@firma.example", "e@firma.example"}, "a"), true},
		{"five people among colleagues", papers(site, []string{"k@kommune.example"}, "abcde"), false},
		{"newsletter", papers(site, many), false},
	}
	for _, c := range cases {
		if got := fires(Decide(site, Default(), c.facts), "bulk-persons"); got != c.want {
			t.Errorf("%s: fires %v, want %v", c.name, got, c.want)
		}
	}
}

func TestInternalSpread(t *testing.T) {
	site := testSite()
	forward := mailDoc()
	forward.Segments = []document.Segment{{Text: "Fra: Borger <b@mail.example>\nTil: post@kommune.example", At: document.Location{Layer: document.Quoted}}}
	own := mailDoc()
	own.Segments = []document.Segment{{Text: "Fra: HR <hr@kommune.example>", At: document.Location{Layer: document.Quoted}}}
	plea := mailDoc()
	plea.Segments = append(plea.Segments, forward.Segments[0], document.Segment{Text: "Jeg kan ikke betale min husleje.", At: document.Location{Layer: document.Quoted}})
	circular := mailDoc()
	circular.Segments = append(circular.Segments, forward.Segments[0], document.Segment{Text: "Vi inviterer alle til konference.", At: document.Location{Layer: document.Quoted}})
	told := func(text string) *Facts {
		doc := mailDoc()
		doc.Segments = []document.Segment{{Text: text, At: document.Location{Path: "m.eml", Layer: document.Visible}}}
		var words []detectors.Finding
		for _, w := range []string{"diabetes", "sygemeldt", "depression"} {
			if k := strings.Index(text, w); k >= 0 {
				words = append(words, detectors.Finding{Detector: "special-category", Category: "helbred", Strength: detectors.Medium, Value: detectors.RandomKey().Mask(w, w), Start: k, End: k + len(w), At: document.Location{Path: "m.eml"}})
			}
		}
		return facts(site, doc, words, "alle@kommune.example")
	}
	sensitive := []detectors.Finding{{Detector: "special-category", Category: "social_oekonomi", Strength: detectors.Medium}}
	cases := []struct {
		name  string
		facts *Facts
		want  bool
	}{
		{"citizen's mail to the whole list", facts(site, forward, sensitive, "alle@kommune.example"), true},
		{"citizen's mail to one colleague", facts(site, forward, sensitive, "k@kommune.example"), false},
		{"number to the whole list", facts(site, mailDoc(), found(detectors.Strong, 1), "alle@kommune.example"), true},
		{"own policy text to the whole list", facts(site, own, sensitive, "alle@kommune.example"), false},
		{"citizen's own words to the whole list", facts(site, plea, nil, "alle@kommune.example"), true},
		{"circular to the whole list", facts(site, circular, nil, "alle@kommune.example"), false},
		{"a colleague's illness", told("Vores kollega Bente Prøvesen er sygemeldt. Bente har fået en depression."), true},
		{"a colleague who is away", told("Vores kollega Bente Prøvesen er sygemeldt i dag."), false},
		{"a colleague's death", told("Bente Prøvesen er død. Bente var længe sygemeldt med diabetes."), false},
		{"a course", told("Kursus på fredag. Underviser er Bente Prøvesen. Bente taler om depression og diabetes."), false},
		{"a talk by somebody in office", told("Psykolog Bente Prøvesen taler om depression og diabetes."), false},
		{"news to the whole list", facts(site, forward, nil, "alle@kommune.example"), false},
	}
	for _, c := range cases {
		if got := fires(Decide(site, Default(), c.facts), "internal-spread"); got != c.want {
			t.Errorf("%s: fires %v, want %v", c.name, got, c.want)
		}
	}
}

func TestPlaceholders(t *testing.T) {
	site := testSite()
	mark := func(s detectors.Strength, n int) []detectors.Finding {
		var out []detectors.Finding
		for range n {
			out = append(out, detectors.Finding{Detector: "placeholder", Category: "placeholder", Strength: s})
		}
		return out
	}
	for _, c := range []struct {
		name     string
		findings []detectors.Finding
		to       string
		want     Action
	}{
		{"merge mark", mark(detectors.Strong, 1), "b@mail.example", Hold},
		{"merge mark to a colleague", mark(detectors.Strong, 1), "b@kommune.example", Pass},
		{"weak signs", mark(detectors.Weak, 2), "b@mail.example", Warn},
		{"one weak sign", mark(detectors.Weak, 1), "b@mail.example", Pass},
	} {
		if v := Decide(site, Default(), facts(site, mailDoc(), c.findings, c.to)); v.Action != c.want {
			t.Errorf("%s: got %s, want %s", c.name, v.Action, c.want)
		}
	}
}
