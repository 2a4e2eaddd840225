package review

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"brevvagt/quarantine"
)

// rooms are those who come in; "" has not signed in.
var rooms = []string{"", "dpo", "reviewer", "auditor", "operator"}

// accessTable says who may use each route, written out here and not taken from the table
// of the page, so that a changed table shows.
func accessTable() map[string][]string {
	everybody := rooms
	inside, readers, deciders, keepers := everybody[1:], everybody[1:4], everybody[1:3], everybody[1:2]
	return map[string][]string{
		"GET /sund": everybody, "GET /static/": everybody, "GET /log-ind": everybody, "POST /log-ind": everybody, "POST /sprog": everybody,
		"GET /log-ind/kommune": everybody, "GET /log-ind/retur": everybody, "POST /log-ind/noegle/begynd": everybody, "POST /log-ind/noegle": everybody,
		"POST /log-ud/besked": everybody, "GET /log-ud/her": everybody, "GET /laas-op": deciders, "POST /laas-op": deciders,
		"GET /konto": inside, "POST /konto/adgangssaetning": inside, "POST /konto/andre": inside, "POST /konto/noegle/begynd": inside, "POST /konto/noegle": inside, "POST /konto/noegle/fjern": inside,
		"POST /sag/{id}/note": deciders, "POST /sag/{id}/overdrag": deciders, "POST /sag/{id}/spoerg": deciders,
		"POST /sag/{id}/falsk-alarm": keepers, "POST /sag/{id}/original": keepers, "POST /sag/{id}/vis": keepers, "POST /sag/{id}/udlever": keepers, "POST /sag/{id}/glem": keepers, "GET /sag/{id}/pdf": readers, "GET /noegler": keepers, "POST /noegler/forsegl": keepers, "POST /noegler/gendannelse": keepers, "POST /noegler/fjern": keepers,
		"GET /advarsler": readers, "GET /statistik": readers, "GET /tiltag": readers, "GET /undtagelser": readers, "POST /undtagelser/slut": keepers,
		"GET /drev": inside, "GET /drev/filer": readers, "GET /drev/udtraek/{slags}": readers, "POST /drev/pause": {"dpo", "operator"}, "POST /drev/fortsaet": {"dpo", "operator"},
		"POST /flere": deciders, "POST /flere/fortryd": deciders,
		"POST /log-ud": inside, "GET /{$}": inside, "GET /drift": inside,
		"GET /sag/{id}": readers, "GET /sag/{id}/koersel": readers, "GET /sag/{id}/billede/{n}": deciders, "GET /sag/{id}/side/{n}": deciders, "POST /sag/{id}/frigiv": deciders, "POST /sag/{id}/afvis": deciders,
		"GET /fortegnelse": readers, "GET /udtraek/{slags}": readers, "GET /fortegnelse/udskriv": readers, "GET /fortegnelse/{nr}": readers,
		"GET /fortegnelse/{nr}/frist.ics": readers, "GET /fortegnelse/{nr}/anmeldelse": readers, "GET /fortegnelse/{nr}/underretning": readers,
		"GET /fortegnelse/{nr}/alvor": readers, "POST /fortegnelse/{nr}/alvor": keepers, "GET /fortegnelse/ny": keepers, "POST /fortegnelse/ny": keepers,
		"GET /fortegnelse/importer": keepers, "POST /fortegnelse/importer": keepers, "GET /fortegnelse/{nr}/ret": keepers,
		"POST /fortegnelse/{nr}/ret": keepers, "POST /fortegnelse/{nr}/forslag": keepers, "POST /fortegnelse/{nr}/bekraeft": keepers,
	}
}

// TestAccess tries every route of the table as every role.
func TestAccess(t *testing.T) {
	everybody, allowed := rooms, accessTable()
	r := newRig(t)
	held := r.hold(t, screenshot("a"), time.Hour)
	if got := len(r.server.routes()); got != len(allowed) {
		t.Errorf("%d routes, %d known to this test", got, len(allowed))
	}
	for _, rt := range r.server.routes() {
		name := rt.method + " " + rt.path
		want, ok := allowed[name]
		if !ok {
			t.Errorf("%s is not known to this test", name)
			continue
		}
		path := strings.NewReplacer("{$}", "", "{id}", held.ID, "{n}", "1", "{nr}", held.DraftNo, "{slags}", "csv", "/static/", "/static/css/brevvagt.css").Replace(rt.path)
		for _, who := range everybody {
			c := r.visitor(t)
			if who != "" {
				c = r.as(t, who)
			}
			req, err := http.NewRequest(rt.method, r.url+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			res := c.first(req)
			body, err := io.ReadAll(res.Body)
			res.Body.Close()
			if err != nil {
				t.Fatal(err)
			}
			location := res.Header.Get("Location")
			refused := res.StatusCode == http.StatusForbidden || res.StatusCode == http.StatusSeeOther && strings.HasPrefix(location, "/log-ind") && location != "/log-ind?hvorfor=ud"
			if slices.Contains(want, who) == refused {
				t.Errorf("%s as %q: status %d %s", name, who, res.StatusCode, location)
			}
			if who == "operator" || who == "" {
				for _, secret := range []string{"leverandoer", "anna.eksempel", "070761", "lønkørsel"} {
					if strings.Contains(string(body), secret) {
						t.Errorf("%s as %q shows %s", name, who, secret)
					}
				}
			}
		}
	}
	if got, err := r.service.Get(t.Context(), held.ID); err != nil || got.State != quarantine.Held {
		t.Errorf("the case is %v after requests without a reason, %v", got.State, err)
	}
}

func TestAuditorSeesNoForms(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Keep = 30 * 24 * time.Hour })
	held := r.hold(t, screenshot("a"), time.Hour)
	_, body := r.as(t, "auditor").get("/sag/" + held.ID + "?billeder=1")
	contains(t, body, "Lukkes og slettes af sig selv", "24. december 2026 kl. 13.05", "ikke til at afgøre den", "din rolle giver ikke adgang til dem", "070761-xxxx")
	for _, no := range []string{"/frigiv", "/afvis", "<textarea", "/billede/1"} {
		if strings.Contains(body, no) {
			t.Errorf("the auditor is offered %s", no)
		}
	}
	_, body = r.as(t, "operator").get("/")
	contains(t, body, "Antal sager efter tilstand", "I karantæne")
}

func TestHeaders(t *testing.T) {
	for _, secure := range []bool{false, true} {
		r := newRig(t, func(c *Config) { c.Secure = secure })
		for _, path := range []string{"/log-ind", "/", "/sund", "/findes-ikke", "/static/css/dkfds.css"} {
			req := httptest.NewRequest("GET", path, nil)
			w := httptest.NewRecorder()
			r.server.handler().ServeHTTP(w, req)
			h := w.Header()
			for name, want := range map[string]string{
				"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; script-src 'self'; connect-src 'self'",
				"X-Content-Type-Options":  "nosniff", "X-Frame-Options": "DENY",
			} {
				if h.Get(name) != want {
					t.Errorf("%s: %s is %q", path, name, h.Get(name))
				}
			}
			if got := h.Get("Cache-Control"); (got == "no-store") == strings.HasPrefix(path, "/static/") {
				t.Errorf("%s: Cache-Control %q", path, got)
			}
			if secure && (h.Get("Referrer-Policy") != "no-referrer" || h.Get("Strict-Transport-Security") == "") {
				t.Errorf("%s: %v", path, h)
			}
		}
	}
}

func TestSessionCookie(t *testing.T) {
	for _, secure := range []bool{false, true} {
		r := newRig(t, func(c *Config) { c.Secure = secure })
		h := r.server.handler()
		login := func(cookie *http.Cookie) *http.Cookie {
			form := url.Values{"navn": {"dpo"}, "kode": {passphrase}}
			req := httptest.NewRequest("POST", "/log-ind", strings.NewReader(form.Encode()))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if cookie != nil {
				req.AddCookie(cookie)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, req)
			for _, c := range w.Result().Cookies() {
				if strings.HasSuffix(c.Name, "brevvagt") {
					return c
				}
			}
			t.Fatal("no session cookie")
			return nil
		}
		first := login(nil)
		if !first.HttpOnly || first.SameSite != http.SameSiteLaxMode || first.Secure != secure || first.Path != "/" || strings.HasPrefix(first.Name, "__Host-") != secure {
			t.Errorf("secure %v: cookie %v", secure, first)
		}
		again := login(first)
		if again.Value == first.Value {
			t.Error("the session token is not renewed at login")
		}
		req := httptest.NewRequest("GET", "/", nil)
		req.AddCookie(first)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		if w.Code != http.StatusSeeOther {
			t.Errorf("the old token still works: %d", w.Code)
		}
		if n := r.server.Keys.Len(); n != 1 {
			t.Errorf("%d keys held after a second login in the same browser, want 1", n)
		}
	}
}

func TestKeyDiesWithTheSession(t *testing.T) {
	r := newRig(t)
	c := r.as(t, "dpo")
	if n := r.server.Keys.Len(); n != 1 {
		t.Fatalf("%d keys held, want 1", n)
	}
	_, body := c.post("/log-ud")
	contains(t, body, "Nøglen til karantænen er glemt igen")
	if n := r.server.Keys.Len(); n != 0 {
		t.Errorf("%d keys held after logout", n)
	}
	if _, body := c.get("/"); !strings.Contains(body, "Adgangssætning") {
		t.Error("still in after logout")
	}
}

func TestIdle(t *testing.T) {
	r := newRig(t)
	held := r.hold(t, screenshot("a"), time.Hour)
	c := r.as(t, "dpo")
	r.server.Keys.Forget() // as the timers do after 30 minutes
	_, body := c.get("/sag/" + held.ID)
	contains(t, body, "ikke har været brugt i 30 minutter", `value="/sag/`+held.ID+`"`)
	_, body = c.post("/log-ind", "navn", "dpo", "kode", passphrase, "efter", "/sag/"+held.ID)
	contains(t, body, "En mail fra anna.eksempel@kommune.example")
}

func TestLockedKey(t *testing.T) {
	r := newRig(t)
	held := r.hold(t, screenshot("a"), time.Hour)
	c := r.as(t, "dpo9")
	status, body := c.post("/sag/"+held.ID+"/frigiv", "begrundelse", "Aftalt")
	if status != http.StatusConflict {
		t.Errorf("status %d", status)
	}
	contains(t, body, "Nøglen til karantænen er ikke låst op")
	if status, body = c.get("/sag/" + held.ID + "/billede/1"); status != http.StatusForbidden {
		t.Errorf("picture: status %d", status)
	}
	contains(t, body, "Nøglen er ikke låst op")
}

func TestLoginRefused(t *testing.T) {
	r := newRig(t)
	c := r.visitor(t)
	for _, x := range []struct {
		name, pass string
		status     int
		says       string
	}{
		{"dpo", "forkert", 401, "Brugernavn eller adgangssætning er forkert"},
		{"ukendt", passphrase, 401, "Brugernavn eller adgangssætning er forkert"},
		{"", "", 422, "Skriv både brugernavn og adgangssætning"},
		{strings.Repeat("x", 100_000), "y", 400, "Det kunne ikke læses"},
	} {
		status, body := c.post("/log-ind", "navn", x.name, "kode", x.pass)
		if status != x.status {
			t.Errorf("%.20q: status %d, want %d", x.name, status, x.status)
		}
		contains(t, body, x.says)
		if strings.Contains(r.log.String(), "forkert") && x.pass == "forkert" {
			t.Error("the passphrase is in the log")
		}
	}
	r.server.signin.Pause = 200 * time.Millisecond
	start := time.Now()
	c.post("/log-ind", "navn", "dpo", "kode", "forkert")
	if d := time.Since(start); d < r.server.signin.Pause {
		t.Errorf("a failed login is answered after %v", d)
	}
}

// Every form of every route is refused when another site sends it, whoever is signed in,
// and every answer forbids to be framed, sniffed or kept.
func TestOtherSitesAreRefused(t *testing.T) {
	r := newRig(t)
	held := r.hold(t, screenshot("a"), time.Hour)
	cookie := r.cookie(t, "dpo")
	names := strings.NewReplacer("{$}", "", "{id}", held.ID, "{n}", "0", "{nr}", held.DraftNo, "{slags}", "csv")
	h := r.server.handler()
	for _, rt := range r.server.routes() {
		for _, header := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://ond.example"}} {
			req := httptest.NewRequest(rt.method, names.Replace(rt.path), strings.NewReader("begrundelse=indsat+af+en+fremmed+side&handling=frigiv&sag="+held.ID))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set(header[0], header[1])
			req.AddCookie(cookie)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, req)
			if rt.method == "POST" && (w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "Handlingen blev stoppet")) {
				t.Errorf("POST %s with %v: status %d", rt.path, header, w.Code)
			}
			g := w.Header()
			if g.Get("X-Frame-Options") != "DENY" || !strings.Contains(g.Get("Content-Security-Policy"), "frame-ancestors 'none'") || g.Get("X-Content-Type-Options") != "nosniff" || g.Get("Cache-Control") != "no-store" && rt.path != "/static/" {
				t.Errorf("%s %s: %v", rt.method, rt.path, g)
			}
		}
	}
	if got, err := r.service.Get(t.Context(), held.ID); err != nil || got.State != quarantine.Held || len(r.source.delivered) != 0 {
		t.Errorf("decided on behalf of another site: %v, %v", got.State, err)
	}
}

// An address that is written to mean another one, or a forged host, leads nowhere else.
func TestStrangeAddresses(t *testing.T) {
	r := newRig(t)
	held := r.hold(t, screenshot("a"), time.Hour)
	h := r.server.handler()
	operator := r.cookie(t, "operator")
	for _, path := range []string{"//ond.example/%2e%2e", "//ond.example//", "/%2e%2e/sag/" + held.ID, "/sag/../sag/" + held.ID, "/drift/..//sag/" + held.ID, "/sag%2f" + held.ID, "/SAG/" + held.ID, "/sag/" + held.ID + "/", "/sag/" + held.ID + "%00", "/static/..%2fsag/" + held.ID, "/sag/" + held.ID + ";x=1", "/sag/%2e%2e/drift"} {
		req := httptest.NewRequest("GET", "/", nil)
		u, err := url.ParseRequestURI(path)
		if err != nil {
			continue // net/http refuses it before us
		}
		req.URL, req.RequestURI, req.Host = u, path, "ond.example"
		req.Header.Set("X-Forwarded-Host", "ond.example")
		req.Header.Set("X-HTTP-Method-Override", "POST")
		req.AddCookie(operator)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		if to := w.Header().Get("Location"); strings.Contains(to, "://") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, `/\`) {
			t.Errorf("%s leads to %q", path, to)
		}
		if body := w.Body.String(); strings.Contains(body, "070761") || strings.Contains(body, "leverandoer") || strings.Contains(body, "ond.example") && !strings.Contains(path, "ond.example") {
			t.Errorf("%s shows the operator a case, or the forged host", path)
		}
	}
}

func TestRedirectsStayHere(t *testing.T) {
	r := newRig(t)
	for _, to := range []string{"https://ond.example/", "//ond.example/", `/\ond.example`, "javascript:alert(1)", "ond.example", "/\t/ond.example", "/x\r\nSet-Cookie: a=b"} {
		for _, path := range []string{"/log-ind", "/sprog"} {
			form := url.Values{"navn": {"dpo"}, "kode": {passphrase}, "efter": {to}, "tilbage": {to}}
			req, err := http.NewRequest("POST", r.url+path, strings.NewReader(form.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			res := r.visitor(t).first(req)
			res.Body.Close()
			if got := res.Header.Get("Location"); got != "/" {
				t.Errorf("%s with %q leads to %q", path, to, got)
			}
		}
	}
}

func TestErrorPages(t *testing.T) {
	r := newRig(t)
	c := r.visitor(t)
	for _, x := range []struct {
		method, path string
		status       int
		says         string
	}{
		{"GET", "/findes-ikke", 404, "Siden findes ikke"},
		{"GET", "/static/findes-ikke.css", 404, ""},
		{"GET", "/static/../review.go", 404, ""},
		{"DELETE", "/fortegnelse", 405, "Det kan man ikke her"},
		{"GET", "/sag/01ARZ3NDEKTSV4RRFFQ69G5FAV/frigiv", 405, "Det kan man ikke her"},
	} {
		req, err := http.NewRequest(x.method, r.url+x.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		status, body := answer(t, c.first(req))
		if status != x.status && !(x.path == "/static/../review.go" && status < 400) {
			t.Errorf("%s %s: status %d, want %d", x.method, x.path, status, x.status)
		}
		contains(t, body, x.says)
	}
}

func TestHealth(t *testing.T) {
	r := newRig(t)
	if status, body := r.visitor(t).get("/sund"); status != 200 || body != "klar\n" {
		t.Errorf("%d %q", status, body)
	}
	broken := newRig(t, func(c *Config) { c.Service = failing{c.Service} })
	if status, _ := broken.visitor(t).get("/sund"); status != http.StatusServiceUnavailable {
		t.Errorf("status %d with a broken store", status)
	}
	if status, body := broken.visitor(t).post("/log-ind", "navn", "dpo", "kode", passphrase); status != 500 || !strings.Contains(body, "Noget gik galt hos os") {
		t.Errorf("queue with a broken store: %d", status)
	}
	if strings.Contains(fmt.Sprint(broken.log), passphrase) {
		t.Error("the passphrase is in the log")
	}
}
