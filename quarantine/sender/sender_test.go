package sender

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	"brevvagt/quarantine"
	"brevvagt/quarantine/casework"
	"brevvagt/quarantine/register/fieldcheck"
	"brevvagt/quarantine/review/static"
	"brevvagt/quarantine/vault"
)

// source is a mail server that keeps what it is told.
type source struct {
	mu                 sync.Mutex
	content            bool // needs the original, which nobody here can open
	refuse             error
	released, rejected []*quarantine.Case
}

func (s *source) NeedsContent() bool { return s.content }

func (s *source) ReleasesBy(route string) bool { return route == "gateway" }

func (s *source) Release(_ context.Context, c *quarantine.Case, _ io.Reader) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.released = append(s.released, c)
	return "250 ok", s.refuse
}

func (s *source) Reject(_ context.Context, c *quarantine.Case, _ string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rejected = append(s.rejected, c)
	return s.refuse
}

// rig is the page over a real quarantine.
type rig struct {
	t       testing.TB
	service *quarantine.Service
	source  *source
	db      *store.DB
	links   Links
	url     string
	now     time.Time
	log     *bytes.Buffer
	told    []string
	may     map[string]bool
	route   bool
}

func newRig(t testing.TB) *rig {
	t.Helper()
	dir := t.TempDir()
	r := &rig{t: t, source: &source{}, now: time.Date(2026, 11, 24, 13, 5, 0, 0, time.UTC), log: &bytes.Buffer{}, may: map[string]bool{}}
	db, err := storetest.Open(t.Context(), store.Options{Path: filepath.Join(dir, "state", "brevvagt.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	id, err := vault.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	recipient, err := vault.ParseRecipient(id.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.New(filepath.Join(dir, "vault"), []age.Recipient{recipient})
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return r.now }
	r.db = db
	r.service, err = quarantine.New(quarantine.Config{Store: db, Vault: v, Outbox: filepath.Join(dir, "outbox"), Now: clock, Check: fieldcheck.Check,
		Releasers: map[string]quarantine.Releaser{"milter": r.source}})
	if err != nil {
		t.Fatal(err)
	}
	r.links = Links{Key: []byte("0123456789abcdef0123456789abcdef"), Valid: 24 * time.Hour, Now: clock}
	h, err := New(Config{Cases: r.service, Sender: r.service.Sender, Store: db, Links: r.links, Check: fieldcheck.Check,
		Work: casework.New(casework.Config{Store: db, Ledger: r.service.Ledger(), Check: fieldcheck.Check, Now: clock}),
		May:  func(rule string) bool { return r.may[rule] }, Route: func(string) bool { return r.route },
		Tell: func(_ context.Context, id string, act Act) error {
			r.told = append(r.told, id+" "+string(act))
			return nil
		},
		Organisation: "Eksempel Kommune", Contact: "dpo@kommune.example", Log: slog.New(slog.NewTextHandler(r.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(h)
	t.Cleanup(web.Close)
	r.url, r.links.Page = web.URL, web.URL
	return r
}

const from = "anna.eksempel@kommune.example"

func deposit(item string) quarantine.Deposit {
	return quarantine.Deposit{Source: "milter", ItemID: item, Kind: "mail", From: from, To: []string{"b@firma.example", "c@firma.example"},
		Subject: "Vedr. Testperson Eksempel", MessageID: "<" + item + "@kommune.example>", Numbers: 3, Persons: 2,
		DataTypes: []string{"CPR-nr.", "Helbredsoplysninger"},
		Rules: []quarantine.Rule{{ID: "cpr-unprotected", Danish: "3 CPR-numre til 2 modtagere uden sikker forbindelse", SenderMayRelease: true},
			{ID: "foreign-person", Danish: "1 af 2 dokumenter ser ud til at vedrøre en anden person: løn-T.E.pdf: om T.E., 120336-xxxx"}},
		Evidence: []quarantine.Evidence{{Detector: "cpr", Category: "national-id", Strength: "strong", Value: "120336-xxxx", Before: "Testperson Eksempel ", Match: "120336-xxxx"}}}
}

// hold gives a held case and its link.
func (r *rig) hold(d quarantine.Deposit) (*quarantine.Case, string) {
	r.t.Helper()
	d.Received = r.now.Add(-time.Minute)
	c, err := r.service.Hold(r.t.Context(), d, []byte("Subject: x\r\n\r\nindhold\r\n"))
	if err != nil {
		r.t.Fatal(err)
	}
	link, _ := r.links.Make(c.ID, d.From)
	return c, link
}

func (r *rig) get(link string) (int, string) { return r.do(http.MethodGet, link, nil) }

func (r *rig) post(link string, act Act, reason string) (int, string) {
	return r.do(http.MethodPost, link, url.Values{"handling": {string(act)}, "begrundelse": {reason}})
}

func (r *rig) do(method, link string, form url.Values) (int, string) {
	r.t.Helper()
	req, err := http.NewRequest(method, link, strings.NewReader(form.Encode()))
	if err != nil {
		r.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	if csp := res.Header.Get("Content-Security-Policy"); csp != static.NoScript || res.Header.Get("Referrer-Policy") != "no-referrer" || res.Header.Get("Cache-Control") != "no-store" {
		r.t.Errorf("%s: headers %v", method, res.Header)
	}
	return res.StatusCode, string(b)
}

// state is the case's state and the verbs of its ledger lines.
func (r *rig) state(id string) (quarantine.State, string) {
	r.t.Helper()
	c, err := r.service.Get(r.t.Context(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	lines, err := r.service.History(r.t.Context(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	var verbs []string
	for _, l := range lines {
		verbs = append(verbs, l.Verb)
	}
	return c.State, strings.Join(verbs, " ")
}

// TestLookingChangesNothing: programs that open every link of a mail do no harm, and
// the page tells nothing of the mail.
func TestLookingChangesNothing(t *testing.T) {
	r := newRig(t)
	c, link := r.hold(deposit("a"))
	_, before := r.state(c.ID)
	for range 5 {
		code, page := r.get(link)
		if code != 200 || !strings.Contains(page, "3 CPR-numre") || !strings.Contains(page, "Person, der ikke hører til") || !strings.Contains(page, "2 modtagere") {
			t.Fatalf("%d %s", code, page)
		}
		for _, secret := range []string{"Testperson", "120336", "T.E.", "Vedr.", "firma.example", "anna.eksempel", "løn-"} {
			if strings.Contains(page, secret) {
				t.Errorf("the page shows %q", secret)
			}
		}
	}
	if code, _ := r.do(http.MethodHead, link, nil); code != 200 {
		t.Errorf("HEAD gives %d", code)
	}
	if state, verbs := r.state(c.ID); state != quarantine.Held || verbs != before {
		t.Errorf("after looking: %s, %s", state, verbs)
	}
	if code, page := r.get(link + "?sprog=en"); code != 200 || !strings.Contains(page, "3 CPR numbers") || !strings.Contains(page, `lang="en"`) {
		t.Errorf("English: %d", code)
	}
}

func TestCancel(t *testing.T) {
	r := newRig(t)
	c, link := r.hold(deposit("a"))
	if code, page := r.post(link, Cancel, ""); code != 200 || !strings.Contains(page, "Mailen er annulleret") {
		t.Fatalf("%d %s", code, page)
	}
	if state, verbs := r.state(c.ID); state != quarantine.Rejected || !strings.Contains(verbs, "reject-requested rejected") {
		t.Errorf("%s, %s", state, verbs)
	}
	if len(r.source.rejected) != 1 || r.source.rejected[0].DecidedBy != quarantine.BySender {
		t.Errorf("source was told %+v", r.source.rejected)
	}
	// Once: a second use does nothing, whatever it asks for.
	for _, act := range []Act{Cancel, AskDPO, Reason} {
		if code, page := r.post(link, act, "Aftalt"); code != 200 || !strings.Contains(page, "Mailen er annulleret") {
			t.Errorf("second use: %d %s", code, page)
		}
	}
	if _, verbs := r.state(c.ID); strings.Count(verbs, "reject-requested") != 1 || strings.Contains(verbs, "case-sender") {
		t.Errorf("after the second use: %s", verbs)
	}
}

func TestReasonGoesToTheCase(t *testing.T) {
	r := newRig(t)
	r.may["cpr-unprotected"], r.may["foreign-person"] = true, true // but foreign-person did not allow it when it fired
	c, link := r.hold(deposit("a"))
	for _, bad := range []struct{ reason, says string }{
		{"", "Skriv en begrundelse"}, {"Vedr. 070761-4285", "et navn, et nummer"}, {strings.Repeat("å", 1001), "højst være på 1000"},
	} {
		if code, page := r.post(link, Reason, bad.reason); code != http.StatusUnprocessableEntity || !strings.Contains(page, bad.says) {
			t.Errorf("%.20q: %d", bad.reason, code)
		}
	}
	if code, page := r.post(link, Reason, "Aftalt med modtageren på telefon"); code != 200 || !strings.Contains(page, "Begrundelsen er modtaget") {
		t.Fatalf("%d %s", code, page)
	}
	state, verbs := r.state(c.ID)
	if state != quarantine.Held || !strings.HasSuffix(verbs, "case-sender-reason") || len(r.source.released) != 0 {
		t.Errorf("%s, %s", state, verbs)
	}
	acts, err := Acts(t.Context(), r.db, []string{c.ID})
	if err != nil || acts[c.ID] != string(Reason) || len(r.told) != 1 {
		t.Errorf("acts %v %v, told %v", acts, err, r.told)
	}
}

func TestAskDPO(t *testing.T) {
	r := newRig(t)
	c, link := r.hold(deposit("a"))
	if code, page := r.post(link, AskDPO, ""); code != 200 || !strings.Contains(page, "er spurgt") {
		t.Fatalf("%d %s", code, page)
	}
	if state, verbs := r.state(c.ID); state != quarantine.Held || !strings.HasSuffix(verbs, "case-sender-asks") {
		t.Errorf("%s, %s", state, verbs)
	}
}

// TestRelease: only where every rule that fired allows it, then and now.
func TestRelease(t *testing.T) {
	r := newRig(t)
	allowed := func(item string) quarantine.Deposit { d := deposit(item); d.Rules = d.Rules[:1]; return d }
	cases := []struct {
		name   string
		change func(d *quarantine.Deposit)
		now    bool
		goes   bool
	}{
		{"allowed", func(*quarantine.Deposit) {}, true, true},
		{"no longer allowed", func(*quarantine.Deposit) {}, false, false},
		{"another rule beside", func(d *quarantine.Deposit) { d.Rules = append(d.Rules, quarantine.Rule{ID: "other"}) }, true, false},
		{"two people", func(d *quarantine.Deposit) { d.Rules[0].Approvers = 2 }, true, false},
		{"no rule", func(d *quarantine.Deposit) { d.Rules = nil }, true, false},
		{"has left", func(d *quarantine.Deposit) { d.Left = true }, true, false},
	}
	for i, tc := range cases {
		d := allowed(fmt.Sprint(i))
		tc.change(&d)
		r.may["cpr-unprotected"], r.may["other"] = tc.now, true
		c, link := r.hold(d)
		released := len(r.source.released)
		if code, _ := r.post(link, Reason, "Aftalt med modtageren på telefon"); code != 200 {
			t.Fatalf("%s: %d", tc.name, code)
		}
		state, verbs := r.state(c.ID)
		if goes := len(r.source.released) > released; goes != tc.goes || (state == quarantine.Released) != tc.goes || !strings.Contains(verbs, "case-sender-reason") {
			t.Errorf("%s: %s, %s", tc.name, state, verbs)
		}
	}
}

// TestReleaseNeedsTheKey: where the source keeps nothing, only a DPO can open the
// original; the reason waits for one.
func TestReleaseNeedsTheKey(t *testing.T) {
	r := newRig(t)
	r.source.content, r.may["cpr-unprotected"] = true, true
	d := deposit("a")
	d.Rules = d.Rules[:1]
	c, link := r.hold(d)
	if code, page := r.post(link, Reason, "Aftalt med modtageren på telefon"); code != 200 || !strings.Contains(page, "Begrundelsen er modtaget") {
		t.Fatalf("%d %s", code, page)
	}
	if state, verbs := r.state(c.ID); state != quarantine.Held || strings.Contains(verbs, "release") || strings.Count(verbs, "case-sender-reason") != 1 {
		t.Errorf("%s, %s", state, verbs)
	}
}

func TestSecure(t *testing.T) {
	r := newRig(t)
	_, without := r.hold(deposit("a"))
	r.route = true
	if code, _ := r.post(without, Secure, ""); code != http.StatusUnprocessableEntity {
		t.Errorf("a case without a route: %d", code)
	}
	d := deposit("b")
	d.Route = "gateway"
	c, link := r.hold(d)
	if _, page := r.get(link); !strings.Contains(page, "Send ad den sikre vej") {
		t.Error("the secure way is not offered")
	}
	if code, page := r.post(link, Secure, ""); code != 200 || !strings.Contains(page, "går ad den sikre vej") {
		t.Fatalf("%d %s", code, page)
	}
	if state, _ := r.state(c.ID); state != quarantine.Released || len(r.source.released) != 1 || r.source.released[0].Wish.Route != "gateway" {
		t.Errorf("%s, %+v", state, r.source.released)
	}
}

// TestGatewayDown: the choice is kept and carried out later.
func TestGatewayDown(t *testing.T) {
	r := newRig(t)
	r.route, r.source.refuse = true, errors.Join(errors.New("not reached"), quarantine.ErrTemporary)
	d := deposit("b")
	d.Route = "gateway"
	c, link := r.hold(d)
	if code, page := r.post(link, Secure, ""); code != 200 || !strings.Contains(page, "går ad den sikre vej") {
		t.Fatalf("%d %s", code, page)
	}
	if state, _ := r.state(c.ID); state != quarantine.Releasing {
		t.Errorf("state %s", state)
	}
	r.source.refuse = nil
	if err := r.service.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if state, _ := r.state(c.ID); state != quarantine.Released {
		t.Errorf("state %s", state)
	}
}

// TestForgedLinks: a link is bound to its case, its sender and its end.
func TestForgedLinks(t *testing.T) {
	r := newRig(t)
	c, link := r.hold(deposit("a"))
	d := deposit("b")
	d.From = "bo@kommune.example"
	other, _ := r.hold(d)
	token := link[strings.LastIndexByte(link, '/')+1:]
	wrong := func() []string {
		notHis, _ := r.links.Make(other.ID, from)
		foreign := r.links
		foreign.Key = []byte("another key, another key, another")
		notOurs, _ := foreign.Make(c.ID, from)
		unknown, _ := r.links.Make("01ARZ3NDEKTSV4RRFFQ69G5FAV", from)
		return []string{notHis, notOurs, unknown, link + "b", link[:len(link)-1], r.url + Path + "x", r.url + Path}
	}()
	for i := range token {
		changed := []byte(token)
		changed[i] = letters[(strings.IndexByte(letters, token[i])+1)%16]
		if i%9 == 0 {
			wrong = append(wrong, r.url+Path+string(changed))
		}
	}
	for _, w := range wrong {
		r.now = r.now.Add(time.Minute)
		if code, page := r.post(w, Cancel, ""); code != 404 || strings.Contains(page, c.ID) {
			t.Errorf("%s: %d", w, code)
		}
	}
	r.now = r.now.Add(24 * time.Hour)
	if code, page := r.post(link, Cancel, ""); code != http.StatusGone || !strings.Contains(page, "udløbet") {
		t.Errorf("expired: %d", code)
	}
	if state, _ := r.state(c.ID); state != quarantine.Held {
		t.Errorf("state %s", state)
	}
}

func TestOtherSitesAreRefused(t *testing.T) {
	r := newRig(t)
	c, link := r.hold(deposit("a"))
	req, _ := http.NewRequest(http.MethodPost, link, strings.NewReader("handling=annuller"))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err := http.DefaultClient.Do(req)
	if err != nil || res.StatusCode != http.StatusForbidden {
		t.Fatalf("%v %v", res.StatusCode, err)
	}
	res.Body.Close()
	if state, _ := r.state(c.ID); state != quarantine.Held {
		t.Errorf("state %s", state)
	}
}

func TestTooOften(t *testing.T) {
	r := newRig(t)
	_, link := r.hold(deposit("a"))
	wrong, _ := r.links.Make("01ARZ3NDEKTSV4RRFFQ69G5FAV", from)
	code := 0
	for range 21 {
		code, _ = r.get(wrong)
	}
	if code != http.StatusTooManyRequests {
		t.Errorf("the 21st wrong link gives %d", code)
	}
	r.now = r.now.Add(time.Minute)
	for i := range 61 {
		if code, _ = r.get(link); code != 200 && i < 60 {
			t.Fatalf("visit %d gives %d", i+1, code)
		}
	}
	if code != http.StatusTooManyRequests {
		t.Errorf("the 61st visit gives %d", code)
	}
	l := newLimiter(1, time.Now)
	for i := range 2*maxKeys + 5 {
		l.take(fmt.Sprint(i))
	}
	if len(l.n) > maxKeys {
		t.Errorf("%d keys are remembered", len(l.n))
	}
}

// TestTwoAtOnce: two clicks at the same moment act once.
func TestTwoAtOnce(t *testing.T) {
	r := newRig(t)
	c, link := r.hold(deposit("a"))
	var wg sync.WaitGroup
	for i := range 8 {
		act := []Act{Cancel, AskDPO}[i%2]
		wg.Go(func() { r.post(link, act, "") })
	}
	wg.Wait()
	_, verbs := r.state(c.ID)
	if n := strings.Count(verbs, "reject-requested") + strings.Count(verbs, "case-sender-asks"); n != 1 {
		t.Errorf("%d acts: %s", n, verbs)
	}
}

func FuzzToken(f *testing.F) {
	l := Links{Key: []byte("0123456789abcdef"), Valid: time.Hour}
	good, _ := l.Make("01ARZ3NDEKTSV4RRFFQ69G5FAV", from)
	f.Add(good[strings.LastIndexByte(good, '/')+1:])
	f.Add("")
	f.Add(strings.Repeat("b", 74))
	f.Fuzz(func(t *testing.T, token string) {
		p, err := parse(token)
		if err == nil && encode(p.raw) != token {
			t.Errorf("%q has two readings", token)
		}
		if err == nil && "/"+token != good[strings.LastIndexByte(good, '/'):] && l.check(p, from) == nil {
			t.Errorf("%q is taken for ours", token)
		}
	})
}
