package review

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"brevvagt/quarantine"
	"brevvagt/quarantine/review/figures"
	"brevvagt/quarantine/runs"
)

// views looks at the pages beside the cases with an attack in every text: in a wide
// window and 320 pixels wide, for axe-core's eyes, in both languages, with nothing in
// the console.
func views(t *testing.T, browser context.Context) {
	r := newRig(t, func(c *Config) { c.Rules = shippedStates })
	r.withKeys()
	r.restart(t)
	ids := []string{"00000000000000a1"}
	for n := range 3 {
		m := runs.Mail{From: "lis@kommune.example", To: []string{fmt.Sprintf("borger%d@mail.example", n)}, Subject: "Brev om tilskud"}
		if n == 2 {
			x := hostile()
			m = runs.Mail{From: x.From, To: x.To[:2], Subject: x.Subject}
		}
		if err := r.service.Runs().Went(t.Context(), ids, "gateway", fmt.Sprint("gik", n), m); err != nil {
			t.Fatal(err)
		}
	}
	var last *quarantine.Case
	for n := range 4 {
		d := screenshot(fmt.Sprint("a", n))
		if n == 0 {
			d = hostile()
		}
		d.Runs = ids
		last = r.hold(t, d, time.Duration(5-n)*time.Hour)
	}
	if _, err := r.service.Reject(t.Context(), last.ID, quarantine.Decision{By: "dpo", Reason: "Forkert modtager"}); err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"da", "en"} {
		b := signedIn(t, browser, r, "dpo", lang)
		paths := []string{"/sag/" + last.ID + "/koersel", "/statistik", "/noegler", "/tiltag"}
		for i, name := range []string{"koersel", "statistik", "noegler", "tiltag"} {
			b.open(paths[i])
			if lang == "da" {
				b.shot(name, 900)
			}
			b.shot("bred-"+name+"-"+lang, 0)
			if n := run(b, chromedp.Evaluate[int](planted)); n != 0 {
				t.Errorf("%s: %d planted elements", paths[i], n)
			}
		}
		b.narrowPaths(paths...)
		for i, name := range []string{"koersel", "statistik", "noegler", "tiltag"} {
			b.do(chromedp.EmulateViewport(320, 700))
			b.open(paths[i])
			b.shot("smal-"+name+"-"+lang, 0)
		}
		b.quiet()
	}
}

// planted counts what only an attack could have brought into a page.
const planted = `document.querySelectorAll("script:not([src^='/static/js/']), main svg, main [onload], main [onmouseover], main img:not([src^='/'])").length`

// shippedStates are the states of a site that tries out two rules.
func shippedStates() []figures.RuleState {
	var list []figures.RuleState
	for _, id := range []string{"addressee-mismatch", "run-stopped", "foreign-person", "resent-attachment", "bulk-persons", "cpr-unprotected", "protected-address", "template-residue"} {
		list = append(list, figures.RuleState{ID: id, Action: "hold"})
	}
	return append(list, figures.RuleState{ID: "special-category", Action: "hold", Trial: true}, figures.RuleState{ID: "visible-recipients", Action: "hold", Trial: true},
		figures.RuleState{ID: "addressee-unknown", Action: "warn"}, figures.RuleState{ID: "stale-letter", Action: "warn"}, figures.RuleState{ID: "unusual-recipient", Action: "warn"})
}
