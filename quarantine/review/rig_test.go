package review

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"brevvagt/internal/caller"
	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	"brevvagt/quarantine"
	"brevvagt/quarantine/account"
	"brevvagt/quarantine/casework"
	"brevvagt/quarantine/register/desk"
	"brevvagt/quarantine/register/fieldcheck"
	"brevvagt/quarantine/review/words"
	"brevvagt/quarantine/stats"
	"brevvagt/quarantine/vault"
	"brevvagt/quarantine/warned"
)

const passphrase = "korrekt hest batteri hæfteklamme"

// rig is the page over a real quarantine in a temporary directory.
type rig struct {
	service  *quarantine.Service
	source   *source
	opener   *vault.Opener
	server   *server
	db       *store.DB
	vault    *vault.Vault
	accounts *account.Accounts // real ones, where the test has them
	mail     questions
	url      string
	log      *bytes.Buffer
	now      time.Time
}

// source is a releaser that keeps what it was given, or refuses.
type source struct {
	mu                  sync.Mutex
	refuse              error
	some                bool // can release to some of the recipients
	delivered, rejected []string
	to                  []string // of the last release
}

func (s *source) NeedsContent() bool { return true }

func (s *source) ReleasesSome() bool { return s.some }

// ReleasesBy takes every secure route.
func (s *source) ReleasesBy(string) bool { return true }

func (s *source) Release(_ context.Context, c *quarantine.Case, content io.Reader) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != nil {
		return "", s.refuse
	}
	s.to = c.To
	b, err := io.ReadAll(content)
	s.delivered = append(s.delivered, string(b))
	return "250 2.0.0 Ok: queued as 4F1B2", err
}

func (s *source) Reject(_ context.Context, c *quarantine.Case, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rejected = append(s.rejected, text)
	return s.refuse
}

// questions keeps the mails to senders.
type questions struct {
	mu   sync.Mutex
	sent []string
}

func (q *questions) Send(_ context.Context, to []string, subject, text string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.sent = append(q.sent, strings.Join(to, ",")+"\n"+subject+"\n"+text)
	return nil
}

// people signs the four roles in under the name of the role, one that ends in 9 without a
// key and in 7 with one that is not unlocked, without the second that real hashing takes; the browser test uses real accounts.
type people struct{ opener *vault.Opener }

func (p people) LoginFrom(_ context.Context, _ account.Caller, name, pass string) (*account.Proven, error) {
	role := account.Role(strings.TrimRight(name, "0123456789"))
	if !role.Valid() || pass != passphrase {
		return nil, account.ErrLogin
	}
	if !role.HasKey() || strings.HasSuffix(name, "9") {
		return &account.Proven{Account: &account.Account{Name: name, Role: role}}, nil
	}
	if strings.HasSuffix(name, "7") {
		return &account.Proven{Account: &account.Account{Name: name, Role: role, Recipient: p.opener.Recipient()}}, nil
	}
	return &account.Proven{Account: &account.Account{Name: name, Role: role}, Opener: p.opener}, nil
}

// LoginExternal implements signin.External.
func (p people) LoginExternal(_ context.Context, e account.External) (*account.Account, error) {
	return &account.Account{Name: string(e.Role), Role: e.Role}, nil
}

// WithoutRole implements signin.External.
func (p people) WithoutRole(context.Context, account.External) error { return nil }

// Unlock implements signin.Accounts.
func (p people) Unlock(_ context.Context, _, pass string) (*vault.Opener, error) {
	if pass != passphrase {
		return nil, account.ErrLogin
	}
	return p.opener, nil
}

// Get implements signin.Accounts.
func (p people) Get(_ context.Context, name string) (*account.Account, error) {
	role := account.Role(strings.TrimRight(name, "0123456789"))
	if !role.Valid() {
		return nil, account.ErrNotFound
	}
	return &account.Account{Name: name, Role: role, Passphrase: true}, nil
}

// ChangePassphrase implements mine.Accounts.
func (p people) ChangePassphrase(_ context.Context, _, old, _ string) error {
	if old != passphrase {
		return account.ErrLogin
	}
	return nil
}

func newRig(t testing.TB, change ...func(*Config)) *rig {
	t.Helper()
	id, err := vault.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	r := &rig{opener: id.Opener()}
	r.start(t, dir, openStore(t, dir), id.Recipient(), people{r.opener}, change...)
	return r
}

// cheap is what guessing costs where a test is not about it.
var cheap = account.Cost{Memory: 64, Passes: 1, Vault: 4}

// newRealRig has real accounts: anna is the DPO.
func newRealRig(t testing.TB, change ...func(*rig, *Config)) *rig {
	t.Helper()
	dir := t.TempDir()
	db := openStore(t, dir)
	accounts, err := account.New(account.Config{Store: db, Cost: cheap})
	if err != nil {
		t.Fatal(err)
	}
	recipient, err := accounts.Create(t.Context(), "anna", "Anna Eksempel", account.DPO, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{accounts: accounts}
	r.start(t, dir, db, recipient, accounts, func(c *Config) {
		for _, f := range change {
			f(r, c)
		}
	})
	return r
}

func openStore(t testing.TB, dir string) *store.DB {
	t.Helper()
	db, err := storetest.Open(t.Context(), store.Options{Path: filepath.Join(dir, "state", "brevvagt.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func (r *rig) start(t testing.TB, dir string, db *store.DB, key string, accounts Accounts, change ...func(*Config)) {
	t.Helper()
	r.db = db
	r.source, r.log, r.now = &source{}, &bytes.Buffer{}, time.Date(2026, 11, 24, 13, 5, 0, 0, time.UTC)
	recipient, err := vault.ParseRecipient(key)
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.New(filepath.Join(dir, "vault"), []age.Recipient{recipient})
	if err != nil {
		t.Fatal(err)
	}
	r.vault = v
	clock := func() time.Time { return r.now }
	r.service, err = quarantine.New(quarantine.Config{Store: db, Vault: v, Outbox: filepath.Join(dir, "outbox"), Now: clock, Check: fieldcheck.Check,
		Releasers: map[string]quarantine.Releaser{"gateway": r.source}})
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Service: r.service, Check: fieldcheck.Check, Accounts: accounts, Now: clock, Work: casework.New(casework.Config{Store: db, Ledger: r.service.Ledger(), Check: fieldcheck.Check, Now: clock}), Warned: warned.New(db, 24*time.Hour, clock),
		Mail: &r.mail, Stats: func(ctx context.Context, year int) (*stats.Year, error) { return stats.Of(ctx, db, year, words.Zone()) }, Colleagues: func(context.Context) ([]string, error) { return []string{"dpo", "reviewer"}, nil }, Desk: desk.New(desk.Config{Store: db, Register: r.service.Register(), Ledger: r.service.Ledger(), Now: clock}), Organisation: "Eksempel Kommune",
		Log: slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	web := httptest.NewUnstartedServer(nil)
	t.Cleanup(web.Close)
	r.url = "http://" + web.Listener.Addr().String() // some ways in want to know it
	cfg.Ways.Proxies = caller.Loopback()             // the tests' own word for where they ask from
	for _, f := range change {
		f(&cfg)
	}
	if r.server, err = newServer(cfg, idleTimeout); err != nil {
		t.Fatal(err)
	}
	r.server.signin.Pause = 0
	web.Config.Handler = r.server.handler()
	web.Start()
}

// hold puts a deposit into quarantine some time before now.
func (r *rig) hold(t testing.TB, d quarantine.Deposit, ago time.Duration) *quarantine.Case {
	t.Helper()
	now := r.now
	r.now = now.Add(-ago)
	defer func() { r.now = now }()
	d.Received = r.now.Add(-3 * time.Second)
	c, err := r.service.Hold(t.Context(), d, []byte("Message-ID: "+d.MessageID+"\r\n\r\nindhold\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// screenshot is a case as the scanner makes it: numbers in a picture, a hidden
// sheet, a tracked deletion and a gap.
func screenshot(item string) quarantine.Deposit {
	return quarantine.Deposit{
		Source: "gateway", ItemID: item, Kind: "mail", Name: "mail.eml", From: "anna.eksempel@kommune.example",
		To: []string{"support@leverandoer.example"}, Subject: "Fejl i lønkørsel, se skærmbillede", MessageID: "<" + item + "@kommune.example>",
		Rules: []quarantine.Rule{
			{ID: "cpr-unprotected", Danish: "3 CPR-numre til en modtager uden sikker forbindelse", English: "3 CPR numbers to a recipient without a secure connection"},
			{ID: "uninspectable", Danish: "1 vedhæftet fil kunne ikke læses", English: "1 attached file could not be read"},
		},
		Numbers: 3, Persons: 3, DataTypes: []string{"CPR-nr.", "Økonomiske oplysninger"},
		Evidence: []quarantine.Evidence{
			{Detector: "cpr", Category: "national-id", Strength: "strong", Value: "070761-xxxx", Path: "mail.eml/skærmbillede.png", Page: 1, Line: 4, Layer: "visible", OCR: true, Box: &[4]int{40, 90, 120, 18}, Why: []string{"dato", "modulus 11", "label: CPR-nr."}, Before: "Medarbejder: Testperson Eksempel  CPR-nr. ", Match: "070761-xxxx", After: "  Løn: 31.250,00"},
			{Detector: "cpr", Category: "national-id", Strength: "strong", Value: "120336-xxxx", Path: "mail.eml/bilag.zip/løn.xlsx", Cell: "Ark2!B7", Line: 7, Layer: "hidden", Why: []string{"dato", "kolonneoverskrift: CPR"}, Before: "CPR ", Match: "120336-xxxx"},
			{Detector: "cpr", Category: "national-id", Strength: "medium", Value: "010245-xxxx", Path: "mail.eml/bilag.zip/notat.docx", Page: 2, Layer: "deleted", Why: []string{"dato"}, Before: "vedr. borgeren ", Match: "010245-xxxx", After: ", som har klaget"},
		},
		Gaps:     []string{"mail.eml/bilag.zip/lønsedler.pdf: krypteret, adgangskoden kendes ikke"},
		Pictures: []quarantine.Picture{{Path: "mail.eml/skærmbillede.png", Page: 1, PNG: drawnPage()}},
	}
}

// papers is a case of several people to several recipients that needs two people.
func bundle(item string) quarantine.Deposit {
	d := quarantine.Deposit{
		Source: "gateway", ItemID: item, Kind: "mail", Name: "mail.eml", From: "bo.eksempel@kommune.example",
		Subject: "Aktindsigt, sag 24-1187", MessageID: "<" + item + "@kommune.example>", Numbers: 41, Persons: 38,
		DataTypes: []string{"CPR-nr.", "Familiemæssige forhold", "Helbredsoplysninger", "Navn"},
		Rules: []quarantine.Rule{{ID: "abroad", Danish: "Akter med CPR-numre til en modtager i et andet land", English: "Case papers with CPR numbers to a recipient in another country", Approvers: 2},
			{ID: "foreign-person", Danish: "Dokumenter om 37 personer, der ikke hører til sagen", English: "Documents about 37 persons who do not belong to the case"}},
	}
	for i := range 14 {
		d.To = append(d.To, fmt.Sprintf("modtager%02d@domstol.example", i+1))
		d.Evidence = append(d.Evidence, quarantine.Evidence{Detector: "foreign-person", Category: "person", Strength: "medium", Value: "Testperson E.", Path: fmt.Sprintf("mail.eml/akt-%02d.pdf", i+1), Page: 1 + i%3, Layer: "visible", Before: "Afgørelse til ", Match: "Testperson E.", After: " om støtte"})
	}
	return d
}

// drawnPage is a picture such as action/hold hands over: places blacked out and framed.
func drawnPage() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 640, 260))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	d := &font.Drawer{Dst: img, Src: image.Black, Face: basicfont.Face7x13}
	for i, line := range []string{"Lonkorsel november", "", "Medarbejder            CPR-nr.         Lon", "Testperson Eksempel                    31.250,00", "Eksempel Testperson                    28.900,00", "Fejl 4711: posteringen kunne ikke gemmes"} {
		d.Dot = fixed.P(24, 36+i*32)
		d.DrawString(line)
	}
	for _, y := range []int{120, 152} {
		draw.Draw(img, image.Rect(180, y, 290, y+22), image.NewUniform(color.RGBA{R: 0xcc, A: 0xff}), image.Point{}, draw.Src)
		draw.Draw(img, image.Rect(183, y+3, 287, y+19), image.Black, image.Point{}, draw.Src)
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img); err != nil {
		return nil
	}
	return b.Bytes()
}

// client is a browser without JavaScript: it keeps cookies and follows redirects.
type client struct {
	t    testing.TB
	rig  *rig
	http *http.Client
}

func (r *rig) visitor(t testing.TB) *client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &client{t, r, &http.Client{Jar: jar}}
}

// as signs in; the name is the role, with a digit for a second person of it.
func (r *rig) as(t testing.TB, name string) *client {
	t.Helper()
	c := r.visitor(t)
	if status, body := c.post("/log-ind", "navn", name, "kode", passphrase); status != http.StatusOK || !strings.Contains(body, `id="log-ud"`) {
		t.Fatalf("login as %s: status %d", name, status)
	}
	return c
}

func (c *client) get(path string) (int, string) {
	c.t.Helper()
	res, err := c.http.Get(c.rig.url + path)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer(c.t, res)
}

func (c *client) post(path string, pairs ...string) (int, string) {
	c.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	res, err := c.http.PostForm(c.rig.url+path, form)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer(c.t, res)
}

func answer(t testing.TB, res *http.Response) (int, string) {
	t.Helper()
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// first does one request without following redirects.
func (c *client) first(req *http.Request) *http.Response {
	c.t.Helper()
	plain := &http.Client{Jar: c.http.Jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := plain.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	return res
}

func contains(t testing.TB, body string, parts ...string) {
	t.Helper()
	for _, bad := range []string{"«", "%!", "<no value>"} {
		if strings.Contains(body, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	for _, p := range parts {
		if !strings.Contains(body, p) {
			t.Errorf("the page lacks %q", p)
		}
	}
}

var errPermanent = errors.New("550 5.7.1 not accepted")

// cookie signs in and gives the session's cookie, for requests without a network.
func (r *rig) cookie(t testing.TB, name string) *http.Cookie {
	t.Helper()
	req := httptest.NewRequest("POST", "/log-ind", strings.NewReader(url.Values{"navn": {name}, "kode": {passphrase}}.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	r.server.handler().ServeHTTP(w, req)
	for _, c := range w.Result().Cookies() {
		if c.Name == "brevvagt" {
			return c
		}
	}
	t.Fatal("no session")
	return nil
}

// restart serves the rig's pages anew, after a test has changed the server.
func (r *rig) restart(t testing.TB) {
	web := httptest.NewServer(r.server.handler())
	t.Cleanup(web.Close)
	r.url = web.URL
}
