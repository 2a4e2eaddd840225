package review

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"brevvagt/quarantine"
	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/register"
	"brevvagt/quarantine/review/breach"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/reasons"
	"brevvagt/quarantine/review/words"
)

// How much of a long case is shown.
const (
	recipientsFirst = 10
	recipientsMost  = 300
	findsFirst      = 10
	findsMost       = 200
	gapsMost        = 50
	logMost         = 200
)

// caseView is the page of one case, part by part.
type caseView struct {
	ID, Story, Colour string
	Run               string // one sentence about the run that it is part of, "" for none
	stateView
	CanDecide       bool
	Result          *result
	LastError       string
	Release, Reject *decisionForm
	factsView
	findsView
	picturesView
	papersView
	technicalView
}

// stateView is how far the case has come.
type stateView struct {
	State   quarantine.State
	Status  string // in words
	Waiting bool   // for a person
	Left    bool   // it was sent before it was seen
	Closes  string // when it does by itself, "" when that is not said
	Next    string // the case that waits after this one, "" for none and for who only reads
	Typed   frame.Typed
	Kept    []string // what was written for a form that is not offered any more
}

type factsView struct {
	From, Unit, Subject, Name, Received string
	HeldAt, Size, DataTypes             string
	IsMail                              bool
	To, ToRest                          []string
	ToRestCount, ToCut                  int
	Persons, Numbers                    int
}

type findsView struct {
	Rules                 []ruleView
	Finds, FindsRest      []findView
	FindCount, FindsShown int // FindsShown is 0 when all are shown
	Gaps                  []string
}

type picturesView struct {
	PictureCount   int
	CanSeePictures bool
	Pictures       []pictureView
}

type papersView struct {
	Draft              []breach.Column
	DraftNo            string
	Log                []logLine
	LogShown, LogTotal int // LogShown is 0 when all are shown
	workView
}

type technicalView struct{ Source, MessageID, SHA256, Refs string }

type ruleView struct {
	Text      string
	Approvers int
}

type findView struct {
	Detector, Value, Strength, Layer, Place, Before, Match, After, Why string

	N      int    // place among the findings, from 0
	Opens  bool   // for this person, for a reason
	Clear  string // the value itself, for as long as it is open
	Closes string // when it closes
	Was    string // the reason that was given and not taken
	Sheet  bool   // its page can be asked for
}

type pictureView struct {
	Src, Caption string
	N, Of        int
}

// result says what became of a decided case.
type result struct{ Kind, Heading, Text, Reason string }

type logLine struct {
	When, Who, What string
	Details         []string
}

// caseID returns the id of the address when it has the form of one (a ULID).
func caseID(r *http.Request) (string, bool) {
	id := r.PathValue("id")
	if len(id) != 26 {
		return "", false
	}
	for _, c := range id {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return "", false
		}
	}
	return id, true
}

func (s *server) showCase(w http.ResponseWriter, r *http.Request) {
	s.caseWith(w, r, r.PathValue("id"), http.StatusOK, nil, refused{})
}

// refused is a decision that was not carried out, and why not.
type refused struct{ action, problem string }

// caseWith shows a case with a notice, and with a form that was not carried out filled in
// again.
func (s *server) caseWith(w http.ResponseWriter, r *http.Request, id string, status int, n *frame.Notice, f refused) {
	u, _ := s.User(r)
	c, err := s.Service.Get(r.Context(), id)
	if errors.Is(err, quarantine.ErrNotFound) {
		s.Fail(w, r, http.StatusNotFound)
		return
	}
	if err != nil {
		s.Broken(w, r, "show a case", err)
		return
	}
	l := frame.Language(r)
	view := s.facts(l, c)
	if view.Waiting && s.keep > 0 {
		view.Closes = words.LongTime(l, c.HeldAt.Add(s.keep))
	}
	view.CanSeePictures = s.may(u.Role, "GET", "/sag/{id}/billede/{n}")
	view.CanDecide = view.Waiting && s.may(u.Role, "POST", "/sag/{id}/frigiv")
	view.Typed = frame.TypedIn(r)
	if view.CanDecide {
		view.Release, view.Reject = releaseForm(l, c, &u, f, s.Service.ReleasesSome(c.Source), view.Typed), rejectForm(l, c, f, view.Typed)
	}
	if !view.Waiting {
		view.Kept = view.Typed.Prose("frigiv", "afvis", "spoerg")
	}
	for _, list := range [][]findView{view.Finds, view.FindsRest} {
		for i := range list {
			list[i].Sheet = view.CanSeePictures && c.VaultObject != "" && s.offersSheet(c.Evidence[list[i].N])
		}
	}
	if view.CanSeePictures && r.URL.Query().Get("billeder") == "1" {
		view.Pictures = pictureViews(l, c)
	}
	if s.may(u.Role, "POST", "/sag/{id}/frigiv") {
		if view.Next, err = s.queue.Next(r.Context(), c); err != nil {
			s.Broken(w, r, "look for the next case", err)
			return
		}
	}
	if view.Run, err = s.lists.RunLine(r.Context(), l, c); err != nil {
		s.Broken(w, r, "count a case's run", err)
		return
	}
	if err := errors.Join(s.papers(r, l, &view), s.work(r, l, c, &u, &view), s.opened(w, r, l, &u, &view)); err != nil {
		s.Broken(w, r, "show a case's papers", err)
		return
	}
	p := s.NewPage(r, &u, words.Heading(l, c))
	if r.Method != http.MethodGet {
		p.Path = "/sag/" + c.ID
	}
	if n != nil {
		p.Notice = n
	}
	p.Data = view
	s.Render(w, status, "case", p)
}

// facts puts what the case itself holds into words.
func (s *server) facts(l words.Lang, c *quarantine.Case) caseView {
	v := caseView{
		ID: c.ID, Colour: words.Colour(c.State), Story: words.Story(l, c),
		stateView: stateView{State: c.State, Status: words.Status(l, c), Waiting: c.State == quarantine.Held, Left: c.Left},
		Result:    resultOf(l, c), LastError: words.Clean(c.LastError, words.Long),
		factsView: factsOf(l, c), findsView: findsOf(l, c),
		technicalView: technicalView{Source: words.Clean(c.Source, words.Short), MessageID: words.Clean(c.MessageID, words.Long),
			SHA256: c.PlainSHA256, Refs: words.Clean(c.ReleaseRefs, words.Long)},
	}
	v.PictureCount, v.DraftNo = c.PictureCount, words.Clean(c.DraftNo, words.Short)
	return v
}

func factsOf(l words.Lang, c *quarantine.Case) factsView {
	v := factsView{
		From: words.Clean(c.From, words.Long), Unit: words.Clean(c.Unit, words.Short), Subject: words.Clean(c.Subject, words.Long), Name: words.Clean(c.Name, words.Long),
		Received: words.LongTime(l, c.Received), HeldAt: words.LongTime(l, c.HeldAt), Size: words.Size(l, c.Size), IsMail: c.Kind == "mail",
		DataTypes: words.Clean(strings.Join(c.DataTypes, ", "), words.Long), Persons: c.Persons, Numbers: c.Numbers,
	}
	for i, to := range c.To {
		switch {
		case i < recipientsFirst:
			v.To = append(v.To, words.Clean(to, words.Short))
		case i < recipientsMost:
			v.ToRest = append(v.ToRest, words.Clean(to, words.Short))
		}
	}
	v.ToRestCount, v.ToCut = len(c.To)-len(v.To), len(c.To)-len(v.To)-len(v.ToRest)
	return v
}

func findsOf(l words.Lang, c *quarantine.Case) findsView {
	v := findsView{FindCount: len(c.Evidence)}
	for _, rule := range c.Rules {
		v.Rules = append(v.Rules, ruleView{words.Rule(l, rule), rule.Approvers})
	}
	finds := findViews(l, c.Evidence[:min(len(c.Evidence), findsMost)])
	v.Finds, v.FindsRest = finds[:min(len(finds), findsFirst)], finds[min(len(finds), findsFirst):]
	if len(finds) < len(c.Evidence) {
		v.FindsShown = len(finds)
	}
	for _, g := range c.Gaps[:min(len(c.Gaps), gapsMost)] {
		v.Gaps = append(v.Gaps, words.Clean(g, words.Long))
	}
	if len(c.Gaps) > gapsMost {
		v.Gaps = append(v.Gaps, words.Text(l, "facts.to.cut", len(c.Gaps)-gapsMost))
	}
	return v
}

func findViews(l words.Lang, list []quarantine.Evidence) []findView {
	views := make([]findView, len(list))
	for i, e := range list {
		views[i] = findView{
			N:        i,
			Detector: e.Detector, Value: words.Clean(e.Value, words.Short), Strength: e.Strength, Layer: words.Layer(l, e), Place: words.Place(l, e),
			Before: words.Clean(e.Before, words.Long), Match: words.Marked(e), After: words.Clean(e.After, words.Long),
			Why: words.Clean(reasons.Say(l == words.English, e.Why), words.Long),
		}
	}
	return views
}

func pictureViews(l words.Lang, c *quarantine.Case) []pictureView {
	views := make([]pictureView, c.PictureCount)
	for i := range views {
		views[i] = pictureView{Src: fmt.Sprintf("/sag/%s/billede/%d", c.ID, i+1), Caption: words.Text(l, "pictures.page", i+1), N: i + 1, Of: c.PictureCount}
	}
	return views
}

// resultOf says what became of the case, nil while it waits.
func resultOf(l words.Lang, c *quarantine.Case) *result {
	kinds := map[quarantine.State]string{
		quarantine.Releasing: "info", quarantine.Rejecting: "info", quarantine.Released: "success",
		quarantine.Rejected: "success", quarantine.Expired: "info", quarantine.Gone: "warning",
	}
	kind, ok := kinds[c.State]
	if !ok {
		return nil
	}
	key := "done." + string(c.State)
	res := result{Kind: kind, Heading: words.Text(l, key)}
	if c.State == quarantine.Expired || c.State == quarantine.Gone {
		res.Text = words.Text(l, key+".text")
		return &res
	}
	res.Text = words.Text(l, key+".text", words.Clean(c.DecidedBy, words.Short), words.LongTime(l, c.DecidedAt))
	res.Reason = words.Clean(c.Reason, reasonLimit)
	return &res
}

// papers adds the register draft and the log.
func (s *server) papers(r *http.Request, l words.Lang, v *caseView) error {
	d, err := s.Service.Register().ByCase(r.Context(), v.ID)
	if err != nil && !errors.Is(err, register.ErrNotFound) {
		return err
	}
	if d != nil {
		v.Draft = breach.Columns(s.Service.Register(), d)
	}
	history, err := s.Service.History(r.Context(), v.ID)
	if err != nil {
		return err
	}
	v.LogTotal = len(history)
	v.Release.approvals(l, history)
	if len(history) > logMost {
		history = history[len(history)-logMost:]
		v.LogShown = logMost
	}
	for _, e := range history {
		v.Log = append(v.Log, logOf(l, e))
	}
	return nil
}

func logOf(l words.Lang, e ledger.Entry) logLine {
	line := logLine{When: words.ShortTime(l, e.At), Who: words.Clean(e.Actor, words.Short), What: words.Known(l, "verb", e.Verb)}
	if e.Erased {
		line.Who = words.Text(l, "log.erased")
		return line
	}
	keys := make([]string, 0, len(e.Detail))
	for k := range e.Detail {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		value := e.Detail[k]
		if !words.Has("detail." + k) {
			continue // hashes and object names are for the auditor's export
		}
		if n, err := strconv.Atoi(value); err == nil && k == "picture" {
			value = strconv.Itoa(n + 1) // people count from one
		}
		if value != "" {
			line.Details = append(line.Details, words.Known(l, "detail", k)+": "+words.Clean(value, words.Long))
		}
	}
	return line
}

// picture serves one sealed picture, opened with the session's key. The service
// writes the ledger line before it gives the picture out.
func (s *server) picture(w http.ResponseWriter, r *http.Request, j job) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 1 {
		s.Fail(w, r, http.StatusNotFound)
		return
	}
	png, err := s.Service.Picture(r.Context(), j.id, n-1, j.by, s.Opener(r))
	switch {
	case errors.Is(err, quarantine.ErrNotFound):
		s.Fail(w, r, http.StatusNotFound)
		return
	case errors.Is(err, quarantine.ErrLocked):
		s.FailWith(w, r, http.StatusForbidden, "error.locked")
		return
	case err != nil:
		s.Broken(w, r, "show a picture", err)
		return
	case !strings.HasPrefix(string(png[:min(len(png), 8)]), "\x89PNG\r\n\x1a\n"):
		s.Broken(w, r, "show a picture", errors.New("the picture is no PNG"))
		return
	}
	w.Header().Set("Content-Type", "image/png")
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(png)))
}
