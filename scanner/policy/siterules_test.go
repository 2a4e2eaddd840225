package policy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"brevvagt/detectors"
	"brevvagt/document"
	"brevvagt/internal/spent"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/policy/parties"
	"brevvagt/scanner/policy/siterules"
)

// facts is an outgoing mail with a sure CPR number to somebody outside.
func siterulesFacts(site policy.Site, subject string, found ...detectors.Finding) *policy.Facts {
	doc := &document.Document{Mail: &document.Envelope{Subject: subject}, Segments: []document.Segment{{Text: "x"}}}
	to := []string{"b@firma.example"}
	return &policy.Facts{Doc: doc, Findings: found, From: "a@kommune.example", To: to, Kind: "mail",
		Channel: policy.NewChannel(site, to, doc), Sent: time.Now()}
}

func cpr() detectors.Finding {
	return detectors.Finding{Detector: "cpr", Category: "national-id", Strength: detectors.Strong, Value: detectors.RandomKey().Mask("1203363951", "120336-xxxx")}
}

func decide(t *testing.T, yaml, subject string, found ...detectors.Finding) policy.Verdict {
	t.Helper()
	site, err := policy.ParseSite([]byte("internal_domains: [kommune.example]\n" + yaml))
	if err != nil {
		t.Fatal(err)
	}
	rules, err := siterules.Make(site)
	if err != nil {
		t.Fatal(err)
	}
	return policy.Decide(site, rules, siterulesFacts(site, subject, found...))
}

func ids(rules []policy.Rule) string {
	var out []string
	for _, r := range rules {
		out = append(out, r.ID+":"+string(r.Action))
	}
	return strings.Join(out, " ")
}

func TestSettings(t *testing.T) {
	own := detectors.Finding{Detector: "lukket-punkt", Category: "lukket-punkt", Strength: detectors.Medium}
	tests := []struct {
		name, yaml, subject string
		found               []detectors.Finding
		action              policy.Action
		rules, trial        string
	}{
		{"shipped", "", "", []detectors.Finding{cpr()}, policy.Hold, "cpr-unprotected:hold", ""},
		{"weaker", "rules: [{id: cpr-unprotected, action: warn}]", "", []detectors.Finding{cpr()}, policy.Warn, "cpr-unprotected:warn", ""},
		{"off", "rules: [{id: cpr-unprotected, action: pass}]", "", []detectors.Finding{cpr()}, policy.Pass, "", ""},
		{"stronger", "rules: [{id: cpr-unprotected, action: reject}]", "", []detectors.Finding{cpr()}, policy.Reject, "cpr-unprotected:reject", ""},
		{"dry run", "rules: [{id: cpr-unprotected, dry_run: true}]", "", []detectors.Finding{cpr()}, policy.Pass, "", "cpr-unprotected:hold"},
		{"unless", `rules: [{id: cpr-unprotected, unless: 'domain(to[0]) == "firma.example"'}]`, "", []detectors.Finding{cpr()}, policy.Pass, "", ""},
		{"when", `rules: [{id: cpr-unprotected, when: 'numbers > 1'}]`, "", []detectors.Finding{cpr()}, policy.Pass, "", ""},
		{"own", "rules: [{id: egen, text: Aktindsigt til nogen udenfor, action: hold, when: 'subject.lowerAscii().contains(\"aktindsigt\") && size(external) > 0'}]",
			"SV: Aktindsigt", nil, policy.Hold, "egen:hold", ""},
		{"own, no", "rules: [{id: egen, text: Aktindsigt, action: hold, when: 'subject.contains(\"aktindsigt\")'}]", "Referat", nil, policy.Pass, "", ""},
		{"findings", "rules: [{id: egen, text: To fund, action: warn, when: 'findings.exists(f, f.detector == \"cpr\" && f.strength == \"strong\")'}]",
			"", []detectors.Finding{cpr()}, policy.Hold, "cpr-unprotected:hold egen:warn", ""},
		{"custom detector warns", "custom: [{id: lukket-punkt, title: Lukket punkt, words: [lukket]}]", "", []detectors.Finding{own}, policy.Warn, "lukket-punkt:warn", ""},
		{"custom detector holds", "custom: [{id: lukket-punkt, title: Lukket punkt, words: [lukket], leaving: hold}]", "", []detectors.Finding{own}, policy.Hold, "lukket-punkt:hold", ""},
		// An expression that fails stops a rule from being set aside, and sets none aside.
		{"cannot be worked out", `rules: [{id: cpr-unprotected, unless: 'to[7] == "x"'}]`, "", []detectors.Finding{cpr()}, policy.Hold, "cpr-unprotected:hold", ""},
		{"own cannot be worked out", `rules: [{id: egen, text: x, action: hold, when: 'to[7] == "x"'}]`, "", nil, policy.Hold, "egen:hold", ""},
	}
	for _, tt := range tests {
		v := decide(t, tt.yaml, tt.subject, tt.found...)
		if v.Action != tt.action || ids(v.Rules) != tt.rules || ids(v.Trial) != tt.trial {
			t.Errorf("%s: %s, rules %q, trial %q", tt.name, v.Action, ids(v.Rules), ids(v.Trial))
		}
	}
}

func TestCostIsBounded(t *testing.T) {
	found := make([]detectors.Finding, 3000)
	for i := range found {
		found[i] = detectors.Finding{Detector: "x"}
	}
	start := spent.Processor()
	v := decide(t, "rules: [{id: egen, text: x, action: warn, when: 'findings.exists(a, findings.exists(b, findings.exists(c, a.detector != c.detector)))'}]", "", found...)
	if ids(v.Rules) != "egen:warn" {
		t.Errorf("too dear an expression: %q, must count as doubt", ids(v.Rules))
	}
	if took := spent.Processor() - start; took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestWrongSettingsAreNamed(t *testing.T) {
	for yaml, want := range map[string]string{
		"rules: [{id: egen, text: x, action: hold}]":                       "needs when",
		"rules: [{id: egen, action: hold, when: 'true'}]":                  "text is missing",
		"rules: [{id: egen, text: x, when: 'true'}]":                       "action is missing",
		"rules: [{id: cpr-unprotected, action: stop}]":                     "action is \"stop\"",
		"rules: [{id: cpr-unprotected, text: x}]":                          "shipped rules say",
		"rules: [{id: cpr-unprotected, approvers: 3}]":                     "approvers is 3",
		"rules: [{action: hold}]":                                          "id is missing",
		"rules: [{id: cpr-unprotected}, {id: cpr-unprotected}]":            "set twice",
		"rules:\n  - id: cpr-unprotected\n    when: 'numbers >'":           "line 3",
		"rules:\n  - id: cpr-unprotected\n    unless: 'numbers'":           "must give true or false",
		"rules:\n  - id: cpr-unprotected\n    unless: 'password == \"x\"'": "undeclared reference",
		"custom: [{id: egen, title: Egen, words: [x], leaving: stop}]":     "leaving is \"stop\"",
	} {
		site, err := policy.ParseSite([]byte(yaml))
		if err != nil {
			t.Errorf("%q: %v", yaml, err)
			continue
		}
		if _, err := siterules.Make(site); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: want %q, got %v", yaml, want, err)
		}
	}
	if _, err := policy.ParseSite([]byte("rules:\n  - id: x\n    wen: true\n")); err == nil || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("unknown key: %v", err)
	}
}

// TestMemoryInExpressions: a rule sees what earlier mails tell, and a slip in a name is
// an error when the configuration is read.
func TestMemoryInExpressions(t *testing.T) {
	const yaml = "internal_domains: [kommune.example]\nrules: [{id: egen, text: x, action: hold, when: '%s'}]"
	for _, c := range []struct {
		when string
		past parties.Past
		want string
	}{
		{"memory.sent_before", parties.Past{Asked: true}, "egen:hold"},
		{"memory.sent_before", parties.Past{}, ""},
		{"memory.sent_before", parties.Past{Asked: true, First: 1}, ""},
		{"memory.learned && memory.new_domains > 0", parties.Past{Settled: true, New: 1}, "egen:hold"},
		{"memory.alike_domains > 0", parties.Past{Alike: 1}, "egen:hold"},
		{"memory.run >= 3", parties.Past{Run: parties.PastRun{Sent: 2, Held: 1}}, "egen:hold"},
		{"memory.people_today > 2", parties.Past{Bulk: 3}, "egen:hold"},
		{"memory.resent", parties.Past{}, ""},
	} {
		site, err := policy.ParseSite(fmt.Appendf(nil, yaml, c.when))
		if err != nil {
			t.Fatal(err)
		}
		rules, err := siterules.Make(site)
		if err != nil {
			t.Fatal(c.when, err)
		}
		f := siterulesFacts(site, "")
		f.Past = c.past
		if got := ids(policy.Decide(site, rules[len(rules)-1:], f).Rules); got != c.want {
			t.Errorf("%s with %+v: %q, want %q", c.when, c.past, got, c.want)
		}
	}
	site, err := policy.ParseSite(fmt.Appendf(nil, yaml, "memory.sentbefore"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := siterules.Make(site); err == nil {
		t.Error("a slip in a name is no error")
	}
}
