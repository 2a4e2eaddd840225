package review

import (
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"

	"brevvagt/quarantine/review/figures"
	"brevvagt/quarantine/review/words"
)

func TestStatistics(t *testing.T) {
	r := newRig(t)
	c := r.as(t, "dpo")
	a, b, third := r.hold(t, screenshot("a"), 3*time.Hour), r.hold(t, screenshot("b"), 2*time.Hour), r.hold(t, screenshot("c"), time.Hour)
	r.hold(t, bundle("d"), 24*time.Hour)
	c.post("/sag/"+a.ID+"/afvis", "begrundelse", "Skal sendes sikkert")
	c.post("/sag/"+b.ID+"/afvis", "begrundelse", "Skal sendes sikkert")
	c.post("/sag/"+third.ID+"/frigiv", "begrundelse", "Modtageren har sikker post")
	_, body := c.get("/statistik")
	contains(t, body, "Statistik 2026", "<dt>Standset</dt><dd>4</dd>", "<dt>Afvist</dt><dd>2</dd>", "67 %", "kommune.example", "november", "2 timer", "3 afværgede hændelser, 1 mulige brud, 0 brud; 0 anmeldt")
	if _, body = c.get("/statistik?aar=2025"); body == "" {
		t.Error("no page for a year without cases")
	}
	contains(t, body, "Statistik 2025", "<dt>Standset</dt><dd>0</dd>")
}

func TestMeasures(t *testing.T) {
	r := newRig(t, func(c *Config) {
		c.Rules = func() []figures.RuleState {
			return []figures.RuleState{{ID: "cpr-unprotected", Action: "hold"}, {ID: "special-category", Action: "hold", Trial: true},
				{ID: "foreign-person", Action: "hold", Approvers: 2}, {ID: "stale-letter", Action: "warn"}, {ID: "template-residue", Action: "pass"}}
		}
	})
	c := r.as(t, "dpo")
	c.post("/sag/"+r.hold(t, screenshot("a"), time.Hour).ID+"/afvis", "begrundelse", "Skal sendes sikkert")
	r.hold(t, screenshot("b"), time.Hour)
	_, body := c.get("/tiltag")
	row := func(rule, state string, cases, hits int) {
		t.Helper()
		label := words.Known(words.Danish, "rule", rule)
		found := regexp.MustCompile(`(?s)<bdi>` + regexp.QuoteMeta(label) + `</bdi></th><td><span class="badge badge-\w+">([^<]*)</span></td><td>(\d+)</td><td>(\d+)</td>`).FindStringSubmatch(body)
		if want := []string{state, fmt.Sprint(cases), fmt.Sprint(hits)}; found == nil || !slices.Equal(found[1:], want) {
			t.Errorf("%s: %q, want %q", rule, found, want)
		}
	}
	row("cpr-unprotected", "standser", 2, 1)
	row("special-category", "prøves, standser ikke", 0, 0)
	row("foreign-person", "standser, to skal frigive", 0, 0)
	row("stale-letter", "advarer", 0, 0)
	row("template-residue", "fra", 0, 0)
	row("run-stopped", "fra", 0, 0)
	contains(t, body, "Datatilsynets tiltag", "brevfletning", "e-Boks")
	_, body = c.get("/statistik")
	contains(t, body, `href="/tiltag"`)
}
