// Package tries counts tries that have not succeeded, by the name that was tried, so
// that guessing ends after a few.
package tries

import (
	"sync"
	"time"
)

// Window is how long a try counts.
const Window = 15 * time.Minute

// maxNames bounds the memory for what is counted.
const maxNames = 10_000

// Counter counts the tries of each name; its memory is bounded. NewCounter makes it, and
// it may be used by several goroutines.
type Counter struct {
	most     int
	mu       sync.Mutex
	failures map[string]*failures
}

type failures struct {
	n     int
	since time.Time
}

// NewCounter is a counter that allows most tries of a name within Window.
func NewCounter(most int) *Counter {
	return &Counter{most: most, failures: map[string]*failures{}}
}

// Begin counts a try before it is known to fail, so that tries at the same time
// cannot outrun the count. It reports whether the try may go on.
func (l *Counter) Begin(name string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.failures[name]
	if f == nil || now.Sub(f.since) >= Window {
		if f == nil && len(l.failures) >= maxNames {
			l.forget(now)
		}
		f = &failures{since: now}
		l.failures[name] = f
	}
	if f.n >= l.most {
		return false
	}
	f.n++
	return true
}

// forget makes room by dropping names whose window is over, or else the oldest:
// endless made-up names must not keep a real one out.
func (l *Counter) forget(now time.Time) {
	oldest, since := "", now
	for name, f := range l.failures {
		if now.Sub(f.since) >= Window {
			delete(l.failures, name)
		} else if oldest == "" || f.since.Before(since) {
			oldest, since = name, f.since
		}
	}
	if len(l.failures) >= maxNames {
		delete(l.failures, oldest)
	}
}

// Succeeded forgets the tries of a name.
func (l *Counter) Succeeded(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.failures, name)
}

// Back takes one try back.
func (l *Counter) Back(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if f := l.failures[name]; f != nil && f.n > 0 {
		f.n--
	}
}
