package breach

import (
	"net/http"
	"strconv"

	"brevvagt/internal/store"
	"brevvagt/quarantine/register"
	"brevvagt/quarantine/register/desk"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/words"
)

// Agree is the DPO's word that an averted incident is as it was proposed: not to be notified,
// and nobody to be told. It decides what the DPO has seen: a version that somebody has
// changed meanwhile is refused.
func (s *Pages) Agree(w http.ResponseWriter, r *http.Request) {
	d, ok := s.entry(w, r)
	if !ok {
		return
	}
	u, _ := s.User(r)
	l := frame.Language(r)
	seen, err := strconv.ParseInt(r.PostFormValue("set"), 10, 64)
	if err != nil || !d.ProposesNo() {
		s.show(w, r, d, http.StatusConflict, words.Text(l, "problem.proposal"))
		return
	}
	e := desk.EntryOf(d)
	e.Seen, e.Notify, e.Informed = store.Time(seen), register.No, register.No
	if _, err := s.Desk.Edit(r.Context(), u.Name, d.No, e); err != nil {
		status, _ := s.problem(l, err)
		if status == http.StatusInternalServerError {
			s.Broken(w, r, "decide as proposed", err)
			return
		}
		s.show(w, r, d, status, words.Text(l, "problem.proposal"))
		return
	}
	s.Log.Info("register entry decided as proposed", "user", u.Name, "entry", d.No)
	s.Tell(r, "flash.agreed")
	http.Redirect(w, r, "/fortegnelse/"+d.No, http.StatusSeeOther)
}
