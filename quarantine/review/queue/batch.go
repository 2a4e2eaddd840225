package queue

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"brevvagt/detectors"
	"brevvagt/internal/atonce"
	"brevvagt/quarantine"
	"brevvagt/quarantine/finder"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/words"
)

// Limits of a decision on several cases.
const (
	UndoWindow   = 30 * time.Second
	reasonLimit  = 1000 // runes
	maxBatch     = 100  // cases that were ticked one by one; all that match are at most finder.MaxTotal
	keepFinished = 10 * time.Minute
)

// Batch is one decision on several cases. Until it is due nothing has happened and
// it can be undone; a program that stops before then has decided nothing, and the
// cases still wait.
type Batch struct {
	ID, Action, By string
	Cases          []string
	Due            time.Time
	Done           int // decided as wished
	Approved       int // released by the first of two: still held
	Failed         int // left as they were
	Left           []Left
	Finished       time.Time
	stop           func() bool
}

// Left is a case that was not decided as wished, and why.
type Left struct {
	ID  string
	Why error
}

// maxLeft bounds how many of them are named.
const maxLeft = 20

// Board holds the batches that wait, run or have just finished. It is safe for
// concurrent use and lives in memory, like the keys that the decisions need.
type Board struct {
	mu      sync.Mutex
	batches []*Batch
	window  time.Duration
	now     func() time.Time
}

// NewBoard makes a board whose batches can be undone for so long.
func NewBoard(window time.Duration, now func() time.Time) *Board {
	return &Board{window: window, now: now}
}

// Add puts a batch up; decide is called for each case when it is due. Cases that
// another batch has already are left out; none left is no batch.
func (b *Board) Add(action, by string, cases []string, decide func(id string) (*quarantine.Case, error)) *Batch {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sweep()
	batch := &Batch{ID: rand.Text(), Action: action, By: by, Due: b.now().Add(b.window)}
	for _, id := range cases {
		if !slices.ContainsFunc(b.batches, func(o *Batch) bool { return o.Finished.IsZero() && slices.Contains(o.Cases, id) }) {
			batch.Cases = append(batch.Cases, id)
		}
	}
	if len(batch.Cases) == 0 {
		return nil
	}
	b.batches = append(b.batches, batch)
	batch.stop = time.AfterFunc(b.window, func() { b.run(batch, decide) }).Stop
	return batch
}

func (b *Board) run(batch *Batch, decide func(id string) (*quarantine.Case, error)) {
	_ = atonce.Each(context.Background(), atonce.Cases, batch.Cases, func(id string) { // which never ends early
		c, err := decide(id)
		b.mu.Lock()
		defer b.mu.Unlock()
		switch {
		case err != nil:
			batch.Failed++
			if len(batch.Left) < maxLeft {
				batch.Left = append(batch.Left, Left{id, err})
			}
		case c.State == quarantine.Held:
			batch.Approved++
		default:
			batch.Done++
		}
	})
	b.mu.Lock()
	batch.Finished = b.now()
	b.mu.Unlock()
}

// Undo takes a batch back while it is not due; it reports whether it was in time.
func (b *Board) Undo(id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.batches, func(o *Batch) bool { return o.ID == id })
	if i < 0 || !b.batches[i].stop() {
		return false
	}
	b.batches = slices.Delete(b.batches, i, i+1)
	return true
}

// Waiting is the unfinished batch that a case is in.
func (b *Board) Waiting(caseID string) (Batch, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, o := range b.batches {
		if o.Finished.IsZero() && slices.Contains(o.Cases, caseID) {
			return *o, true
		}
	}
	return Batch{}, false
}

// List copies the batches, the latest first.
func (b *Board) List() []Batch {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sweep()
	var list []Batch
	for _, o := range slices.Backward(b.batches) {
		copied := *o
		copied.Left = slices.Clone(o.Left)
		list = append(list, copied)
	}
	return list
}

// sweep forgets what finished a while ago.
func (b *Board) sweep() {
	b.batches = slices.DeleteFunc(b.batches, func(o *Batch) bool { return !o.Finished.IsZero() && b.now().Sub(o.Finished) > keepFinished })
}

type batchView struct {
	ID, Text string
	Waiting  bool
	Left     []leftView
}

// leftView is a case that was not decided as wished.
type leftView struct{ ID, Heading, Why string }

// left names the cases that were not decided, each with the reason.
func (s *Pages) left(ctx context.Context, l words.Lang, list []Left) []leftView {
	var out []leftView
	for _, one := range list {
		v := leftView{ID: one.ID, Heading: one.ID}
		if c, err := s.Case(ctx, one.ID); err == nil {
			v.Heading = words.Heading(l, c)
		}
		key := "batch.why.other"
		switch {
		case errors.Is(one.Why, quarantine.ErrOwn):
			key = "problem.own"
		case errors.Is(one.Why, quarantine.ErrState), errors.Is(one.Why, quarantine.ErrNotFound):
			key = "batch.why.decided"
		case errors.Is(one.Why, quarantine.ErrLocked):
			key = "problem.locked"
		case errors.Is(one.Why, quarantine.ErrWider):
			key = "problem.wider"
		case errors.Is(one.Why, quarantine.ErrNotAllowed):
			key = "problem.denied"
		}
		v.Why = words.Text(l, key)
		out = append(out, v)
	}
	return out
}

// batches in words; somebody who may not decide sees none.
func (s *Pages) batches(ctx context.Context, l words.Lang, u *frame.User) []batchView {
	if !s.May(u.Role, "POST", "/flere") {
		return nil
	}
	var out []batchView
	for _, b := range s.Board.List() {
		v := batchView{ID: b.ID, Waiting: b.Finished.IsZero() && s.Now().Before(b.Due)}
		action := words.Known(l, "batch.action", b.Action)
		switch {
		case v.Waiting:
			v.Text = words.Text(l, "batch.waiting", words.Plural(l, "cases", len(b.Cases)), action, max(1, int(b.Due.Sub(s.Now())/time.Second)), b.By)
		case b.Finished.IsZero():
			v.Text = words.Text(l, "batch.running", words.Plural(l, "cases", len(b.Cases)), action)
		default:
			v.Text = words.Text(l, "batch.done", words.Plural(l, "cases", b.Done), action, b.By)
			if b.Approved > 0 {
				v.Text += " " + words.Plural(l, "batch.approved", b.Approved)
			}
			if b.Failed > 0 {
				v.Text += " " + words.Plural(l, "batch.failed", b.Failed)
				v.Left = s.left(ctx, l, b.Left)
			}
		}
		out = append(out, v)
	}
	return out
}

// Decider carries out decisions; quarantine.Service is one.
type Decider interface {
	Release(ctx context.Context, id string, d quarantine.Decision) (*quarantine.Case, error)
	Reject(ctx context.Context, id string, d quarantine.Decision) (*quarantine.Case, error)
}

// Several takes a decision on the chosen cases, or on all that match the search they
// were chosen from, with one reason. The search is in the form, so that what is shown
// next is the same list.
func (s *Pages) Several(decider Decider, check func(string) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		u, _ := s.User(r)
		l := frame.Language(r)
		if err := r.ParseForm(); err != nil {
			s.Fail(w, r, http.StatusBadRequest)
			return
		}
		action := r.PostForm.Get("handling")
		if action != "frigiv" && action != "afvis" {
			s.Fail(w, r, http.StatusBadRequest)
			return
		}
		r.URL.RawQuery = searched(r.PostForm.Get("soegning"))
		reason := strings.TrimSpace(r.PostForm.Get("begrundelse"))
		problem := reasonProblem(l, reason, check)
		if check(reason) != nil {
			r.PostForm.Del("begrundelse") // not shown again
		}
		var cases []string
		if problem == "" {
			var err error
			if cases, problem, err = s.chosen(r, &u); err != nil {
				s.Broken(w, r, "find the cases", err)
				return
			}
		}
		if problem != "" {
			s.show(w, r, http.StatusUnprocessableEntity, problem)
			return
		}
		opener := s.Opener(r) // kept with the batch until it is due, then forgotten
		do := decider.Release
		if action == "afvis" {
			do = decider.Reject
		}
		batch := s.Board.Add(action, u.Name, cases, func(id string) (*quarantine.Case, error) {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), 2*time.Minute)
			defer cancel()
			c, err := do(ctx, id, quarantine.Decision{By: u.Name, Reason: reason, Opener: opener})
			if err != nil && !errors.Is(err, quarantine.ErrState) {
				s.Log.Warn("decision not carried out", "case", id, "action", action, "err", detectors.Redact(err.Error()))
			}
			return c, err
		})
		if batch == nil {
			s.show(w, r, http.StatusConflict, words.Text(l, "problem.batch"))
			return
		}
		s.Log.Info("several decided", "user", u.Name, "action", action, "cases", len(batch.Cases))
		http.Redirect(w, r, "/?"+r.URL.RawQuery, http.StatusSeeOther)
	}
}

// searched is the search of a form as the query of an address; what cannot be read is
// no search.
func searched(text string) string {
	values, err := url.ParseQuery(text)
	if err != nil {
		return ""
	}
	values, _ = withoutNumbers(values)
	return values.Encode()
}

func reasonProblem(l words.Lang, reason string, check func(string) error) string {
	switch {
	case reason == "":
		return words.Text(l, "problem.reason")
	case utf8.RuneCountInString(reason) > reasonLimit:
		return words.Text(l, "problem.reason.long", reasonLimit)
	case check(reason) != nil:
		return words.Text(l, "problem.reason.cpr")
	}
	return ""
}

// chosen lists the cases that a person ticked, or all that match the search. Of the
// latter only those count that were there when the page was shown, and there may be no
// more of them than the page said: nobody decides a case that he could not have seen.
func (s *Pages) chosen(r *http.Request, u *frame.User) (cases []string, problem string, err error) {
	l := frame.Language(r)
	if r.PostForm.Get("alle") == "" {
		cases = slices.Compact(slices.Sorted(slices.Values(r.PostForm["sag"])))
		switch {
		case len(cases) == 0:
			problem = words.Text(l, "problem.none")
		case len(cases) > maxBatch:
			problem = words.Text(l, "problem.many", maxBatch)
		}
		return cases, problem, nil
	}
	shown, errShown := strconv.ParseInt(r.PostForm.Get("vist"), 10, 64)
	most, errMost := strconv.Atoi(r.PostForm.Get("antal"))
	if errShown != nil || errMost != nil {
		return nil, words.Text(l, "problem.changed"), nil
	}
	waiting := tabs()[0]
	q, _ := queryOf(r, u, &waiting, s.Now())
	q.Limit = finder.MaxTotal
	if at := time.UnixMilli(shown + 1); q.Until.IsZero() || at.Before(q.Until) {
		q.Until = at
	}
	found, total, err := s.Finder.Find(r.Context(), q)
	if err != nil {
		return nil, "", err
	}
	switch {
	case len(found) == 0:
		problem = words.Text(l, "problem.none")
	case total > most:
		problem = words.Text(l, "problem.changed")
	}
	for _, c := range found {
		cases = append(cases, c.ID)
	}
	return cases, problem, nil
}

// Undo takes a batch back.
func (s *Pages) Undo(w http.ResponseWriter, r *http.Request) {
	u, _ := s.User(r)
	if s.Board.Undo(r.PostFormValue("samling")) {
		s.Log.Info("several undone", "user", u.Name)
		s.Tell(r, "flash.undone")
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	s.show(w, r, http.StatusConflict, words.Text(frame.Language(r), "problem.toolate"))
}
