package review

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"brevvagt/quarantine"
	"brevvagt/quarantine/ledger"
)

// job is what a handler is asked to do: with which case, by whom, and for what reason, ""
// where none was given.
type job struct{ id, by, reason string }

// onCase leads to a handler with the case of the address, when that has the form of one,
// and with what was sent.
func (s *server) onCase(do func(http.ResponseWriter, *http.Request, job)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id, ok := caseID(r)
		if !ok {
			s.Fail(w, r, http.StatusNotFound)
			return
		}
		if err := r.ParseForm(); err != nil {
			s.Fail(w, r, http.StatusBadRequest)
			return
		}
		u, _ := s.User(r)
		do(w, r, job{id, u.Name, strings.TrimSpace(r.PostForm.Get("begrundelse"))})
	}
}

// forReason is onCase for what asks for a reason: one that cannot be kept is told on the
// page of the case.
func (s *server) forReason(do func(http.ResponseWriter, *http.Request, job)) http.HandlerFunc {
	return s.onCase(func(w http.ResponseWriter, r *http.Request, j job) {
		key := s.reasonProblem(j.reason)
		if key == "" {
			do(w, r, j)
			return
		}
		if key != "problem.reason.cpr" {
			key = "problem.text"
		}
		s.notDone(w, r, j.id, key)
	})
}

// lookTime is for how long one line in the ledger stands for further looks of the same
// person at the same case.
const lookTime = time.Hour

// seen shows a case, masked, after the ledger has said who looks at it. The page is there
// to be read: turning its pages, or coming back to it, is one look.
func (s *server) seen(show http.HandlerFunc) http.HandlerFunc {
	return s.onCase(func(w http.ResponseWriter, r *http.Request, j job) {
		_, err := s.Service.Get(r.Context(), j.id)
		if err == nil {
			err = s.Service.Ledger().Once(r.Context(), ledger.Entry{At: s.Now().UTC(), Actor: j.by, Verb: "case-shown", Case: j.id}, lookTime)
		}
		switch {
		case errors.Is(err, quarantine.ErrNotFound):
			s.Fail(w, r, http.StatusNotFound)
		case err != nil:
			s.Broken(w, r, "note who looks at a case", err)
		default:
			show(w, r)
		}
	})
}
