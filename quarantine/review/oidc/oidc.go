// Package oidc asks the municipality's own sign-in (Entra ID, Keycloak or another
// OpenID Connect provider) who somebody is and in which role: authorization code with
// PKCE, state and nonce, one provider, signatures by its published keys only.
//
// What is checked of an answer, and where: state, issuer (RFC 9207) and code in
// Finish; signature, algorithm, issuer, audience, expiry by go-oidc; nonce, authorised
// party and age in check; login name and roles in person. Who the answer is about is
// issuer and subject; the login name is for reading only.
package oidc

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	goidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"brevvagt/quarantine/account"
)

// Errors that callers tell apart.
var (
	ErrAway    = errors.New("the identity provider cannot be reached")
	ErrDenied  = errors.New("the identity provider refused the person")
	ErrRefused = errors.New("the identity provider's answer does not hold")
	ErrNoRole  = errors.New("the person has none of the mapped roles")
	// ErrOverage: Entra leaves groups out of the token of somebody in more than 200.
	ErrOverage = errors.New("the token leaves the groups out, there are too many")
)

// Limits of the conversation with the provider.
const (
	timeout  = 10 * time.Second
	maxBytes = 1 << 20         // of an answer
	skew     = time.Minute     // how far its clock may be from ours
	maxAge   = 5 * time.Minute // of a token that has just been fetched
	reload   = 12 * time.Hour
	retry    = 5 * time.Second // between two attempts to reach it
)

// algorithms are the signatures that are accepted: asymmetric ones, so that no secret
// and no absence of one makes a token.
var algorithms = []string{goidc.RS256, goidc.RS384, goidc.RS512, goidc.PS256, goidc.PS384, goidc.PS512, goidc.ES256, goidc.ES384, goidc.ES512, goidc.EdDSA}

// Config is what New needs; Secret, Client and Now have defaults.
type Config struct {
	Issuer   string
	ClientID string
	// Secret reads the client secret each time; nil is a public client.
	Secret func(ctx context.Context) (string, error)
	// Page is our own address, "https://brevvagt.kommune.example".
	Page string
	// Claim names the claim with the roles or groups, "roles" or "realm_access.roles".
	Claim string
	Roles map[account.Role][]string
	// Client is for tests whose provider has a certificate of its own.
	Client *http.Client
	Now    func() time.Time
}

// ReturnPath is where the provider sends people back to.
const ReturnPath = "/log-ind/retur"

// Provider is the municipality's sign-in. It is safe for concurrent use.
type Provider struct {
	cfg    Config
	client *http.Client
	keys   *kept

	mu     sync.Mutex
	found  *found
	tried  time.Time
	failed error
	told   map[string]time.Time // names of logout tokens, and when each was made
}

// found is what the provider says of itself.
type found struct {
	provider *goidc.Provider
	style    oauth2.AuthStyle
	end      string // end_session_endpoint
	issParam bool   // it names itself on the way back
	at       time.Time
}

// New makes a provider; it is asked for the first time when somebody signs in, so that
// its absence keeps nothing else from starting.
func New(cfg Config) *Provider {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	base := http.DefaultTransport
	if cfg.Client != nil && cfg.Client.Transport != nil {
		base = cfg.Client.Transport
	}
	// A redirect would take code and secret elsewhere.
	keys := newKept(bounded{base}, cfg.Now)
	client := &http.Client{Timeout: timeout, Transport: keys, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &Provider{cfg: cfg, client: client, keys: keys, told: map[string]time.Time{}}
}

// Issuer is the provider's name.
func (p *Provider) Issuer() string { return p.cfg.Issuer }

// bounded cuts off answers that are too long.
type bounded struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, maxBytes), res.Body}
	}
	return res, err
}

// Trip is what must be remembered between beginning and end, in the browser that began.
type Trip struct{ State, Nonce, Verifier string }

// Begin gives the address to send somebody to.
func (p *Provider) Begin(ctx context.Context) (string, Trip, error) {
	f, err := p.load(ctx)
	if err != nil {
		return "", Trip{}, err
	}
	t := Trip{State: oauth2.GenerateVerifier(), Nonce: oauth2.GenerateVerifier(), Verifier: oauth2.GenerateVerifier()}
	return p.oauth(f, "").AuthCodeURL(t.State, goidc.Nonce(t.Nonce), oauth2.S256ChallengeOption(t.Verifier)), t, nil
}

func (p *Provider) oauth(f *found, secret string) *oauth2.Config {
	e := f.provider.Endpoint()
	e.AuthStyle = f.style
	if secret == "" {
		e.AuthStyle = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{ClientID: p.cfg.ClientID, ClientSecret: secret, Endpoint: e, RedirectURL: p.cfg.Page + ReturnPath, Scopes: []string{goidc.ScopeOpenID, "profile", "email"}}
}

// Person is who has signed in. Session is the provider's name for the session, "" where
// it gives none.
type Person struct {
	account.External
	Session string
}

// Finish reads the way back, which belongs to the trip that the same browser began.
func (p *Provider) Finish(ctx context.Context, t Trip, q url.Values) (Person, error) {
	f, err := p.load(ctx)
	if err != nil {
		return Person{}, err
	}
	for _, name := range []string{"state", "code", "iss", "error"} {
		if len(q[name]) > 1 {
			return Person{}, fmt.Errorf("%s is given twice: %w", name, ErrRefused)
		}
	}
	if t.State == "" || subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(t.State)) != 1 {
		return Person{}, fmt.Errorf("the state is another one: %w", ErrRefused)
	}
	if iss := q.Get("iss"); iss != p.cfg.Issuer && (iss != "" || f.issParam) {
		return Person{}, fmt.Errorf("the answer is another provider's: %w", ErrRefused)
	}
	if e := q.Get("error"); e != "" {
		return Person{}, fmt.Errorf("%s: %w", word(e), ErrDenied)
	}
	if q.Get("code") == "" {
		return Person{}, fmt.Errorf("no code: %w", ErrRefused)
	}
	raw, err := p.exchange(ctx, f, q.Get("code"), t.Verifier)
	if err != nil {
		return Person{}, err
	}
	token, err := p.verifier(f).Verify(goidc.ClientContext(ctx, p.client), raw)
	if err != nil {
		return Person{}, fmt.Errorf("%w: %w", ErrRefused, shorter(err))
	}
	claims, err := p.check(token, t.Nonce)
	if err != nil {
		return Person{}, err
	}
	return p.person(token, claims)
}

// exchange turns the code into an ID token. Nothing of an answer stands in an error.
func (p *Provider) exchange(ctx context.Context, f *found, code, verifier string) (string, error) {
	secret := ""
	if p.cfg.Secret != nil {
		var err error
		if secret, err = p.cfg.Secret(ctx); err != nil {
			return "", fmt.Errorf("%w: %w", ErrAway, err)
		}
	}
	token, err := p.oauth(f, secret).Exchange(goidc.ClientContext(ctx, p.client), code, oauth2.VerifierOption(verifier))
	var answer *oauth2.RetrieveError
	switch {
	case errors.As(err, &answer) && (answer.ErrorCode == "invalid_client" || answer.ErrorCode == "unauthorized_client"):
		return "", fmt.Errorf("%s: client_id or secret is wrong: %w", word(answer.ErrorCode), ErrAway)
	case errors.As(err, &answer) && answer.Response != nil && answer.Response.StatusCode < 500:
		return "", fmt.Errorf("code not taken (%s): %w", word(answer.ErrorCode), ErrRefused)
	case err != nil:
		return "", fmt.Errorf("no token: %w", ErrAway)
	}
	raw, _ := token.Extra("id_token").(string)
	if raw == "" {
		return "", fmt.Errorf("no ID token: %w", ErrRefused)
	}
	return raw, nil
}

func (p *Provider) verifier(f *found) *goidc.IDTokenVerifier {
	return f.provider.Verifier(&goidc.Config{ClientID: p.cfg.ClientID, SupportedSigningAlgs: algorithms, Now: func() time.Time { return p.cfg.Now().Add(-skew) }})
}

// check is what go-oidc leaves to its callers.
func (p *Provider) check(token *goidc.IDToken, nonce string) (map[string]any, error) {
	var claims map[string]any
	if err := token.Claims(&claims); err != nil {
		return nil, fmt.Errorf("%w: claims cannot be read", ErrRefused)
	}
	azp, _ := claims["azp"].(string)
	switch age := p.cfg.Now().Sub(token.IssuedAt); {
	case nonce == "" || subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1:
		return nil, fmt.Errorf("%w: the nonce is another one", ErrRefused)
	case claims["azp"] != nil && azp != p.cfg.ClientID, len(token.Audience) > 1 && azp == "":
		return nil, fmt.Errorf("%w: the token was made for another party", ErrRefused)
	case age > maxAge+skew || age < -skew:
		return nil, fmt.Errorf("%w: the token was made %s ago; are both clocks right?", ErrRefused, age.Round(time.Second))
	case token.Subject == "":
		return nil, fmt.Errorf("%w: no subject", ErrRefused)
	}
	return claims, nil
}

// load reads what the provider says of itself, anew twice a day.
func (p *Provider) load(ctx context.Context) (*found, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.cfg.Now()
	if p.found != nil && now.Sub(p.found.at) < reload {
		return p.found, nil
	}
	if p.failed == nil || now.Sub(p.tried) >= retry || now.Before(p.tried) {
		p.tried = now
		var f *found
		if f, p.failed = p.discover(ctx); p.failed == nil {
			f.at, p.found = now, f
		}
	}
	if p.found != nil { // an old answer is better than none
		return p.found, nil
	}
	return nil, p.failed
}

func (p *Provider) discover(ctx context.Context) (*found, error) {
	// One visitor who leaves must not fail those who wait for the same answer.
	provider, err := goidc.NewProvider(goidc.ClientContext(context.WithoutCancel(ctx), p.client), p.cfg.Issuer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAway, shorter(err))
	}
	var meta struct {
		Auth     string   `json:"authorization_endpoint"`
		Token    string   `json:"token_endpoint"`
		Keys     string   `json:"jwks_uri"`
		End      string   `json:"end_session_endpoint"`
		Methods  []string `json:"token_endpoint_auth_methods_supported"`
		IssParam bool     `json:"authorization_response_iss_parameter_supported"`
	}
	if err := provider.Claims(&meta); err != nil {
		return nil, fmt.Errorf("%w: its description cannot be read", ErrAway)
	}
	for _, address := range []string{meta.Auth, meta.Token, meta.Keys, meta.End} {
		if address == "" && address == meta.End {
			continue
		}
		if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "https" && strings.HasPrefix(p.cfg.Issuer, "https:") {
			return nil, fmt.Errorf("%w: an address in its description is not https", ErrAway)
		}
	}
	p.keys.at(meta.Keys)
	style := oauth2.AuthStyleInHeader
	if len(meta.Methods) > 0 && !slices.Contains(meta.Methods, "client_secret_basic") {
		style = oauth2.AuthStyleInParams
	}
	return &found{provider: provider, style: style, end: meta.End, issParam: meta.IssParam}, nil
}

// LogoutAddress is where a person may end the provider's own session too, "" where it
// has none or has not been asked yet.
func (p *Provider) LogoutAddress() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil || p.found.end == "" {
		return ""
	}
	u, err := url.Parse(p.found.end)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("client_id", p.cfg.ClientID)
	q.Set("post_logout_redirect_uri", p.cfg.Page+"/log-ind")
	u.RawQuery = q.Encode()
	return u.String()
}

// maxTold bounds what is remembered of logout tokens; only the provider makes any.
const maxTold = 10_000

// Ended reads a back-channel logout token: whose sessions the provider has ended, by
// subject, session or both. One that is sent again by somebody who read along is refused:
// it would end sessions that began after it.
func (p *Provider) Ended(ctx context.Context, raw string) (subject, session string, err error) {
	f, err := p.load(ctx)
	if err != nil {
		return "", "", err
	}
	token, err := p.verifier(f).VerifyLogout(goidc.ClientContext(ctx, p.client), raw)
	if err != nil {
		return "", "", fmt.Errorf("%w: %w", ErrRefused, shorter(err))
	}
	if age := p.cfg.Now().Sub(token.IssuedAt); age > maxAge+skew || age < -skew {
		return "", "", fmt.Errorf("%w: the logout token was made %s ago", ErrRefused, age.Round(time.Second))
	}
	if !p.first(token.TokenID, token.IssuedAt) {
		return "", "", fmt.Errorf("%w: the logout token was used before", ErrRefused)
	}
	return token.Subject, token.SessionID, nil
}

// first reports whether a logout token comes for the first time. Those that are too old to
// be taken are forgotten.
func (p *Provider) first(id string, made time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	maps.DeleteFunc(p.told, func(_ string, at time.Time) bool { return p.cfg.Now().Sub(at) > maxAge+skew })
	if _, again := p.told[id]; again || len(p.told) >= maxTold {
		return false
	}
	p.told[id] = made
	return true
}

// word keeps a provider's error code fit for a log.
func word(s string) string {
	if len(s) > 40 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_") != "" || !json.Valid([]byte(`"`+s+`"`)) {
		return "error"
	}
	return s
}

// shorter bounds an error that may quote what a provider sent.
func shorter(err error) error {
	text := strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, err.Error())
	if len(text) > 200 {
		text = text[:200]
	}
	return errors.New(text)
}
