package review

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"brevvagt/internal/idptest"
	"brevvagt/quarantine/account"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/oidc"
	"brevvagt/quarantine/review/passkey"
)

// newKommune is a rig whose people come in by the municipality's own sign-in too: carl
// is a DPO there and has no account here yet.
func newKommune(t *testing.T, change ...func(*rig, *Config)) (*rig, *idptest.Provider) {
	t.Helper()
	idp := idptest.Start(t)
	idp.Claims = map[string]any{"sub": "c3", "preferred_username": "carl@kommune.example", "name": "Carl Eksempel", "sid": "s-9", "roles": []string{"Brevvagt.DPO"}}
	r := newRealRig(t, append([]func(*rig, *Config){func(r *rig, c *Config) {
		c.Ways.External, c.Ways.OIDCName = r.accounts, "kommunens login"
		c.Ways.OIDC = oidc.New(oidc.Config{Issuer: idp.URL, ClientID: idptest.ClientID, Secret: func(context.Context) (string, error) { return idptest.Secret, nil }, Page: r.url, Claim: "roles",
			Roles: map[account.Role][]string{account.DPO: {"Brevvagt.DPO"}, account.Reviewer: {"Brevvagt.Sagsbehandler"}, account.Auditor: {"Brevvagt.Revisor"}, account.Operator: {"Brevvagt.Drift"}}})
	}}, change...)...)
	r.now = time.Now()
	return r, idp
}

// is makes somebody the one who signs in next.
func is(idp *idptest.Provider, sub, login string, roles ...string) {
	idp.Change(func(p *idptest.Provider) {
		p.Claims = maps.Clone(p.Claims)
		p.Claims["sub"], p.Claims["preferred_username"], p.Claims["sid"], p.Claims["roles"] = sub, login, "sid-"+sub, roles
	})
}

func TestMunicipalSignIn(t *testing.T) {
	r, idp := newKommune(t)
	held := r.hold(t, screenshot("a"), time.Hour)
	c := r.visitor(t)
	_, body := c.get("/log-ind?efter=/sag/" + held.ID)
	contains(t, body, "Log ind med kommunens login", `href="/log-ind/kommune?efter=%2fsag%2f`+held.ID+`"`, "Med brugernavn og adgangssætning")
	status, body := c.get("/log-ind/kommune?efter=/sag/" + held.ID)
	if status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	// Masked evidence, and decisions are offered; the original needs a key that nobody gave.
	contains(t, body, "carl (DPO)", "En mail fra anna.eksempel@kommune.example", "070761-xxxx", `action="/sag/`+held.ID+`/frigiv"`)
	if strings.Contains(body, `id="laast"`) {
		t.Error("somebody without a key is asked to unlock it")
	}
	for _, path := range []string{"/original", "/vis", "/frigiv"} {
		if status, body = c.post("/sag/"+held.ID+path, "begrundelse", "Aftalt", "fund", "0"); status != http.StatusConflict || !strings.Contains(body, "Nøglen til karantænen er ikke låst op") {
			t.Errorf("%s: status %d", path, status)
		}
	}
	if status, _ = c.get("/sag/" + held.ID + "/billede/1"); status != http.StatusForbidden {
		t.Errorf("picture: status %d", status)
	}
	_, body = c.get("/laas-op")
	contains(t, body, "Din konto har ingen nøgle til karantænen")
	if status, _ = c.post("/laas-op", "kode", passphrase); status != http.StatusConflict {
		t.Errorf("unlocked nothing: status %d", status)
	}
	_, body = c.get("/konto")
	contains(t, body, "med kommunens login", "Carl Eksempel", "ingen: du kan se sagerne sløret", "Adgangskode og adgangsnøgler styres dér")
	if status, body = c.post("/sag/"+held.ID+"/note", "note", "Set af Carl"); status != http.StatusOK || !strings.Contains(body, "Set af Carl") {
		t.Errorf("note: status %d", status)
	}
	_, body = c.post("/log-ud")
	contains(t, body, "Du er logget ud", "Du er stadig logget ind i kommunens login", idp.URL+"/logout?client_id=brevvagt")
	if _, body = c.get("/"); !strings.Contains(body, "Log ind med kommunens login") {
		t.Error("still in after logout")
	}
}

// An account with a key that is linked to the sign-in: the passphrase unlocks the key.
func TestLinkedAccountUnlocksItsKey(t *testing.T) {
	r, idp := newKommune(t)
	held := r.hold(t, screenshot("a"), time.Hour)
	is(idp, "a1", "anna@kommune.example", "Brevvagt.DPO")
	c := r.visitor(t)
	status, body := c.get("/log-ind/kommune")
	if status != http.StatusForbidden {
		t.Errorf("the account of somebody else by its name alone: status %d", status)
	}
	contains(t, body, "Kontoen skal forbindes først", "brevvagt account link")
	if err := r.accounts.Link(t.Context(), "anna", "anna@kommune.example", "anna"); err != nil {
		t.Fatal(err)
	}
	_, body = c.get("/log-ind/kommune?efter=/sag/" + held.ID)
	contains(t, body, "anna (DPO)", "Nøglen til karantænen er låst", `href="/laas-op?efter=%2fsag%2f`+held.ID+`"`)
	if status, body = c.post("/laas-op", "kode", "forkert adgangssætning", "efter", "/sag/"+held.ID); status != http.StatusUnauthorized || !strings.Contains(body, "Adgangssætningen er forkert") {
		t.Errorf("status %d", status)
	}
	_, body = c.post("/laas-op", "kode", passphrase, "efter", "/sag/"+held.ID)
	contains(t, body, "låst op, indtil du logger ud", "En mail fra anna.eksempel@kommune.example")
	if status, _ = c.post("/sag/"+held.ID+"/original", "begrundelse", "Aktindsigt"); status != http.StatusOK {
		t.Errorf("original: status %d", status)
	}
	// The lesser role holds, and with it no key.
	is(idp, "a1", "anna@kommune.example", "Brevvagt.Revisor")
	other := r.visitor(t)
	_, body = other.get("/log-ind/kommune?efter=/sag/" + held.ID)
	contains(t, body, "anna (revisor", "ikke til at afgøre den")
	if strings.Contains(body, `id="laast"`) {
		t.Error("an auditor is asked to unlock a key")
	}
	if status, _ = other.post("/laas-op", "kode", passphrase); status != http.StatusForbidden {
		t.Errorf("an auditor unlocks: status %d", status)
	}
	if status, _ = other.post("/sag/"+held.ID+"/original", "begrundelse", "Aktindsigt"); status != http.StatusForbidden {
		t.Errorf("an auditor opens the original: status %d", status)
	}
	// Five wrong passphrases close the unlocking too.
	third := r.visitor(t)
	is(idp, "a1", "anna@kommune.example", "Brevvagt.DPO")
	third.get("/log-ind/kommune")
	for range 5 {
		third.post("/laas-op", "kode", "forkert adgangssætning")
	}
	if status, _ = third.post("/laas-op", "kode", passphrase); status != http.StatusTooManyRequests {
		t.Errorf("after five wrong ones: status %d", status)
	}
}

// Who is not let in sees why, and has no session.
func TestRefusedByTheMunicipality(t *testing.T) {
	r, idp := newKommune(t)
	closed := r.visitor(t)
	closed.get("/log-ind/kommune")
	if err := r.accounts.Disable(t.Context(), "carl", "anna"); err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		set  func(p *idptest.Provider)
		says string
	}{
		"no role":     {func(p *idptest.Provider) { p.Claims["sub"], p.Claims["roles"] = "d4", []string{"Andet"} }, "Du har ikke adgang til brevvagt"},
		"overage":     {func(p *idptest.Provider) { p.Claims["sub"], p.Claims["roles"], p.Claims["hasroles"] = "d4", nil, true }, "Din rolle kunne ikke læses"},
		"denied":      {func(p *idptest.Provider) { p.Refuse = "access_denied" }, "Kommunens login afviste det"},
		"forged":      {func(p *idptest.Provider) { p.Bend = func(c map[string]any) { c["aud"] = "andet" } }, "kunne ikke godtages"},
		"odd name":    {func(p *idptest.Provider) { p.Claims["sub"], p.Claims["preferred_username"] = "d4", "<script>@x" }, "Kontoen skal forbindes først"},
		"closed here": {func(*idptest.Provider) {}, "Kontoen er lukket i brevvagt"},
	} {
		before := maps.Clone(idp.Claims)
		idp.Change(func(p *idptest.Provider) { p.Claims = maps.Clone(before); x.set(p) })
		c := r.visitor(t)
		status, body := c.get("/log-ind/kommune")
		if status != http.StatusForbidden || !strings.Contains(body, x.says) {
			t.Errorf("%s: status %d", name, status)
		}
		if _, body = c.get("/"); !strings.Contains(body, "Adgangssætning") {
			t.Errorf("%s: signed in", name)
		}
		idp.Change(func(p *idptest.Provider) { p.Claims, p.Refuse, p.Bend = before, "", nil })
	}
	if strings.Contains(r.log.String(), "script") || strings.Contains(r.log.String(), "carl@") {
		t.Error("names of people who were refused are in the log")
	}
}

// The way back belongs to the browser that set out, and works once.
func TestWayBackFromTheMunicipality(t *testing.T) {
	r, _ := newKommune(t)
	c, other := r.visitor(t), r.visitor(t)
	get := func(c *client, address string) *http.Response {
		t.Helper()
		req, err := http.NewRequest("GET", address, nil)
		if err != nil {
			t.Fatal(err)
		}
		res := c.first(req)
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res
	}
	out := get(c, r.url+"/log-ind/kommune?efter=//ond.example/")
	back := get(c, out.Header.Get("Location")).Header.Get("Location")
	if !strings.HasPrefix(back, r.url+oidc.ReturnPath+"?") {
		t.Fatal(back)
	}
	if res := get(other, back); res.StatusCode != http.StatusForbidden { // an attacker's way back in somebody else's browser
		t.Errorf("in another browser: status %d", res.StatusCode)
	}
	old, _ := url.Parse(r.url)
	ticket := c.http.Jar.Cookies(old)
	if res := get(c, back); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/" {
		t.Errorf("status %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	other.http.Jar.SetCookies(old, ticket) // kept by somebody who read along
	if res := get(other, back); res.StatusCode != http.StatusForbidden {
		t.Errorf("a second time: status %d", res.StatusCode)
	}
}

// The identity provider ends sessions; so does closing the account.
func TestSessionsEndFromElsewhere(t *testing.T) {
	r, idp := newKommune(t)
	in := func(c *client) bool {
		t.Helper()
		_, body := c.get("/konto")
		return strings.Contains(body, `id="log-ud"`)
	}
	carl, twin, anna := r.visitor(t), r.visitor(t), r.as(t, "anna")
	carl.get("/log-ind/kommune")
	idp.Change(func(p *idptest.Provider) { p.Claims = maps.Clone(p.Claims); p.Claims["sid"] = "s-10" })
	twin.get("/log-ind/kommune")
	tell := func(token string) int {
		t.Helper()
		status, _ := r.visitor(t).post("/log-ud/besked", "logout_token", token)
		return status
	}
	if status := tell("x.y.z"); status != http.StatusBadRequest {
		t.Errorf("nonsense: status %d", status)
	}
	if status := tell(idp.Logout(func(c map[string]any) { c["sub"] = "en anden" })); status != http.StatusOK || !in(carl) || !in(twin) {
		t.Errorf("somebody else's sessions: status %d", status)
	}
	for range 40 { // of strangers, who keep nobody out
		if status := tell("x.y.z"); status != http.StatusBadRequest {
			t.Fatalf("one of many: status %d", status)
		}
	}
	if status := tell(idp.Logout(func(c map[string]any) { c["sub"], c["sid"] = "c3", "s-9" })); status != http.StatusOK || in(carl) || !in(twin) || !in(anna) {
		t.Errorf("one session: status %d", status)
	}
	for address, want := range map[string]int{"": 404, "?iss=" + url.QueryEscape(idp.URL): 404, "?sid=": 404, "?iss=https://ond.example&sid=s-10": 404, "?iss=&sid=s-10": 404, "?sid=s-11": 200} {
		if status, _ := r.visitor(t).get("/log-ud/her" + address); status != want || !in(twin) {
			t.Errorf("%s: status %d", address, status)
		}
	}
	if status, _ := r.visitor(t).get("/log-ud/her?sid=s-10"); status != http.StatusOK || in(twin) || !in(anna) {
		t.Errorf("front channel: status %d", status)
	}
	carl.get("/log-ind/kommune")
	if !in(carl) {
		t.Fatal("cannot sign in again")
	}
	if err := r.accounts.Disable(t.Context(), "carl", "anna"); err != nil {
		t.Fatal(err)
	}
	if in(carl) {
		t.Error("a closed account keeps its session")
	}
	// A role that was taken back at one place ends the session with it at another.
	is(idp, "e5", "eva@kommune.example", "Brevvagt.DPO")
	eva := r.visitor(t)
	eva.get("/log-ind/kommune")
	is(idp, "e5", "eva@kommune.example", "Brevvagt.Drift")
	r.visitor(t).get("/log-ind/kommune")
	if in(eva) {
		t.Error("a session outlives its role")
	}
	// So does one that was taken back without another in its place, until one is given again.
	is(idp, "e5", "eva@kommune.example", "Brevvagt.DPO")
	eva.get("/log-ind/kommune")
	if !in(eva) {
		t.Fatal("cannot sign in with the role given back")
	}
	is(idp, "e5", "eva@kommune.example", "Andet.System")
	if status, body := r.visitor(t).get("/log-ind/kommune"); status != http.StatusForbidden || !strings.Contains(body, "Du har ikke adgang til brevvagt") {
		t.Errorf("no role at all: status %d", status)
	}
	if in(eva) {
		t.Error("a session outlives the last role")
	}
	if !in(anna) {
		t.Error("somebody else's session ended")
	}
	is(idp, "e5", "eva@kommune.example", "Brevvagt.DPO")
	eva.get("/log-ind/kommune")
	if !in(eva) {
		t.Error("cannot sign in with the role given back")
	}
}

func TestOneOwnAccount(t *testing.T) {
	r := newRealRig(t)
	here, there := r.as(t, "anna"), r.as(t, "anna")
	_, body := here.get("/konto")
	contains(t, body, "Du er også logget ind ét andet sted", "med adgangssætning", "låst op i denne session")
	_, body = here.post("/konto/andre")
	contains(t, body, "Du er logget ud alle andre steder")
	if _, body = there.get("/konto"); strings.Contains(body, `id="log-ud"`) {
		t.Error("still in elsewhere")
	}
	const next = "en helt anden lang sætning"
	for name, x := range map[string][]string{"to nye adgangssætninger er ikke ens": {passphrase, next, "x"}, "for kort": {passphrase, "kort", "kort"}, "adgangssætning er forkert": {"forkert", next, next}} {
		status, body := here.post("/konto/adgangssaetning", "nu", x[0], "ny", x[1], "igen", x[2])
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, name) {
			t.Errorf("%s: status %d", name, status)
		}
	}
	there = r.as(t, "anna")
	_, body = here.post("/konto/adgangssaetning", "nu", passphrase, "ny", next, "igen", next)
	contains(t, body, "Adgangssætningen er skiftet")
	if _, body = there.get("/konto"); strings.Contains(body, `id="log-ud"`) {
		t.Error("still in elsewhere after the change")
	}
	if status, _ := r.visitor(t).post("/log-ind", "navn", "anna", "kode", passphrase); status != http.StatusUnauthorized {
		t.Errorf("the old one: status %d", status)
	}
	if status, _ := r.visitor(t).post("/log-ind", "navn", "anna", "kode", next); status != http.StatusOK {
		t.Errorf("the new one: status %d", status)
	}
	if strings.Contains(r.log.String(), next) {
		t.Error("the passphrase is in the log")
	}
}

// Switched off, a passphrase and a passkey of ours let nobody in; the passphrase still
// unlocks the key.
func TestLocalSignInSwitchedOff(t *testing.T) {
	r, idp := newKommune(t, func(r *rig, c *Config) {
		c.Ways.NoPassphrase = true
		var err error
		if c.Ways.Passkeys, err = passkey.New(r.accounts, localhost(r.url), "x"); err != nil {
			t.Fatal(err)
		}
	})
	_, body := r.visitor(t).get("/log-ind")
	for _, no := range []string{`name="kode"`, "adgangsnøgle"} {
		if strings.Contains(body, no) {
			t.Errorf("the page offers %s", no)
		}
	}
	if status, body := r.visitor(t).post("/log-ind", "navn", "anna", "kode", passphrase); status != http.StatusForbidden || !strings.Contains(body, "Her logger man ikke ind med adgangssætning") {
		t.Errorf("status %d", status)
	}
	for _, path := range []string{"/log-ind/noegle/begynd", "/log-ind/noegle"} {
		if status, _ := r.visitor(t).post(path); status != http.StatusNotFound {
			t.Errorf("%s: status %d", path, status)
		}
	}
	if err := r.accounts.Link(t.Context(), "anna", "anna@kommune.example", "anna"); err != nil {
		t.Fatal(err)
	}
	is(idp, "a1", "anna@kommune.example", "Brevvagt.DPO")
	c := r.visitor(t)
	c.get("/log-ind/kommune")
	_, body = c.post("/laas-op", "kode", passphrase, "efter", "/konto")
	contains(t, body, "låst op i denne session")
}

// Nobody is asked more than the site can bear, and passkeys take no plain forms.
func TestUnprovenRequestsAreFew(t *testing.T) {
	r, _ := newKommune(t, func(r *rig, c *Config) {
		var err error
		if c.Ways.Passkeys, err = passkey.New(r.accounts, localhost(r.url), "x"); err != nil {
			t.Fatal(err)
		}
	})
	if status, _ := r.visitor(t).post("/log-ind/noegle", "id", "x"); status != http.StatusBadRequest {
		t.Errorf("a plain form: status %d", status)
	}
	got := map[int]int{}
	for range 60 {
		status, _ := r.visitor(t).post("/log-ind/noegle/begynd")
		got[status]++
	}
	if got[http.StatusOK] != 30 || got[http.StatusTooManyRequests] != 30 {
		t.Errorf("%v", got)
	}
}

// Who fills the ways in that need no passphrase keeps out strangers, and nobody whose
// browser is known from an earlier sign-in, whichever way that was.
func TestKnownBrowsersGetThrough(t *testing.T) {
	r, _ := newKommune(t, func(r *rig, c *Config) {
		var err error
		if c.Ways.Passkeys, err = passkey.New(r.accounts, localhost(r.url), "x"); err != nil {
			t.Fatal(err)
		}
		c.Ways.Browsers = r.accounts
	})
	own, _ := url.Parse(r.url)
	again := func(c *client) *client { // the same browser another day: the session has ended
		t.Helper()
		v := r.visitor(t)
		for _, cookie := range c.http.Jar.Cookies(own) {
			if cookie.Name == "brevvagt-kendt" {
				v.http.Jar.SetCookies(own, []*http.Cookie{cookie})
				return v
			}
		}
		t.Fatal("the browser keeps nothing")
		return nil
	}
	carl, anna := r.visitor(t), r.as(t, "anna")
	carl.get("/log-ind/kommune")
	begin := func(v *client, from string, times int) (fine int) {
		t.Helper()
		for range times {
			req, _ := http.NewRequest("POST", r.url+"/log-ind/noegle/begynd", nil)
			req.Header.Set("X-Forwarded-For", from)
			res := v.first(req)
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				fine++
			}
		}
		return fine
	}
	// One address alone cannot use up what strangers have together; several can.
	r.now = r.now.Add(time.Hour)
	if n := begin(r.visitor(t), "192.0.2.7", 40); n != 25 {
		t.Errorf("one address got through %d times", n)
	}
	if n := begin(r.visitor(t), "192.0.2.8", 40); n != 5 {
		t.Errorf("another address got through %d times", n)
	}
	if status, _ := again(anna).post("/log-ind/noegle/begynd"); status != http.StatusOK {
		t.Errorf("a browser known by the passphrase: status %d", status)
	}
	carl = again(carl)
	carl.get("/log-ind/kommune")
	if _, body := carl.get("/konto"); !strings.Contains(body, `id="log-ud"`) {
		t.Error("a browser known by the municipality's sign-in cannot go there and back")
	}
	// A known browser does not have the site to itself, and a forged one is a stranger's.
	if n := begin(again(anna), "192.0.2.9", 40); n != 14 {
		t.Errorf("a known browser got through %d times", n)
	}
	forged := r.visitor(t)
	forged.http.Jar.SetCookies(own, []*http.Cookie{{Name: "brevvagt-kendt", Value: strings.Repeat("A", 26) + ".4102444800." + strings.Repeat("0", 64)}})
	if n := begin(forged, "192.0.2.9", 2); n != 0 {
		t.Errorf("a forged one got through %d times", n)
	}
	if id, err := r.accounts.KnownBrowser(t.Context(), forged.http.Jar.Cookies(own)[0].Value); id != "" || err != nil {
		t.Errorf("a forged one is known as %q, %v", id, err)
	}
	// A closed account makes no browser known.
	kept := again(carl).http.Jar.Cookies(own)[0].Value
	if id, _ := r.accounts.KnownBrowser(t.Context(), kept); id == "" {
		t.Error("not known")
	}
	if err := r.accounts.Disable(t.Context(), "carl", "anna"); err != nil {
		t.Fatal(err)
	}
	if id, _ := r.accounts.KnownBrowser(t.Context(), kept); id != "" {
		t.Error("the browser of a closed account is known")
	}
}

// TestSessionAfterMunicipalSignIn holds the longest session to a working day.
func TestSessionAfterMunicipalSignIn(t *testing.T) {
	r, _ := newKommune(t)
	c := r.visitor(t)
	c.get("/log-ind/kommune")
	own, _ := url.Parse(r.url)
	var ends time.Duration
	for _, cookie := range c.http.Jar.Cookies(own) {
		if ctx, err := r.server.Sessions.Load(t.Context(), cookie.Value); err == nil && r.server.Sessions.GetString(ctx, frame.SessionName) == "carl" {
			ends = time.Until(r.server.Sessions.Deadline(ctx))
		}
	}
	if ends > 8*time.Hour || ends < 7*time.Hour {
		t.Errorf("the session ends in %s", ends)
	}
}

// municipality walks to the identity provider and back in a real browser: another
// origin, a strict content policy, cookies that must come along.
func municipality(t *testing.T, browser context.Context) {
	r, idp := newKommune(t)
	if err := r.accounts.Link(t.Context(), "anna", "anna@kommune.example", "anna"); err != nil {
		t.Fatal(err)
	}
	is(idp, "a1", "anna@kommune.example", "Brevvagt.DPO")
	held := r.hold(t, screenshot("a"), time.Hour)
	b := newTab(t, browser, r.url)
	b.open("/sag/" + held.ID)
	b.shot("log-ind-kommune", 0)
	b.accessible("/log-ind")
	b.submit(chromedp.Click(css("#kommune")))
	b.says("Nøglen til karantænen er låst", "En mail fra anna.eksempel@kommune.example")
	b.accountPages("/laas-op")
	b.submit(chromedp.Click(css("#log-ud")))
	b.says("Du er logget ud", "Du er stadig logget ind i kommunens login")
	b.accessible("/log-ind?hvorfor=ud-her")
	b.quiet()
	is(idp, "d4", "dan@kommune.example", "Andet")
	b.submit(chromedp.Click(css("#kommune")))
	b.says("Du har ikke adgang til brevvagt")
	b.shot("ingen-rolle", 0)
	b.accessible("no role")
}
