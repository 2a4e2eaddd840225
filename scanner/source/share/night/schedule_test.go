package night

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"brevvagt/scanner"
	"brevvagt/scanner/source/share/state"
)

func clock(t *testing.T, at, until string) Clock {
	t.Helper()
	place, err := Copenhagen()
	must(t, err)
	c := Clock{At: -1, Until: -1, Every: 24 * time.Hour, Place: place}
	if at != "" {
		c.At, err = ParseMinutes(at)
		must(t, err)
	}
	if until != "" {
		c.Until, err = ParseMinutes(until)
		must(t, err)
	}
	return c
}

func at(t *testing.T, s string) time.Time {
	t.Helper()
	place, err := Copenhagen()
	must(t, err)
	m, err := time.ParseInLocation("2006-01-02 15:04", s, place)
	must(t, err)
	return m
}

func TestDue(t *testing.T) {
	c := clock(t, "20:00", "06:00")
	run := func(scheduled string, stage state.Stage) *state.Run {
		return &state.Run{Scheduled: at(t, scheduled), Started: at(t, scheduled), Finished: at(t, scheduled).Add(time.Hour), Stage: stage}
	}
	for _, x := range []struct {
		name, now string
		last      *state.Run
		slot      string // "" when nothing is due
		open      bool
	}{
		{"never scanned", "2026-11-24 15:00", nil, "2026-11-23 20:00", false},
		{"evening", "2026-11-24 20:00", run("2026-11-23 20:00", state.Finished), "2026-11-24 20:00", true},
		{"done tonight", "2026-11-24 23:00", run("2026-11-24 20:00", state.Finished), "", true},
		{"missed, up at three", "2026-11-25 03:00", run("2026-11-23 20:00", state.Finished), "2026-11-24 20:00", true},
		{"missed, up at ten", "2026-11-25 10:00", run("2026-11-23 20:00", state.Finished), "2026-11-24 20:00", false},
		{"cut off at six", "2026-11-25 20:00", run("2026-11-24 20:00", state.Working), "2026-11-24 20:00", true},
		{"failed just now", "2026-11-24 21:05", run("2026-11-24 20:00", state.Failed), "", true},
		{"failed a while ago", "2026-11-24 21:20", run("2026-11-24 20:00", state.Failed), "2026-11-24 21:20", true},
		{"the night of summer time", "2026-03-29 05:59", run("2026-03-28 20:00", state.Working), "2026-03-28 20:00", true},
		{"its end", "2026-03-29 06:00", run("2026-03-28 20:00", state.Working), "2026-03-28 20:00", false},
		{"the night of winter time", "2026-10-25 05:59", run("2026-10-24 20:00", state.Working), "2026-10-24 20:00", true},
	} {
		slot, due := c.Due(at(t, x.now), x.last, false)
		if due != (x.slot != "") || due && !slot.Equal(at(t, x.slot)) {
			t.Errorf("%s: due %v at %v, want %q", x.name, due, slot, x.slot)
		}
		if open, _ := c.Window(at(t, x.now)); open != x.open {
			t.Errorf("%s: window open %v", x.name, open)
		}
	}
	if _, end := c.Window(at(t, "2026-10-24 21:00")); end.Sub(at(t, "2026-10-24 21:00")) != 10*time.Hour {
		t.Errorf("the night of winter time ends at %v", end)
	}
	// 02:30 does not exist on the last Sunday of March: it is scanned all the same.
	c = clock(t, "02:30", "")
	if slot, due := c.Due(at(t, "2026-03-29 04:00"), run("2026-03-28 02:30", state.Finished), false); !due || slot.Before(at(t, "2026-03-29 00:00")) {
		t.Errorf("in the night without 02:30: %v %v", slot, due)
	}
	// On the last Sunday of October it exists twice, and is scanned once.
	first := at(t, "2026-10-25 01:00").Add(90 * time.Minute)
	if slot, due := c.Due(first, run("2026-10-24 02:30", state.Finished), false); !due || !slot.Equal(first) {
		t.Errorf("in the night with two 02:30: %v %v", slot, due)
	}
	if slot, due := c.Due(first.Add(time.Hour), &state.Run{Scheduled: first, Started: first, Finished: first.Add(time.Minute), Stage: state.Finished}, false); due {
		t.Errorf("scanned twice in the night with two 02:30: %v", slot)
	}
	// A clock that was wrong for a while leaves a run from next year behind.
	for _, c := range []Clock{clock(t, "20:00", "06:00"), clock(t, "", "")} {
		if _, due := c.Due(at(t, "2026-11-25 20:00"), run("2027-11-24 20:00", state.Finished), false); !due {
			t.Error("not due for a run of next year")
		}
		if _, due := c.Due(at(t, "2026-11-25 19:59"), &state.Run{Scheduled: at(t, "2026-11-25 20:00"), Started: at(t, "2026-11-25 20:00"), Finished: at(t, "2026-11-25 20:01"), Stage: state.Finished}, false); due {
			t.Error("due again for a clock that is a minute late")
		}
	}
	c = clock(t, "", "")
	if _, due := c.Due(at(t, "2026-11-25 19:00"), run("2026-11-24 20:00", state.Finished), false); due {
		t.Error("due before a day has passed")
	}
	if _, due := c.Due(at(t, "2026-11-25 20:00"), run("2026-11-24 20:00", state.Finished), false); !due {
		t.Error("not due after a day")
	}
	if _, due := c.Due(at(t, "2026-11-24 23:00"), run("2026-11-24 20:00", state.Finished), true); !due {
		t.Error("not due although changes were missed")
	}
}

// TestWindowAndPause: at the end of the window, and at a pause, the files at hand
// are finished and the rest waits for the next night.
func TestWindowAndPause(t *testing.T) {
	r := newRig(t)
	r.fill(30)
	db := r.open()
	s, sh := r.scanner(db, "en")
	sh.Readers = 1
	stop, cancel := context.WithCancel(t.Context())
	inner := s.Handle
	n := 0
	s.Handle = func(ctx context.Context, it scanner.Item) (scanner.Outcome, error) {
		if n++; n == 5 {
			cancel()
		}
		return inner(ctx, it)
	}
	run, err := s.Run(t.Context(), sh, night, stop)
	must(t, err)
	if !run.Open() || run.Done < 5 || run.Done > 7 || n > 7 {
		t.Fatalf("stopped after %d: %+v", n, run)
	}
	// Paused: the daemon does nothing, whatever is due.
	must(t, db.Pause(t.Context(), "prøve", true))
	c := clock(t, "", "")
	must(t, s.turn(t.Context(), t.Context(), sh, c))
	if again, err := db.Run(t.Context(), run.ID); err != nil || again.Done != run.Done {
		t.Fatalf("worked while paused: %+v, %v", again, err)
	}
	must(t, db.Pause(t.Context(), "prøve", false))
	must(t, s.turn(t.Context(), t.Context(), sh, c))
	again, err := db.Run(t.Context(), run.ID)
	must(t, err)
	if again.Stage != state.Finished || again.Done != 30 || n != 30 {
		t.Fatalf("after the pause: %d judged, %+v", n, again)
	}
}

// TestHeed: a run is stopped by a pause from another process, and by a disk that runs
// full; with room again it goes on where it was.
func TestHeed(t *testing.T) {
	r := newRig(t)
	r.fill(30)
	db := r.open()
	s, sh := r.scanner(db, "en")
	sh.Readers, s.poll = 1, time.Millisecond
	var full atomic.Bool
	s.Room = func(context.Context) error {
		if full.Load() {
			return errors.New("only 3 MB free")
		}
		return nil
	}
	inner, n := s.Handle, 0
	at := make(map[int]func()) // at which file something happens
	s.Handle = func(ctx context.Context, it scanner.Item) (scanner.Outcome, error) {
		if n++; at[n] != nil {
			at[n]()
		}
		return inner(ctx, it)
	}
	// The stop is waited for, so that it comes in time whatever the machine; the file
	// that waits for its turn is still done.
	stop, cancel := s.Heed(t.Context(), "prøve")
	defer cancel()
	at[5] = func() {
		must(t, db.Pause(t.Context(), "prøve", true))
		<-stop.Done()
	}
	run, err := s.Run(t.Context(), sh, night, stop)
	if err != nil || WhyStopped(stop) != nil || !run.Open() || n > 6 {
		t.Fatalf("paused after %d: %+v, %v, %v", n, run, err, WhyStopped(stop))
	}
	must(t, db.Pause(t.Context(), "prøve", false))
	c := clock(t, "", "")
	stop, cancel = s.Heed(t.Context(), "prøve")
	defer cancel()
	at[15] = func() {
		full.Store(true)
		<-stop.Done()
	}
	run, err = s.Run(t.Context(), sh, night, stop)
	if err != nil || !errors.Is(WhyStopped(stop), ErrRoom) || !run.Open() || n < 15 || n > 16 {
		t.Fatalf("a full disk after %d: %+v, %v, %v", n, run, err, WhyStopped(stop))
	}
	before := n
	if err := s.turn(t.Context(), t.Context(), sh, c); !errors.Is(err, ErrRoom) || n != before {
		t.Fatalf("with a full disk: %v, %d judged", err, n)
	}
	full.Store(false)
	must(t, s.turn(t.Context(), t.Context(), sh, c))
	again, err := db.Run(t.Context(), run.ID)
	if must(t, err); again.Stage != state.Finished || n != 30 {
		t.Fatalf("with room again: %d judged, %+v", n, again)
	}
	if backoff(0) != Poll || backoff(1) <= Poll || backoff(100) != maxBackoff {
		t.Errorf("backoff: %v, %v, %v", backoff(0), backoff(1), backoff(100))
	}
}

func TestRateKeepsThePace(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for seconds")
	}
	r := &Rate{Files: 100}
	start := time.Now()
	for range 21 {
		must(t, r.Wait(t.Context(), 1))
	}
	if took := time.Since(start); took < 190*time.Millisecond {
		t.Errorf("21 files at 100 a second took %v", took)
	}
	r = &Rate{Bytes: 1 << 20}
	start = time.Now()
	for range 3 {
		must(t, r.Wait(t.Context(), 100<<10))
	}
	if took := time.Since(start); took < 180*time.Millisecond {
		t.Errorf("300 KB at 1 MB a second took %v", took)
	}
	// What is read beyond the bytes that were waited for is waited for, too.
	r = &Rate{Bytes: 1 << 20}
	start = time.Now()
	n, err := io.Copy(io.Discard, r.paced(t.Context(), strings.NewReader(strings.Repeat("x", 300<<10)), 100<<10))
	if took := time.Since(start); err != nil || n != 300<<10 || took < 120*time.Millisecond {
		t.Errorf("200 KB more at 1 MB a second took %v, %d bytes, %v", took, n, err)
	}
	var none *Rate
	must(t, none.Wait(t.Context(), 1<<40))
}
