package night

import (
	"context"
	"io"
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
	cost := r.ofBytes(n)
	if r.Files > 0 {
		cost = max(cost, time.Second/time.Duration(r.Files))
	}
	return r.wait(ctx, cost)
}

func (r *Rate) ofBytes(n int64) time.Duration {
	if r.Bytes == 0 {
		return 0
	}
	return time.Duration(float64(n) / float64(r.Bytes) * float64(time.Second))
}

// paced waits for what is read of f beyond the bytes that were waited for: of a large
// text that is read to its end, of a file whose size was not known.
func (r *Rate) paced(ctx context.Context, f io.Reader, paid int64) io.Reader {
	if r == nil || r.Bytes == 0 {
		return f
	}
	return &paced{f, paid, func(n int64) error { return r.wait(ctx, r.ofBytes(n)) }}
}

type paced struct {
	io.Reader
	left int64 // bytes that were waited for
	wait func(n int64) error
}

// Read reads and waits.
func (p *paced) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	if p.left -= int64(n); p.left < 0 {
		wrong := p.wait(-p.left)
		if p.left = 0; wrong != nil {
			return n, wrong
		}
	}
	return n, err
}

// wait takes the next place in time, which lasts for as long as it costs.
func (r *Rate) wait(ctx context.Context, cost time.Duration) error {
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
