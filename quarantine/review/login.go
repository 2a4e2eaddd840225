package review

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"brevvagt/detectors"
	"brevvagt/quarantine/account"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/words"
)

// loginView is the login form.
type loginView struct {
	After string // where to go afterwards
	Name  string
	Wrong string // what was wrong with the last attempt
}

// health answers readiness checks without a login: the page is up and the store
// can be read.
func (s *server) health(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if _, err := s.Service.Counts(r.Context()); err != nil {
		s.Log.Error("not ready", "err", detectors.Redact(err.Error()))
		w.WriteHeader(http.StatusServiceUnavailable)
		w.Write([]byte("ikke klar\n"))
		return
	}
	w.Write([]byte("klar\n"))
}

// toLogin asks for a login and remembers where a reader wanted to go.
func (s *server) toLogin(w http.ResponseWriter, r *http.Request) {
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

func (s *server) showLogin(w http.ResponseWriter, r *http.Request) {
	if _, ok := s.User(r); ok {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	l := frame.Language(r)
	p := s.NewPage(r, nil, words.Text(l, "login.title"))
	switch r.URL.Query().Get("hvorfor") {
	case "tid":
		p.Notice = &frame.Notice{Kind: "info", Text: words.Text(l, "login.idle")}
	case "ud":
		p.Notice = &frame.Notice{Kind: "success", Text: words.Text(l, "login.out")}
	}
	p.Data = loginView{After: frame.LocalPath(r.URL.Query().Get("efter"))}
	s.Render(w, http.StatusOK, "login", p)
}

func (s *server) login(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.Fail(w, r, http.StatusBadRequest)
		return
	}
	name, passphrase := strings.TrimSpace(r.PostForm.Get("navn")), r.PostForm.Get("kode")
	if name == "" || passphrase == "" {
		s.refuseLogin(w, r, http.StatusUnprocessableEntity, "login.empty")
		return
	}
	acc, opener, err := s.Accounts.Login(r.Context(), name, passphrase)
	switch {
	case errors.Is(err, account.ErrTooMany):
		s.refuseLogin(w, r, http.StatusTooManyRequests, "login.slow")
		return
	case errors.Is(err, account.ErrBusy):
		s.refuseLogin(w, r, http.StatusServiceUnavailable, "login.busy")
		return
	case errors.Is(err, account.ErrLogin):
		s.rest(r)
		s.refuseLogin(w, r, http.StatusUnauthorized, "login.wrong")
		return
	case err != nil:
		s.Broken(w, r, "log in", err)
		return
	}
	ctx := r.Context()
	s.Keys.Drop(s.Sessions.GetString(ctx, frame.SessionKey)) // of an earlier login in this browser
	// A new token, so that one planted before the login is worth nothing.
	if err := s.Sessions.RenewToken(ctx); err != nil {
		s.Broken(w, r, "renew the session", err)
		return
	}
	s.Sessions.Put(ctx, frame.SessionName, acc.Name)
	s.Sessions.Put(ctx, frame.SessionRole, string(acc.Role))
	s.Sessions.Put(ctx, frame.SessionKey, s.Keys.Put(opener))
	s.Log.Info("login", "user", acc.Name, "role", string(acc.Role))
	http.Redirect(w, r, frame.LocalPath(r.PostForm.Get("efter")), http.StatusSeeOther)
}

func (s *server) refuseLogin(w http.ResponseWriter, r *http.Request, status int, key string) {
	p := s.NewPage(r, nil, words.Text(frame.Language(r), "login.title"))
	p.Path = "/log-ind"
	p.Data = loginView{After: frame.LocalPath(r.PostForm.Get("efter")), Name: words.Clean(r.PostForm.Get("navn"), words.Short), Wrong: words.Text(frame.Language(r), key)}
	s.Render(w, status, "login", p)
}

// rest pauses before the answer to a failed login, or until the client leaves.
func (s *server) rest(r *http.Request) {
	t := time.NewTimer(s.pause)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
	}
}

func (s *server) logout(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	s.Keys.Drop(s.Sessions.GetString(ctx, frame.SessionKey))
	if err := s.Sessions.Destroy(ctx); err != nil {
		s.Broken(w, r, "end the session", err)
		return
	}
	http.Redirect(w, r, "/log-ind?hvorfor=ud", http.StatusSeeOther)
}

// setLanguage keeps the choice for a year; it says nothing about who chose.
func (s *server) setLanguage(w http.ResponseWriter, r *http.Request) {
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
