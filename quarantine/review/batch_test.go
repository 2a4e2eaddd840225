package review

import (
	"testing"
	"testing/synctest"
	"time"

	"brevvagt/quarantine"
	"brevvagt/quarantine/review/queue"
)

// TestUndoneIsNeverDone: what is undone within the window is not done after it, and
// what was done cannot be undone.
func TestUndoneIsNeverDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		decided := 0
		decide := func(string) (*quarantine.Case, error) {
			decided++
			return &quarantine.Case{State: quarantine.Released}, nil
		}
		b := queue.NewBoard(10*time.Second, time.Now)
		first := b.Add("frigiv", "dpo", []string{"a"}, decide)
		time.Sleep(9 * time.Second)
		if !b.Undo(first.ID) {
			t.Error("cannot be undone within the window")
		}
		time.Sleep(time.Minute)
		if decided != 0 {
			t.Error("done although it was undone")
		}
		second := b.Add("frigiv", "dpo", []string{"a"}, decide)
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if decided != 1 || b.Undo(second.ID) {
			t.Errorf("after the window: done %d times, or it can be undone", decided)
		}
	})
}
