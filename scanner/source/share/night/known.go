package night

import (
	"context"
	"slices"
	"sync"

	"brevvagt/scanner/source/share/state"
)

// verdicts are the contents that were judged before, so that a file seen for the
// first time costs no question to the database.
type verdicts struct {
	mu   sync.Mutex
	keys map[string]struct{}
	all  bool // keys are all there are
}

// maxVerdicts bounds what is remembered in memory, some 40 MB.
const maxVerdicts = 300_000

func (s *Scanner) load(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known != nil {
		return nil
	}
	keys, all, err := s.DB.Verdicts(ctx, s.Version, maxVerdicts)
	if err != nil {
		return err
	}
	s.known = &verdicts{keys: keys, all: all}
	return nil
}

// maybe reports whether the content may have been judged.
func (v *verdicts) maybe(content string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	_, ok := v.keys[content]
	return ok || !v.all
}

func (v *verdicts) add(content string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.keys) < maxVerdicts {
		v.keys[content] = struct{}{}
	}
}

// clean are contents in which nothing was found and whose verdicts are not in the
// database yet. They go there many at once and in order: one by one, each would have a
// page of its own written. What a kill takes with it is no more than the chance to know
// a copy of such a file again.
type clean struct {
	mu   sync.Mutex
	keys map[string]int64 // the version that judged each
}

// cleanAtOnce is how many are written together.
const cleanAtOnce = 8192

func (c *clean) has(content string, version int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	by, ok := c.keys[content]
	return ok && by == version
}

// judged remembers what was found in a lot that is stored.
func (s *Scanner) judged(ctx context.Context, version int64, list []state.Result) {
	for i := range list {
		r := &list[i]
		if !r.Fresh {
			continue
		}
		s.known.add(r.Content)
		if !r.Clean() {
			continue // stored with the file
		}
		s.clean.mu.Lock()
		if s.clean.keys == nil {
			s.clean.keys = make(map[string]int64)
		}
		s.clean.keys[r.Content] = version
		s.clean.mu.Unlock()
	}
	s.keepClean(ctx, version, cleanAtOnce)
}

// keepClean writes the clean contents of a version where there are at least so many.
func (s *Scanner) keepClean(ctx context.Context, version int64, least int) {
	s.clean.mu.Lock()
	var list []string
	if len(s.clean.keys) >= least {
		for content, by := range s.clean.keys {
			if by == version {
				list = append(list, content)
			}
		}
	}
	s.clean.mu.Unlock()
	if len(list) == 0 {
		return
	}
	slices.Sort(list)
	if err := s.DB.KeepClean(ctx, version, list); err != nil {
		s.Log.Warn("what was found clean is not remembered", "error", err)
	}
	s.clean.mu.Lock()
	defer s.clean.mu.Unlock()
	for _, content := range list {
		delete(s.clean.keys, content)
	}
}
