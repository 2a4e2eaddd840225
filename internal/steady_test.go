package internal_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"brevvagt/internal/steady"
)

// world is a machine whose clock and whose real time are ours.
type world struct {
	clock  time.Time
	passed time.Duration
}

func (w *world) wait(d time.Duration) { w.clock, w.passed = w.clock.Add(d), w.passed+d }

func (w *world) start(file string) *steady.Clock {
	return &steady.Clock{File: file, Now: func() time.Time { return w.clock }, Passed: func() time.Duration { return w.passed }}
}

func expect(t *testing.T, c *steady.Clock, believed bool, when string) {
	t.Helper()
	if _, err := c.Believe(); (err == nil) != believed || err != nil && !errors.Is(err, steady.ErrLeapt) {
		t.Errorf("%s: %v", when, err)
	}
}

func TestLeaps(t *testing.T) {
	for name, leap := range map[string]time.Duration{"ten years ahead": 10 * 365 * 24 * time.Hour, "a day back": -24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			w := &world{clock: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
			file := filepath.Join(t.TempDir(), "clock")
			c := w.start(file)
			expect(t, c, true, "first look")
			w.wait(10 * time.Hour)
			expect(t, c, true, "a long sleep that the clock went along with")
			w.clock = w.clock.Add(leap)
			expect(t, c, false, "after the leap")
			w.wait(23 * time.Hour)
			expect(t, c, false, "a day has not passed")
			c = w.start(file)
			expect(t, c, false, "a restart proves nothing")
			w.wait(25 * time.Hour)
			expect(t, c, true, "a steady day")
			w.clock = w.clock.Add(-leap)
			expect(t, c, false, "the way back is a leap as well")
		})
	}
}

func TestRestarts(t *testing.T) {
	w := &world{clock: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	file := filepath.Join(t.TempDir(), "clock")
	expect(t, w.start(file), true, "first look")
	w.wait(6 * 24 * time.Hour)
	expect(t, w.start(file), true, "six days off")
	w.wait(30 * 24 * time.Hour)
	expect(t, w.start(file), false, "a month off, or a leap: nobody knows")
	if err := os.WriteFile(file, []byte("sludder"), 0o600); err != nil {
		t.Fatal(err)
	}
	expect(t, w.start(file), false, "damaged memory")
	c := &steady.Clock{File: filepath.Join(t.TempDir(), "nowhere", "clock")}
	if _, err := c.Believe(); err == nil || errors.Is(err, steady.ErrLeapt) {
		t.Errorf("no folder: %v", err)
	}
	real := &steady.Clock{File: filepath.Join(t.TempDir(), "clock")}
	expect(t, real, true, "the machine's own clock")
	expect(t, real, true, "and again")
}
