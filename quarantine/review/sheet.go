package review

import (
	"context"
	"encoding/base64"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"time"

	"brevvagt/quarantine"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/sheets"
	"brevvagt/quarantine/review/static"
	"brevvagt/quarantine/review/words"
)

// sheetTime is how long a page may take, with waiting for others: less than the server
// waits before it ends the connection, so that there is a sentence and no broken page.
const sheetTime = 100 * time.Second

// sheetView is the page with a picture of the page on which a finding stands; where there
// is none, Why says so and the finding's text stands for it.
type sheetView struct {
	ID   string
	Why  string
	Src  template.URL
	Find findView
}

// offersSheet reports whether the page of a finding can be asked for.
func (s *server) offersSheet(e quarantine.Evidence) bool {
	return s.draw != nil && e.Box == nil && sheets.Offers(e.Path)
}

// sheet shows the page on which a finding stands, drawn now with the session's key. The
// service writes the ledger line before it gives the page out. The picture is part of
// the answer: it is kept nowhere until a second request could come for it.
func (s *server) sheet(w http.ResponseWriter, r *http.Request, j job) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 0 {
		s.Fail(w, r, http.StatusNotFound)
		return
	}
	u, _ := s.User(r)
	c, err := s.Service.Get(r.Context(), j.id)
	if errors.Is(err, quarantine.ErrNotFound) || err == nil && (n >= len(c.Evidence) || !s.offersSheet(c.Evidence[n])) {
		s.Fail(w, r, http.StatusNotFound)
		return
	}
	if err != nil {
		s.Broken(w, r, "show a page", err)
		return
	}
	l := frame.Language(r)
	ctx, cancel := context.WithTimeout(r.Context(), sheetTime)
	defer cancel()
	view := sheetView{ID: j.id, Find: findViews(l, c.Evidence[n:n+1])[0]}
	view.Find.N = n
	if !c.Evidence[n].OnPage() {
		view.Why = words.Text(l, "sheet.layer", words.Layer(l, c.Evidence[n]))
	} else if png, err := s.Service.Sheet(ctx, j.id, n, j.by, s.Opener(r), s.draw); err == nil {
		view.Src = template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(png)) // letters and digits only
	} else if errors.Is(err, quarantine.ErrLocked) {
		s.FailWith(w, r, http.StatusForbidden, "error.locked")
		return
	} else {
		view.Why = words.Known(l, "sheet", sheets.Why(err))
		s.Log.Warn("no picture of a page", "case", j.id, "finding", n, "why", sheets.Why(err))
	}
	static.Guard(w.Header(), static.OwnPicture, s.Secure)
	p := s.NewPage(r, &u, words.Text(l, "sheet.title"))
	p.Data = view
	s.Render(w, http.StatusOK, "sheet", p)
}
