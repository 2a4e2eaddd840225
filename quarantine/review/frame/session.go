package frame

import (
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"brevvagt/quarantine/account"
	"brevvagt/quarantine/review/keyring"
	"brevvagt/quarantine/review/words"
	"brevvagt/quarantine/vault"
)

// Keys of what a session holds.
const (
	SessionName   = "name"
	SessionRole   = "role"
	SessionKey    = "key" // handle into the keyring
	SessionNotice = "notice"
	SessionHow    = "how"   // Passphrase, Passkey or OIDC
	SessionSince  = "since" // milliseconds
	SessionVault  = "vault" // the account has a vault key and the role may use it
)

// Ways to sign in.
const (
	Passphrase = "passphrase"
	Passkey    = "passkey"
	OIDC       = "oidc"
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
	// Locked says that the person has a vault key which this session has not unlocked.
	Locked bool
}

// RoleName is the role in words.
func (u User) RoleName(l words.Lang) string { return words.Known(l, "role", string(u.Role)) }

// User returns who is signed in. A session whose key handle has expired is over:
// the two clocks must not drift apart.
func (s *Frame) User(r *http.Request) (User, bool) {
	ctx := r.Context()
	u := User{Name: s.Sessions.GetString(ctx, SessionName), Role: account.Role(s.Sessions.GetString(ctx, SessionRole))}
	if u.Name == "" {
		return User{}, false
	}
	take := s.Keys.Get
	if Live(r) {
		take = s.Keys.Peek
	}
	opener, ok := take(s.Sessions.GetString(ctx, SessionKey))
	if !ok {
		return User{}, false
	}
	u.Locked = opener == nil && s.Sessions.GetBool(ctx, SessionVault)
	return u, true
}

// Entry is a sign-in that has succeeded.
type Entry struct {
	Account *account.Account
	Opener  *vault.Opener // nil when no passphrase was given
	How     string
	Owner   keyring.Owner // what an identity provider calls it; Account is filled in
	Most    time.Duration // the session ends after this, 0 is the site's own lifetime
}

// Enter begins a session for somebody, with a new token, so that one planted before is
// worth nothing.
func (s *Frame) Enter(r *http.Request, e Entry) error {
	ctx := r.Context()
	s.Keys.Drop(s.Sessions.GetString(ctx, SessionKey)) // of an earlier sign-in in this browser
	if err := s.Sessions.Clear(ctx); err != nil {
		return err
	}
	if err := s.Sessions.RenewToken(ctx); err != nil {
		return err
	}
	e.Owner.Account = e.Account.Name
	s.Sessions.Put(ctx, SessionName, e.Account.Name)
	s.Sessions.Put(ctx, SessionRole, string(e.Account.Role))
	s.Sessions.Put(ctx, SessionKey, s.Keys.Put(e.Opener, e.Owner))
	s.Sessions.Put(ctx, SessionHow, e.How)
	s.Sessions.Put(ctx, SessionSince, s.Now().UnixMilli())
	s.Sessions.Put(ctx, SessionVault, e.Account.Recipient != "" && e.Account.Role.HasKey())
	if e.Most > 0 {
		s.Sessions.SetDeadline(ctx, time.Now().Add(e.Most).UTC())
	}
	s.Log.Info("login", "user", e.Account.Name, "role", string(e.Account.Role), "how", e.How)
	return nil
}

// Leave ends the session and forgets its key.
func (s *Frame) Leave(r *http.Request) error {
	s.Keys.Drop(s.Sessions.GetString(r.Context(), SessionKey))
	return s.Sessions.Destroy(r.Context())
}

// Live reports whether a page renews itself, which is all that htmx does here, rather than
// a person asking for it. That must not keep a session alive.
func Live(r *http.Request) bool { return r.Header.Get("HX-Request") != "" }

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
