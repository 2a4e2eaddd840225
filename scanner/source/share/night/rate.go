package night

import (
	"context"
	"sync"
	"time"
)

// Rate limits how much is read of a share, so that people who work at night do not
// notice. A nil Rate limits nothing.
type Rate struct {
	Bytes int64 // a second; 0 for no limit
	Files int64 // a second; 0 for no limit

	mu   sync.Mutex
	next time.Time
}

// Wait waits until n more bytes of one more file may be read.
func (r *Rate) Wait(ctx context.Context, n int64) error {
	if r == nil || r.Bytes == 0 && r.Files == 0 {
		return nil
	}
	var cost time.Duration
	if r.Bytes > 0 {
		cost = time.Duration(float64(n) / float64(r.Bytes) * float64(time.Second))
	}
	if r.Files > 0 {
		cost = max(cost, time.Second/time.Duration(r.Files))
	}
	r.mu.Lock()
	now := time.Now()
	start := r.next
	if start.Before(now) {
		start = now
	}
	r.next = start.Add(cost)
	r.mu.Unlock()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(start.Sub(now)):
		return nil
	}
}
