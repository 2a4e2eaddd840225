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

// TestEnd: at the end nothing goes on that nobody will hear of, and what somebody waits for
// does until he leaves; he hears how it ended.
func TestEnd(t *testing.T) {
	var f Flights
	errCut, begun := errors.New("cut off"), make(chan struct{}, 3)
	deliver := func(ctx context.Context) (string, error) {
		begun <- struct{}{}
		<-ctx.Done()
		return "", errCut
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Do(gone, "forsaken", deliver); !errors.Is(err, ErrGoesOn) {
		t.Fatal(err)
	}
	forsaken := f.all["forsaken"]
	<-begun
	asking, leave := context.WithCancel(t.Context())
	heard := make(chan error)
	for range 2 {
		go func() {
			_, err := f.Do(asking, "asked for", deliver)
			heard <- err
		}()
	}
	<-begun
	for asked := 0; asked < 2; {
		f.mu.Lock()
		asked = f.all["asked for"].askers
		f.mu.Unlock()
	}
	f.End()
	<-forsaken.over
	f.mu.Lock()
	if x := f.all["asked for"]; x == nil || !x.ended.IsZero() {
		t.Error("what somebody waits for is cut off")
	}
	f.mu.Unlock()
	leave()
	last := 0
	for range 2 {
		if err := <-heard; errors.Is(err, errCut) {
			last++
		} else if !errors.Is(err, ErrGoesOn) {
			t.Error(err)
		}
	}
	if last == 0 {
		t.Error("nobody hears that it was cut off")
	}
	if _, err := f.Do(gone, "new", deliver); !errors.Is(err, errCut) {
		t.Error(err)
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
