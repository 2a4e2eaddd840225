package frame

import (
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"brevvagt/quarantine/account"
	"brevvagt/quarantine/review/words"
	"brevvagt/quarantine/vault"
)

// Keys of what a session holds.
const (
	SessionName   = "name"
	SessionRole   = "role"
	SessionKey    = "key" // handle into the keyring
	SessionNotice = "notice"
)

func newSessions(secure bool, idle, lifetime time.Duration) *scs.SessionManager {
	m := scs.New()
	m.IdleTimeout = idle
	m.Lifetime = lifetime
	m.HashTokenInStore = true
	m.Cookie.Name = "brevvagt"
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Persist = false
	if secure {
		m.Cookie.Name = "__Host-brevvagt"
		m.Cookie.Secure = true
	}
	return m
}

// User is who is signed in.
type User struct {
	Name string
	Role account.Role
}

// RoleName is the role in words.
func (u User) RoleName(l words.Lang) string { return words.Known(l, "role", string(u.Role)) }

// User returns who is signed in. A session whose key handle has expired is over:
// the two clocks must not drift apart.
func (s *Frame) User(r *http.Request) (User, bool) {
	ctx := r.Context()
	u := User{s.Sessions.GetString(ctx, SessionName), account.Role(s.Sessions.GetString(ctx, SessionRole))}
	if u.Name == "" {
		return User{}, false
	}
	handle := s.Sessions.GetString(ctx, SessionKey)
	if Live(r) {
		return u, s.Keys.Has(handle)
	}
	if _, ok := s.Keys.Get(handle); !ok {
		return User{}, false
	}
	return u, true
}

// Live reports whether a page renews itself rather than a person asking for it. That
// must not keep a session alive.
func Live(r *http.Request) bool { return r.Header.Get("X-Live") != "" }

// Load runs next within the session; a request of a page that renews itself leaves
// the session as it is, with the idle time it had.
func (s *Frame) Load(next http.Handler) http.Handler {
	kept := s.Sessions.LoadAndSave(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !Live(r) {
			kept.ServeHTTP(w, r)
			return
		}
		token := ""
		if c, err := r.Cookie(s.Sessions.Cookie.Name); err == nil {
			token = c.Value
		}
		ctx, err := s.Sessions.Load(r.Context(), token)
		if err != nil {
			http.Error(w, "", http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// Opener returns the key of the session, nil for roles without one.
func (s *Frame) Opener(r *http.Request) *vault.Opener {
	o, _ := s.Keys.Get(s.Sessions.GetString(r.Context(), SessionKey))
	return o
}

// LocalPath returns p when it is a path on this site, else "/". It keeps the form
// fields that say where to go next from leading elsewhere.
func LocalPath(p string) string {
	if len(p) > 300 || !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsAny(p, "\\\r\n\t") {
		return "/"
	}
	return p
}
