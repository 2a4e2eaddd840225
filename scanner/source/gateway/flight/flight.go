// Package flight lets a delivery go on when whoever asked for it has no more time, and
// tells its outcome to whoever asks for the same again: a mail whose next hop is slow to
// answer is sent once, not once for each try.
//
// What is under way is known to this process only. Which mails a next hop had taken
// without saying so by the time we end, nobody can know.
package flight

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"
)

// ErrGoesOn is what an asker gets whose time is up; the same may be asked for again.
var ErrGoesOn = errors.New("the delivery is under way and not answered for yet")

// ErrFull says that as many deliveries are under way as may be; nothing was sent.
var ErrFull = errors.New("too many deliveries are under way without an answer")

// ErrPanic is a delivery that panicked.
var ErrPanic = errors.New("the delivery panicked")

const (
	// most is how many deliveries are under way at once.
	most = 100
	// kept is how long an outcome waits for somebody to ask for it.
	kept = 24 * time.Hour
)

// Flights are the deliveries that are under way, and the outcomes that nobody has heard
// yet. The zero value is ready; it is safe for concurrent use.
type Flights struct {
	mu     sync.Mutex
	all    map[string]*flight
	ending bool
}

type flight struct {
	over    chan struct{} // closed at the end
	cut     context.CancelFunc
	askers  int
	ended   time.Time // zero while it is under way
	answer  string
	err     error
	started time.Time
}

// Do delivers what key names and returns its outcome. When ctx ends first it returns
// ErrGoesOn, and deliver goes on with a context of its own; the next Do with that key
// waits for it, or gets its outcome, and does not deliver again. deliver must end by
// itself, at once when its context ends, and must not use what its caller gives up when
// Do returns.
func (f *Flights) Do(ctx context.Context, key string, deliver func(context.Context) (string, error)) (string, error) {
	x, err := f.find(ctx, key, deliver)
	if err != nil {
		return "", err
	}
	select {
	case <-x.over:
	case <-ctx.Done():
		if f.leave(x) {
			return "", fmt.Errorf("since %s: %w", time.Since(x.started).Round(time.Second), ErrGoesOn)
		}
		<-x.over
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.all[key] == x {
		delete(f.all, key)
	}
	return x.answer, x.err
}

// leave reports that a delivery goes on without one of its askers. It does not when it is
// over, or is cut off because there is nobody left to hear of it.
func (f *Flights) leave(x *flight) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !x.ended.IsZero() {
		return false // an outcome counts more than a lapse of time
	}
	x.askers--
	if f.ending && x.askers == 0 {
		x.cut()
		return false
	}
	return true
}

// End says that the process ends, and with it all memory of what goes on: a delivery
// without an asker is cut off, now or when the last one leaves. One that went on would be
// done again after a restart.
func (f *Flights) End() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ending = true
	for _, x := range f.all {
		if x.askers == 0 {
			x.cut()
		}
	}
}

// find is the delivery of that name that is under way, or a new one.
func (f *Flights) find(ctx context.Context, key string, deliver func(context.Context) (string, error)) (*flight, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	maps.DeleteFunc(f.all, func(_ string, x *flight) bool { return !x.ended.IsZero() && time.Since(x.ended) > kept })
	if x := f.all[key]; x != nil {
		x.askers++
		return x, nil
	}
	underWay := 0
	for _, x := range f.all {
		if x.ended.IsZero() {
			underWay++
		}
	}
	if underWay >= most {
		return nil, ErrFull
	}
	own, cut := context.WithCancel(context.WithoutCancel(ctx))
	x := &flight{over: make(chan struct{}), cut: cut, askers: 1, started: time.Now()}
	if f.all == nil {
		f.all = map[string]*flight{}
	}
	f.all[key] = x
	go func() {
		defer cut()
		answer, err := guarded(own, deliver)
		f.mu.Lock()
		defer f.mu.Unlock()
		x.answer, x.err, x.ended = answer, err, time.Now()
		close(x.over)
	}()
	return x, nil
}

// guarded makes a panic an error: there is nobody above to catch it.
func guarded(ctx context.Context, deliver func(context.Context) (string, error)) (answer string, err error) {
	defer func() {
		if p := recover(); p != nil {
			answer, err = "", fmt.Errorf("%w: %T", ErrPanic, p)
		}
	}()
	return deliver(ctx)
}
