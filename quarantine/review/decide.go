package review

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"brevvagt/detectors"
	"brevvagt/quarantine"
	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/register"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/words"
)

// decisionForm is one of the two forms of a case. Effects say what will happen.
type decisionForm struct {
	Effects []string
	Notice  string      // what the sender will be told, for a rejection
	Open    bool        // false when this person has already approved
	Text    string      // the reason as it was written, after a refusal
	To      []recipient // to choose some, when the source can; nil otherwise
	Custom  string      // the text to the sender as it was written
	Route   string      // secure route that it can go by, "" for none
	ByRoute bool        // it was to go by it
	Problem string
	Limit   int
}

// recipient is one of those that a release can be kept to.
type recipient struct {
	N       int
	Address string
	Chosen  bool
}

// someMost is up to how many recipients are offered one by one.
const someMost = 50

// releaseForm comes back as it was sent: a choice that was lost would release to people
// whom somebody had left out, or by another route.
func releaseForm(l words.Lang, c *quarantine.Case, u *frame.User, f refused, some bool, typed frame.Typed) *decisionForm {
	form := &decisionForm{Open: true, Limit: reasonLimit, Route: words.Clean(c.Route, words.Short), ByRoute: typed.Sent("frigiv", "vej"), Text: typed.Text("frigiv", "begrundelse")}
	agreed := quarantine.Wish{} // by whoever approved before
	if len(c.ApprovalsDone) > 0 {
		agreed = c.Wish
		form.ByRoute = form.ByRoute || agreed.Route != ""
	}
	if some && len(c.To) > 1 && len(c.To) <= someMost {
		for i, to := range c.To {
			chosen := typed.Chose("frigiv", "modtager", strconv.Itoa(i)) || !typed.Sent("frigiv", "modtagere") && (quarantine.Wish{To: []int{i}, Route: agreed.Route}).Within(agreed)
			form.To = append(form.To, recipient{i, words.Clean(to, words.Short), chosen})
		}
	}
	effect := words.Text(l, "release.effect", words.Recipients(l, c.To))
	if c.Kind == "file" || len(c.To) == 0 {
		effect = words.Text(l, "release.file")
	}
	form.Effects = []string{effect, words.Text(l, "release.draft")}
	if c.Left {
		form.To, form.Effects = nil, []string{words.Text(l, "release.left")}
	}
	if n := c.Approvers(); n > 1 {
		form.Effects = append(form.Effects, words.Text(l, "release.two", n))
		if len(c.ApprovalsDone) > 0 {
			form.Effects = append(form.Effects, words.Text(l, "release.have", words.Clean(strings.Join(c.ApprovalsDone, ", "), words.Short)))
			if n := len(agreed.To); n > 0 {
				form.Effects = append(form.Effects, words.Text(l, "release.have.some", n, len(c.To)))
			}
		}
		if slices.Contains(c.ApprovalsDone, u.Name) {
			form.Open = false
			form.Effects = append(form.Effects, words.Text(l, "release.mine"))
		}
	}
	if f.action == "release" {
		form.Problem = f.problem
	}
	return form
}

// approvals tells the second person what the first wrote: the approvals since the case
// was last held anew.
func (f *decisionForm) approvals(l words.Lang, history []ledger.Entry) {
	if f == nil {
		return
	}
	var wrote []string
	for _, e := range history {
		switch e.Verb {
		case "approved":
			wrote = append(wrote, words.Text(l, "release.wrote", words.Clean(e.Actor, words.Short), words.Clean(e.Detail["reason"], reasonLimit)))
		case "release-failed":
			wrote = nil
		}
	}
	f.Effects = append(f.Effects, wrote...)
}

func rejectForm(l words.Lang, c *quarantine.Case, f refused, typed frame.Typed) *decisionForm {
	effect := words.Text(l, "reject.effect")
	if c.Kind == "file" {
		effect = words.Text(l, "reject.effect.file")
	}
	form := &decisionForm{Open: true, Limit: reasonLimit, Effects: []string{effect}, Text: typed.Text("afvis", "begrundelse"), Custom: typed.Text("afvis", "besked"), Notice: words.CleanLines(quarantine.RejectNotice(c), words.Long)}
	if c.Left { // nothing is told to anybody
		form.Effects, form.Notice = []string{words.Text(l, "release.left")}, ""
	}
	if f.action == "reject" {
		form.Problem = f.problem
	}
	return form
}

func (s *server) release(w http.ResponseWriter, r *http.Request, j job) {
	s.decide(w, r, j, "release", s.Service.Release)
}

func (s *server) reject(w http.ResponseWriter, r *http.Request, j job) {
	s.decide(w, r, j, "reject", s.Service.Reject)
}

// decide carries a decision out and goes back to the case, where its state tells
// the outcome; what was not carried out is said in words, with the form as it was.
func (s *server) decide(w http.ResponseWriter, r *http.Request, j job, action string, do func(context.Context, string, quarantine.Decision) (*quarantine.Case, error)) {
	l := frame.Language(r)
	if key := s.reasonProblem(j.reason); key != "" {
		problem := words.Text(l, key)
		if key == "problem.reason.long" {
			problem = words.Text(l, key, reasonLimit)
		}
		s.caseWith(w, r, j.id, http.StatusUnprocessableEntity, &frame.Notice{Kind: "error", Heading: words.Text(l, "problem.title"), Text: problem}, refused{action, problem})
		return
	}
	// A decision once begun must not stop halfway because the browser went away.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), 2*time.Minute)
	defer cancel()
	c, err := do(ctx, j.id, quarantine.Decision{By: j.by, Reason: j.reason, Opener: s.Opener(r), Wish: wishOf(r, action)})
	if err != nil {
		s.refusedDecision(w, r, j.id, refused{action: action}, err)
		return
	}
	if action == "release" && c.State == quarantine.Held {
		s.Tell(r, "flash.approved")
	}
	http.Redirect(w, r, "/sag/"+j.id, http.StatusSeeOther)
}

// wishOf reads what was asked for beyond yes or no. All recipients chosen, each once, is
// no wish.
func wishOf(r *http.Request, action string) quarantine.Wish {
	if action == "reject" {
		return quarantine.Wish{Text: strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get("besked"), "\r\n", "\n"))}
	}
	w := quarantine.Wish{Route: r.PostForm.Get("vej")}
	if !r.PostForm.Has("modtagere") && !r.PostForm.Has("modtager") {
		return w
	}
	offered, err := strconv.Atoi(r.PostForm.Get("modtagere"))
	for _, v := range r.PostForm["modtager"] {
		if n, err := strconv.Atoi(v); err == nil {
			w.To = append(w.To, n)
		}
	}
	slices.Sort(w.To)
	if w.To = slices.Compact(w.To); err == nil && len(w.To) == offered {
		w.To = nil
		return w
	}
	if len(w.To) == 0 {
		w.To = []int{-1} // nobody was chosen: refused, never taken for everybody
	}
	return w
}

// reasonProblem is the key of what is wrong with a reason, "" when nothing is.
func (s *server) reasonProblem(reason string) string {
	switch {
	case reason == "":
		return "problem.reason"
	case utf8.RuneCountInString(reason) > reasonLimit:
		return "problem.reason.long"
	case s.check(reason) != nil:
		return "problem.reason.cpr"
	}
	return ""
}

// refusedDecision says in plain words why a decision was not carried out.
func (s *server) refusedDecision(w http.ResponseWriter, r *http.Request, id string, f refused, err error) {
	l := frame.Language(r)
	status, key, kind := http.StatusBadGateway, "problem.refused", "error"
	switch {
	case errors.Is(err, quarantine.ErrNotFound):
		s.Fail(w, r, http.StatusNotFound)
		return
	case errors.Is(err, quarantine.ErrState):
		status, key, kind = http.StatusConflict, "problem.decided", "warning"
	case errors.Is(err, quarantine.ErrLocked):
		status, key = http.StatusConflict, "problem.locked"
	case errors.Is(err, quarantine.ErrWider):
		status, key = http.StatusConflict, "problem.wider"
	case errors.Is(err, quarantine.ErrOwn):
		status, key = http.StatusForbidden, "problem.own"
	case errors.Is(err, quarantine.ErrNotAllowed):
		status, key = http.StatusForbidden, "problem.denied"
	case errors.Is(err, register.ErrPersonalData):
		status, key = http.StatusUnprocessableEntity, "problem.reason.cpr"
	case errors.Is(err, quarantine.ErrReason):
		status, key = http.StatusUnprocessableEntity, "problem.reason"
	default:
		// A source that refused for good leaves the case held with its answer;
		// anything else is a fault of ours.
		if c, getErr := s.Service.Get(r.Context(), id); getErr != nil || c.State != quarantine.Held || c.LastError == "" {
			status, key = http.StatusInternalServerError, "problem.other"
		}
	}
	s.Log.Warn("decision not carried out", "case", id, "action", f.action, "why", key, "err", detectors.Redact(err.Error()))
	f.problem = words.Text(l, key)
	s.caseWith(w, r, id, status, &frame.Notice{Kind: kind, Heading: words.Text(l, "problem.title"), Text: f.problem}, f)
}
