// Package signin is how people come in and go out: with a passphrase, with a passkey, or
// by the municipality's own sign-in (OIDC), and how a session that came in without the
// passphrase unlocks its vault key.
//
// Only the passphrase unlocks the vault. Who came in otherwise sees and decides what is
// masked; an original, a value in clear and a release that needs the content ask for
// the passphrase first.
package signin

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"brevvagt/internal/caller"
	"brevvagt/quarantine/account"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/oidc"
	"brevvagt/quarantine/review/passkey"
	"brevvagt/quarantine/review/ticket"
	"brevvagt/quarantine/review/words"
	"brevvagt/quarantine/vault"
)

// Accounts tells who a person is and unlocks the vault key. A wrong name and a wrong
// passphrase give the same error.
type Accounts interface {
	LoginFrom(ctx context.Context, c account.Caller, name, passphrase string) (*account.Proven, error)
	Unlock(ctx context.Context, name, passphrase string) (*vault.Opener, error)
	Get(ctx context.Context, name string) (*account.Account, error)
}

// External signs in whom an identity provider has proven.
type External interface {
	LoginExternal(ctx context.Context, e account.External) (*account.Account, error)
	WithoutRole(ctx context.Context, e account.External) error
}

// Ways are the ways in beside the passphrase; what is nil is not offered.
type Ways struct {
	OIDC     *oidc.Provider
	OIDCName string // on its button, as "kommunens login"
	External External
	Passkeys *passkey.Keys
	Browsers Browsers       // those of earlier sign-ins; nil knows none
	Proxies  caller.Proxies // that say for whom they ask
	// NoPassphrase closes the form for name and passphrase, and passkeys with it: then
	// the identity provider alone says who may come in.
	NoPassphrase bool
}

// failurePause is before the answer to a failed sign-in.
const failurePause = 500 * time.Millisecond

// oidcLifetime is the longest session after an external sign-in: a working day, since
// what the provider takes back shows only at the next one.
const oidcLifetime = 8 * time.Hour

// Pages are the handlers.
type Pages struct {
	*frame.Frame
	Accounts Accounts
	Ways
	Pause time.Duration // before the answer to a failed sign-in

	trips    *ticket.Box // to the identity provider
	asked    *ticket.Box // of passkeys
	unproven *brake
}

// New makes the pages.
func New(f *frame.Frame, a Accounts, w Ways) (*Pages, error) {
	p := &Pages{Frame: f, Accounts: a, Ways: w, Pause: failurePause, unproven: newBrake(f.Now)}
	if w.NoPassphrase {
		p.Passkeys = nil
	}
	var err error
	if p.trips, err = ticket.New("brevvagt-rejse", f.Secure, f.Now); err != nil {
		return nil, err
	}
	p.asked, err = ticket.New("brevvagt-noegle", f.Secure, f.Now)
	return p, err
}

// view is the page on which people sign in.
type view struct {
	After                string // where to go afterwards
	Name                 string
	Wrong                string // what was wrong with the last attempt
	OIDC, Elsewhere      string // its name; where its own session ends
	Passkeys, Passphrase bool
}

func (s *Pages) view(r *http.Request, after string) view {
	v := view{After: frame.LocalPath(after), Passkeys: s.Passkeys != nil, Passphrase: !s.NoPassphrase}
	if s.OIDC != nil {
		v.OIDC = words.Clean(s.OIDCName, words.Short)
	}
	return v
}

// Ask sends somebody who is not signed in to the page for it, and remembers where a
// reader wanted to go.
func (s *Pages) Ask(w http.ResponseWriter, r *http.Request) {
	if fields := frame.TypedIn(r).Fields(); len(fields) > 0 {
		s.again(w, r, fields)
		return
	}
	q := url.Values{}
	if r.Method == http.MethodGet && r.URL.Path != "/" {
		q.Set("efter", frame.LocalPath(r.URL.RequestURI()))
	}
	if _, err := r.Cookie(s.Sessions.Cookie.Name); err == nil {
		q.Set("hvorfor", "tid")
	}
	target := "/log-ind"
	if len(q) > 0 {
		target += "?" + q.Encode()
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
}

// again gives back what somebody had written when the session ended, to be sent again
// after a sign-in in another window. It needs no script, and nothing is kept here.
func (s *Pages) again(w http.ResponseWriter, r *http.Request, fields []frame.TypedField) {
	p := s.NewPage(r, nil, words.Text(frame.Language(r), "again.title"))
	p.Data = struct {
		Action string
		Fields []frame.TypedField
	}{frame.LocalPath(r.URL.Path), fields}
	s.Render(w, http.StatusUnauthorized, "again", p)
}

// Show is the page with the ways in.
func (s *Pages) Show(w http.ResponseWriter, r *http.Request) {
	if _, ok := s.User(r); ok {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	l := frame.Language(r)
	p := s.NewPage(r, nil, words.Text(l, "login.title"))
	v := s.view(r, r.URL.Query().Get("efter"))
	switch r.URL.Query().Get("hvorfor") {
	case "tid":
		p.Notice = &frame.Notice{Kind: "info", Text: words.Text(l, "login.idle")}
	case "ud":
		p.Notice = &frame.Notice{Kind: "success", Text: words.Text(l, "login.out")}
	case "ud-her":
		p.Notice = &frame.Notice{Kind: "success", Text: words.Text(l, "login.out")}
		if s.OIDC != nil {
			v.Elsewhere = s.OIDC.LogoutAddress()
		}
	}
	p.Data = v
	s.Render(w, http.StatusOK, "login", p)
}

// Login checks name and passphrase.
func (s *Pages) Login(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.Fail(w, r, http.StatusBadRequest)
		return
	}
	if s.NoPassphrase {
		s.refuseLogin(w, r, http.StatusForbidden, "login.off")
		return
	}
	name, passphrase := strings.TrimSpace(r.PostForm.Get("navn")), r.PostForm.Get("kode")
	if name == "" || passphrase == "" {
		s.refuseLogin(w, r, http.StatusUnprocessableEntity, "login.empty")
		return
	}
	proven, err := s.Accounts.LoginFrom(r.Context(), account.Caller{Address: s.Proxies.Address(r), Browser: s.browser(r)}, name, passphrase)
	if err != nil {
		if status, key := s.refusal(r, err); key != "" {
			s.refuseLogin(w, r, status, key)
			return
		}
		s.Broken(w, r, "log in", err)
		return
	}
	if err := s.Enter(r, frame.Entry{Account: proven.Account, Opener: proven.Opener, How: frame.Passphrase}); err != nil {
		s.Broken(w, r, "begin a session", err)
		return
	}
	s.remember(w, proven.Browser)
	http.Redirect(w, r, frame.LocalPath(r.PostForm.Get("efter")), http.StatusSeeOther)
}

// knownCookie is kept by a browser that somebody signed in with, see account.Proven: it
// lets nobody in, but what others try does not keep its owner out. Browsers keep its
// plain name and the one over TLS apart.
const knownCookie = "brevvagt-kendt"

func (s *Pages) knownName() string {
	if s.Secure {
		return "__Host-" + knownCookie
	}
	return knownCookie
}

// browser is what the browser brings of an earlier sign-in, "" for nothing.
func (s *Pages) browser(r *http.Request) string {
	c, err := r.Cookie(s.knownName())
	if err != nil {
		return ""
	}
	return c.Value
}

func (s *Pages) remember(w http.ResponseWriter, browser string) {
	http.SetCookie(w, &http.Cookie{Name: s.knownName(), Value: browser, Path: "/", MaxAge: int(account.KnownFor / time.Second), HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteStrictMode})
}

// refusal is what to say of a passphrase that was not taken, after a pause when it was
// wrong; "" for a fault of ours.
func (s *Pages) refusal(r *http.Request, err error) (status int, key string) {
	switch {
	case errors.Is(err, account.ErrTooMany):
		return http.StatusTooManyRequests, "login.slow"
	case errors.Is(err, account.ErrBusy):
		return http.StatusServiceUnavailable, "login.busy"
	case errors.Is(err, account.ErrLogin):
		s.rest(r)
		return http.StatusUnauthorized, "login.wrong"
	}
	return 0, ""
}

func (s *Pages) refuseLogin(w http.ResponseWriter, r *http.Request, status int, key string) {
	p := s.NewPage(r, nil, words.Text(frame.Language(r), "login.title"))
	p.Path = "/log-ind"
	v := s.view(r, r.PostForm.Get("efter"))
	v.Name, v.Wrong = words.Clean(r.PostForm.Get("navn"), words.Short), words.Text(frame.Language(r), key)
	p.Data = v
	s.Render(w, status, "login", p)
}

// rest pauses before the answer to a failed sign-in, or until the client leaves.
func (s *Pages) rest(r *http.Request) {
	t := time.NewTimer(s.Pause)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
	}
}

// Logout ends the session here. The identity provider's own is its to end: the page
// that follows says where.
func (s *Pages) Logout(w http.ResponseWriter, r *http.Request) {
	why := "ud"
	if s.Sessions.GetString(r.Context(), frame.SessionHow) == frame.OIDC {
		why = "ud-her"
	}
	if err := s.Leave(r); err != nil {
		s.Broken(w, r, "end the session", err)
		return
	}
	http.Redirect(w, r, "/log-ind?hvorfor="+why, http.StatusSeeOther)
}

// SetLanguage keeps the choice for a year; it says nothing about who chose.
func (s *Pages) SetLanguage(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.Fail(w, r, http.StatusBadRequest)
		return
	}
	l := words.Danish
	if r.PostForm.Get("til") == string(words.English) {
		l = words.English
	}
	http.SetCookie(w, &http.Cookie{Name: frame.LanguageCookie, Value: string(l), Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, frame.LocalPath(r.PostForm.Get("tilbage")), http.StatusSeeOther)
}

// unlockView is the page that asks for the passphrase of somebody who is signed in.
type unlockView struct {
	After, Name, Wrong string
	HasKey             bool
}

// ShowUnlock asks for the passphrase.
func (s *Pages) ShowUnlock(w http.ResponseWriter, r *http.Request) {
	s.showUnlock(w, r, http.StatusOK, r.URL.Query().Get("efter"), "")
}

func (s *Pages) showUnlock(w http.ResponseWriter, r *http.Request, status int, after, wrong string) {
	u, _ := s.User(r)
	l := frame.Language(r)
	v := unlockView{After: frame.LocalPath(after), Name: u.Name, HasKey: s.Sessions.GetBool(r.Context(), frame.SessionVault)}
	if wrong != "" {
		v.Wrong = words.Text(l, wrong)
	}
	if v.HasKey && !u.Locked {
		http.Redirect(w, r, v.After, http.StatusSeeOther)
		return
	}
	u.Locked = false // the page itself says so
	p := s.NewPage(r, &u, words.Text(l, "login.unlock"))
	p.Path = "/laas-op"
	p.Data = v
	s.Render(w, status, "unlock", p)
}

// Unlock gives the session its vault key for the passphrase.
func (s *Pages) Unlock(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.Fail(w, r, http.StatusBadRequest)
		return
	}
	u, _ := s.User(r)
	after := r.PostForm.Get("efter")
	if !s.Sessions.GetBool(r.Context(), frame.SessionVault) {
		s.showUnlock(w, r, http.StatusConflict, after, "")
		return
	}
	opener, err := s.Accounts.Unlock(r.Context(), u.Name, r.PostForm.Get("kode"))
	if err != nil {
		if status, key := s.refusal(r, err); key != "" {
			if key == "login.wrong" {
				key = "login.unlock.wrong"
			}
			s.showUnlock(w, r, status, after, key)
			return
		}
		s.Broken(w, r, "unlock the key", err)
		return
	}
	if !s.Keys.Unlock(s.Sessions.GetString(r.Context(), frame.SessionKey), opener) {
		s.Ask(w, r)
		return
	}
	s.Log.Info("key unlocked", "user", u.Name)
	s.Tell(r, "flash.unlocked")
	http.Redirect(w, r, frame.LocalPath(after), http.StatusSeeOther)
}
