package policy

import (
	"strings"
	"testing"

	"brevvagt/detectors"
	"brevvagt/document"
)

func testSite() Site {
	s := DefaultSite()
	s.InternalDomains = []string{"kommune.example"}
	s.PartnerDomains = []string{"region.example", ".tunnel.example"}
	s.Lists = map[string]int{"alle@kommune.example": 200}
	s.SecureMarker = "X-Sikker-Post: ja"
	return s
}

func found(strength detectors.Strength, n int) []detectors.Finding {
	key := detectors.RandomKey()
	var out []detectors.Finding
	for i := range n {
		out = append(out, detectors.Finding{Detector: "cpr", Category: "national-id", Strength: strength,
			Value: key.Mask(strings.Repeat("x", i+1), "010203-xxxx")})
	}
	return out
}

func facts(site Site, doc *document.Document, f []detectors.Finding, to ...string) *Facts {
	return &Facts{Doc: doc, Findings: f, Kind: "mail", To: to, From: "a@kommune.example",
		Gaps: doc.Gaps, Channel: NewChannel(site, to, doc)}
}

func mailDoc(header ...string) *document.Document {
	e := &document.Envelope{Header: map[string][]string{}}
	for i := 0; i+1 < len(header); i += 2 {
		e.Header[header[i]] = append(e.Header[header[i]], header[i+1])
	}
	return &document.Document{Mail: e}
}

func TestDefaultPolicy(t *testing.T) {
	site := testSite()
	gap := mailDoc()
	gap.Gaps = []document.Gap{{Why: document.Encrypted}}
	sealedMail := mailDoc()
	sealedMail.Seals = []document.Seal{{Kind: "smime"}}
	cases := []struct {
		name   string
		facts  *Facts
		action Action
		rule   string
	}{
		{"clean mail", facts(site, mailDoc(), nil, "b@firma.example"), Pass, ""},
		{"number to a stranger", facts(site, mailDoc(), found(detectors.Strong, 1), "b@firma.example"), Hold, "cpr-unprotected"},
		{"number to a partner", facts(site, mailDoc(), found(detectors.Strong, 1), "b@region.example"), Pass, ""},
		{"partner's subdomain is not the partner", facts(site, mailDoc(), found(detectors.Strong, 1), "b@x.region.example"), Hold, "cpr-unprotected"},
		{"partner with subdomains", facts(site, mailDoc(), found(detectors.Strong, 1), "b@x.tunnel.example"), Pass, ""},
		{"look-alike of our own domain", facts(site, mailDoc(), found(detectors.Strong, 1), "b@kommune.example.firma.example"), Hold, "cpr-unprotected"},
		{"colleague to colleague", facts(site, mailDoc(), found(detectors.Strong, 3), "b@kommune.example", "c@sub.kommune.example"), Pass, ""},
		{"one stranger among colleagues", facts(site, mailDoc(), found(detectors.Strong, 1), "b@kommune.example", "c@firma.example"), Hold, "cpr-unprotected"},
		{"marker of our gateway", facts(site, mailDoc("X-Sikker-Post", "ja"), found(detectors.Strong, 1), "b@firma.example"), Pass, ""},
		{"marker with another value", facts(site, mailDoc("X-Sikker-Post", "nej"), found(detectors.Strong, 1), "b@firma.example"), Hold, "cpr-unprotected"},
		{"sealed", facts(site, sealedMail, nil, "b@firma.example"), Pass, ""},
		{"sealed with a number in the subject", facts(site, sealedMail, found(detectors.Strong, 1), "b@firma.example"), Hold, "cpr-unprotected"},
		{"a number mistyped", facts(site, mailDoc(), typo("310255-xxxx"), "b@firma.example"), Warn, "cpr-doubtful"},
		{"a filler of a form", facts(site, mailDoc(), typo("123456-xxxx"), "b@firma.example"), Pass, ""},
		{"one doubtful number", facts(site, mailDoc(), found(detectors.Medium, 1), "b@firma.example"), Warn, "cpr-doubtful"},
		{"two doubtful numbers", facts(site, mailDoc(), found(detectors.Medium, 2), "b@firma.example"), Hold, "cpr-unprotected"},
		{"test number", facts(site, mailDoc(), found(detectors.Info, 3), "b@firma.example"), Pass, ""},
		{"abroad, protected", facts(siteWith(site, "kommune.example.no"), mailDoc(), found(detectors.Strong, 1), "b@kommune.example.no"), Hold, "foreign-recipient"},
		{"nobody to be seen (Bcc)", facts(site, mailDoc(), found(detectors.Strong, 1)), Hold, "cpr-unprotected"},
		{"clean mail to nobody to be seen", facts(site, mailDoc(), nil), Pass, ""},
		{"unread part", facts(site, gap, nil, "b@firma.example"), Warn, "uninspectable"},
		{"unread part among colleagues", facts(site, gap, nil, "b@kommune.example"), Pass, ""},
		{"file", &Facts{Doc: &document.Document{}, Kind: "file", Findings: found(detectors.Strong, 1)}, Warn, "file-findings"},
		{"public file", &Facts{Doc: &document.Document{}, Kind: "file", Public: true, Findings: found(detectors.Strong, 1)}, Warn, "public-exposure"},
		{"incoming", incoming(facts(site, mailDoc(), found(detectors.Strong, 1), "b@firma.example")), Pass, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			v := Decide(site, Default(), c.facts)
			if v.Action != c.action {
				t.Fatalf("got %s %v, want %s", v.Action, v.Rules, c.action)
			}
			if c.rule != "" && (len(v.Rules) == 0 || v.Rules[0].ID != c.rule) {
				t.Fatalf("got rules %v, want %s first", v.Rules, c.rule)
			}
			for _, r := range v.Rules {
				if r.Text == "" || r.English == "" {
					t.Errorf("rule %s does not explain itself", r.ID)
				}
			}
		})
	}
}

func siteWith(s Site, partner string) Site {
	s.PartnerDomains = append([]string{partner}, s.PartnerDomains...)
	return s
}

func incoming(f *Facts) *Facts { f.Incoming = true; return f }

func TestUninspectableCanHold(t *testing.T) {
	site := testSite()
	site.Uninspectable = Hold
	doc := mailDoc()
	doc.Gaps = []document.Gap{{Why: document.Encrypted}}
	if v := Decide(site, Default(), facts(site, doc, nil, "b@firma.example")); v.Action != Hold {
		t.Fatalf("got %s, want hold", v.Action)
	}
}

func TestForeign(t *testing.T) {
	s := DefaultSite()
	s.OrdinarySuffixes = append(s.OrdinarySuffixes, "io")
	for address, want := range map[string]bool{
		"post@kommune.example.no": true, "a@b.se": true, "a@b.dk": false, "a@b.com": false, "a@b.example": false,
		"a@b.eu": false, "a@b.io": false, "a@b.de": true, "a@b.xn--p1ai": true, "ukendt": false, "A@B.NO": true, "a@dk.no": true,
	} {
		if got := s.Foreign(address); got != want {
			t.Errorf("Foreign(%s) = %v, want %v", address, got, want)
		}
	}
}

func TestParseSite(t *testing.T) {
	s, err := ParseSite([]byte("organisation: Eksempel Kommune\ninternal_domains: [kommune.example]\nlists: {alle@kommune.example: 300}\n"))
	if err != nil || s.Organisation != "Eksempel Kommune" || s.Lists["alle@kommune.example"] != 300 || s.BulkLimitInternal != 20 {
		t.Fatalf("got %+v, %v", s, err)
	}
	if s, err = ParseSite([]byte(`{"internal_domains":["kommune.example"],"bulk_limit_internal":5}`)); err != nil || s.BulkLimitInternal != 5 {
		t.Fatalf("JSON: got %+v, %v", s, err)
	}
	for text, want := range map[string]string{
		"organisation: x\ninternal_domain: [a]\n": "line 2",
		"bulk_limit_internal: 0":                  "bulk_limit_internal",
		"uninspectable: pass":                     "uninspectable",
		"internal_domains: [a@b]":                 "no domain",
		"secure_marker_header: X-Foo":             "secure_marker_header",
	} {
		if _, err := ParseSite([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v does not name %q", text, err, want)
		}
	}
}

func TestPublic(t *testing.T) {
	s := DefaultSite()
	s.PublicFolders = []string{"/srv/www", "hjemmeside"}
	for path, want := range map[string]bool{
		"/srv/www/a.csv": true, "/srv/wwwx/a.csv": false, "drev/hjemmeside/b/a.csv": true, "/srv/intern/a.csv": false,
	} {
		if got := s.Public(path); got != want {
			t.Errorf("Public(%s) = %v, want %v", path, got, want)
		}
	}
}

// typo is a number that is called a CPR number and has an impossible date.
func typo(shown string) []detectors.Finding {
	return []detectors.Finding{{Detector: "cpr-typo", Category: "hint", Strength: detectors.Info, Value: detectors.RandomKey().Mask("x", shown)}}
}

// A protected address is told where the address stands beside the words for it, to a
// mailbox that is not its owner's.
func TestProtectedAddressTold(t *testing.T) {
	site := testSite()
	for text, want := range map[string]Action{
		"Din søn er syg. Bodil og børnene har hemmelig adresse, men skriv til Prøvevej 2, 9999 Prøveby.": Hold,
		"Hvis man vil bo med hemmelig adresse, søges det på Prøvevej 2.":                                 Warn,
		"Sagen har kostet 200 kr. per brev om hemmelig adresse fra Prøvevej 2.":                          Warn,
		"Bodil og børnene har hemmelig adresse.":                                                         Warn,
		"Du skal møde her. Barnet hentes på Prøvevej 2, 3. tv., hvor hun har hemmelig adresse.":          Hold,
		"Du henter hende hos Bente, hun bor nu på Prøvevænget 11 (hun har hemmelig adresse).":            Hold,
		"Du har nu hemmelig adresse. Vi mødes på Prøvevej 2 på mandag.":                                  Warn,
		"Du har nu hemmelig adresse på Prøvevej 2, 9999 Prøveby.":                                        Warn,
		"Vi har talt med mor. Hemmelig adresse får du på Prøvevej 2.":                                    Warn,
		"Mor har fået besked\nhemmelig adresse kan du søge på Prøvevej 2.":                               Warn,
	} {
		doc := mailDoc()
		doc.Segments = []document.Segment{{Text: text, At: document.Location{Path: "m.eml", Layer: document.Visible}}}
		k := strings.Index(strings.ToLower(text), "hemmelig adresse")
		words := []detectors.Finding{{Detector: "protected-address", Category: "protected-address", Strength: detectors.Strong, Start: k, End: k + 16, At: document.Location{Path: "m.eml"}}}
		for to, action := range map[string]Action{"jens@gmail.com": want, "post@firma.example": Warn} {
			v := Decide(site, Default(), facts(site, doc, words, to))
			for _, r := range v.Rules {
				if r.ID == "protected-address" && r.Action != action {
					t.Errorf("%q to %s: %s, want %s", text, to, r.Action, action)
				}
			}
			if !fires(v, "protected-address") {
				t.Errorf("%q to %s: silent", text, to)
			}
		}
	}
}

// TestPrintedExamples: a number that the CPR office prints in its guidance stops no mail
// that calls it an example, and any other does.
func TestPrintedExamples(t *testing.T) {
	site := testSite()
	for body, want := range map[string]Action{
		"Skriv dit CPR-nummer som i eksemplet 070761-4285.": Pass,
		"Skriv dit CPR-nummer, fx 0707614285.":              Pass,
		"Borgerens CPR-nummer er 070761-4285.":              Hold,
		"Skriv dit CPR-nummer, fx 070761-4286.":             Hold,
	} {
		doc := mailDoc()
		doc.Segments = []document.Segment{{Text: body, At: document.Location{Path: "m.eml", Layer: document.Visible}}}
		f := found(detectors.Strong, 1)
		f[0].Start = strings.Index(body, "0707")
		f[0].End = len(body) - 1
		if got := action(Decide(site, Default(), facts(site, doc, f, "b@firma.example")), "cpr-unprotected"); got != want {
			t.Errorf("%q: %s, want %s", body, got, want)
		}
	}
}

// TestTellsOfMeans: what a citizen lives of is told to nobody outside, and to the citizen.
func TestTellsOfMeans(t *testing.T) {
	site := testSite()
	const body = "Bente Prøvesen har en restance. Hun er på kontanthjælp og er under gældssanering."
	for to, want := range map[string]Action{"kontor@udlejer.example": Hold, "bente.proevesen@mail.example": Warn} {
		f := spoken(site, body, to)
		key := detectors.RandomKey()
		for _, w := range []string{"restance", "kontanthjælp", "gældssanering"} {
			k := strings.Index(body, w)
			f.Findings = append(f.Findings, detectors.Finding{Detector: "special-category", Category: "social_oekonomi", Strength: detectors.Medium, Value: key.Mask(w, w[:1]), Start: k, End: k + len(w), At: document.Location{Path: "m.eml"}})
		}
		if got := action(Decide(site, Default(), f), "special-category"); got != want {
			t.Errorf("%s: %s, want %s", to, got, want)
		}
	}
}

// TestOutright: a word for a committee makes a mail softer that names its members, and
// not one that says of a member what befell him; neither does a portrait's leave count for
// another's mail.
func TestOutright(t *testing.T) {
	site := testSite()
	for body, want := range map[string]Action{
		"Kære bestyrelse. Jeres kasserer Anders Testesen er indlagt med skizofreni.":         Hold,
		"Kære bestyrelse. I behandling for skizofreni er jeres kasserer Anders Testesen.":    Hold,
		"Kære bestyrelse. Anders Testesen har talt med os om et hold for skizofreni.":        Warn,
		"Anders Testesen er kendt med skizofreni og har godkendt teksten.":                   Warn,
		"Case 1: Anders Testesen er indlagt med skizofreni.\nCase 2: Hvad gør du?":           Warn,
		"Anders Testesen er kendt med skizofreni og har ikke godkendt, at det bliver kendt.": Hold,
	} {
		f := spoken(site, body, "kontor@firma.example")
		k := strings.Index(body, "skizofreni")
		f.Findings = append(f.Findings, detectors.Finding{Detector: "special-category", Category: "psykiatri", Strength: detectors.Medium, Value: detectors.RandomKey().Mask("skizofreni", "s"), Start: k, End: k + len("skizofreni"), At: document.Location{Path: "m.eml"}})
		if got := action(Decide(site, Default(), f), "special-category"); got != want {
			t.Errorf("%q: %s, want %s", body, got, want)
		}
	}
}
