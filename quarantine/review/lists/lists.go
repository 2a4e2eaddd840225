// Package lists holds the pages of what did not become a case: exceptions that people
// made from false alarms, and what went with a warning.
package lists

import (
	"context"
	"errors"
	"net/http"

	"brevvagt/quarantine"
	"brevvagt/quarantine/casework"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/words"
	"brevvagt/quarantine/runs"
	"brevvagt/quarantine/warned"
)

// Pages are the handlers.
type Pages struct {
	*frame.Frame
	Work   *casework.Work
	Warned *warned.Lines
	Runs   *runs.Lines
	Cases  interface {
		Get(ctx context.Context, id string) (*quarantine.Case, error)
	}
}

type exceptionView struct {
	ID, Rule, Sender, Domain, Reason, By, CaseID string
	Created, Expires                             string
	Active, CanEnd                               bool
}

// Exceptions lists the false alarms that are not raised again.
func (s *Pages) Exceptions(w http.ResponseWriter, r *http.Request) {
	u, _ := s.User(r)
	l := frame.Language(r)
	list, err := s.Work.Exceptions(r.Context(), false)
	if err != nil {
		s.Broken(w, r, "list exceptions", err)
		return
	}
	var v []exceptionView
	for _, e := range list {
		active := e.Active(s.Now())
		v = append(v, exceptionView{ID: e.ID, Rule: words.Known(l, "rule", e.Rule), Sender: words.Clean(e.Sender, words.Short), Domain: words.Clean(e.Domain, words.Short),
			Reason: words.Clean(e.Reason, words.Long), By: words.Clean(e.By, words.Short), CaseID: e.CaseID, Created: words.ShortTime(l, e.Created), Expires: words.ShortTime(l, e.Expires),
			Active: active, CanEnd: active && s.May(u.Role, "POST", "/undtagelser/slut")})
	}
	p := s.NewPage(r, &u, words.Text(l, "exceptions.title"))
	p.Data = v
	s.Render(w, http.StatusOK, "exceptions", p)
}

// EndException ends one before its time.
func (s *Pages) EndException(w http.ResponseWriter, r *http.Request) {
	u, _ := s.User(r)
	if err := s.Work.End(r.Context(), u.Name, r.PostFormValue("undtagelse")); err != nil && !errors.Is(err, casework.ErrScope) {
		s.Broken(w, r, "end an exception", err)
		return
	}
	s.Tell(r, "flash.ended")
	http.Redirect(w, r, "/undtagelser", http.StatusSeeOther)
}

type warningsView struct {
	Rows  []warningView
	Total int
	Pages frame.Pager
}

type warningView struct {
	When, Source, From, To, Subject string
	Rules, Gaps                     []string
}

// Warnings lists what went with a warning or with parts that nobody could read.
func (s *Pages) Warnings(w http.ResponseWriter, r *http.Request) {
	u, _ := s.User(r)
	l := frame.Language(r)
	_, total, err := s.Warned.List(r.Context(), 0, 0)
	v := warningsView{Total: total, Pages: frame.NewPager(r, total, "/advarsler?")}
	var list []warned.Warning
	if err == nil {
		list, _, err = s.Warned.List(r.Context(), frame.PageSize, (v.Pages.Page-1)*frame.PageSize)
	}
	if err != nil {
		s.Broken(w, r, "list warnings", err)
		return
	}
	for _, x := range list {
		row := warningView{When: words.ShortTime(l, x.At), Source: words.Known(l, "source", x.Source), From: words.Clean(x.From, words.Short), To: words.Recipients(l, x.To), Subject: words.Clean(x.Subject, words.Short)}
		for _, rule := range x.Rules {
			row.Rules = append(row.Rules, words.Rule(l, quarantine.Rule{Danish: rule.Danish, English: rule.English}))
		}
		for _, g := range x.Gaps {
			row.Gaps = append(row.Gaps, words.Clean(g, words.Long))
		}
		v.Rows = append(v.Rows, row)
	}
	p := s.NewPage(r, &u, words.Text(l, "warnings.title"))
	p.Data = v
	s.Render(w, http.StatusOK, "warnings", p)
}
