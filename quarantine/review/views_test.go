package review

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"brevvagt/quarantine"
	"brevvagt/quarantine/review/figures"
	"brevvagt/quarantine/review/oidc"
	"brevvagt/quarantine/review/shares"
	"brevvagt/quarantine/runs"
	"brevvagt/quarantine/warned"
)

// views looks at the page of every route, 320 pixels wide, with axe-core's eyes, in both
// languages, an attack among the texts, with nothing in the console.
func views(t *testing.T, browser context.Context) {
	r := newRig(t, func(c *Config) { c.Rules, c.Budget = shippedStates, 2 }) // more than two are stopped
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
	if _, err := r.service.Release(t.Context(), r.hold(t, screenshot("gik"), time.Hour).ID, quarantine.Decision{By: "dpo", Reason: "Aftalt", Opener: r.opener}); err != nil {
		t.Fatal(err)
	}
	held := r.hold(t, bundle("b"), time.Hour)
	web := r.as(t, "dpo")
	web.post("/sag/"+held.ID+"/falsk-alarm", "begrundelse", "Aftalt med domstolen", "undtag", "1", "dage", "30")
	web.post("/fortegnelse/"+held.DraftNo+"/bekraeft", "bekendt", "2026-11-24T10:00")
	if err := r.server.lists.Warned.Add(t.Context(), warned.Warning{Source: "smtp", From: "a@kommune.example", To: []string{"b@x.example"}, Subject: "Emne", Rules: []warned.Rule{{ID: "placeholder", Danish: "Pladsholder", English: "Placeholder"}}, Gaps: []string{"a.zip: krypteret"}}); err != nil {
		t.Fatal(err)
	}
	paths := pages(r, strings.NewReplacer("{$}", "", "{nr}", held.DraftNo, "/sag/{id}/koersel", "/sag/"+last.ID+"/koersel", "{id}", held.ID))
	shots := map[string]string{"/sag/" + last.ID + "/koersel": "koersel", "/statistik": "statistik", "/noegler": "noegler", "/tiltag": "tiltag"}
	for _, lang := range []string{"da", "en"} {
		b := signedIn(t, browser, r, "dpo", lang)
		for _, path := range paths {
			if name := shots[path]; name != "" && lang == "da" {
				b.open(path)
				b.shot(name, 900)
			}
			b.do(chromedp.EmulateViewport(320, 700))
			b.looked(path)
			if n := run(b, chromedp.Evaluate[int](planted)); n != 0 {
				t.Errorf("%s: %d planted elements", path, n)
			}
			if got := run(b, chromedp.Evaluate[string](`document.documentElement.lang`)); got != lang {
				t.Errorf("%s is in %s, want %s", path, got, lang)
			}
			b.shot("smal-"+strings.ReplaceAll(strings.Trim(path, "/"), "/", "-")+"-"+lang, 0)
		}
		b.wanted("404")
		b.quiet()
	}
}

// notPages are the routes to read from that answer with no page for people, or send
// them on; the pages of shares have a test of their own, with shares, and the pages of those who are not signed in are looked at where they sign in.
var notPages = []string{"/sund", "/static/", "/log-ind", "/log-ind/kommune", oidc.ReturnPath, "/log-ud/her", "/laas-op", shares.Path, "/drev/filer", "/sag/{id}/billede/{n}", "/sag/{id}/pdf", "/udtraek/{slags}", "/drev/udtraek/{slags}", "/fortegnelse/{nr}/frist.ics"}

// pages are the addresses of all routes with a page, so that a new one is looked at too,
// and some that are another page under the same route.
func pages(r *rig, names *strings.Replacer) []string {
	list := []string{"/?vis=alle&q=akt&orden=risiko", "/sag/{id}?billeder=1", "/findes-ikke"}
	for _, rt := range r.server.routes() {
		if rt.method == "GET" && !slices.Contains(notPages, rt.path) {
			list = append(list, rt.path)
		}
	}
	for i := range list {
		list[i] = names.Replace(list[i])
	}
	return list
}

// looked opens a page on a narrow screen: axe-core finds nothing, and nothing has to be
// scrolled sideways.
func (b *browserTab) looked(path string) {
	b.t.Helper()
	b.open(path)
	b.accessible(path)
	if w := run(b, chromedp.Evaluate[int](`document.documentElement.scrollWidth`)); w > 320 {
		b.t.Errorf("%s is %d pixels wide on a screen of 320: %s", path, w, run(b, chromedp.Evaluate[string](widest)))
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
