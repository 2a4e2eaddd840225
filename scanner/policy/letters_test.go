package policy

import (
	"strings"
	"testing"

	"brevvagt/detectors"
	"brevvagt/document"
)

func TestEveryRuleHasItsOwnID(t *testing.T) {
	seen := make(map[string]bool)
	for _, d := range Default() {
		if seen[d.ID] {
			t.Errorf("two rules are called %s", d.ID)
		}
		seen[d.ID] = true
	}
}

func TestLetterRules(t *testing.T) {
	right := func() *Run { return &Run{Recipients: 10, Read: 10, Matched: 10} }
	with := func(change func(r *Run)) *Run {
		r := right()
		change(r)
		return r
	}
	names := []string{"a.txt", "b.txt", "c.txt", "d.txt", "e.txt", "f.txt", "g.txt"}
	for _, c := range []struct {
		name   string
		run    *Run
		action Action
		rule   string
		text   string
	}{
		{"right", right(), Pass, "", ""},
		{"foreign", with(func(r *Run) { r.Wrong = Mismatches{Total: 1, Stranger: 1, First: names[:1]} }), Hold, "addressee-mismatch", "1 fremmed"},
		{"swapped", with(func(r *Run) { r.Wrong = Mismatches{Total: 2, Swapped: 2} }), Hold, "addressee-mismatch", "2 ombyttet"},
		{"shifted", with(func(r *Run) { r.Wrong = Mismatches{Total: 9, Shifted: 9, Offset: -2} }), Hold, "addressee-mismatch", "forskudt 2 rækker"},
		{"many are counted, few named", with(func(r *Run) { r.Wrong = Mismatches{Total: 7, Listed: 7, First: names} }), Hold, "addressee-mismatch", "e.txt og 2 til"},
		{"old", with(func(r *Run) { r.Stale = names[:2] }), Warn, "stale-letter", "2 breve er dateret"},
		{"child", with(func(r *Run) { r.Children, r.PaidChildren = names[:1], 1 }), Hold, "child-recipient", "1 brev om udbetaling"},
		{"two paid children of ten", with(func(r *Run) { r.PaidChildren = 2 }), Pass, "", ""},
		{"three paid children of ten", with(func(r *Run) { r.PaidChildren = 3 }), Hold, "child-recipient", "3 af 10"},
		{"shared", with(func(r *Run) { r.Shared = 4 }), Hold, "bulk-persons", "4 modtagere får et og samme"},
		{"laden", with(func(r *Run) { r.Laden = 4 }), Hold, "bulk-persons", "4 modtagere får breve om flere"},
		{"residue", with(func(r *Run) { r.Residue = 2 }), Hold, "template-residue", "2 personer"},
		{"alert", with(func(r *Run) { r.Alerts = 1 }), Hold, "cpr-unprotected", "advisering"},
		{"unknown", with(func(r *Run) { r.Unknown = names[:1] }), Warn, "addressee-unknown", "a.txt"},
		{"to nobody on the list", with(func(r *Run) { r.Wrong.Unlisted = names[:2] }), Hold, "addressee-mismatch", "2 breve er til nogen, der ikke er på listen over modtagere: a.txt"},
		{"swapped, and to nobody on the list", with(func(r *Run) { r.Wrong = Mismatches{Total: 2, Swapped: 2, Unlisted: names[:1]} }), Hold, "addressee-mismatch", "ukendt: 0). 1 brev er til nogen"},
		{"missing", with(func(r *Run) { r.Missing, r.Without, r.Extra = names[:1], 2, names[1:2] }), Warn, "addressee-unknown", "2 modtagere har intet brev"},
	} {
		f := &Facts{Doc: &document.Document{}, Kind: "letter", Run: c.run}
		v := Decide(DefaultSite(), Default(), f)
		if v.Action != c.action || (c.rule == "") != (len(v.Rules) == 0) {
			t.Errorf("%s: %s %+v", c.name, v.Action, v.Rules)
			continue
		}
		if c.rule != "" && (!fires(v, c.rule) || !strings.Contains(v.Rules[0].Text, c.text)) {
			t.Errorf("%s: %+v, want %s with %q", c.name, v.Rules, c.rule, c.text)
		}
	}
}

// The rules for mails speak of runs too, without recipients by mail.
func TestLetterRunsReuseFindings(t *testing.T) {
	f := &Facts{Doc: &document.Document{}, Kind: "letter", Run: &Run{},
		Findings: []detectors.Finding{{Detector: "placeholder", Category: "placeholder", Strength: detectors.Strong}},
		Gaps:     []document.Gap{{At: document.Location{Path: "kørsel/brev.pdf"}, Why: document.Encrypted}}}
	v := Decide(DefaultSite(), Default(), f)
	if v.Action != Hold || !fires(v, "placeholder") || !fires(v, "uninspectable") {
		t.Errorf("got %+v", v)
	}
	f.Findings[0].Strength = detectors.Medium
	if v = Decide(DefaultSite(), Default(), f); v.Action != Warn || !fires(v, "placeholder-weak") {
		t.Errorf("weak: %+v", v)
	}
}
