package night

import (
	"context"
	"fmt"
	"time"
	_ "time/tzdata" // a small system may lack the zones

	"brevvagt/detectors"
	"brevvagt/scanner/source/share/state"
)

// Clock says when a share is scanned, by the wall clock of its place.
type Clock struct {
	// At is when it starts, in minutes after midnight; -1 for every so often.
	At int
	// Until is when it stops to go on the next night; -1 for not before it is done.
	Until int
	Every time.Duration // without At: from the start of a scan to the next
	Place *time.Location
}

// Copenhagen is where Danish municipalities look at the clock.
func Copenhagen() (*time.Location, error) {
	place, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		return nil, fmt.Errorf("cannot load the time zone: %w", err)
	}
	return place, nil
}

// ParseMinutes reads "20:00".
func ParseMinutes(s string) (int, error) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("%q is no time such as 20:00", s)
	}
	return t.Hour()*60 + t.Minute(), nil
}

// on is the moment at which a clock shows the given minutes on the day of t, offset
// by days. Where the hour does not exist (a night in March) it is the hour after,
// where it exists twice the first.
func (c Clock) on(t time.Time, days, minutes int) time.Time {
	y, m, d := t.In(c.Place).Date()
	on := time.Date(y, m, d+days, minutes/60, minutes%60, 0, 0, c.Place)
	if before := on.Add(-time.Hour); before.Hour() == on.Hour() {
		return before // which of two it gives time.Date does not say
	}
	return on
}

// slot is the last moment at which a scan was to start.
func (c Clock) slot(now time.Time) time.Time {
	if s := c.on(now, 0, c.At); !s.After(now) {
		return s
	}
	return c.on(now, -1, c.At)
}

// Retry is how long after a failed run the next try comes.
const Retry = 15 * time.Minute

// leap is how much of a difference between clocks is no longer one between two
// machines: one of them was set.
const leap = time.Hour

// Due says which run is to be begun, or gone on with, given the last one; the rows
// of the database are the truth, so that a missed night is made up and none is
// scanned twice.
func (c Clock) Due(now time.Time, last *state.Run, dirty bool) (slot time.Time, due bool) {
	if last != nil && !last.Open() && (last.Started.After(now.Add(leap)) || last.Finished.After(now.Add(leap))) {
		last = nil // begun by a clock that was wrong: it must not stand in the way until then
	}
	switch {
	case last != nil && last.Open():
		return last.Scheduled, true
	case last == nil && c.At < 0, dirty:
		return now, true
	case last != nil && last.Stage == state.Failed:
		return now, !now.Before(last.Finished.Add(Retry))
	case c.At < 0:
		return now, !now.Before(last.Started.Add(c.Every))
	}
	slot = c.slot(now)
	return slot, last == nil || last.Scheduled.Before(slot)
}

// Window reports whether the share may be read now and, when that ends, when.
func (c Clock) Window(now time.Time) (open bool, end time.Time) {
	if c.At < 0 || c.Until < 0 {
		return true, time.Time{}
	}
	start := c.slot(now)
	days := 0
	if c.Until <= c.At {
		days = 1
	}
	end = c.on(start, days, c.Until)
	return now.Before(end), end
}

// Next is when the next scan is to start.
func (c Clock) Next(now time.Time, last *state.Run) time.Time {
	if c.At >= 0 {
		if s := c.on(now, 0, c.At); s.After(now) {
			return s
		}
		return c.on(now, 1, c.At)
	}
	if last == nil {
		return now
	}
	return last.Started.Add(c.Every)
}

// Poll is how often the clock and the pause switch are looked at.
const Poll = 2 * time.Second

// Keep scans a share whenever it is due, until ctx ends, or until stop does and the
// files at hand are finished. Failures are logged and tried again.
func (s *Scanner) Keep(ctx, stop context.Context, sh *Share, c Clock) {
	for ctx.Err() == nil && stop.Err() == nil {
		if err := s.turn(ctx, stop, sh, c); err != nil && ctx.Err() == nil {
			s.Log.Error("share", "share", sh.Name, "error", detectors.RedactNumbers(err.Error()))
		}
		select {
		case <-ctx.Done():
		case <-stop.Done():
		case <-time.After(Poll):
		}
	}
}

// turn does what is due now, if anything.
func (s *Scanner) turn(ctx, stop context.Context, sh *Share, c Clock) error {
	src, err := s.DB.EnsureSource(ctx, sh.Name)
	if err != nil || src.Paused {
		return err
	}
	last, err := s.Last(ctx, src.ID)
	if err != nil {
		return err
	}
	now := s.Now()
	slot, due := c.Due(now, last, src.Dirty)
	open, end := c.Window(now)
	if !due || !open {
		return nil
	}
	if src.Dirty {
		// Before the walk: what changes during it marks the share anew.
		if err := s.DB.MarkDirty(ctx, sh.Name, false); err != nil {
			return err
		}
	}
	stop, cancel := context.WithCancel(stop)
	defer cancel()
	if !end.IsZero() {
		timer := time.AfterFunc(end.Sub(now), cancel)
		defer timer.Stop()
	}
	go s.watchPause(stop, sh.Name, cancel)
	_, err = s.Run(ctx, sh, slot, stop)
	return err
}

// Last is the newest run of a source, nil when there was none.
func (s *Scanner) Last(ctx context.Context, source int64) (*state.Run, error) {
	runs, err := s.DB.Runs(ctx, source, 1)
	if err != nil || len(runs) == 0 {
		return nil, err
	}
	return &runs[0], nil
}

// watchPause ends stop when somebody pauses the share, from whatever process.
func (s *Scanner) watchPause(ctx context.Context, name string, cancel context.CancelFunc) {
	tick := time.NewTicker(Poll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if src, err := s.DB.Source(ctx, name); err == nil && src.Paused {
				s.Log.Info("share paused", "share", name)
				cancel()
				return
			}
		}
	}
}
