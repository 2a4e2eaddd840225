package gateway_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"brevvagt/scanner/source/gateway"
)

// TestDeep: a mail that needs more time is accepted, held, scanned with the long
// budget and then delivered, kept or refused, also where other held mail is left
// alone.
func TestDeep(t *testing.T) {
	t.Parallel()
	for _, adopt := range []gateway.Adopt{gateway.AdoptNothing, gateway.AdoptKeep} {
		t.Run(string(adopt), func(t *testing.T) {
			t.Parallel()
			b := newLab(t, setting{config: gateway.Config{DeepBudget: time.Minute, Adopt: adopt}})
			c := b.dial(t)
			clean := mailWith("MARKER-LATER ren")
			send(t, c, clean, 250)
			send(t, c, mailWith("MARKER-LATER MARKER-HOLD"), 250)
			send(t, c, mailWith("MARKER-LATER MARKER-REJECT"), 250)
			eventually(t, "one delivered, one refused with a notice, one left in hold", func() bool {
				return len(b.sink.Received()) == 2 && len(b.held(t)) == 1 && b.lane.Deferred() == 0
			})
			var delivered, notices int
			for _, r := range b.sink.Received() {
				content, err := r.Content()
				if err != nil {
					t.Fatal(err)
				}
				if bytes.Equal(withoutReceived(content), clean) {
					delivered++
				} else if r.From == "" && bytes.Contains(content, []byte("3 CPR-numre")) {
					notices++
				}
			}
			if delivered != 1 || notices != 1 {
				t.Errorf("%d delivered, %d notices", delivered, notices)
			}
			known, _ := b.judge.known(t.Context())
			if h := b.held(t); !known[h[0].ID] {
				t.Errorf("held %+v without a case", h)
			}
		})
	}
}

// TestDeepSurvivesARestart: what was put aside is on disk before Postfix is told.
func TestDeepSurvivesARestart(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	b := newLab(t, setting{idle: true, config: gateway.Config{DeepBudget: time.Minute, Adopt: gateway.AdoptNothing, Every: time.Hour}})
	dir := filepath.Join(t.TempDir(), "deferred")
	if err := b.lane.KeepDeferred(dir); err != nil {
		t.Fatal(err)
	}
	b.start(t)
	send(t, b.dial(t), mailWith("MARKER-LATER ren"), 250)
	b.stop() // within the settling time, so nothing was scanned
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 || len(b.held(t)) != 1 {
		t.Fatalf("%d notes, %d held, %v", len(files), len(b.held(t)), err)
	}
	after := &gateway.Milter{Config: b.lane.Config, Postfix: b.lane.Postfix, Known: b.lane.Known}
	if err := after.KeepDeferred(dir); err != nil {
		t.Fatal(err)
	}
	b.lane = after
	b.start(t)
	eventually(t, "delivered", func() bool { return len(b.sink.Received()) == 1 && len(b.held(t)) == 0 })
	if b.lane.Deferred() != 0 {
		t.Error("the note is still there")
	}
}

// TestLateWithoutTheDeepLane is answered as any other failure.
func TestLateWithoutTheDeepLane(t *testing.T) {
	t.Parallel()
	b := newLab(t, setting{})
	b.judge.always = true
	send(t, b.dial(t), mailWith("MARKER-LATER"), 451)
}

// TestDryRunPassesWhatCannotBeJudged: a site that only looks must not be felt.
func TestDryRunPassesWhatCannotBeJudged(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	b := newLab(t, setting{config: gateway.Config{DryRun: func() bool { return true }}})
	send(t, b.dial(t), mailWith("MARKER-ERROR"), 250)
	b.arrived(t, 1)
}
