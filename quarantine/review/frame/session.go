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
	if _, ok := s.Keys.Get(s.Sessions.GetString(ctx, SessionKey)); !ok {
		return User{}, false
	}
	return u, true
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
