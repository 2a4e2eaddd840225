package review

import (
	"fmt"
	"net/http"
	"slices"

	"brevvagt/quarantine"
	"brevvagt/quarantine/account"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/words"
)

// tab is a group of states that are looked at together.
type tab struct {
	ID, Key string
	States  []quarantine.State
	Oldest  bool // the longest waiting first; decided cases come newest first
	Count   int
	Current bool
}

func tabs() []tab {
	return []tab{
		{ID: "venter", Key: "tab.waiting", States: []quarantine.State{quarantine.Held}, Oldest: true},
		{ID: "paa-vej", Key: "tab.moving", States: []quarantine.State{quarantine.Releasing, quarantine.Rejecting}, Oldest: true},
		{ID: "frigivet", Key: "tab.released", States: []quarantine.State{quarantine.Released}},
		{ID: "afvist", Key: "tab.rejected", States: []quarantine.State{quarantine.Rejected}},
		{ID: "lukket", Key: "tab.closed", States: []quarantine.State{quarantine.Expired, quarantine.Gone}},
		{ID: "alle", Key: "tab.all", States: states()},
	}
}

func states() []quarantine.State {
	return []quarantine.State{quarantine.Held, quarantine.Releasing, quarantine.Rejecting, quarantine.Released, quarantine.Rejected, quarantine.Expired, quarantine.Gone}
}

// queueView is the list of cases.
type queueView struct {
	Waiting int
	Front   bool // the first tab, whose emptiness is good news
	Tabs    []tab
	Rows    []queueRow
	Pages   frame.Pager
}

type queueRow struct {
	ID, Heading, Rule, From, To string
	MoreRules, Recipients       int
	HeldAt, Waited, Draft       string
	Persons, Numbers            int
	State                       quarantine.State
	Colour, Approved            string
}

// may asks the route table.
func (s *server) may(role account.Role, method, path string) bool {
	for _, rt := range s.routes() {
		if rt.method == method && (rt.path == path || path == "/" && rt.path == "/{$}") {
			return slices.Contains(rt.access, role)
		}
	}
	return false
}

// front shows the queue, or the operator, who may see no content, the counts.
func (s *server) front(w http.ResponseWriter, r *http.Request) {
	u, _ := s.User(r)
	if !u.MayRead() {
		http.Redirect(w, r, "/drift", http.StatusSeeOther)
		return
	}
	counts, err := s.Service.Counts(r.Context())
	if err != nil {
		s.Broken(w, r, "count cases", err)
		return
	}
	view := queueView{Waiting: counts[quarantine.Held]}
	all := tabs()
	at := max(0, slices.IndexFunc(all, func(t tab) bool { return t.ID == r.URL.Query().Get("vis") }))
	for i := range all {
		for _, state := range all[i].States {
			all[i].Count += counts[state]
		}
	}
	all[at].Current = true
	view.Tabs, view.Front = all, at == 0
	view.Pages = frame.NewPager(r, all[at].Count, "/?vis="+all[at].ID+"&")
	cases, err := s.pageOf(r, all[at], view.Pages)
	if err != nil {
		s.Broken(w, r, "list cases", err)
		return
	}
	l := frame.Language(r)
	for _, c := range cases {
		view.Rows = append(view.Rows, s.queueRow(l, c))
	}
	p := s.NewPage(r, &u, words.Text(l, "queue.title"))
	p.Data = view
	s.Render(w, http.StatusOK, "queue", p)
}

// pageOf reads one page of cases. The service lists the newest first, so a queue
// with the oldest first is read from its far end.
func (s *server) pageOf(r *http.Request, t tab, p frame.Pager) ([]*quarantine.Case, error) {
	f := quarantine.Filter{States: t.States, Limit: frame.PageSize, Offset: (p.Page - 1) * frame.PageSize}
	if t.Oldest {
		end := t.Count - f.Offset
		if end <= 0 {
			return nil, nil
		}
		f.Offset = max(0, end-frame.PageSize)
		f.Limit = end - f.Offset
	}
	list, _, err := s.Service.List(r.Context(), f)
	if err != nil {
		return nil, fmt.Errorf("page %d: %w", p.Page, err)
	}
	if t.Oldest {
		slices.Reverse(list)
	}
	return list, nil
}

func (s *server) queueRow(l words.Lang, c *quarantine.Case) queueRow {
	row := queueRow{
		ID: c.ID, Heading: heading(l, c), From: words.Clean(c.From, words.Short), To: words.Recipients(l, c.To), Recipients: len(c.To),
		HeldAt: words.ShortTime(l, c.HeldAt), Persons: c.Persons, Numbers: c.Numbers, Draft: words.Clean(c.DraftNo, words.Short),
		State: c.State, Colour: colour(c.State), Rule: words.Text(l, "rules.none"), MoreRules: max(0, len(c.Rules)-1),
	}
	if len(c.Rules) > 0 {
		row.Rule = words.Rule(l, c.Rules[0])
	}
	if c.State == quarantine.Held {
		row.Waited = words.Waited(l, c.HeldAt, s.Now())
		if n := c.Approvers(); n > 1 {
			row.Approved = words.Text(l, "queue.approved", len(c.ApprovalsDone), n)
		}
	}
	return row
}

// heading is what a case is called: its subject or the name of the file.
func heading(l words.Lang, c *quarantine.Case) string {
	for _, s := range []string{c.Subject, c.Name} {
		if h := words.Clean(s, words.Short); h != "" {
			return h
		}
	}
	return words.Text(l, "case.title", c.DraftNo)
}

// colour is the badge of a state.
func colour(s quarantine.State) string {
	switch s {
	case quarantine.Held, quarantine.Releasing, quarantine.Rejecting:
		return "warning"
	case quarantine.Released:
		return "info"
	case quarantine.Rejected:
		return "success"
	}
	return "error"
}

// stateCount is a line of the operator's page.
type stateCount struct {
	State quarantine.State
	Count int
}

// status shows counts and no content.
func (s *server) status(w http.ResponseWriter, r *http.Request) {
	u, _ := s.User(r)
	counts, err := s.Service.Counts(r.Context())
	if err != nil {
		s.Broken(w, r, "count cases", err)
		return
	}
	var view []stateCount
	for _, state := range states() {
		view = append(view, stateCount{state, counts[state]})
	}
	p := s.NewPage(r, &u, words.Text(frame.Language(r), "status.title"))
	p.Data = view
	s.Render(w, http.StatusOK, "status", p)
}
