// Package prints holds the page that gives a case as PDF.
package prints

import (
	"bytes"
	"context"
	"errors"
	"net/http"

	"brevvagt/quarantine"
	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/register"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/paper"
)

// Cases is what is printed.
type Cases interface {
	Get(ctx context.Context, id string) (*quarantine.Case, error)
	History(ctx context.Context, caseID string) ([]ledger.Entry, error)
	Register() *register.Register
}

// Pages are the handlers.
type Pages struct {
	*frame.Frame
	Cases Cases
	Head  func(context.Context) (string, error) // of the ledger, signed
}

// Case is the case on paper: masked, as the page shows it.
func (s *Pages) Case(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	c, err := s.Cases.Get(r.Context(), id)
	if errors.Is(err, quarantine.ErrNotFound) {
		s.Fail(w, r, http.StatusNotFound)
		return
	}
	p := paper.CasePapers{Case: c}
	if err == nil {
		p.History, err = s.Cases.History(r.Context(), id)
	}
	if err == nil {
		if p.Draft, err = s.Cases.Register().ByCase(r.Context(), id); errors.Is(err, register.ErrNotFound) {
			p.Draft, err = nil, nil
		}
	}
	about := paper.About{Lang: frame.Language(r), Organisation: s.Organisation, Now: s.Now()}
	if err == nil {
		about.Head, err = s.Head(r.Context())
	}
	var b bytes.Buffer
	if err == nil {
		err = paper.Case(&b, about, s.Cases.Register(), p)
	}
	if err != nil {
		s.Broken(w, r, "print a case", err)
		return
	}
	Send(w, "application/pdf", "sag-"+id+".pdf", &b)
}

// Send gives a file out.
func Send(w http.ResponseWriter, kind, name string, b *bytes.Buffer) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	// An error is the browser's leaving, which nobody can be told.
	_, _ = b.WriteTo(w)
}
