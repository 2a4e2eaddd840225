package review

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"brevvagt/quarantine"
)

// failing is a service whose store is gone.
type failing struct{ Service }

func (failing) Counts(context.Context) (map[quarantine.State]int, error) {
	return nil, errors.New("disk I/O error")
}

// hostile is a deposit whose every text is meant to break the page.
func hostile() quarantine.Deposit {
	const attack = `"><script>alert(1)</script><svg onload=alert(1)><img src=//ond.example/x>' onmouseover='x` + "\u202Egpj.exe\u202C\u2066\u200B\x00\x1b[31m\u0085"
	long, longer := strings.Repeat("A", 1<<14), strings.Repeat("A", 1<<20)
	d := quarantine.Deposit{Source: "gateway", ItemID: "x", Kind: attack, Name: attack + long, From: attack, Subject: longer + attack, MessageID: attack + long,
		To: []string{attack, attack + long}, DataTypes: []string{attack}, Gaps: []string{attack + long}, Numbers: 1 << 30, Persons: -5,
		Rules: []quarantine.Rule{{ID: attack, Danish: attack + long, English: attack}}}
	for i := range 3000 {
		d.To = append(d.To, fmt.Sprintf("m%d@x.example", i))
		d.Gaps = append(d.Gaps, attack)
	}
	for range 600 {
		d.Evidence = append(d.Evidence, quarantine.Evidence{Detector: attack, Category: attack, Strength: attack, Value: attack, Path: "a/" + attack + "/b",
			Page: -1, Cell: attack, Layer: attack, Why: []string{attack}, Before: attack, Match: attack, After: attack})
	}
	return d
}

func TestHostileContent(t *testing.T) {
	if testing.Short() {
		t.Skip("reads many large pages")
	}
	r := newRig(t)
	held := r.hold(t, hostile(), time.Hour)
	for _, who := range []string{"dpo", "auditor"} {
		c := r.as(t, who)
		for _, path := range []string{"/", "/sag/" + held.ID, "/fortegnelse", "/?vis=%22%3E%3Cscript%3E", "/sag/%3Cscript%3E", "/log-ind?efter=%22%3E%3Cscript%3E"} {
			_, body := c.get(path)
			harmlessPage(t, path, body)
		}
		c.post("/sprog", "til", "en")
		_, body := c.get("/sag/" + held.ID)
		harmlessPage(t, "english", body)
	}
	_, body := r.visitor(t).post("/log-ind", "navn", `"><script>alert(1)</script>`, "kode", "x")
	harmlessPage(t, "login", body)
}

const ourScripts = `<script src="/static/js/htmx.min.js" defer></script><script src="/static/js/busy.js" defer></script>`

var outside = regexp.MustCompile(`(?:src|href|action)="(?:https?:|//|javascript:|data:)`)

func harmlessPage(t *testing.T, name, body string) {
	t.Helper()
	body = strings.Replace(body, ourScripts, "", 1)
	if len(body) > 1_500_000 {
		t.Errorf("%s: the page has %d bytes", name, len(body))
	}
	for _, bad := range []string{"<script", "<svg", "onload=alert(1)>", "\u202E", "\u2066", "\u200B", "\x00", "\x1b", "\u0085", `style="`, "%!", "«", "<no value>"} {
		if strings.Contains(body, bad) {
			t.Errorf("%s holds %q", name, bad)
		}
	}
	if m := outside.FindString(body); m != "" {
		t.Errorf("%s leads outside: %s", name, m)
	}
	if strings.Count(body, "<img ") != strings.Count(body, `src="/`) {
		t.Errorf("%s: an image that is not ours", name)
	}
}

func TestNoFullNumber(t *testing.T) {
	r := newRig(t)
	d := screenshot("a")
	const full = "070761-4285"
	// Whatever an earlier step let through must stop here at the latest.
	d.Subject, d.From, d.Name = full, full+"@kommune.example", full+".xlsx"
	d.Evidence[0].Before, d.Evidence[0].Value = full, full
	held := r.hold(t, d, time.Hour)
	r.source.refuse = errors.New("550 mailbox " + full)
	c := r.as(t, "dpo")
	_, body := c.post("/sag/"+held.ID+"/frigiv", "begrundelse", "Aftalt")
	for _, path := range []string{"/", "/sag/" + held.ID, "/fortegnelse"} {
		_, more := c.get(path)
		body += more
	}
	if strings.Contains(body, "4285") {
		t.Error("a page shows a full number")
	}
	if strings.Contains(r.log.String(), "4285") {
		t.Error("the log holds a full number")
	}
}
