// Package steady tells whether the clock may be believed when something is to be
// deleted because it is old. A clock that leaps years ahead would otherwise make
// everything old at once.
package steady

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"brevvagt/internal/safefile"
)

// How far the clock may be off, and what is asked of it after a leap.
const (
	// Slip is how far the clock and the time that has passed may differ between two
	// looks: time servers correct by seconds, summer time changes nothing here.
	Slip = time.Hour
	// Away is how long a machine may have been off before its clock is doubted.
	Away = 7 * 24 * time.Hour
	// Proof is how long a clock that leapt must go steadily before it is believed:
	// long enough for somebody to see the warning.
	Proof = 24 * time.Hour
)

// Clock watches the clock. Set File, then call Believe from one goroutine.
type Clock struct {
	// File remembers the time across restarts.
	File string
	// Now is the clock and Passed the time that has really passed since some moment;
	// nil means the machine's.
	Now    func() time.Time
	Passed func() time.Duration

	started bool
	last    time.Time
	passed  time.Duration
	until   time.Duration // of Passed, from which on the clock is believed
}

// ErrLeapt is returned by Believe while the clock is not believed.
var ErrLeapt = errors.New("the clock leapt")

// Believe looks at the clock and returns it, or ErrLeapt with what was seen.
func (c *Clock) Believe() (time.Time, error) {
	c.fill()
	now, passed := c.Now().Round(0), c.Passed()
	was, limit := c.last.Add(passed-c.passed), Slip
	if !c.started {
		at, doubted, err := c.read()
		if err != nil {
			return now, err
		}
		if doubted {
			c.until = passed + Proof
		}
		if at.IsZero() {
			at = now // the first time ever
		}
		was, limit = at, Away
		if now.Before(at) {
			limit = Slip
		}
		c.started = true
	}
	leap := now.Sub(was)
	if leap.Abs() > limit {
		c.until = passed + Proof
	}
	c.last, c.passed = now, passed
	if err := c.write(now, passed < c.until); err != nil {
		return now, err
	}
	if passed < c.until {
		return now, fmt.Errorf("%w; nothing is deleted by its age for another %s", ErrLeapt, (c.until - passed).Round(time.Minute))
	}
	return now, nil
}

func (c *Clock) fill() {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Passed == nil {
		began := time.Now()
		c.Passed = func() time.Duration { return time.Since(began) } // monotonic
	}
}

const doubt = " doubted"

func (c *Clock) read() (at time.Time, doubted bool, err error) {
	raw, err := os.ReadFile(c.File)
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, fmt.Errorf("memory of the clock: %w", err)
	}
	text, doubted := strings.CutSuffix(strings.TrimSpace(string(raw)), doubt)
	if at, err = time.Parse(time.RFC3339, text); err != nil {
		return time.Time{}, true, nil // damaged: believed again after a day
	}
	return at, doubted, nil
}

func (c *Clock) write(at time.Time, doubted bool) error {
	text := at.UTC().Format(time.RFC3339)
	if doubted {
		text += doubt
	}
	if _, err := safefile.Write(c.File, strings.NewReader(text+"\n")); err != nil {
		return fmt.Errorf("memory of the clock: %w", err)
	}
	return nil
}
