package tries

import (
	"fmt"
	"testing"
	"time"
)

// Somebody tries endless names: the memory stays bounded, and names that were
// tried long ago make room for new ones.
func TestLimiterIsBounded(t *testing.T) {
	l := NewCounter(5)
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	for i := range maxNames {
		if !l.Begin(fmt.Sprint(i), now.Add(time.Duration(i)*time.Microsecond)) {
			t.Fatalf("name %d was refused", i)
		}
	}
	if !l.Begin("one more", now.Add(time.Second)) || len(l.failures) != maxNames || l.failures["0"] != nil || l.failures["1"] == nil {
		t.Errorf("%d names are remembered, not all but the oldest", len(l.failures))
	}
	if !l.Begin("later", now.Add(time.Second+Window)) || len(l.failures) != 1 {
		t.Errorf("after the window %d names are remembered", len(l.failures))
	}
}
