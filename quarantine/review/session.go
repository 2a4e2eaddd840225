package review

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
	sessionName   = "name"
	sessionRole   = "role"
	sessionKey    = "key" // handle into the keyring
	sessionNotice = "notice"
)

func newSessions(secure bool, idle time.Duration) *scs.SessionManager {
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

// user is who is signed in.
type user struct {
	Name string
	Role account.Role
}

// RoleName is the role in words.
func (u user) RoleName(l words.Lang) string { return words.Known(l, "role", string(u.Role)) }

// user returns who is signed in. A session whose key handle has expired is over:
// the two clocks must not drift apart.
func (s *server) user(r *http.Request) (user, bool) {
	ctx := r.Context()
	u := user{s.sessions.GetString(ctx, sessionName), account.Role(s.sessions.GetString(ctx, sessionRole))}
	if u.Name == "" {
		return user{}, false
	}
	if _, ok := s.keys.Get(s.sessions.GetString(ctx, sessionKey)); !ok {
		return user{}, false
	}
	return u, true
}

// opener returns the key of the session, nil for roles without one.
func (s *server) opener(r *http.Request) *vault.Opener {
	o, _ := s.keys.Get(s.sessions.GetString(r.Context(), sessionKey))
	return o
}

// localPath returns p when it is a path on this site, else "/". It keeps the form
// fields that say where to go next from leading elsewhere.
func localPath(p string) string {
	if len(p) > 300 || !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsAny(p, "\\\r\n\t") {
		return "/"
	}
	return p
}
