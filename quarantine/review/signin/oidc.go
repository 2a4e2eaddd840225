package signin

import (
	"errors"
	"net/http"

	"brevvagt/quarantine/account"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/keyring"
	"brevvagt/quarantine/review/oidc"
)

// trip is what the browser keeps while its owner is at the identity provider.
type trip struct {
	oidc.Trip
	After string
	// Known is the browser's name when it set out: the way back comes from another site
	// and does not bring its cookie along.
	Known string
}

// Depart sends somebody to the identity provider. It is a link, not a form: the content
// policy lets forms lead nowhere else.
func (s *Pages) Depart(w http.ResponseWriter, r *http.Request) {
	if s.OIDC == nil {
		s.Fail(w, r, http.StatusNotFound)
		return
	}
	if !s.may(r) {
		s.FailWith(w, r, http.StatusTooManyRequests, "error.many")
		return
	}
	address, t, err := s.OIDC.Begin(r.Context())
	if err == nil {
		err = s.trips.Give(w, trip{t, frame.LocalPath(r.URL.Query().Get("efter")), s.knownBrowser(r)})
	}
	if err != nil {
		s.refused(w, r, err)
		return
	}
	http.Redirect(w, r, address, http.StatusSeeOther)
}

// Return is where the identity provider sends people back to.
func (s *Pages) Return(w http.ResponseWriter, r *http.Request) {
	if s.OIDC == nil {
		s.Fail(w, r, http.StatusNotFound)
		return
	}
	var t trip
	if err := s.trips.Take(w, r, &t); err != nil {
		s.refused(w, r, err)
		return
	}
	if !s.unproven.known(t.Known) && !s.may(r) {
		s.FailWith(w, r, http.StatusTooManyRequests, "error.many")
		return
	}
	who, err := s.OIDC.Finish(r.Context(), t.Trip, r.URL.Query())
	if errors.Is(err, oidc.ErrNoRole) { // what he had, he has no more
		err = errors.Join(err, s.External.WithoutRole(r.Context(), who.External))
	}
	var acc *account.Account
	if err == nil {
		acc, err = s.External.LoginExternal(r.Context(), who.External)
	}
	if err != nil {
		s.refused(w, r, err)
		return
	}
	err = s.Enter(r, frame.Entry{Account: acc, How: frame.OIDC, Owner: keyring.Owner{Subject: who.Subject, Session: who.Session}, Most: oidcLifetime})
	if err != nil {
		s.Broken(w, r, "begin a session", err)
		return
	}
	s.rememberProven(w, r, acc.Name)
	http.Redirect(w, r, frame.LocalPath(t.After), http.StatusSeeOther)
}

// refused says in plain words why somebody was not let in. Names stay out of the log:
// who was refused is nobody here yet.
func (s *Pages) refused(w http.ResponseWriter, r *http.Request, err error) {
	status, key := http.StatusForbidden, "error.oidc"
	switch {
	case errors.Is(err, oidc.ErrNoRole):
		key = "error.oidc-role"
	case errors.Is(err, oidc.ErrOverage):
		key = "error.oidc-overage"
	case errors.Is(err, oidc.ErrDenied):
		key = "error.oidc-denied"
	case errors.Is(err, oidc.ErrAway):
		status, key = http.StatusBadGateway, "error.oidc-away"
	case errors.Is(err, account.ErrTaken), errors.Is(err, account.ErrName):
		key = "error.oidc-name"
	case errors.Is(err, account.ErrDisabled):
		key = "error.oidc-closed"
	case errors.Is(err, oidc.ErrRefused):
	default: // an old or missing ticket, and faults of ours
		key = "error.oidc-again"
	}
	s.Log.Warn("external sign-in refused", "why", key, "err", err.Error())
	s.FailWith(w, r, status, key)
}

// Ended ends sessions for the identity provider (back-channel logout): it sends a
// signed token, no browser takes part.
func (s *Pages) Ended(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if s.OIDC == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if !s.unproven.told(account.Network(s.Proxies.Address(r))) {
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	subject, session, err := s.OIDC.Ended(r.Context(), r.PostFormValue("logout_token"))
	if err != nil {
		s.Log.Warn("back-channel logout refused", "err", err.Error())
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	n := s.Keys.End("", func(o keyring.Owner) bool {
		return o.Subject != "" && (subject == "" || o.Subject == subject) && (session == "" || o.Session == session)
	})
	s.Log.Info("sessions ended by the identity provider", "sessions", n)
}

// EndedHere ends a session for the identity provider when its logout page loads this
// address (front-channel logout). It may only come with the session's own name, which
// nobody else knows.
func (s *Pages) EndedHere(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	q := r.URL.Query()
	// The standard wants iss beside sid; Entra ID has been seen to leave it out.
	if s.OIDC == nil || q.Get("sid") == "" || q.Has("iss") && q.Get("iss") != s.OIDC.Issuer() {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	n := s.Keys.End("", func(o keyring.Owner) bool { return o.Session == q.Get("sid") })
	s.Log.Info("sessions ended by the identity provider", "sessions", n)
}
