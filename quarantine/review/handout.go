package review

import (
	"bytes"
	"net/http"
	"strings"

	"brevvagt/quarantine/handout"
	"brevvagt/quarantine/register"
	"brevvagt/quarantine/review/prints"
)

// handOut gives the DPO a case as an encrypted package. The package is made whole before
// the first byte goes: a file cut short would be taken for the case.
func (s *server) handOut(w http.ResponseWriter, r *http.Request, j job) {
	receiver := strings.TrimSpace(r.PostFormValue("faar"))
	lock, err := handout.NewLock(r.PostFormValue("noegle"), r.PostFormValue("kode"))
	switch {
	case receiver == "" || len(receiver) > 400 || register.CheckNumbers(receiver) != nil:
		s.notDone(w, r, j.id, "problem.receiver")
		return
	case err != nil:
		s.notDone(w, r, j.id, "problem.lock")
		return
	}
	o := handout.Order{Case: j.id, By: j.by, Reason: j.reason, Receiver: receiver, Lock: lock, Opener: s.Opener(r), Now: s.Now()}
	if s.signer != nil {
		if o.Sign, err = s.signer(); err != nil {
			s.Broken(w, r, "sign the ledger's head", err)
			return
		}
	}
	var b bytes.Buffer
	if err := handout.Write(r.Context(), s.Service, o, &b); err != nil {
		s.refusedDecision(w, r, j.id, refused{action: "hand out"}, err)
		return
	}
	s.Log.Info("case handed out", "user", j.by, "case", j.id)
	prints.Send(w, "application/octet-stream", handout.FileName(j.id), &b)
}

// forget deletes a closed case's content and personal data before their time, for who can
// open it and has said twice that it cannot be undone.
func (s *server) forget(w http.ResponseWriter, r *http.Request, j job) {
	switch {
	case s.Opener(r) == nil:
		s.FailWith(w, r, http.StatusForbidden, "error.locked")
	case r.PostFormValue("slet") != "ja":
		s.notDone(w, r, j.id, "problem.forget")
	default:
		if err := s.Service.Forget(r.Context(), j.id, j.by, j.reason); err != nil {
			s.refusedDecision(w, r, j.id, refused{action: "forget"}, err)
			return
		}
		s.Log.Info("case forgotten", "user", j.by, "case", j.id)
		s.Tell(r, "flash.forgotten")
		http.Redirect(w, r, "/sag/"+j.id, http.StatusSeeOther)
	}
}
