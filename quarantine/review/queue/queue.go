// Package queue is the list of cases: what waits, what became of the rest, found by
// words, rule, source, sender and age, decided one by one or several together with
// time to undo.
package queue

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"brevvagt/quarantine"
	"brevvagt/quarantine/finder"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/words"
)

// Finder finds cases; quarantine.Service is one.
type Finder interface {
	Find(ctx context.Context, q finder.Query) ([]*quarantine.Case, int, error)
	Values(ctx context.Context, kind string) ([]string, error)
	HeldSince(ctx context.Context, since time.Time) (int, error)
}

// Counter counts cases by state.
type Counter interface {
	Counts(ctx context.Context) (map[quarantine.State]int, error)
}

// Pages are the handlers.
type Pages struct {
	*frame.Frame
	Finder  Finder
	Counter Counter
	Board   *Board
	// Case reads a case that was not decided with others, to name it.
	Case func(ctx context.Context, id string) (*quarantine.Case, error)
	// Budget is how many items a day may be held before the page says so; 0 is never.
	Budget int
	// Sent gives what the senders of cases chose through their links; nil where no
	// links are given out.
	Sent func(ctx context.Context, ids []string) (map[string]string, error)
}

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
		{ID: "alle", Key: "tab.all"},
	}
}

func states() []quarantine.State {
	return []quarantine.State{quarantine.Held, quarantine.Releasing, quarantine.Rejecting, quarantine.Released, quarantine.Rejected, quarantine.Expired, quarantine.Gone}
}

// view is the list of cases.
type view struct {
	Waiting   int
	Front     bool // the first tab, whose emptiness is good news
	Tabs      []tab
	Rows      []row
	Pages     frame.Pager
	Filter    filterView
	Total     string // how many match, in words; "" when nothing is filtered
	CanDecide bool   // several together
	Batches   []batchView
	Budget    string // said when more was stopped today
	Used      string // how far the day's is used
	Problem   string
	Limit     int
	liveView
	severalView
}

// liveView is for the page that renews itself.
type liveView struct {
	Live string // address of this list
	News string // what came since the list was made that asks
}

// severalView is the form that decides several cases, as it was sent when there is a
// problem with it.
type severalView struct {
	Search string // what the list is found by, as a query
	Shown  int64  // when the page was made, in milliseconds: a later case is not among all
	Match  int    // how many match, to one more than finder.MaxTotal when it is filtered
	All    string // offers all that match, in words; "" when the page has them all
	Every  bool   // all that match were chosen
	Reason string
}

type filterView struct {
	Text, From           string
	Rules, Sources, Ages []option
	Units                []option // none where all senders are of one
	Orders               []option
	Tab                  string
	Open, Mine           bool
}

type option struct {
	Value, Label string
	Chosen       bool
}

type row struct {
	ID, Heading, Rule, From, To string
	MoreRules, Recipients       int
	HeldAt, Waited, Draft       string
	Persons, Numbers            int
	rowState
}

// rowState is how far a case has come.
type rowState struct {
	State            quarantine.State
	Status           string // in words
	Colour, Approved string
	Risk, RiskColour string
	Assigned, Batch  string
	Sender           string // what the sender chose, in words
	Selectable       bool
	Chosen           bool
}

// Front shows the queue, or sends the operator, who may see no content, to the
// counts.
func (s *Pages) Front(w http.ResponseWriter, r *http.Request) {
	if q, secret := withoutNumbers(r.URL.Query()); secret {
		s.Tell(r, "flash.search")
		http.Redirect(w, r, "/?"+q.Encode(), http.StatusSeeOther)
		return
	}
	s.show(w, r, http.StatusOK, "")
}

func (s *Pages) show(w http.ResponseWriter, r *http.Request, status int, problem string) {
	u, _ := s.User(r)
	if !u.MayRead() {
		http.Redirect(w, r, "/drift", http.StatusSeeOther)
		return
	}
	v, err := s.list(r, &u)
	if err != nil {
		s.Broken(w, r, "list cases", err)
		return
	}
	v.Problem = problem
	p := s.NewPage(r, &u, words.Text(frame.Language(r), "queue.title"))
	if problem != "" {
		p.Path = "/"
		p.Notice = &frame.Notice{Kind: "error", Heading: words.Text(p.Lang, "problem.title"), Text: problem}
	}
	p.Data = v
	s.Render(w, status, "queue", p)
}

func (s *Pages) list(r *http.Request, u *frame.User) (*view, error) {
	l := frame.Language(r)
	counts, err := s.Counter.Counts(r.Context())
	if err != nil {
		return nil, err
	}
	all := tabs()
	at := max(0, slices.IndexFunc(all, func(t tab) bool { return t.ID == r.URL.Query().Get("vis") }))
	for i := range all {
		for _, state := range cmpStates(all[i].States) {
			all[i].Count += counts[state]
		}
	}
	all[at].Current = true
	q, params := queryOf(r, u, &all[at], s.Now())
	base := "/?" + params.Encode() + "&"
	v := &view{Waiting: counts[quarantine.Held], Tabs: all, Front: at == 0, Limit: reasonLimit}
	v.CanDecide = at == 0 && s.May(u.Role, "POST", "/flere")
	total := all[at].Count
	filtered := len(params) > 1
	cases, found := []*quarantine.Case(nil), total
	if filtered {
		cases, found, err = s.filtered(r, l, q, base, v)
	} else {
		v.Pages = frame.NewPager(r, total, base)
		q.Limit, q.Offset = frame.PageSize, (v.Pages.Page-1)*frame.PageSize
		cases, _, err = s.Finder.Find(r.Context(), q)
	}
	if err != nil {
		return nil, fmt.Errorf("page %d: %w", v.Pages.Page, err)
	}
	for _, c := range cases {
		v.Rows = append(v.Rows, s.row(l, c, v.CanDecide))
		last := &v.Rows[len(v.Rows)-1]
		last.Chosen = last.Selectable && slices.Contains(r.PostForm["sag"], c.ID)
	}
	v.severalView = s.several(r, l, params, found, len(cases))
	if err := s.sent(r.Context(), l, v.Rows); err != nil {
		return nil, err
	}
	v.Live = "/?" + params.Encode() + fmt.Sprintf("&side=%d&kendt=%d", v.Pages.Page, v.Waiting)
	if after, before := behind(r); filtered && after+before != "" {
		v.Live += "&" + url.Values{"efter": {after}, "foer": {before}}.Encode()
	}
	if known, err := strconv.Atoi(r.URL.Query().Get("kendt")); err == nil && frame.Live(r) && v.Waiting > known {
		v.News = words.Plural(l, "live.news", v.Waiting)
	}
	v.Batches = s.batches(r.Context(), l, u)
	if v.Budget, v.Used, err = s.budget(r.Context(), l); err != nil {
		return nil, err
	}
	v.Filter, err = s.filter(r, l, u, params, all[at])
	return v, err
}

func (s *Pages) several(r *http.Request, l words.Lang, params url.Values, match, onPage int) severalView {
	v := severalView{Search: params.Encode(), Shown: s.Now().UnixMilli(), Match: match, Every: r.PostForm.Get("alle") != "", Reason: r.PostForm.Get("begrundelse")}
	switch {
	case match > finder.MaxTotal:
		v.All = words.Text(l, "batch.first", finder.MaxTotal)
	case match > onPage:
		v.All = words.Text(l, "batch.all", match)
	}
	return v
}

// sent adds what senders chose.
func (s *Pages) sent(ctx context.Context, l words.Lang, rows []row) error {
	if s.Sent == nil {
		return nil
	}
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	acts, err := s.Sent(ctx, ids)
	if err != nil {
		return err
	}
	for i := range rows {
		if act := acts[rows[i].ID]; act != "" {
			rows[i].Sender = words.Known(l, "sender", act)
		}
	}
	return nil
}

// together is more cases than are stopped within one millisecond.
const together = 50

// Next is the case that waits after another in the order in which they were stopped, the
// first again after the last; "" when no other waits.
func (s *Pages) Next(ctx context.Context, after *quarantine.Case) (string, error) {
	for _, since := range []time.Time{after.HeldAt, {}} {
		list, _, err := s.Finder.Find(ctx, finder.Query{States: []string{string(quarantine.Held)}, Since: since, Order: finder.Oldest, Limit: together})
		if err != nil {
			return "", err
		}
		for _, c := range list {
			// Of those stopped at the same time the ids give the order.
			if c.ID != after.ID && (since.IsZero() || c.HeldAt.After(after.HeldAt) || c.ID > after.ID) {
				return c.ID, nil
			}
		}
	}
	return "", nil
}

// cmpStates is the states of a tab; none means all.
func cmpStates(list []quarantine.State) []quarantine.State {
	if len(list) == 0 {
		return states()
	}
	return list
}

// budget says how much of the day's is used, and when more was stopped than people will
// read.
func (s *Pages) budget(ctx context.Context, l words.Lang) (over, used string, err error) {
	if s.Budget <= 0 {
		return "", "", nil
	}
	now := s.Now().In(words.Zone())
	n, err := s.Finder.HeldSince(ctx, time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location()))
	if err != nil {
		return "", "", err
	}
	if n > s.Budget {
		over = words.Text(l, "queue.budget", s.Budget)
	}
	return over, words.Text(l, "queue.used", n, s.Budget), nil
}

func (s *Pages) row(l words.Lang, c *quarantine.Case, decide bool) row {
	out := row{
		ID: c.ID, Heading: words.Heading(l, c), From: words.Clean(c.From, words.Short), To: words.Recipients(l, c.To), Recipients: len(c.To),
		HeldAt: words.ShortTime(l, c.HeldAt), Persons: c.Persons, Numbers: c.Numbers, Draft: words.Clean(c.DraftNo, words.Short),
		Rule: words.Text(l, "rules.none"), MoreRules: max(0, len(c.Rules)-1),
		rowState: rowState{State: c.State, Status: words.Status(l, c), Colour: words.Colour(c.State), Assigned: words.Clean(c.Assigned, words.Short)},
	}
	if len(c.Rules) > 0 {
		out.Rule = words.Rule(l, c.Rules[0])
	}
	switch {
	case c.Risk >= finder.HighRisk:
		out.Risk, out.RiskColour = words.Text(l, "risk.high"), "error"
	case c.Risk >= finder.MediumRisk:
		out.Risk, out.RiskColour = words.Text(l, "risk.medium"), "warning"
	}
	if c.State == quarantine.Held {
		out.Waited = words.Waited(l, c.HeldAt, s.Now())
		if n := c.Approvers(); n > 1 {
			out.Approved = words.Text(l, "queue.approved", len(c.ApprovalsDone), n)
		}
		if b, ok := s.Board.Waiting(c.ID); ok {
			out.Batch = words.Text(l, "batch.marked", words.Known(l, "batch.action", b.Action))
		}
		out.Selectable = decide && out.Batch == ""
	}
	return out
}

// stateCount is a line of the operator's page.
type stateCount struct {
	State quarantine.State
	Count int
}

// Status shows counts and no content.
func (s *Pages) Status(w http.ResponseWriter, r *http.Request) {
	u, _ := s.User(r)
	counts, err := s.Counter.Counts(r.Context())
	if err != nil {
		s.Broken(w, r, "count cases", err)
		return
	}
	var v []stateCount
	for _, state := range states() {
		v = append(v, stateCount{state, counts[state]})
	}
	p := s.NewPage(r, &u, words.Text(frame.Language(r), "status.title"))
	p.Data = v
	s.Render(w, http.StatusOK, "status", p)
}
