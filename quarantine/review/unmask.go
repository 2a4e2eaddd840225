package review

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"brevvagt/quarantine"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/words"
)

// openTime is how long one finding stays open; then the page loads itself without it.
const openTime = 60 * time.Second

// sessionOpen holds the case and finding that are open and until when, never the value.
const sessionOpen = "open"

// unmask opens one finding for a reason, which stands in the ledger before it is shown.
func (s *server) unmask(w http.ResponseWriter, r *http.Request, j job) {
	n, err := strconv.Atoi(r.PostForm.Get("fund"))
	if err != nil || n < 0 {
		s.Fail(w, r, http.StatusNotFound)
		return
	}
	if err := s.Service.Unmask(r.Context(), j.id, n, j.by, j.reason, s.Opener(r)); err != nil {
		s.refusedDecision(w, r, j.id, refused{action: "unmask"}, err)
		return
	}
	s.Log.Info("finding opened", "user", j.by, "case", j.id, "finding", n)
	s.Sessions.Put(r.Context(), sessionOpen, fmt.Sprintf("%s %d %d", j.id, n, s.Now().Add(openTime).UnixMilli()))
	http.Redirect(w, r, fmt.Sprintf("/sag/%s#fund-%d", j.id, n), http.StatusSeeOther)
}

// notDone shows the case again with what was wrong.
func (s *server) notDone(w http.ResponseWriter, r *http.Request, id, key string) {
	l := frame.Language(r)
	s.caseWith(w, r, id, http.StatusUnprocessableEntity, &frame.Notice{Kind: "error", Heading: words.Text(l, "problem.title"), Text: words.Text(l, key)}, refused{})
}

// opened says which findings this person can open, and shows the one that is open.
func (s *server) opened(w http.ResponseWriter, r *http.Request, l words.Lang, u *frame.User, v *caseView) error {
	if !s.may(u.Role, "POST", "/sag/{id}/vis") || s.Opener(r) == nil {
		return nil
	}
	has, err := s.Service.HasValues(r.Context(), v.ID)
	if err != nil || !has {
		return err
	}
	var open string
	var n int
	var until int64
	if _, err := fmt.Sscanf(s.Sessions.GetString(r.Context(), sessionOpen), "%s %d %d", &open, &n, &until); err != nil || open != v.ID || until <= s.Now().UnixMilli() {
		n = -1
	}
	for _, list := range [][]findView{v.Finds, v.FindsRest} {
		for i := range list {
			f := &list[i]
			f.Opens = true
			if v.Typed.Chose("vis", "fund", strconv.Itoa(f.N)) {
				f.Was = v.Typed.Text("vis", "begrundelse")
			}
			if f.N != n {
				continue
			}
			value, err := s.Service.Value(r.Context(), v.ID, n, s.Opener(r))
			if errors.Is(err, quarantine.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			left := time.UnixMilli(until).Sub(s.Now())
			f.Clear, f.Closes = words.Unmasked(value), strconv.Itoa(int(left.Seconds()+0.999))
			// Works without JavaScript, and leaves nothing on a page that was forgotten.
			w.Header().Set("Refresh", fmt.Sprintf("%s; url=/sag/%s", f.Closes, v.ID))
		}
	}
	return nil
}
