package sender

import (
	"sync"
	"time"
)

// limiter counts what each key did in the present minute. It remembers at most
// maxKeys; beyond that it forgets all and begins anew, so it is a brake and no lock:
// what keeps links safe is their signature.
type limiter struct {
	most int
	now  func() time.Time

	mu    sync.Mutex
	since time.Time
	n     map[string]int
}

const maxKeys = 10_000

func newLimiter(most int, now func() time.Time) *limiter {
	return &limiter{most: most, now: now, n: map[string]int{}}
}

// take counts once more and reports whether that is still within the limit.
func (l *limiter) take(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn()
	if len(l.n) >= maxKeys {
		clear(l.n)
	}
	l.n[key]++
	return l.n[key] <= l.most
}

// within reports whether a key is within the limit, without counting.
func (l *limiter) within(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn()
	return l.n[key] < l.most
}

func (l *limiter) turn() {
	if now := l.now(); now.Sub(l.since) >= time.Minute {
		l.since = now
		clear(l.n)
	}
}
