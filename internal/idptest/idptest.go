// Package idptest is an identity provider for tests (OpenID Connect): discovery, keys
// that can change, authorization codes with PKCE, client secrets, and tokens signed with
// RSA as Entra ID and Keycloak make them. A test may bend every token.
package idptest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Secret is the client's.
const Secret = "hemmelighed hos klienten"

// ClientID is the client's name.
const ClientID = "brevvagt"

// Provider is a running provider. Its fields may be changed between requests.
type Provider struct {
	URL string
	t   testing.TB

	mu sync.Mutex
	// Claims are those of whoever signs in next, beside those that every token has.
	Claims map[string]any
	// Bend changes the claims of the next tokens just before they are signed.
	Bend func(claims map[string]any)
	// Forge makes the token itself, in place of the right signature.
	Forge func(p *Provider, claims map[string]any) string
	// Now is the provider's clock.
	Now func() time.Time
	// Refuse is an OAuth error that the provider answers instead of a code.
	Refuse string
	// NamesItself adds iss to the way back (RFC 9207), and says so beforehand.
	NamesItself bool
	// Extra goes into the discovery document.
	Extra map[string]any
	// Tokens counts requests for tokens, Asked those for the keys.
	Tokens, Asked int

	key   *rsa.PrivateKey
	keyID int
	codes map[string]grant
}

type grant struct{ challenge, nonce, redirect string }

// Start runs a provider on loopback until the test ends.
func Start(t testing.TB) *Provider {
	t.Helper()
	p := &Provider{t: t, Now: time.Now, codes: map[string]grant{}, Claims: map[string]any{}}
	p.Rotate()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	web := httptest.NewServer(mux)
	t.Cleanup(web.Close)
	p.URL = web.URL
	return p
}

// Change runs f while no request is answered.
func (p *Provider) Change(f func(p *Provider)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(p)
}

// Rotate gives the provider a new key; the old one is no longer published.
func (p *Provider) Rotate() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.key = nil
	p.keyID++
}

// signing is the key of today, made when it is needed first.
func (p *Provider) signing() *rsa.PrivateKey {
	if p.key == nil {
		next := first
		if p.keyID > 1 {
			next = newKey
		}
		key, err := next()
		if err != nil {
			p.t.Fatal(err)
		}
		p.key = key
	}
	return p.key
}

// first is the key that all providers of a process begin with: to make one takes longer
// than most tests that need it. After Rotate each has its own.
var first = sync.OnceValues(newKey)

func newKey() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) }

// PublicKey is the key that is published now.
func (p *Provider) PublicKey() *rsa.PublicKey { return &p.signing().PublicKey }

func (p *Provider) kid() string { return fmt.Sprint("key-", p.keyID) }

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	doc := map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"end_session_endpoint": p.URL + "/logout", "id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"}, "authorization_response_iss_parameter_supported": p.NamesItself}
	maps.Copy(doc, p.Extra)
	answer(w, http.StatusOK, doc)
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Asked++
	answer(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.signing().Public(), KeyID: p.kid(), Algorithm: "RS256", Use: "sig"}}})
}

// authorize lets in whoever comes, as after a password and a second factor.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || q.Get("client_id") != ClientID || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("scope") == "" {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	out := url.Values{"state": {q.Get("state")}}
	if p.NamesItself {
		out.Set("iss", p.URL)
	}
	if p.Refuse != "" {
		out.Set("error", p.Refuse)
	} else {
		code := rand.Text()
		p.codes[code] = grant{q.Get("code_challenge"), q.Get("nonce"), q.Get("redirect_uri")}
		out.Set("code", code)
	}
	back.RawQuery = out.Encode()
	http.Redirect(w, r, back.String(), http.StatusSeeOther)
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Tokens++
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	if s, err := url.QueryUnescape(secret); ok && err == nil {
		secret = s
	}
	if id != ClientID || secret != Secret {
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	g, known := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || g.redirect != r.PostFormValue("redirect_uri") || base64.RawURLEncoding.EncodeToString(sum[:]) != g.challenge {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	claims := map[string]any{"iss": p.URL, "aud": ClientID, "iat": p.Now().Unix(), "exp": p.Now().Add(5 * time.Minute).Unix(), "nonce": g.nonce}
	maps.Copy(claims, p.Claims)
	if p.Bend != nil {
		p.Bend(claims)
	}
	raw := ""
	if p.Forge != nil {
		raw = p.Forge(p, claims)
	} else {
		raw = p.Sign(claims)
	}
	answer(w, http.StatusOK, map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 300, "id_token": raw})
}

// Sign makes a token with the provider's key.
func (p *Provider) Sign(claims map[string]any) string {
	return SignWith(p.t, jose.RS256, p.signing(), p.kid(), claims)
}

// SignWith makes a token with any key.
func SignWith(t testing.TB, alg jose.SignatureAlgorithm, key any, kid string, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: key, KeyID: kid}}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	jws, err := signer.Sign(body)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := jws.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// Unsigned makes a token of the algorithm "none", which nobody may take.
func Unsigned(t testing.TB, claims map[string]any) string {
	t.Helper()
	body, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(body) + "."
}

// KID is the name of the key that is published now.
func (p *Provider) KID() string { return p.kid() }

// Logout makes a back-channel logout token.
func (p *Provider) Logout(change func(claims map[string]any)) string {
	claims := map[string]any{"iss": p.URL, "aud": ClientID, "iat": p.Now().Unix(), "exp": p.Now().Add(2 * time.Minute).Unix(), "jti": rand.Text(),
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}}
	if change != nil {
		change(claims)
	}
	return p.Sign(claims)
}
