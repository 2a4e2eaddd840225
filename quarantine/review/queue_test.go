package review

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"brevvagt/internal/store"
	"brevvagt/quarantine"
	"brevvagt/quarantine/finder"
	"brevvagt/quarantine/review/queue"
)

func TestQueueIsSearched(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Budget = 1 })
	shot := r.hold(t, screenshot("a"), 2*time.Hour)
	abroad := r.hold(t, bundle("b"), 26*time.Hour)
	d := screenshot("c")
	d.From, d.Subject, d.Source = "carl.eksempel@kommune.example", "Årsopgørelse for plejehjemmet", "smtp"
	old := r.hold(t, d, 8*24*time.Hour)
	c := r.as(t, "dpo")
	shows := func(query string, want ...*quarantine.Case) {
		t.Helper()
		_, body := c.get("/?" + query)
		for _, x := range []*quarantine.Case{shot, abroad, old} {
			has := strings.Contains(body, `id="sag-`+x.ID)
			wanted := false
			for _, w := range want {
				wanted = wanted || w == x
			}
			if has != wanted {
				t.Errorf("%s: %s shown: %v", query, x.Subject, has)
			}
		}
	}
	shows("", shot, abroad, old)
	shows("q=plejehjem", old)
	shows("q="+url.QueryEscape("ÅRSOPGØRELSE"), old)
	shows("q=aktindsigt+domstol.example", abroad)
	shows("q=modtager07@domstol.example", abroad)
	shows("q=2026-0", shot, abroad, old) // drafts
	shows("q=findes+ikke")
	shows("q=" + url.QueryEscape(`" OR 1=1 --`))
	shows("regel=abroad", abroad)
	shows("kilde=smtp", old)
	shows("afsender=carl.eksempel@kommune.example", old)
	shows("alder=1d", abroad, old)
	shows("alder=7d", old)
	shows("mine=1")
	shows("vis=frigivet")
	shows("vis=alle&q=plejehjemmet", old)
	_, body := c.get("/?orden=risiko")
	if strings.Index(body, "sag-"+abroad.ID) > strings.Index(body, "sag-"+shot.ID) || !strings.Contains(body, "Høj risiko") {
		t.Error("the riskiest is not first")
	}
	// The nearest deadline first, those without one behind them by age, on every page.
	for n, x := range []*quarantine.Case{abroad, old} {
		if err := r.db.Update(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.Exec(`UPDATE register_drafts SET deadline = $2 WHERE no = $1`, x.DraftNo, store.Millis(r.now)+int64(n))
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	for query, want := range map[string][]*quarantine.Case{"orden=frist": {abroad, old, shot}, "vis=alle&orden=frist": {abroad, old, shot}, "orden=frist&kilde=gateway": {abroad, shot}, "orden=frist&q=domstol.example": {abroad}} {
		_, body := c.get("/?" + query)
		at := 0
		for _, x := range want {
			next := strings.Index(body, `id="sag-`+x.ID)
			if next < at {
				t.Errorf("%s: %s is not in its place", query, x.Subject)
			}
			at = next
		}
	}
	for n, want := range []*quarantine.Case{abroad, old, shot} {
		got, total, err := r.service.Find(t.Context(), finder.Query{Order: finder.ByClock, Limit: 1, Offset: n})
		if err != nil || total != 3 || len(got) != 1 || got[0].ID != want.ID {
			t.Errorf("place %d by clock: %v of %d, %v", n, got, total, err)
		}
	}
	contains(t, body, "Standset: 1 af 1 i dag")
	if strings.Contains(body, `id="budget"`) {
		t.Error("a budget that is just used up is said to be exceeded")
	}
	// A day is one in Denmark: 00:35 is today, 23:35 was yesterday.
	for _, ago := range []time.Duration{13*time.Hour + 30*time.Minute, 14*time.Hour + 30*time.Minute} {
		r.hold(t, screenshot(ago.String()), ago)
	}
	_, body = c.get("/")
	contains(t, body, "Standset: 2 af 1 i dag", "I dag er der standset flere forsendelser end de 1,")
	english := r.as(t, "dpo")
	english.post("/sprog", "til", "en")
	_, body = english.get("/")
	contains(t, body, "Stopped: 2 of 1 today", "More messages were stopped today than the 1 a day")
	// A number is neither looked for nor kept, however it is written and wherever it stands.
	for _, query := range []string{"q=070761-4285", "q=lønkørsel+0707614285&vis=alle", "vis=alle&afsender=070761+4285@borger.example"} {
		res := c.first(mustRequest(t, r.url+"/?"+query))
		res.Body.Close()
		if to := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || strings.Contains(to, "4285") {
			t.Errorf("%s: status %d to %q", query, res.StatusCode, to)
		}
		if _, body = c.get("/?" + query); strings.Contains(body, "4285") || !strings.Contains(body, "Der kan ikke søges på CPR-numre") {
			t.Errorf("%s: the page shows the number or does not say why it looks for nothing", query)
		}
	}
	_, body = c.get("/?q=ingenting")
	contains(t, body, "Ingen sager passer til det, du søger.", "0 sager passer")
}

func mustRequest(t *testing.T, address string) *http.Request {
	t.Helper()
	req, err := http.NewRequest("GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// Several are decided with one reason; until the window has passed it can be undone.
func TestSeveralAtOnce(t *testing.T) {
	r := newRig(t)
	r.server.queue.Board = queue.NewBoard(time.Hour, time.Now)
	a, b, two := r.hold(t, screenshot("a"), 2*time.Hour), r.hold(t, screenshot("b"), time.Hour), r.hold(t, bundle("c"), time.Hour)
	c := r.as(t, "reviewer")
	post := func(form url.Values) (int, string) {
		res, err := c.http.PostForm(r.url+"/flere", form)
		if err != nil {
			t.Fatal(err)
		}
		return answer(t, res)
	}
	for name, form := range map[string]url.Values{
		"no reason": {"handling": {"frigiv"}, "sag": {a.ID}}, "no case": {"handling": {"frigiv"}, "begrundelse": {"Aftalt"}},
		"a number": {"handling": {"frigiv"}, "sag": {a.ID}, "begrundelse": {"070761-4285"}}, "a name": {"handling": {"frigiv"}, "sag": {a.ID}, "begrundelse": {"Aftalt med Anna Testesen"}},
	} {
		if status, _ := post(form); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: status %d", name, status)
		}
	}
	if status, _ := post(url.Values{"handling": {"slet"}, "sag": {a.ID}, "begrundelse": {"x"}}); status != http.StatusBadRequest {
		t.Errorf("another action: %d", status)
	}
	_, body := post(url.Values{"handling": {"frigiv"}, "sag": {a.ID, b.ID, two.ID, "findes-ikke"}, "begrundelse": {"Modtageren har sikker post"}})
	contains(t, body, "4 sager bliver frigivet", "Fortryd", "Bliver frigivet om lidt")
	if len(r.source.delivered) != 0 {
		t.Fatal("released before the window passed")
	}
	id := between(body, `name="samling" value="`, `"`)
	_, body = c.post("/flere/fortryd", "samling", id)
	contains(t, body, "Det er fortrudt")
	if left := r.server.queue.Board.List(); len(left) != 0 {
		t.Fatalf("undone but %+v", left)
	}
	if got, err := r.service.Get(t.Context(), a.ID); err != nil || got.State != quarantine.Held {
		t.Fatalf("undone but %v, %v", got.State, err)
	}
	r.server.queue.Board = queue.NewBoard(300*time.Millisecond, time.Now)
	post(url.Values{"handling": {"frigiv"}, "sag": {a.ID, b.ID, two.ID, "findes-ikke"}, "begrundelse": {"Modtageren har sikker post"}})
	deadline := time.Now().Add(3 * time.Minute)
	for {
		if _, body = c.get("/"); strings.Contains(body, "frigivet samlet") || time.Now().After(deadline) {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	contains(t, body, "2 sager er frigivet samlet af reviewer.", "1 sag mangler endnu en godkendelse.", "1 sag blev ikke afgjort sådan:", "</bdi></a>: En kollega eller afsenderen var hurtigere")
	for _, x := range []*quarantine.Case{a, b} {
		if got, _ := r.service.Get(t.Context(), x.ID); got.State != quarantine.Released || got.Reason != "Modtageren har sikker post" || got.DecidedBy != "reviewer" {
			t.Errorf("%+v", got.State)
		}
	}
	if _, body = c.post("/flere/fortryd", "samling", id); !strings.Contains(body, "for sent at fortryde") {
		t.Error("an old undo was taken")
	}
}

// All that match are decided together, those on other pages too: what the page showed and
// nothing that came since, each with its own line in the ledger.
func TestAllThatMatch(t *testing.T) {
	r := newRig(t)
	r.server.queue.Board = queue.NewBoard(0, time.Now)
	var cases []*quarantine.Case
	for n := range 24 {
		cases = append(cases, r.hold(t, screenshot(fmt.Sprint("a", n)), time.Duration(48-n)*time.Hour))
	}
	other := r.hold(t, bundle("b"), time.Hour)
	c := r.as(t, "reviewer")
	_, body := c.get("/?vis=venter&q=" + url.QueryEscape("lønkørsel"))
	contains(t, body, "24 sager passer", "Vælg alle 24 sager på listen", `name="soegning" value="q=l%C3%B8nk%C3%B8rsel&amp;vis=venter"`)
	shown := between(body, `name="vist" value="`, `"`)
	r.now = r.now.Add(time.Minute)
	late := r.hold(t, screenshot("late"), 0)
	form := []string{"handling", "afvis", "alle", "1", "begrundelse", "Samme fejl i alle mails", "soegning", "q=lønkørsel&vis=venter", "vist", shown}
	for _, most := range []string{"23", ""} {
		status, body := c.post("/flere", append(form, "antal", most)...)
		if status != http.StatusUnprocessableEntity {
			t.Errorf("%q promised: status %d", most, status)
		}
		contains(t, body, "Listen er ændret", ">Samme fejl i alle mails</textarea>", `id="alle" name="alle" value="1" checked`, `name="q" value="lønkørsel"`)
	}
	if status, body := c.post("/flere", append(form, "antal", "24")...); status != http.StatusOK || !strings.Contains(body, `name="q" value="lønkørsel"`) {
		t.Errorf("status %d, or the search is lost", status)
	}
	finished := func() bool {
		list := r.server.queue.Board.List()
		return len(list) == 1 && !list[0].Finished.IsZero()
	}
	for deadline := time.Now().Add(3 * time.Minute); !finished() && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	for _, x := range cases {
		got, err := r.service.Get(t.Context(), x.ID)
		if err != nil || got.State != quarantine.Rejected || got.Reason != "Samme fejl i alle mails" {
			t.Fatalf("%s: %v, %v", x.ItemID, got.State, err)
		}
		lines, err := r.service.History(t.Context(), x.ID)
		if err != nil || len(lines) != 3 || lines[1].Actor != "reviewer" || lines[1].Verb != "reject-requested" {
			t.Fatalf("%+v, %v", lines, err)
		}
	}
	for _, x := range []*quarantine.Case{other, late} {
		if got, _ := r.service.Get(t.Context(), x.ID); got.State != quarantine.Held {
			t.Errorf("%s is %s", x.Subject, got.State)
		}
	}
}

// Forty cases on a Monday: from each a link leads to the next that waits, round and round,
// also when a case was left for later.
func TestNextCase(t *testing.T) {
	r := newRig(t)
	var ids []string
	for n := range 3 {
		ids = append(ids, r.hold(t, screenshot(fmt.Sprint("a", n)), time.Duration(9-n)*time.Hour).ID)
	}
	c := r.as(t, "reviewer")
	next := func(c *client, id string) string {
		_, body := c.get("/sag/" + id)
		return between(body, `id="naeste" href="/sag/`, `"`)
	}
	for n, id := range ids {
		if got := next(c, id); got != ids[(n+1)%3] {
			t.Errorf("after case %d comes %q", n, got)
		}
	}
	if got := next(r.as(t, "auditor"), ids[0]); got != "" {
		t.Errorf("who decides nothing is sent on to %q", got)
	}
	c.post("/sag/"+ids[1]+"/afvis", "begrundelse", "Skal sendes sikkert")
	c.post("/sag/"+ids[2]+"/afvis", "begrundelse", "Skal sendes sikkert")
	if got := next(c, ids[1]); got != ids[0] {
		t.Errorf("after a decided case comes %q", got)
	}
	if got := next(c, ids[0]); got != "" {
		t.Errorf("after the only one comes %q", got)
	}
	for n := range 3 { // a run, stopped at the same moment
		r.hold(t, screenshot(fmt.Sprint("b", n)), time.Hour)
	}
	seen := map[string]bool{}
	for id, k := ids[0], 0; k < 4; k++ {
		seen[id] = true
		id = next(c, id)
	}
	if len(seen) != 4 {
		t.Errorf("the way round the queue passes %d of 4 cases", len(seen))
	}
}

// A page that renews itself shows what is new and does not keep a session alive.
func TestLiveQueue(t *testing.T) {
	r := newRig(t)
	c := r.as(t, "dpo")
	req, err := http.NewRequest("GET", r.url+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("HX-Request", "true")
	res := c.first(req)
	if status, body := answer(t, res); status != 200 || !strings.Contains(body, `id="koe"`) || res.Header.Get("Set-Cookie") != "" {
		t.Errorf("status %d, cookie %q", status, res.Header.Get("Set-Cookie"))
	}
	r.server.Keys.Forget()
	if res = c.first(req); res.StatusCode != http.StatusSeeOther {
		t.Errorf("after the session ended: %d", res.StatusCode)
	}
	res.Body.Close()
}

// live waits for a case that arrives while the page is open, without a click.
func live(t *testing.T, browser context.Context) {
	t.Parallel() // it waits more than it works
	r := newRig(t)
	b := newTab(t, browser, r.url)
	b.open("/log-ind")
	b.do(chromedp.SendKeys(css("#navn"), "dpo"), chromedp.SendKeys(css("#kode"), passphrase))
	b.submit(chromedp.Click(css("#log-ind")))
	b.says("Ingen forsendelser venter på dig.")
	held := r.hold(t, screenshot("a"), time.Minute)
	b.do(chromedp.WaitVisible(css(fmt.Sprintf("#sag-%s", held.ID))))
	b.says("1 forsendelse venter på en afgørelse.")
	// Somebody is choosing: nothing moves under the hand.
	b.do(chromedp.Click(css("label[for=vaelg-" + held.ID + "]")))
	r.hold(t, screenshot("b"), time.Minute)
	run(b, chromedp.Poll[bool](`document.getElementById("nyt").textContent.startsWith("Der er kommet nyt: nu venter 2 forsendelser.")`))
	b.says("2 forsendelser venter på en afgørelse.") // what is counted goes on
	if n := run(b, chromedp.Evaluate[int](`document.querySelectorAll(".bv-case").length`)); n != 1 {
		t.Errorf("%d are listed under the hand, want 1", n)
	}
	if n := run(b, chromedp.Evaluate[int](`document.querySelectorAll("input[name=sag]:checked").length`)); n != 1 {
		t.Errorf("%d are chosen, want 1", n)
	}
	b.do(chromedp.SendKeys(css("#flere-begrundelse"), "Skal sendes sikkert"))
	b.submit(chromedp.Click(css("#flere-afvis")))
	b.says("1 sag bliver afvist om", "Fortryd")
	b.shot("flere", 760)
	b.open("/?q=loenkoersel&orden=risiko")
	b.shot("soeg", 760)
	b.quiet()
}
