package lists

import (
	"context"
	"net/http"

	"brevvagt/quarantine"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/words"
	"brevvagt/quarantine/runs"
)

// runMost is how many mails and how many cases of a run a page names.
const runMost = 500

type runView struct {
	CaseID, Line string
	Sent         []sentView
	Held         []heldView
	SentCut      int
	HeldCut      int
}

type sentView struct{ When, To, Subject string }

type heldView struct{ ID, When, To, Status, Colour string }

// RunLine is one sentence about the run of a case, "" where it is part of none.
func (s *Pages) RunLine(ctx context.Context, l words.Lang, c *quarantine.Case) (string, error) {
	sent, held, err := s.Runs.Count(ctx, c.Runs)
	if err != nil || sent+held < 2 {
		return "", err
	}
	return words.Text(l, "run.line", sent, held), nil
}

// Run lists what of a case's run went and what did not.
func (s *Pages) Run(w http.ResponseWriter, r *http.Request) {
	u, _ := s.User(r)
	l := frame.Language(r)
	c, err := s.Cases.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		s.Fail(w, r, http.StatusNotFound)
		return
	}
	if len(c.Runs) == 0 {
		s.Fail(w, r, http.StatusNotFound)
		return
	}
	v, err := s.runOf(r.Context(), l, c)
	if err != nil {
		s.Broken(w, r, "list a run", err)
		return
	}
	if v.Line == "" { // what else there was of it has been deleted
		v.Line = words.Text(l, "run.alone")
	}
	p := s.NewPage(r, &u, words.Text(l, "run.title"))
	p.Data = v
	s.Render(w, http.StatusOK, "run", p)
}

func (s *Pages) runOf(ctx context.Context, l words.Lang, c *quarantine.Case) (*runView, error) {
	line, err := s.RunLine(ctx, l, c)
	if err != nil {
		return nil, err
	}
	v := &runView{CaseID: c.ID, Line: line}
	mails, err := s.Runs.Sent(ctx, c.Runs, runMost+1)
	if err != nil {
		return nil, err
	}
	v.SentCut, mails = cut(mails)
	for _, m := range mails {
		v.Sent = append(v.Sent, sentOf(l, m))
	}
	ids, err := s.Runs.Cases(ctx, c.Runs, runMost+1)
	if err != nil {
		return nil, err
	}
	v.HeldCut, ids = cut(ids)
	for _, id := range ids {
		x, err := s.Cases.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		v.Held = append(v.Held, heldView{ID: x.ID, When: words.ShortTime(l, x.HeldAt), To: words.Recipients(l, x.To), Status: words.Status(l, x), Colour: words.Colour(x.State)})
	}
	return v, nil
}

// cut shortens a list to what a page names; cut is how many are named where some are
// not, else 0.
func cut[T any](list []T) (int, []T) {
	if len(list) <= runMost {
		return 0, list
	}
	return runMost, list[:runMost]
}

func sentOf(l words.Lang, m runs.Mail) sentView {
	return sentView{words.ShortTime(l, m.At), words.Recipients(l, m.To), words.Clean(m.Subject, words.Short)}
}
