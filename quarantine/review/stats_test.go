package review

import (
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"brevvagt/quarantine"
	"brevvagt/quarantine/review/figures"
	"brevvagt/quarantine/review/words"
	"brevvagt/quarantine/stats"
	"brevvagt/quarantine/units"
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
	contains(t, body, "Statistik 2026", "<dt>Standset</dt><dd>4</dd>", "<dt>Afvist</dt><dd>2</dd>", "67 %", "kommune.example", "november", "2 timer", "Afværgede hændelser: 3. Mulige brud: 1. Brud: 0. Anmeldt eller skal anmeldes: 0.")
	for row, shown := range map[string]string{`UPDATE cases SET wish = '{"route":"sikker"}' WHERE id = $1`: "100 %", `UPDATE cases SET wish = '{"to":[1]}' WHERE id = $1`: "100 %",
		`UPDATE cases SET wish = '' WHERE id = $1`: "67 %", `UPDATE register_drafts SET status = 'brud' WHERE case_id = $1`: "100 %"} {
		for _, set := range []string{`UPDATE cases SET wish = '' WHERE id = $1`, `UPDATE register_drafts SET status = 'muligt brud' WHERE case_id = $1`, row} {
			if err := r.db.Update(t.Context(), func(tx *sql.Tx) error { _, err := tx.Exec(set, third.ID); return err }); err != nil {
				t.Fatal(err)
			}
		}
		if _, body = c.get("/statistik"); !strings.Contains(body, shown) {
			t.Errorf("after %s the rule is not right in %s", row, shown)
		}
	}
	if _, body = c.get("/statistik?aar=2025"); body == "" {
		t.Error("no page for a year without cases")
	}
	contains(t, body, "Statistik 2025", "<dt>Standset</dt><dd>0</dd>")
}

// Units are told by the site's own map, when a case is stopped; the year has its cases by
// Danish time, without our own canary mails, and what had left already is told apart.
func TestStatisticsOfUnits(t *testing.T) {
	list := []units.Unit{{Name: "Løn & Personale", Senders: []string{"anna.eksempel@kommune.example"}}, {Name: "Borgerservice", Senders: []string{"@service.kommune.example"}}}
	m, err := units.Open(list, "")
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t)
	service, err := quarantine.New(quarantine.Config{Store: r.db, Vault: r.vault, Outbox: filepath.Join(t.TempDir(), "outbox"), Unit: m.Of, Now: func() time.Time { return r.now },
		Releasers: map[string]quarantine.Releaser{"gateway": r.source}})
	if err != nil {
		t.Fatal(err)
	}
	r.service = service
	hold := func(at time.Time, change func(*quarantine.Deposit)) *quarantine.Case {
		d := screenshot(at.String())
		change(&d)
		return r.hold(t, d, r.now.Sub(at))
	}
	from := func(address string) func(*quarantine.Deposit) {
		return func(d *quarantine.Deposit) { d.From = address }
	}
	r.now = time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)
	wage := hold(time.Date(2026, 12, 31, 22, 59, 0, 0, time.UTC), from("anna.eksempel@kommune.example")) // 23.59 in Denmark
	hold(time.Date(2026, 12, 31, 23, 1, 0, 0, time.UTC), from("anna.eksempel@kommune.example"))          // 00.01 in 2027
	hold(time.Date(2026, 3, 29, 1, 30, 0, 0, time.UTC), from("post@service.kommune.example"))
	hold(time.Date(2026, 6, 30, 22, 30, 0, 0, time.UTC), from("bo@kommune.example")) // 00.30 on 1 July
	hold(time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC), func(d *quarantine.Deposit) { d.Canary = true })
	hold(time.Date(2026, 6, 2, 12, 0, 0, 0, time.UTC), func(d *quarantine.Deposit) { d.From, d.Left = "bo@kommune.example", true })
	y, err := stats.Of(t.Context(), r.db, 2026, words.Zone())
	if err != nil {
		t.Fatal(err)
	}
	if y.Stopped != 4 || y.Left != 1 || y.Months[2].Stopped != 1 || y.Months[5].Stopped != 1 || y.Months[6].Stopped != 1 || y.Months[11].Stopped != 1 {
		t.Errorf("%+v", y)
	}
	want := []stats.Unit{{Name: "kommune.example", Cases: 2, Entries: stats.Entries{Averted: 1, Possible: 1}}, {Name: "Borgerservice", Cases: 1, Entries: stats.Entries{Averted: 1}}, {Name: "Løn & Personale", Cases: 1, Entries: stats.Entries{Averted: 1}}}
	if !slices.Equal(y.Units, want) {
		t.Errorf("%+v", y.Units)
	}
	c := r.as(t, "dpo")
	_, body := c.get("/?enhed=" + url.QueryEscape("Løn & Personale"))
	contains(t, body, "sag-"+wage.ID, `<option value="Løn &amp; Personale" selected>`, "3 sager passer") // and the canary
	_, body = c.get("/sag/" + wage.ID)
	contains(t, body, "Afsenderens enhed", "Løn &amp; Personale")
	_, body = c.get("/statistik?aar=2026")
	contains(t, body, "<bdi>Løn &amp; Personale</bdi></th><td>1</td><td>1</td><td>0</td><td>0</td>", "Heraf allerede sendt")
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
