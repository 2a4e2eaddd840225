package signin

import (
	"context"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"brevvagt/quarantine/account"
)

// Requests of people who have not proven who they are cost work: a challenge, or a call
// to the identity provider. So they are few: of strangers together, of each network, and
// of each browser that somebody signed in with before. The last are counted by themselves,
// so that strangers, however many addresses they have, keep nobody out who works here.
const (
	perSecond, burst               = 5, 30 // of strangers together
	networkPerSecond, networkBurst = 2, 25 // a whole town hall may share an address
	knownPerSecond, knownBurst     = 1, 15
	// of logout tokens from one network: a provider ends a whole shift's sessions at once
	toldPerSecond, toldBurst = 50, 1000
	maxCounted               = 10_000 // networks and browsers in memory
)

// Browsers tells the browsers that people signed in with; account.Accounts does.
type Browsers interface {
	// KnownBrowser is the name of the browser that keeps this text, "" for a stranger's.
	KnownBrowser(ctx context.Context, kept string) (string, error)
	// RememberBrowser is what the browser of somebody who has just signed in is to keep.
	RememberBrowser(ctx context.Context, name string) (string, error)
}

// brake lets few requests through. It is safe for concurrent use.
type brake struct {
	now       func() time.Time
	strangers *rate.Limiter
	mu        sync.Mutex
	each      map[string]*rate.Limiter
}

func newBrake(now func() time.Time) *brake {
	return &brake{now: now, strangers: rate.NewLimiter(perSecond, burst), each: map[string]*rate.Limiter{}}
}

// stranger counts a request from a network, "" where it is not known.
func (b *brake) stranger(network string) bool {
	return (network == "" || b.one(network, networkPerSecond, networkBurst)) && b.strangers.AllowN(b.now(), 1)
}

// told counts a logout token. Whose it is shows its signature, which is cheap to check; what
// strangers send must not keep those of the provider out, so each network is counted alone.
func (b *brake) told(network string) bool {
	return network == "" || b.one("told "+network, toldPerSecond, toldBurst)
}

// known counts a request of a browser that is known by a name.
func (b *brake) known(browser string) bool {
	return browser != "" && b.one("browser "+browser, knownPerSecond, knownBurst)
}

func (b *brake) one(key string, perSecond rate.Limit, burst int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.each[key]
	if l == nil {
		if len(b.each) >= maxCounted { // all begin anew; the strangers' own count holds on
			clear(b.each)
		}
		l = rate.NewLimiter(perSecond, burst)
		b.each[key] = l
	}
	return l.AllowN(b.now(), 1)
}

// may reports whether a request that proves nothing may go on.
func (s *Pages) may(r *http.Request) bool {
	return s.unproven.stranger(account.Network(s.Proxies.Address(r))) || s.unproven.known(s.knownBrowser(r))
}

// knownBrowser is the name of the browser when its owner signed in with it before.
func (s *Pages) knownBrowser(r *http.Request) string {
	kept := s.browser(r)
	if s.Browsers == nil || kept == "" {
		return ""
	}
	id, err := s.Browsers.KnownBrowser(r.Context(), kept)
	if err != nil {
		s.Log.Error("cannot tell whether a browser is known", "err", err)
	}
	return id
}

// rememberProven makes the browser of somebody who came in without the passphrase known.
// The sign-in stands without it.
func (s *Pages) rememberProven(w http.ResponseWriter, r *http.Request, name string) {
	if s.Browsers == nil {
		return
	}
	kept, err := s.Browsers.RememberBrowser(r.Context(), name)
	if err != nil {
		s.Log.Error("cannot remember a browser", "user", name, "err", err)
		return
	}
	s.remember(w, kept)
}
