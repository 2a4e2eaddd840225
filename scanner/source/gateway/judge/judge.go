// Package judge runs the scanning handler for one mail the way a gateway needs
// it: within a deadline, not too many at once, and with a panic made an error.
package judge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/gateway/relay"
)

// ErrBusy, ErrLate and ErrPanic are why a mail was not judged.
var (
	ErrBusy  = errors.New("too many mails are being scanned")
	ErrLate  = errors.New("the scan did not end in time")
	ErrPanic = errors.New("the scan panicked")
)

// Judge bounds scans. Make one with New.
type Judge struct {
	deadline time.Duration
	slots    chan struct{}
	log      *slog.Logger

	mu       sync.Mutex
	inFlight map[string]int
}

// New makes a judge for at most scans mails at once, default 8, each within
// deadline, default 25 s, waiting for its turn included.
func New(scans int, deadline time.Duration, log *slog.Logger) *Judge {
	if scans <= 0 {
		scans = 8
	}
	if deadline <= 0 {
		deadline = 25 * time.Second
	}
	return &Judge{deadline: deadline, slots: make(chan struct{}, scans), log: log, inFlight: map[string]int{}}
}

// Deadline is how long one scan may take.
func (j *Judge) Deadline() time.Duration { return j.deadline }

// Scan runs the handler. A handler that ignores its deadline is left behind but
// keeps its place among the scans, so that such handlers cannot pile up.
func (j *Judge) Scan(ctx context.Context, it scanner.Item, handle scanner.Handler) (scanner.Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, j.deadline)
	select {
	case j.slots <- struct{}{}:
	case <-ctx.Done():
		cancel()
		return scanner.Outcome{}, ErrBusy
	}
	j.flight(it.ID, 1)
	type result struct {
		out scanner.Outcome
		err error
	}
	done := make(chan result, 1)
	go func() {
		defer func() { j.flight(it.ID, -1); <-j.slots; cancel() }()
		out, err := j.guarded(ctx, it, handle)
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
// type is logged, and its text when the runtime made it.
func (j *Judge) guarded(ctx context.Context, it scanner.Item, handle scanner.Handler) (out scanner.Outcome, err error) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		what := fmt.Sprintf("%T", v)
		if re, ok := v.(runtime.Error); ok {
			what = re.Error()
		}
		j.log.Error("handler panicked", "item", it.ID, "panic", what, "stack", string(debug.Stack()))
		err = ErrPanic
	}()
	return handle(ctx, it)
}

func (j *Judge) flight(id string, n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.inFlight[id] += n; j.inFlight[id] <= 0 {
		delete(j.inFlight, id)
	}
}

// Busy reports whether the handler is at work on an item.
func (j *Judge) Busy(id string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.inFlight[id] > 0
}

// Refusal is the line a refused sender's mail program shows: Danish, what was
// found by kind and count, and where to get help.
func Refusal(v policy.Verdict, help string) string {
	s := "Mailen er ikke sendt: "
	if len(v.Rules) > 0 && v.Rules[0].Text != "" {
		s += relay.WithoutNumbers(strings.TrimRight(v.Rules[0].Text, ". "))
	} else {
		s += "den indeholder personoplysninger, som modtageren ikke kan modtage sikkert"
	}
	s += ". Send den sikkert, eller bed din DPO om hjælp."
	if help != "" {
		s += " Hjælp: " + help
	}
	return s
}

// NotJudged is what a sender is told when a mail could not be judged.
const NotJudged = "Mailen kunne ikke kontrolleres lige nu. Den sendes automatisk igen."
