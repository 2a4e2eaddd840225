package queue

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"brevvagt/detectors"
	"brevvagt/internal/atonce"
	"brevvagt/quarantine"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/words"
)

// Limits of a decision on several cases.
const (
	UndoWindow   = 30 * time.Second
	reasonLimit  = 1000 // runes
	maxBatch     = 100  // cases
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
	Finished       time.Time
	stop           func() bool
}

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
		list = append(list, *o)
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
}

// batches in words; somebody who may not decide sees none.
func (s *Pages) batches(l words.Lang, u *frame.User) []batchView {
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

// Several takes a decision on the chosen cases, with one reason.
func (s *Pages) Several(decider Decider, check func(string) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		u, _ := s.User(r)
		l := frame.Language(r)
		if err := r.ParseForm(); err != nil {
			s.Fail(w, r, http.StatusBadRequest)
			return
		}
		reason := strings.TrimSpace(r.PostForm.Get("begrundelse"))
		action := r.PostForm.Get("handling")
		cases := slices.Compact(slices.Sorted(slices.Values(r.PostForm["sag"])))
		problem := ""
		switch {
		case action != "frigiv" && action != "afvis":
			s.Fail(w, r, http.StatusBadRequest)
			return
		case len(cases) == 0:
			problem = words.Text(l, "problem.none")
		case len(cases) > maxBatch:
			problem = words.Text(l, "problem.many", maxBatch)
		case reason == "":
			problem = words.Text(l, "problem.reason")
		case utf8.RuneCountInString(reason) > reasonLimit:
			problem = words.Text(l, "problem.reason.long", reasonLimit)
		case check(reason) != nil:
			problem = words.Text(l, "problem.reason.cpr")
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
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
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
