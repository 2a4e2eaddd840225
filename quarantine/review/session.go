package review

import (
	"crypto/rand"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"

	"brevvagt/quarantine/account"
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
func (u user) RoleName(l lang) string { return known(l, "role", string(u.Role)) }

// user returns who is signed in. A session whose key handle has expired is over:
// the two clocks must not drift apart.
func (s *server) user(r *http.Request) (user, bool) {
	ctx := r.Context()
	u := user{s.sessions.GetString(ctx, sessionName), account.Role(s.sessions.GetString(ctx, sessionRole))}
	if u.Name == "" {
		return user{}, false
	}
	if _, ok := s.keys.get(s.sessions.GetString(ctx, sessionKey)); !ok {
		return user{}, false
	}
	return u, true
}

// opener returns the key of the session, nil for roles without one.
func (s *server) opener(r *http.Request) *vault.Opener {
	o, _ := s.keys.get(s.sessions.GetString(r.Context(), sessionKey))
	return o
}

// keyring holds the unlocked keys of the living sessions, in memory only. A key
// that is not asked for during the idle time is forgotten by a timer, whether or
// not anybody visits the page.
type keyring struct {
	idle time.Duration
	mu   sync.Mutex
	held map[string]*heldKey
}

type heldKey struct {
	opener *vault.Opener
	timer  *time.Timer
}

func newKeyring(idle time.Duration) *keyring {
	return &keyring{idle: idle, held: make(map[string]*heldKey)}
}

// put keeps a key and returns the handle for the session. The key may be nil.
func (k *keyring) put(o *vault.Opener) string {
	handle := rand.Text()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.held[handle] = &heldKey{o, time.AfterFunc(k.idle, func() { k.drop(handle) })}
	return handle
}

// get returns a key and starts its idle time anew.
func (k *keyring) get(handle string) (*vault.Opener, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	h, ok := k.held[handle]
	if !ok {
		return nil, false
	}
	h.timer.Reset(k.idle)
	return h.opener, true
}

func (k *keyring) drop(handle string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if h, ok := k.held[handle]; ok {
		h.timer.Stop()
		delete(k.held, handle)
	}
}

// localPath returns p when it is a path on this site, else "/". It keeps the form
// fields that say where to go next from leading elsewhere.
func localPath(p string) string {
	if len(p) > 300 || !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsAny(p, "\\\r\n\t") {
		return "/"
	}
	return p
}
