// Package keys holds the page on which the DPO sees who can open what is kept, takes
// recovery keys in and out of use, and seals everything to the keys of today.
package keys

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"brevvagt/detectors"
	"brevvagt/quarantine/rekey"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/words"
)

// Keys is what the page works on.
type Keys struct {
	Rekey   *rekey.Keys
	Holders func(ctx context.Context) ([]rekey.Holder, error)
}

// Pages are the handlers.
type Pages struct {
	*frame.Frame
	keys *Keys

	mu       sync.Mutex // of the run
	running  bool
	progress rekey.Progress
	trouble  string // key of what the last run met, "" for nothing
}

// New makes the pages; without keys they are not found.
func New(f *frame.Frame, k *Keys) *Pages { return &Pages{Frame: f, keys: k} }

type view struct {
	Holders  []holder
	Lacks    []string
	Left     int
	Kept     int
	Running  bool
	Progress rekey.Progress
	Trouble  string
	Problem  string
}

type holder struct {
	Name, Kind, Key string
	Lost            bool // somebody must say whether the key is to go
}

// Show lists the keys.
func (s *Pages) Show(w http.ResponseWriter, r *http.Request) { s.show(w, r, http.StatusOK, "") }

func (s *Pages) show(w http.ResponseWriter, r *http.Request, status int, problem string) {
	if s.keys == nil {
		s.Fail(w, r, http.StatusNotFound)
		return
	}
	u, _ := s.User(r)
	l := frame.Language(r)
	list, err := s.keys.Holders(r.Context())
	v := view{}
	if err == nil {
		v.Left, v.Kept, err = s.keys.Rekey.Left(r.Context())
	}
	if err != nil {
		s.Broken(w, r, "list the keys", err)
		return
	}
	for _, lack := range rekey.Lacking(list) {
		v.Lacks = append(v.Lacks, string(lack))
	}
	for _, h := range list {
		if h.Kind == rekey.Out && v.Left == 0 {
			continue // everything was sealed anew: it opens nothing
		}
		v.Holders = append(v.Holders, holder{words.Clean(h.Name, words.Short), h.Kind, h.Key, h.Lost && h.Kind != rekey.Out})
	}
	s.mu.Lock()
	v.Running, v.Progress = s.running, s.progress
	if s.trouble != "" && !s.running {
		v.Trouble = words.Text(l, s.trouble, s.progress.Failed)
	}
	s.mu.Unlock()
	if problem != "" {
		v.Problem = words.Text(l, problem)
	}
	if v.Running {
		w.Header().Set("Refresh", "2; url=/noegler")
	}
	p := s.NewPage(r, &u, words.Text(l, "keys.title"))
	p.Path = "/noegler"
	p.Data = v
	s.Render(w, status, "keys", p)
}

// Seal begins to seal everything anew with the session's key; the page shows how far it
// is. It goes on when the browser leaves, and what a restart cuts off is begun again
// where it was.
func (s *Pages) Seal(w http.ResponseWriter, r *http.Request) {
	if !s.mayChange(w, r) {
		return
	}
	opener := s.Opener(r)
	u, _ := s.User(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.running {
		s.running, s.progress, s.trouble = true, rekey.Progress{}, ""
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), 12*time.Hour)
		go func() {
			defer cancel()
			p, err := s.keys.Rekey.Run(ctx, u.Name, opener, s.tell)
			s.finish(p, err)
		}()
	}
	http.Redirect(w, r, "/noegler", http.StatusSeeOther)
}

func (s *Pages) tell(p rekey.Progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.progress = p
}

func (s *Pages) finish(p rekey.Progress, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running, s.progress = false, p
	switch {
	case errors.Is(err, rekey.ErrClosed):
		s.trouble = "keys.closed"
	case err != nil:
		s.trouble = "keys.failed"
		s.Log.Error("not sealed anew", "err", detectors.Redact(err.Error()))
	}
}

// mayChange lets only somebody who can open what is kept say who else can: a sign-in
// without the passphrase must not lead to a key by way of a new one.
func (s *Pages) mayChange(w http.ResponseWriter, r *http.Request) bool {
	switch {
	case s.keys == nil:
		s.Fail(w, r, http.StatusNotFound)
	case s.Opener(r) == nil:
		s.FailWith(w, r, http.StatusForbidden, "error.locked")
	default:
		return true
	}
	return false
}

// Add takes a recovery key into use by its public half.
func (s *Pages) Add(w http.ResponseWriter, r *http.Request) {
	u, _ := s.User(r)
	if !s.mayChange(w, r) {
		return
	}
	if err := s.keys.Rekey.Add(r.Context(), u.Name, r.PostFormValue("navn"), r.PostFormValue("noegle")); err != nil {
		s.show(w, r, http.StatusUnprocessableEntity, "keys.bad")
		return
	}
	s.Tell(r, "flash.keys")
	http.Redirect(w, r, "/noegler", http.StatusSeeOther)
}

// Remove takes a recovery key out of use.
func (s *Pages) Remove(w http.ResponseWriter, r *http.Request) {
	u, _ := s.User(r)
	if !s.mayChange(w, r) {
		return
	}
	list, err := s.keys.Holders(r.Context())
	if err != nil {
		s.Broken(w, r, "list the keys", err)
		return
	}
	if rekey.Spare(list, "recovery", strings.TrimSpace(r.PostFormValue("noegle"))) != nil {
		s.show(w, r, http.StatusConflict, "keys.needed")
		return
	}
	if err := s.keys.Rekey.Remove(r.Context(), u.Name, r.PostFormValue("noegle")); err != nil {
		s.show(w, r, http.StatusUnprocessableEntity, "keys.unknown")
		return
	}
	s.Tell(r, "flash.keys")
	http.Redirect(w, r, "/noegler", http.StatusSeeOther)
}
