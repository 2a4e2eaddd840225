package quarantine_test

import (
	"testing"
	"time"

	"brevvagt/quarantine/stats"
)

// TestHowLongDecisionsTook holds both figures to what somebody counts by hand.
func TestHowLongDecisionsTook(t *testing.T) {
	for _, c := range []struct {
		minutes         []int
		median, slowest stats.Minutes
	}{
		{nil, -1, -1}, {[]int{7}, 7, 7}, {[]int{180, 60}, 120, 180}, {[]int{60, 180, 90}, 90, 180}, {[]int{1, 2, 3, 4}, 2, 4},
		{[]int{10, 20, 30, 40, 50, 60, 70, 80, 90, 1000}, 55, 1000}, {[]int{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 50, 60}, 1, 50},
	} {
		var waits []time.Duration
		for _, m := range c.minutes {
			waits = append(waits, time.Duration(m)*time.Minute)
		}
		if median, slowest := stats.Took(waits); median != c.median || slowest != c.slowest {
			t.Errorf("%v: %d and %d, want %d and %d", c.minutes, median, slowest, c.median, c.slowest)
		}
	}
}
