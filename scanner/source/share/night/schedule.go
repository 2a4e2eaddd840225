package night

import (
	"context"
	"errors"
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

// maxBackoff bounds how long a share is left alone whose scan could not even be noted:
// no room for the database, or a database that is away.
const maxBackoff = time.Minute

// backoff is how long to wait after so many failures in a row.
func backoff(failures int) time.Duration {
	return min(Poll<<min(failures, 16), maxBackoff)
}

// Keep scans a share whenever it is due, until ctx ends, or until stop does and the
// files at hand are finished. Failures are logged and tried again.
func (s *Scanner) Keep(ctx, stop context.Context, sh *Share, c Clock) {
	failures := 0
	for ctx.Err() == nil && stop.Err() == nil {
		err := s.turn(ctx, stop, sh, c)
		if failures++; err == nil {
			failures = 0
		} else if ctx.Err() == nil {
			s.Log.Error("share", "share", sh.Name, "error", detectors.RedactNumbers(err.Error()), "again", backoff(failures))
		}
		select {
		case <-ctx.Done():
		case <-stop.Done():
		case <-time.After(backoff(failures)):
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
	if err := s.room(ctx); err != nil {
		return err
	}
	if src.Dirty {
		// Before the walk: what changes during it marks the share anew.
		if err := s.DB.MarkDirty(ctx, sh.Name, false); err != nil {
			return err
		}
	}
	stop, cancel := s.Heed(stop, sh.Name)
	defer cancel()
	if !end.IsZero() {
		timer := time.AfterFunc(end.Sub(now), cancel)
		defer timer.Stop()
	}
	_, err = s.Run(ctx, sh, slot, stop)
	return errors.Join(err, WhyStopped(stop))
}

// Last is the newest run of a source, nil when there was none.
func (s *Scanner) Last(ctx context.Context, source int64) (*state.Run, error) {
	runs, err := s.DB.Runs(ctx, source, 1)
	if err != nil || len(runs) == 0 {
		return nil, err
	}
	return &runs[0], nil
}

// ErrRoom says that a scan leaves the rest of the disk to the mail.
var ErrRoom = errors.New("too little room on the disk of the state folder: the scan waits")

// room is an error where too little of the disk is left.
func (s *Scanner) room(ctx context.Context) error {
	if s.Room == nil {
		return nil
	}
	if err := s.Room(ctx); err != nil {
		return fmt.Errorf("%w: %w", ErrRoom, err)
	}
	return nil
}

// Heed is a stop for Run that ends when ctx does, when somebody pauses the share, from
// whatever process, and when the disk runs full.
func (s *Scanner) Heed(ctx context.Context, name string) (stop context.Context, cancel context.CancelFunc) {
	stop, because := context.WithCancelCause(ctx)
	go s.watch(stop, name, because)
	return stop, func() { because(nil) }
}

// WhyStopped is the error for which a stop of Heed ended by itself; a pause is none.
func WhyStopped(stop context.Context) error {
	if cause := context.Cause(stop); errors.Is(cause, ErrRoom) {
		return cause
	}
	return nil
}

func (s *Scanner) watch(ctx context.Context, name string, stop context.CancelCauseFunc) {
	tick := time.NewTicker(s.poll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if src, err := s.DB.Source(ctx, name); err == nil && src.Paused {
			s.Log.Info("share paused", "share", name)
			stop(nil)
			return
		}
		if err := s.room(ctx); err != nil {
			stop(err)
			return
		}
	}
}
