package signin

import (
	"errors"
	"io"
	"mime"
	"net/http"

	"brevvagt/quarantine/account"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/passkey"
	"brevvagt/quarantine/review/words"
)

// AskPasskey gives the page's script what the browser needs to ask for a passkey.
func (s *Pages) AskPasskey(w http.ResponseWriter, r *http.Request) {
	if s.Passkeys == nil {
		s.Fail(w, r, http.StatusNotFound)
		return
	}
	if !s.may(r) {
		s.sayWrong(w, r, http.StatusTooManyRequests, "error.many.text")
		return
	}
	options, t, err := s.Passkeys.BeginLogin()
	if err == nil {
		err = s.asked.Give(w, t)
	}
	if err != nil {
		s.Broken(w, r, "begin a sign-in with a passkey", err)
		return
	}
	s.Answer(w, http.StatusOK, options)
}

// LoginPasskey lets somebody in whose passkey answered.
func (s *Pages) LoginPasskey(w http.ResponseWriter, r *http.Request) {
	var t passkey.Trip
	switch {
	case s.Passkeys == nil:
		s.Fail(w, r, http.StatusNotFound)
		return
	case !isJSON(r):
		s.Fail(w, r, http.StatusBadRequest)
		return
	case !s.may(r):
		s.sayWrong(w, r, http.StatusTooManyRequests, "error.many.text")
		return
	}
	answer, err := io.ReadAll(r.Body) // bounded by the route
	if err == nil {
		err = s.asked.Take(w, r, &t)
	}
	var acc *account.Account
	if err == nil {
		acc, err = s.Passkeys.FinishLogin(r.Context(), t, answer)
	}
	switch {
	case errors.Is(err, passkey.ErrCopied):
		s.Log.Warn("passkey closed", "err", err.Error())
		s.sayWrong(w, r, http.StatusUnauthorized, "login.passkey.copied")
		return
	case err != nil:
		s.Log.Warn("sign-in with a passkey refused", "err", err.Error())
		s.rest(r)
		s.sayWrong(w, r, http.StatusUnauthorized, "login.passkey.wrong")
		return
	}
	if err := s.Enter(r, frame.Entry{Account: acc, How: frame.Passkey}); err != nil {
		s.Broken(w, r, "begin a session", err)
		return
	}
	s.rememberProven(w, r, acc.Name)
	s.Answer(w, http.StatusOK, map[string]string{"til": frame.LocalPath(r.URL.Query().Get("efter"))})
}

// isJSON keeps plain forms out, which any page could send.
func isJSON(r *http.Request) bool {
	t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && t == "application/json"
}

// sayWrong tells the page's script what to show.
func (s *Pages) sayWrong(w http.ResponseWriter, r *http.Request, status int, key string) {
	s.Answer(w, status, map[string]string{"fejl": words.Text(frame.Language(r), key)})
}
