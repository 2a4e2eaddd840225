package review

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/xuri/excelize/v2"

	"brevvagt/cmd/brevvagt/shares"
	"brevvagt/cmd/brevvagt/shares/board"
	"brevvagt/internal/idptest"
	"brevvagt/quarantine"
	"brevvagt/quarantine/account"
	"brevvagt/quarantine/review/oidc"
	"brevvagt/quarantine/review/queue"
	"brevvagt/quarantine/review/words"
	"brevvagt/quarantine/runs"
	"brevvagt/quarantine/warned"
)

// world is the page with everything on it that there is to see and to decide: each case
// that somebody decides is there for him and his language alone, so that all may work at
// the same time.
type world struct {
	*rig
	held, attack *quarantine.Case // that nobody decides
	work         map[string]*quarantine.Case
	bulk, drive  sync.Mutex // what is one for all: the batches, the shares
	asked        asked
	mux          *http.ServeMux // of the access table
	book         string         // a register to import
}

// asked is what the browsers asked the server for, by who, language and route.
type asked struct {
	mu      sync.Mutex
	answers map[string]int
}

type answered struct {
	http.ResponseWriter
	status int
}

func (a *answered) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

func (a *answered) Unwrap() http.ResponseWriter { return a.ResponseWriter }

const tabHeader = "X-Tab"

// note keeps the answer to each request that a tab of the table makes.
func (a *asked) note(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, lang := r.Header.Get(tabHeader), "da"
		if c, err := r.Cookie("sprog"); err == nil {
			lang = c.Value
		}
		rec := &answered{w, http.StatusOK}
		h.ServeHTTP(rec, r)
		a.mu.Lock()
		defer a.mu.Unlock()
		key := who + " " + lang + " " + r.Pattern
		if before, ok := a.answers[key]; !ok || rec.status < before {
			a.answers[key] = rec.status
		}
	})
}

func (a *asked) answer(who, lang, route string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.answers[who+" "+lang+" "+route]
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{work: map[string]*quarantine.Case{}, asked: asked{answers: map[string]int{}}}
	idp := idptest.Start(t)
	d := newDrives(t)
	w.rig = newRig(t, func(c *Config) {
		c.Rules, c.Budget = shippedStates, 2 // more than two are stopped
		c.Draw = func(context.Context, []byte, quarantine.Place) ([]byte, error) { return drawnPage(), nil }
		c.Ways.External, c.Ways.OIDCName = people{}, "kommunens login"
		c.Ways.OIDC = oidc.New(oidc.Config{Issuer: idp.URL, ClientID: idptest.ClientID, Secret: func(context.Context) (string, error) { return idptest.Secret, nil }, Page: "http://127.0.0.1", Claim: "roles",
			Roles: map[account.Role][]string{account.DPO: {"Brevvagt.DPO"}}})
	})
	w.withKeys()
	w.server.shares.Source = (&board.Board{Now: func() *shares.Shares { return d.Shares }, Store: w.db, Ledger: w.service.Ledger()}).Source()
	w.server.queue.Board = queue.NewBoard(time.Hour, time.Now)
	w.source.some = true
	w.fill(t)
	w.mux = http.NewServeMux()
	for _, rt := range w.server.routes() {
		w.mux.Handle(rt.method+" "+rt.path, rt.handle)
	}
	web := httptest.NewServer(w.asked.note(w.server.handler()))
	t.Cleanup(web.Close)
	w.url = web.URL
	return w
}

// fill stops what there is to look at and to decide.
func (w *world) fill(t *testing.T) {
	t.Helper()
	ids := []string{"00000000000000a1"}
	for n := range 3 {
		m := runs.Mail{From: "lis@kommune.example", To: []string{fmt.Sprintf("borger%d@mail.example", n)}, Subject: "Brev om tilskud"}
		if n == 2 {
			x := hostile()
			m = runs.Mail{From: x.From, To: x.To[:2], Subject: x.Subject}
		}
		if err := w.service.Runs().Went(t.Context(), ids, "gateway", fmt.Sprint("gik", n), m); err != nil {
			t.Fatal(err)
		}
	}
	seen := openable("set")
	seen.Runs = ids
	seen.Evidence[1].Box, seen.Evidence[1].Path, seen.Evidence[1].Layer, seen.Evidence[1].Cell, seen.Evidence[1].Page = nil, "mail.eml/brev.docx", "visible", "", 1
	w.held = w.hold(t, seen, 26*time.Hour)
	x := hostile()
	x.Runs = ids
	w.attack = w.hold(t, x, 25*time.Hour)
	web := w.as(t, "dpo")
	web.post("/fortegnelse/"+w.held.DraftNo+"/bekraeft", "bekendt", "2026-11-24T10:00")
	web.post("/sag/"+w.hold(t, bundle("b"), time.Hour).ID+"/falsk-alarm", "begrundelse", "Aftalt med domstolen", "undtag", "1", "regel", "foreign-person", "omfang", "alle", "dage", "30")
	if err := w.server.lists.Warned.Add(t.Context(), warned.Warning{Source: "smtp", From: "a@kommune.example", To: []string{"b@x.example"}, Subject: "Emne", Rules: []warned.Rule{{ID: "placeholder", Danish: "Pladsholder", English: "Placeholder"}}, Gaps: []string{"a.zip: krypteret"}}); err != nil {
		t.Fatal(err)
	}
	for _, who := range rooms[1:3] {
		for _, lang := range []string{"da", "en"} {
			for n, name := range []string{"arbejde", "alle", "nogle", "vej", "afvis", "egen", "fortryd", "flere", "to"} {
				d := openable(who + lang + name)
				switch name {
				case "nogle":
					d.To = []string{"a@leverandoer.example", "b@leverandoer.example", "c@leverandoer.example"}
				case "vej":
					d.Route = "gateway"
				case "egen":
					d.From = who + "@kommune.example"
				case "to":
					d = bundle(d.ItemID)
					d.To = d.To[:3]
				}
				w.work[who+lang+name] = w.hold(t, d, time.Duration(n+1)*time.Minute)
			}
		}
	}
	w.book = filepath.Join(t.TempDir(), "fortegnelse.xlsx")
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range [][]any{{"Nr.", "Hvad er der sket?", "Dato for registrering", "Hændelse start", "Type af hændelse", "Hvilke typer af personoplysninger er berørt?", "Skal hændelsen anmeldes til Datatilsynet?", "Er de berørte personer blevet underrettet?"},
		{"2024-01", "Mail til forkert modtager", "16.01.2024", "16.01.2024", "Menneskelige fejl", "Navn", "Nej", "Nej"}} {
		at, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("Sheet1", at, &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SaveAs(w.book); err != nil {
		t.Fatal(err)
	}
}

// shown is what a route to read shows.
type shown struct {
	title string // key of the words of its heading
	args  []any
	file  string // media type of what is no page
	fails int    // status of an address that a person would not open by hand
}

// reading says of every route to read what it shows, whoever may.
func (w *world) reading(l words.Lang) map[string]shown {
	no := []any{w.held.DraftNo}
	return map[string]shown{
		"/sund": {file: "text/plain"}, "/static/": {file: "text/css"}, "/log-ind": {title: "login.title"},
		"/log-ind/kommune": {file: "away"}, oidc.ReturnPath: {title: "error.oidc", fails: 403}, "/log-ud/her": {file: "text/plain", fails: 404},
		"/laas-op": {title: "login.unlock"}, "/konto": {title: "mine.title"}, "/{$}": {title: "queue.title"}, "/drift": {title: "status.title"},
		"/sag/{id}": {title: words.Heading(l, w.held)}, "/sag/{id}/billede/{n}": {file: "image/png"}, "/sag/{id}/side/{n}": {title: "sheet.title"},
		"/sag/{id}/koersel": {title: "run.title"}, "/sag/{id}/pdf": {file: "application/pdf"}, "/noegler": {title: "keys.title"},
		"/statistik": {title: "stats.title", args: []any{w.now.Year()}}, "/tiltag": {title: "measures.title"}, "/advarsler": {title: "warnings.title"}, "/undtagelser": {title: "exceptions.title"},
		"/drev": {title: "drive.title"}, "/drev/filer": {title: "drive.list.title"}, "/drev/udtraek/{slags}": {file: "text/csv"},
		"/fortegnelse": {title: "register.title"}, "/udtraek/{slags}": {file: "text/csv"}, "/fortegnelse/udskriv": {title: "register.title"},
		"/fortegnelse/ny": {title: "form.new"}, "/fortegnelse/importer": {title: "import.title"}, "/fortegnelse/{nr}": {title: "entry.title", args: no},
		"/fortegnelse/{nr}/ret": {title: "form.edit", args: no}, "/fortegnelse/{nr}/frist.ics": {file: "text/calendar"}, "/fortegnelse/{nr}/anmeldelse": {title: "notify.title", args: no},
		"/fortegnelse/{nr}/underretning": {title: "tell.title", args: no}, "/fortegnelse/{nr}/alvor": {title: "severity.title", args: no},
	}
}

// elsewhere are the routes to write that no click in a table can reach, with who proves
// them: a device with passkeys, and the identity provider's own server.
var elsewhere = map[string]string{
	"POST /log-ind/noegle/begynd": "passkeys", "POST /log-ind/noegle": "passkeys", "POST /konto/noegle/begynd": "passkeys", "POST /konto/noegle": "passkeys", "POST /konto/noegle/fjern": "passkeys",
	"POST /log-ud/besked": "TestSessionsEndFromElsewhere",
}

// seat is somebody at a browser, in one language.
type seat struct {
	*browserTab
	w         *world
	who, lang string
	l         words.Lang
}

// table opens every route to read of the access table as every role and as a stranger, in
// Danish and in English, and takes every decision with the mouse: what may be seen is seen,
// what may not is refused, and nothing is offered that would be. The routes are those of
// the access table itself: a new one that is not here fails. The DPO's pages are looked at
// with axe-core's eyes; all are 320 pixels wide, with an attack among the texts.
func table(t *testing.T, browser context.Context) {
	w := newWorld(t)
	t.Run("all", func(t *testing.T) {
		for _, who := range rooms {
			t.Run(who, func(t *testing.T) {
				t.Parallel()
				w.visit(t, browser, who)
			})
		}
	})
	if t.Failed() {
		return
	}
	w.together(t, browser)
	w.everything(t)
}

// visit is one person's round, in both languages.
func (w *world) visit(t *testing.T, browser context.Context, who string) {
	s := &seat{browserTab: newTab(t, browser, w.url), w: w, who: who}
	command(s.browserTab, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{tabHeader: who}})
	s.do(chromedp.EmulateViewport(320, 700))
	for _, lang := range []string{"da", "en"} {
		s.open("/log-ind")
		if lang == "en" {
			s.click(`form[action="/sprog"] button`)
		}
		s.lang, s.l = lang, words.Lang(lang)
		if who == "" {
			s.read()
			continue
		}
		s.comeIn(who)
		s.read()
		for _, d := range decisions {
			if slices.Contains(accessTable()[d.route], who) {
				d.take(s)
			}
		}
		if slices.Contains(accessTable()["POST /laas-op"], who) {
			s.click("#log-ud")
			s.comeIn(who + "7") // whose key is not unlocked
			s.click("#laast a")
			s.fill("#kode", passphrase)
			s.click("#laas-op")
			s.told("flash.unlocked")
		}
		s.click("#log-ud")
		s.told("login.out")
	}
	s.click(`form[action="/sprog"] button`)
	s.quiet("status of 403", "status of 404")
}

// together is what comes after what somebody else has done: the second of two approves,
// everything is sealed anew, and several cases are decided, when the time to undo has passed.
func (w *world) together(t *testing.T, browser context.Context) {
	w.server.queue.Board = queue.NewBoard(0, time.Now)
	for _, who := range rooms[1:3] {
		for _, lang := range []string{"da", "en"} {
			s := &seat{browserTab: signedIn(t, browser, w.rig, who, lang), w: w, who: who, lang: lang, l: words.Lang(lang)}
			command(s.browserTab, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{tabHeader: who}})
			s.second()
			if who == "dpo" {
				s.seal()
			}
			s.several("flere", "#flere-frigiv")
			for end := time.Now().Add(3 * time.Minute); s.now("flere").State != quarantine.Released; time.Sleep(20 * time.Millisecond) {
				if time.Now().After(end) {
					t.Fatal("several are never decided")
				}
			}
			s.open("/?vis=frigivet")
			if n := run(s.browserTab, chromedp.Evaluate[int](`document.querySelectorAll("#sag-`+s.now("flere").ID+`").length`)); n != 1 {
				t.Errorf("%s in %s: what was released together is not on its list", who, lang)
			}
			s.quiet()
		}
	}
}

// everything compares what was asked for with the access table: nothing was left out.
func (w *world) everything(t *testing.T) {
	left := maps.Clone(elsewhere)
	for _, rt := range w.server.routes() {
		route := rt.method + " " + rt.path
		if _, ok := left[route]; ok {
			delete(left, route)
			continue
		}
		for _, who := range rooms {
			for _, lang := range []string{"da", "en"} {
				status, may := w.asked.answer(who, lang, route), slices.Contains(accessTable()[route], who)
				switch fails := w.reading(words.Danish)[rt.path].fails; {
				case status == 0 && (rt.method == "GET" || may && !strings.HasPrefix(route, "POST /log-ind")):
					t.Errorf("%s was not asked for by %q in %s", route, who, lang)
				case status >= 400 && may && status != fails:
					t.Errorf("%s as %q in %s: status %d", route, who, lang, status)
				case status != 0 && status < 400 && !may && who != "":
					t.Errorf("%s let %q in, in %s", route, who, lang)
				}
			}
		}
	}
	for route := range left {
		t.Errorf("%s is no route", route)
	}
}

// fill writes into a field that is clicked.
func (s *seat) fill(field, text string) {
	s.t.Helper()
	s.do(chromedp.Click(css(field)))
	command(s.browserTab, input.InsertText, input.InsertTextParams{Text: text})
}

// click presses what leads to another page, and waits for it.
func (s *seat) click(what string) { s.t.Helper(); s.submit(chromedp.Click(css(what))) }

func (s *seat) told(key string, args ...any) { s.t.Helper(); s.says(words.Text(s.l, key, args...)) }

func (s *seat) comeIn(name string) {
	s.t.Helper()
	s.open("/log-ind")
	s.fill("#navn", name)
	s.fill("#kode", passphrase)
	s.click("#log-ind")
}

// now is how one of his cases is.
func (s *seat) now(name string) *quarantine.Case {
	s.t.Helper()
	c, err := s.w.service.Get(s.t.Context(), s.w.work[s.who+s.lang+name].ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *seat) opens(name string) { s.t.Helper(); s.open("/sag/" + s.now(name).ID) }

func (s *seat) became(name string, want quarantine.State) {
	s.t.Helper()
	if got := s.now(name); got.State != want || want != quarantine.Held && got.DecidedBy != s.who {
		s.t.Errorf("%s as %s in %s: %s by %q, want %s", name, s.who, s.lang, got.State, got.DecidedBy, want)
	}
}

// look is what a page looks like from within.
type look struct {
	H1, Lang      string
	Wide, Planted int
	Forms, Links  []string
	Missing       bool
}

const looking = `({
  h1: (document.querySelector("h1") || {textContent: ""}).textContent, lang: document.documentElement.lang,
  wide: document.documentElement.scrollWidth, planted: ` + planted + `,
  forms: [...document.forms].filter(f => f.hasAttribute("action")).map(f => f.method.toUpperCase() + " " + new URL(f.action).pathname),
  links: [...document.querySelectorAll("a[href^='/']")].map(a => new URL(a.href).pathname),
  missing: /«|%!|<no value>/.test(document.body.textContent)})`

// fetching asks for addresses and tells of each answer: its status, where it led and its
// media type, or the heading and the language of a page.
const fetching = `Promise.all(%s.map(async ([to, redirect]) => {
  const r = await fetch(to, {redirect: redirect, cache: "no-store"});
  if (r.type === "opaqueredirect") return "away";
  const type = r.headers.get("Content-Type") || "", text = await r.text();
  if (!type.startsWith("text/html")) return r.status + " " + type;
  const page = new DOMParser().parseFromString(text, "text/html");
  return r.status + " " + new URL(r.url).pathname + " " + page.documentElement.lang + " " + page.querySelector("h1").textContent;
}))`

// fetch asks for addresses from within the page that is open.
func (s *seat) fetch(redirect string, paths []string) []string {
	s.t.Helper()
	var list [][2]string
	for _, p := range paths {
		list = append(list, [2]string{p, redirect})
	}
	text, err := json.Marshal(list)
	if err != nil {
		s.t.Fatal(err)
	}
	got := run(s.browserTab, chromedp.Evaluate[[]string](fmt.Sprintf(fetching, text), chromedp.EvalAwaitPromise))
	if len(got) != len(paths) {
		s.t.Fatalf("%d answers to %d addresses", len(got), len(paths))
	}
	return got
}

// read opens every route to read that he may, and is refused the others: the first of
// them as a page that is looked at, the rest as their pages come.
func (s *seat) read() {
	s.t.Helper()
	pages, table := s.w.reading(s.l), accessTable()
	names := strings.NewReplacer("{$}", "", "{id}", s.w.held.ID, "{n}", "1", "{nr}", s.w.held.DraftNo, "{slags}", "csv", "/static/", "/static/css/brevvagt.css")
	var refused, files []string
	open := map[string]string{} // heading by path
	var media []shown
	for _, rt := range s.w.server.routes() {
		if rt.method != "GET" {
			continue
		}
		want, ok := pages[rt.path]
		if !ok {
			s.t.Errorf("%s is in no row of this test", rt.path)
			continue
		}
		path := names.Replace(rt.path)
		switch may := slices.Contains(table["GET "+rt.path], s.who); {
		case !may:
			refused = append(refused, path)
		case want.file != "":
			files, media = append(files, path), append(media, want)
		default:
			open[path] = s.heading(rt.path, want)
		}
	}
	for i, got := range s.fetch("manual", files) { // the way to the identity provider before the way back
		status := cmp.Or(media[i].fails, 200)
		if !strings.HasPrefix(strings.TrimPrefix(got, fmt.Sprint(status, " ")), media[i].file) {
			s.t.Errorf("%s as %q in %s: %s", files[i], s.who, s.lang, got)
		}
	}
	if s.who == "dpo" {
		maps.Copy(open, map[string]string{"/sag/" + s.w.attack.ID + "?billeder=1": words.Heading(s.l, s.w.attack), "/?vis=alle&q=akt&orden=risiko": words.Text(s.l, "queue.title"),
			"/drev/filer?vis=ulaest": words.Text(s.l, "drive.gaps.title"), "/findes-ikke": words.Text(s.l, "error.404")})
	}
	for path, heading := range open {
		s.page(path, heading)
		if s.who == "dpo" {
			s.accessible(path)
		}
	}
	s.refused(refused)
}

// refused wants each of the addresses to lead to the page that says no: the form to sign
// in for a stranger.
func (s *seat) refused(paths []string) {
	s.t.Helper()
	if len(paths) == 0 {
		return
	}
	title, want := "error.403", "403 %s %s %s"
	if s.who == "" {
		title, want = "login.title", "200 %.0s/log-ind %s %s"
	}
	heading := words.Text(s.l, title)
	s.page(paths[0], heading)
	for i, got := range s.fetch("follow", paths) {
		if want := fmt.Sprintf(want, paths[i], s.lang, heading); got != want {
			s.t.Errorf("%s as %q in %s: %q, want %q", paths[i], s.who, s.lang, got, want)
		}
	}
}

// heading is that of a page, which is not the same for everybody.
func (s *seat) heading(path string, want shown) string {
	switch {
	case path == "/sag/{id}":
		return want.title
	case (path == "/{$}" || path == "/log-ind") && s.who == "operator":
		return words.Text(s.l, "status.title")
	case path == "/log-ind" && s.who != "":
		return words.Text(s.l, "queue.title")
	}
	return words.Text(s.l, want.title, want.args...)
}

// page opens one and looks at it.
func (s *seat) page(path, heading string) {
	s.t.Helper()
	s.open(path)
	got := run(s.browserTab, chromedp.Evaluate[look](looking))
	where := fmt.Sprintf("%s as %q in %s", path, s.who, s.lang)
	if got.H1 != heading || got.Lang != s.lang || got.Missing {
		s.t.Errorf("%s: %q in %s, want %q; words missing: %v", where, got.H1, got.Lang, heading, got.Missing)
	}
	if got.Planted != 0 {
		s.t.Errorf("%s: %d planted elements", where, got.Planted)
	}
	if got.Wide > 320 {
		s.t.Errorf("%s is %d pixels wide on a screen of 320: %s", where, got.Wide, run(s.browserTab, chromedp.Evaluate[string](widest)))
	}
	for _, l := range got.Links {
		got.Forms = append(got.Forms, "GET "+l)
	}
	for _, offer := range got.Forms {
		method, to, _ := strings.Cut(offer, " ")
		if s.who == "" && to == "/" {
			continue // which asks for a sign-in
		}
		if route := s.w.route(method, to); !slices.Contains(accessTable()[route], s.who) {
			s.t.Errorf("%s: %s is offered, which is %q", where, offer, route)
		}
	}
	s.keepShot(path)
}

// route is the line of the access table that an address leads to.
func (w *world) route(method, path string) string {
	_, pattern := w.mux.Handler(httptest.NewRequest(method, path, nil))
	return pattern
}

// keepShot keeps pictures for the guide, when they are asked for.
func (s *seat) keepShot(path string) {
	if os.Getenv("BREVVAGT_SHOTS") == "" {
		return
	}
	s.shot("smal-"+s.who+"-"+strings.ReplaceAll(strings.Trim(path, "/"), "/", "-")+"-"+s.lang, 0)
	name := map[string]string{"/sag/" + s.w.held.ID + "/koersel": "koersel", "/statistik": "statistik", "/noegler": "noegler", "/tiltag": "tiltag", "/undtagelser": "undtagelser"}[path]
	if name != "" && s.who == "dpo" && s.lang == "da" {
		s.shot(name, 900)
		s.do(chromedp.EmulateViewport(320, 700))
	}
}
