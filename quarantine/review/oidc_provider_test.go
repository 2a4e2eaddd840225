package review

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"brevvagt/internal/idptest"
	"brevvagt/quarantine/account"
	"brevvagt/quarantine/review/oidc"
)

const oidcPage = "https://brevvagt.kommune.example"

type idp struct {
	*idptest.Provider
	p   *oidc.Provider
	cfg oidc.Config
	now time.Time
}

func start(t *testing.T, change ...func(*oidc.Config)) *idp {
	t.Helper()
	i := &idp{Provider: idptest.Start(t), now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	i.Provider.Now = func() time.Time { return i.now }
	i.Claims = map[string]any{"sub": "a1b2", "preferred_username": "Anna.Eksempel@kommune.example", "name": "Anna Eksempel", "sid": "s-1", "email": "a.eksempel@kommune.example", "roles": []string{"Brevvagt.DPO"}}
	cfg := oidc.Config{Issuer: i.URL, ClientID: idptest.ClientID, Secret: func(context.Context) (string, error) { return idptest.Secret, nil }, Page: oidcPage, Claim: "roles",
		Roles: map[account.Role][]string{account.DPO: {"Brevvagt.DPO"}, account.Reviewer: {"Brevvagt.Sagsbehandler", "/brevvagt/sagsbehandler"}, account.Auditor: {"revisor"}, account.Operator: {"drift"}},
		Now:   func() time.Time { return i.now }}
	i.cfg = cfg
	i.again(change...)
	return i
}

// again forgets what a test has bent and asks the same provider anew.
func (i *idp) again(change ...func(*oidc.Config)) {
	i.Bend, i.Forge = nil, nil
	cfg := i.cfg
	for _, f := range change {
		f(&cfg)
	}
	i.p = oidc.New(cfg)
}

// depart begins a trip and goes to the provider as a browser would; it gives what the
// provider sends back.
func (i *idp) depart(t *testing.T) (oidc.Trip, url.Values) {
	t.Helper()
	address, trip, err := i.p.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return trip, follow(t, address)
}

func follow(t *testing.T, address string) url.Values {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	back, err := url.Parse(res.Header.Get("Location"))
	if err != nil || !strings.HasPrefix(back.String(), oidcPage+oidc.ReturnPath+"?") {
		t.Fatalf("status %d, back to %q", res.StatusCode, back)
	}
	return back.Query()
}

func (i *idp) round(t *testing.T) (oidc.Person, error) {
	t.Helper()
	trip, q := i.depart(t)
	return i.p.Finish(t.Context(), trip, q)
}

func TestSignIn(t *testing.T) {
	i := start(t)
	who, err := i.round(t)
	if err != nil || who.Subject != "a1b2" || who.Issuer != i.URL || who.Login != "Anna.Eksempel@kommune.example" || who.Display != "Anna Eksempel" || who.Role != account.DPO || who.Session != "s-1" || who.Mail != "a.eksempel@kommune.example" {
		t.Fatalf("%+v, %v", who, err)
	}
	out := i.p.LogoutAddress()
	if u, err := url.Parse(out); err != nil || !strings.HasPrefix(out, i.URL+"/logout?") || u.Query().Get("client_id") != idptest.ClientID || u.Query().Get("post_logout_redirect_uri") != oidcPage+"/log-ind" {
		t.Errorf("logout at %q", out)
	}
}

// How providers write roles and groups.
func TestRoles(t *testing.T) {
	i := start(t)
	who := maps.Clone(i.Claims)
	delete(who, "roles")
	for name, c := range map[string]struct {
		claim  string
		claims map[string]any
		role   account.Role
		err    error
	}{
		"Entra app roles":          {"roles", map[string]any{"roles": []string{"Brevvagt.Sagsbehandler"}}, account.Reviewer, nil},
		"the highest of several":   {"roles", map[string]any{"roles": []string{"drift", "revisor", "Brevvagt.DPO"}}, account.DPO, nil},
		"a single string":          {"roles", map[string]any{"roles": "drift"}, account.Operator, nil},
		"Keycloak groups":          {"groups", map[string]any{"groups": []string{"/andet", "/brevvagt/sagsbehandler"}}, account.Reviewer, nil},
		"Keycloak realm roles":     {"realm_access.roles", map[string]any{"realm_access": map[string]any{"roles": []string{"revisor", "offline_access"}}}, account.Auditor, nil},
		"Keycloak client roles":    {"resource_access.brevvagt.kommune.example.roles", map[string]any{"resource_access": map[string]any{"brevvagt.kommune.example": map[string]any{"roles": []string{"revisor"}}}}, account.Auditor, nil},
		"a claim named as an URL":  {"https://kommune.example/roller", map[string]any{"https://kommune.example/roller": []string{"drift"}}, account.Operator, nil},
		"none of ours":             {"roles", map[string]any{"roles": []string{"Andet.System"}}, "", oidc.ErrNoRole},
		"almost ours":              {"roles", map[string]any{"roles": []string{"brevvagt.dpo", "Brevvagt.DPO "}}, "", oidc.ErrNoRole},
		"no claim at all":          {"roles", map[string]any{"roles": nil}, "", oidc.ErrNoRole},
		"of another kind":          {"roles", map[string]any{"roles": map[string]any{"Brevvagt.DPO": true}}, "", oidc.ErrNoRole},
		"numbers among the names":  {"roles", map[string]any{"roles": []any{1, nil, "drift"}}, account.Operator, nil},
		"Entra with 200 groups":    {"groups", map[string]any{"_claim_names": map[string]any{"groups": "src1"}, "_claim_sources": map[string]any{"src1": map[string]any{"endpoint": "https://graph.example/getMemberObjects"}}}, "", oidc.ErrOverage},
		"Entra, implicit":          {"groups", map[string]any{"hasgroups": true}, "", oidc.ErrOverage},
		"overage beside app roles": {"roles", map[string]any{"roles": []string{"drift"}, "_claim_names": map[string]any{"groups": "src1"}, "_claim_sources": map[string]any{"src1": map[string]any{"endpoint": "https://graph.example/"}}}, account.Operator, nil},
	} {
		t.Run(name, func(t *testing.T) {
			i.again(func(cfg *oidc.Config) { cfg.Claim = c.claim })
			i.Claims = maps.Clone(who)
			maps.Copy(i.Claims, c.claims)
			who, err := i.round(t)
			if who.Role != c.role || !errors.Is(err, c.err) || c.err == nil && err != nil {
				t.Errorf("%q, %v", who.Role, err)
			}
		})
	}
}

// Tokens that must not let anybody in, whoever made them.
func TestForgedTokens(t *testing.T) {
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := start(t)
	bend := func(k string, v any) func(*idp) {
		return func(i *idp) {
			i.Bend = func(c map[string]any) {
				if c[k] = v; v == nil {
					delete(c, k)
				}
			}
		}
	}
	for name, set := range map[string]func(*idp){
		"wrong issuer":            bend("iss", "https://login.ond.example"),
		"issuer with a slash":     func(i *idp) { i.Bend = func(c map[string]any) { c["iss"] = i.URL + "/" } },
		"no issuer":               bend("iss", nil),
		"wrong audience":          bend("aud", "et-andet-system"),
		"no audience":             bend("aud", nil),
		"several, no party":       bend("aud", []string{idptest.ClientID, "et-andet-system"}),
		"made for another party":  bend("azp", "et-andet-system"),
		"a party that is no text": bend("azp", 7),
		"wrong nonce":             bend("nonce", "en anden"),
		"no nonce":                bend("nonce", nil),
		"empty nonce":             bend("nonce", ""),
		"no subject":              bend("sub", nil),
		"no expiry":               bend("exp", nil),
		"no time of making":       bend("iat", nil),
		"expired":                 func(i *idp) { i.Bend = func(c map[string]any) { c["exp"] = i.now.Add(-2 * time.Minute).Unix() } },
		"made in the future":      func(i *idp) { i.Bend = func(c map[string]any) { c["iat"] = i.now.Add(3 * time.Minute).Unix() } },
		"made an hour ago":        func(i *idp) { i.Bend = func(c map[string]any) { c["iat"] = i.now.Add(-time.Hour).Unix() } },
		"not yet valid":           func(i *idp) { i.Bend = func(c map[string]any) { c["nbf"] = i.now.Add(time.Hour).Unix() } },
		"algorithm none": func(i *idp) {
			i.Forge = func(_ *idptest.Provider, c map[string]any) string { return idptest.Unsigned(t, c) }
		},
		"no token": func(i *idp) { i.Forge = func(*idptest.Provider, map[string]any) string { return "" } },
		"no JWT":   func(i *idp) { i.Forge = func(*idptest.Provider, map[string]any) string { return "a.b.c" } },
		"another key of that name": func(i *idp) {
			i.Forge = func(p *idptest.Provider, c map[string]any) string {
				return idptest.SignWith(t, jose.RS256, other, p.KID(), c)
			}
		},
		"an unknown key": func(i *idp) {
			i.Forge = func(_ *idptest.Provider, c map[string]any) string {
				return idptest.SignWith(t, jose.RS256, other, "key-x", c)
			}
		},
		"HMAC with the public key": func(i *idp) {
			i.Forge = func(p *idptest.Provider, c map[string]any) string {
				der := x509.MarshalPKCS1PublicKey(p.PublicKey())
				return idptest.SignWith(t, jose.HS256, der, p.KID(), c)
			}
		},
		"HMAC with the public key in PEM": func(i *idp) {
			i.Forge = func(p *idptest.Provider, c map[string]any) string {
				der, err := x509.MarshalPKIXPublicKey(p.PublicKey())
				if err != nil {
					t.Fatal(err)
				}
				return idptest.SignWith(t, jose.HS256, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), p.KID(), c)
			}
		},
		"the key in the token": func(i *idp) {
			i.Forge = func(p *idptest.Provider, c map[string]any) string {
				return signOwn(t, other, p.KID(), c, &jose.SignerOptions{EmbedJWK: true})
			}
		},
		"the key at an address in the token": func(i *idp) {
			i.Forge = func(p *idptest.Provider, c map[string]any) string {
				return signOwn(t, other, p.KID(), c, (&jose.SignerOptions{}).WithHeader("jku", i.URL+"/ond").WithHeader("x5u", i.URL+"/ond"))
			}
		},
		"no name of a key": func(i *idp) {
			i.Forge = func(_ *idptest.Provider, c map[string]any) string { return signOwn(t, other, "", c, nil) }
		},
		"issuer in capitals": func(i *idp) { i.Bend = func(c map[string]any) { c["iss"] = strings.ToUpper(i.URL) } },
		"an address for a subject": func(i *idp) {
			i.Bend = func(c map[string]any) { delete(c, "sub"); c["email"] = "anna@kommune.example" }
		},
		"a list for a subject":       bend("sub", []string{"a1b2"}),
		"ended long ago, below zero": bend("exp", -1),
		"for nobody in a list":       bend("aud", []string{}),
		"for us by a longer name":    bend("aud", idptest.ClientID+" "),
		"nonce in a list":            func(i *idp) { i.Bend = func(c map[string]any) { c["nonce"] = []any{c["nonce"]} } },
		"a token for logging out": func(i *idp) {
			i.Forge = func(p *idptest.Provider, _ map[string]any) string {
				return p.Logout(func(c map[string]any) { c["sub"] = "a1b2" })
			}
		},
		"HMAC with the secret": func(i *idp) {
			i.Forge = func(p *idptest.Provider, c map[string]any) string {
				return idptest.SignWith(t, jose.HS256, []byte(idptest.Secret+strings.Repeat("x", 32)), p.KID(), c)
			}
		},
		"signed part swapped": func(i *idp) {
			i.Forge = func(p *idptest.Provider, c map[string]any) string {
				good := strings.Split(p.Sign(c), ".")
				c["roles"] = []string{"Brevvagt.DPO", "mere"}
				return good[0] + "." + strings.Split(p.Sign(c), ".")[1] + "." + good[2]
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			i.again()
			set(i)
			if who, err := i.round(t); !errors.Is(err, oidc.ErrRefused) || who.Role != "" {
				t.Errorf("%+v, %v", who, err)
			}
		})
	}
}

// signOwn signs with a key and header of an attacker's.
func signOwn(t *testing.T, key *rsa.PrivateKey, kid string, claims map[string]any, o *jose.SignerOptions) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: kid}}, o)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(body)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// Clocks that differ by less than a minute, and tokens for several of which we are one.
func TestWhatIsStillGood(t *testing.T) {
	i := start(t)
	for name, bend := range map[string]func(i *idp, c map[string]any){
		"provider's clock is ahead": func(i *idp, c map[string]any) { c["iat"] = i.now.Add(50 * time.Second).Unix(); c["nbf"] = c["iat"] },
		"provider's clock is behind": func(i *idp, c map[string]any) {
			c["iat"], c["exp"] = i.now.Add(-5*time.Minute).Unix(), i.now.Add(-50*time.Second).Unix()
		},
		"several audiences": func(_ *idp, c map[string]any) {
			c["aud"], c["azp"] = []string{"andet", idptest.ClientID}, idptest.ClientID
		},
		"no session name": func(_ *idp, c map[string]any) { delete(c, "sid") },
	} {
		t.Run(name, func(t *testing.T) {
			i.again()
			i.Bend = func(c map[string]any) { bend(i, c) }
			if _, err := i.round(t); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWayBack(t *testing.T) {
	i := start(t)
	t.Run("code of another trip", func(t *testing.T) { // injected: PKCE holds it to its own trip
		_, stolen := i.depart(t)
		trip, q := i.depart(t)
		q.Set("code", stolen.Get("code"))
		if _, err := i.p.Finish(t.Context(), trip, q); !errors.Is(err, oidc.ErrRefused) {
			t.Error(err)
		}
	})
	t.Run("code twice", func(t *testing.T) {
		trip, q := i.depart(t)
		if _, err := i.p.Finish(t.Context(), trip, q); err != nil {
			t.Fatal(err)
		}
		if _, err := i.p.Finish(t.Context(), trip, q); !errors.Is(err, oidc.ErrRefused) {
			t.Error(err)
		}
	})
	t.Run("nonce of an earlier trip", func(t *testing.T) { // a token replayed by a provider in between
		first, _ := i.depart(t)
		i.Bend = func(c map[string]any) { c["nonce"] = first.Nonce }
		defer func() { i.Bend = nil }()
		if _, err := i.round(t); !errors.Is(err, oidc.ErrRefused) {
			t.Error(err)
		}
	})
	good := func() (oidc.Trip, url.Values) { return i.depart(t) }
	for name, change := range map[string]func(trip *oidc.Trip, q url.Values){
		"another state":      func(_ *oidc.Trip, q url.Values) { q.Set("state", "x") },
		"no state":           func(_ *oidc.Trip, q url.Values) { q.Del("state") },
		"two states":         func(_ *oidc.Trip, q url.Values) { q.Add("state", "x") },
		"two codes":          func(_ *oidc.Trip, q url.Values) { q.Add("code", "x") },
		"no code":            func(_ *oidc.Trip, q url.Values) { q.Del("code") },
		"no trip":            func(trip *oidc.Trip, q url.Values) { *trip = oidc.Trip{}; q.Set("state", "") },
		"another's verifier": func(trip *oidc.Trip, _ url.Values) { trip.Verifier = strings.Repeat("x", 43) },
		"another provider":   func(_ *oidc.Trip, q url.Values) { q.Set("iss", "https://login.ond.example") },
	} {
		t.Run(name, func(t *testing.T) {
			trip, q := good()
			before := i.Tokens
			change(&trip, q)
			if _, err := i.p.Finish(t.Context(), trip, q); !errors.Is(err, oidc.ErrRefused) {
				t.Error(err)
			}
			if i.Tokens != before && name != "another's verifier" {
				t.Error("the provider was asked for a token all the same")
			}
		})
	}
	t.Run("denied", func(t *testing.T) {
		i.Refuse = "access_denied"
		defer func() { i.Refuse = "" }()
		if _, err := i.round(t); !errors.Is(err, oidc.ErrDenied) || !strings.Contains(err.Error(), "access_denied") {
			t.Error(err)
		}
	})
}

// A provider that names itself on the way back must do so: an answer without the name
// may be another one's (mix-up).
func TestProviderNamesItself(t *testing.T) {
	i := start(t)
	i.NamesItself = true
	trip, q := i.depart(t)
	if q.Get("iss") != i.URL {
		t.Fatal(q)
	}
	without, bare := i.depart(t)
	bare.Del("iss")
	if _, err := i.p.Finish(t.Context(), without, bare); !errors.Is(err, oidc.ErrRefused) {
		t.Error(err)
	}
	if _, err := i.p.Finish(t.Context(), trip, q); err != nil {
		t.Error(err)
	}
}

func TestKeysChange(t *testing.T) {
	i := start(t)
	for range 3 {
		if _, err := i.round(t); err != nil {
			t.Fatal(err)
		}
		i.Rotate()
	}
}

func TestProviderIsAway(t *testing.T) {
	i := start(t, func(c *oidc.Config) { c.Issuer = "http://127.0.0.1:1" })
	if _, _, err := i.p.Begin(t.Context()); !errors.Is(err, oidc.ErrAway) {
		t.Error(err)
	}
	if i.p.LogoutAddress() != "" {
		t.Error("a logout address of nobody")
	}
	i.again(func(c *oidc.Config) { c.Secret = func(context.Context) (string, error) { return "forkert", nil } })
	if _, err := i.round(t); !errors.Is(err, oidc.ErrAway) || strings.Contains(err.Error(), "forkert") {
		t.Error("a wrong secret:", err)
	}
	i.again(func(c *oidc.Config) { c.Secret = nil })
	if _, err := i.round(t); !errors.Is(err, oidc.ErrAway) {
		t.Error("no secret:", err)
	}
	// A description of somebody else, or with addresses that everybody can read along.
	for name, extra := range map[string]map[string]any{"issuer": {"issuer": "https://login.ond.example"}, "token endpoint": {"token_endpoint": "nonsense"}, "keys": {"jwks_uri": ""}} {
		i.again()
		i.Extra = extra
		if _, _, err := i.p.Begin(t.Context()); !errors.Is(err, oidc.ErrAway) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// It comes back, and is asked again after a moment.
	i.again()
	i.Extra = map[string]any{"issuer": "https://login.ond.example"}
	if _, _, err := i.p.Begin(t.Context()); !errors.Is(err, oidc.ErrAway) {
		t.Error(err)
	}
	i.Extra = nil
	if _, _, err := i.p.Begin(t.Context()); !errors.Is(err, oidc.ErrAway) {
		t.Error("asked again at once:", err)
	}
	i.now = i.now.Add(5 * time.Second)
	if _, err := i.round(t); err != nil {
		t.Error(err)
	}
	// What is known holds while it is away.
	i.Extra = map[string]any{"issuer": "https://login.ond.example"}
	i.now = i.now.Add(12 * time.Hour)
	if _, err := i.round(t); err != nil {
		t.Error("an old description:", err)
	}
}

// Addresses without encryption in the description of a provider with it.
func TestPlainAddressesAreRefused(t *testing.T) {
	var web *httptest.Server
	web = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(`{"issuer":"` + web.URL + `","authorization_endpoint":"` + web.URL + `/a","token_endpoint":"http://login.kommune.example/t","jwks_uri":"` + web.URL + `/k"}`))
	}))
	defer web.Close()
	p := oidc.New(oidc.Config{Issuer: web.URL, ClientID: "x", Page: oidcPage, Claim: "roles", Client: web.Client()})
	if _, _, err := p.Begin(t.Context()); !errors.Is(err, oidc.ErrAway) || !strings.Contains(err.Error(), "https") {
		t.Error(err)
	}
}

func TestEndlessAnswersAreCutOff(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		chunk := []byte(strings.Repeat(" ", 64<<10))
		for range 4 << 20 / len(chunk) {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	defer web.Close()
	p := oidc.New(oidc.Config{Issuer: web.URL, ClientID: "x", Page: oidcPage, Claim: "roles"})
	_, _, err := p.Begin(t.Context())
	if !errors.Is(err, oidc.ErrAway) || len(err.Error()) > 300 {
		t.Errorf("%.400v", err)
	}
}

func TestBackChannelLogout(t *testing.T) {
	i := start(t)
	good := i.Logout(func(c map[string]any) { c["sub"], c["sid"] = "a1b2", "s-1" })
	subject, session, err := i.p.Ended(t.Context(), good)
	if err != nil || subject != "a1b2" || session != "s-1" {
		t.Errorf("%q %q, %v", subject, session, err)
	}
	if _, _, err := i.p.Ended(t.Context(), good); !errors.Is(err, oidc.ErrRefused) {
		t.Errorf("a second time, by somebody who read along: %v", err)
	}
	for name, change := range map[string]func(map[string]any){
		"nobody":         func(c map[string]any) {},
		"wrong issuer":   func(c map[string]any) { c["sub"], c["iss"] = "a1b2", "https://login.ond.example" },
		"wrong audience": func(c map[string]any) { c["sub"], c["aud"] = "a1b2", "andet" },
		"an ID token":    func(c map[string]any) { c["sub"], c["nonce"] = "a1b2", "n" },
		"no event":       func(c map[string]any) { c["sub"] = "a1b2"; delete(c, "events") },
		"no jti":         func(c map[string]any) { c["sub"] = "a1b2"; delete(c, "jti") },
		"expired":        func(c map[string]any) { c["sub"], c["exp"] = "a1b2", i.now.Add(-time.Hour).Unix() },
		"made a day ago": func(c map[string]any) { c["sub"], c["iat"] = "a1b2", i.now.Add(-24*time.Hour).Unix() },
		"made in a day":  func(c map[string]any) { c["sub"], c["iat"] = "a1b2", i.now.Add(24*time.Hour).Unix() },
	} {
		if _, _, err := i.p.Ended(t.Context(), i.Logout(change)); !errors.Is(err, oidc.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := i.p.Ended(t.Context(), idptest.Unsigned(t, map[string]any{"iss": i.URL, "sub": "a1b2"})); !errors.Is(err, oidc.ErrRefused) {
		t.Errorf("unsigned: %v", err)
	}
	// Tokens that name keys nobody knows: the provider is not asked for each, and its own
	// are taken, also by a key that is new.
	own, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 40 {
		forged := signOwn(t, own, fmt.Sprint("key-of-nobody-", n), map[string]any{"iss": i.URL, "sub": "a1b2"}, nil)
		if _, _, err := i.p.Ended(t.Context(), forged); !errors.Is(err, oidc.ErrRefused) {
			t.Fatal(err)
		}
	}
	i.Change(func(p *idptest.Provider) {
		if p.Asked > 8 {
			t.Errorf("asked for its keys %d times", p.Asked)
		}
	})
	i.Rotate()
	i.now = i.now.Add(5 * time.Second)
	if subject, _, err := i.p.Ended(t.Context(), i.Logout(func(c map[string]any) { c["sub"] = "a1b2" })); err != nil || subject != "a1b2" {
		t.Errorf("by a new key after a flood: %q, %v", subject, err)
	}
}
