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
func (s *server) handOut(w http.ResponseWriter, r *http.Request) {
	id, ok := caseID(r)
	if !ok {
		s.Fail(w, r, http.StatusNotFound)
		return
	}
	u, _ := s.User(r)
	reason, receiver := strings.TrimSpace(r.PostFormValue("begrundelse")), strings.TrimSpace(r.PostFormValue("faar"))
	lock, err := handout.NewLock(r.PostFormValue("noegle"), r.PostFormValue("kode"))
	switch {
	case receiver == "" || len(receiver) > 400 || register.CheckNumbers(receiver) != nil:
		s.notDone(w, r, id, "problem.receiver")
		return
	case err != nil:
		s.notDone(w, r, id, "problem.lock")
		return
	case !s.reasonGood(w, r, id, reason):
		return
	}
	o := handout.Order{Case: id, By: u.Name, Reason: reason, Receiver: receiver, Lock: lock, Opener: s.Opener(r), Now: s.Now()}
	if s.signer != nil {
		if o.Sign, err = s.signer(); err != nil {
			s.Broken(w, r, "sign the ledger's head", err)
			return
		}
	}
	var b bytes.Buffer
	if err := handout.Write(r.Context(), s.Service, o, &b); err != nil {
		s.refusedDecision(w, r, id, refused{action: "hand out"}, err)
		return
	}
	s.Log.Info("case handed out", "user", u.Name, "case", id)
	prints.Send(w, "application/octet-stream", handout.FileName(id), &b)
}
