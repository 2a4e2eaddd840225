package flight

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"
)

// TestAskedAgain: who has no more time leaves, the delivery does not; who asks again gets
// its outcome, and only what was asked for after that is delivered anew.
func TestAskedAgain(t *testing.T) {
	var f Flights
	var runs atomic.Int32
	answer := make(chan string)
	deliver := func(ctx context.Context) (string, error) {
		runs.Add(1)
		a := <-answer
		return a, ctx.Err()
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 3 {
		if _, err := f.Do(gone, "a", deliver); !errors.Is(err, ErrGoesOn) {
			t.Fatal(err)
		}
	}
	answer <- "taken"
	if got, err := f.Do(t.Context(), "a", deliver); got != "taken" || err != nil || runs.Load() != 1 {
		t.Errorf("%q, %v, delivered %d times", got, err, runs.Load())
	}
	go func() { answer <- "taken again" }()
	if got, err := f.Do(t.Context(), "a", deliver); got != "taken again" || err != nil || runs.Load() != 2 {
		t.Errorf("%q, %v, delivered %d times", got, err, runs.Load())
	}
}

// TestFull: what is under way is bounded, and an outcome that nobody asks for is let go.
func TestFull(t *testing.T) {
	var f Flights
	end := make(chan struct{})
	wait := func(context.Context) (string, error) { <-end; return "", nil }
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for i := range most {
		if _, err := f.Do(gone, fmt.Sprint(i), wait); !errors.Is(err, ErrGoesOn) {
			t.Fatal(i, err)
		}
	}
	if _, err := f.Do(gone, "one more", wait); !errors.Is(err, ErrFull) {
		t.Error(err)
	}
	close(end)
	for i := range most { // each outcome is there, and stays until somebody asks
		f.mu.Lock()
		x := f.all[fmt.Sprint(i)]
		f.mu.Unlock()
		<-x.over
		f.mu.Lock()
		x.ended = x.ended.Add(-kept - time.Hour)
		f.mu.Unlock()
	}
	if _, err := f.Do(t.Context(), "one more", wait); err != nil || len(f.all) != 0 {
		t.Errorf("%v, %d are kept", err, len(f.all))
	}
}

func TestPanic(t *testing.T) {
	var f Flights
	if _, err := f.Do(t.Context(), "a", func(context.Context) (string, error) { panic("x") }); !errors.Is(err, ErrPanic) {
		t.Error(err)
	}
}
