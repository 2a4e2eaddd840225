package gateway

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"

	"brevvagt/scanner"
)

// ErrBusy and ErrLate are why a mail was not judged.
var (
	ErrBusy = errors.New("too many mails are being scanned")
	ErrLate = errors.New("the scan did not end in time")
)

// scan runs the handler within the deadline. A handler that ignores its deadline
// is left behind but keeps its place among the scans, so that such handlers
// cannot pile up without end.
func (m *Milter) scan(ctx context.Context, it scanner.Item, handle scanner.Handler) (scanner.Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, m.Config.Deadline)
	select {
	case m.slots <- struct{}{}:
	case <-ctx.Done():
		cancel()
		return scanner.Outcome{}, ErrBusy
	}
	m.flight(it.ID, 1)
	type result struct {
		out scanner.Outcome
		err error
	}
	done := make(chan result, 1)
	go func() {
		defer func() { m.flight(it.ID, -1); <-m.slots; cancel() }()
		out, err := m.guarded(ctx, it, handle)
		done <- result{out, err}
	}()
	select {
	case r := <-done:
		return r.out, r.err
	case <-ctx.Done():
	}
	// Both may be ready: a result that is there counts.
	select {
	case r := <-done:
		return r.out, r.err
	default:
		return scanner.Outcome{}, ErrLate
	}
}

// guarded turns a panic into an error. Its value may quote the mail, so only its
// type is kept, and its text when the runtime made it.
func (m *Milter) guarded(ctx context.Context, it scanner.Item, handle scanner.Handler) (out scanner.Outcome, err error) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		what := fmt.Sprintf("%T", v)
		if re, ok := v.(runtime.Error); ok {
			what = re.Error()
		}
		m.Log.Error("handler panicked", "queue_id", it.ID, "panic", what, "stack", string(debug.Stack()))
		err = errors.New("handler panicked")
	}()
	return handle(ctx, it)
}

func (m *Milter) flight(id string, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.inFlight[id] += n; m.inFlight[id] <= 0 {
		delete(m.inFlight, id)
	}
}

func (m *Milter) flying(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.inFlight[id] > 0
}
