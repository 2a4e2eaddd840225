package crowd

import (
	"testing"
	"time"
)

// TestWhoLeaves: of all whose time is up the one with the least to lose, and never one
// that waits for us or has just spoken.
func TestWhoLeaves(t *testing.T) {
	c := New(4, Network)
	full := 0
	c.Full = func() { full++ }
	gone := make(chan string, 4)
	guests := map[string]*Guest{}
	for _, name := range []string{"busy", "within", "idle", "stranger"} {
		g, ok := c.Enter(nil, func() { gone <- name })
		if !ok {
			t.Fatal(name)
		}
		guests[name] = g
	}
	guests["busy"].Busy()
	guests["within"].Silent(Within)
	guests["idle"].Silent(Idle)
	c.begun = c.begun.Add(-time.Minute) // all of them have been silent for that long
	for _, want := range []string{"stranger", "idle", "within"} {
		left := make(chan struct{})
		go func() {
			defer close(left)
			name := <-gone
			if name != want {
				t.Errorf("%s left, want %s", name, want)
			}
			guests[name].Left()
		}()
		g, ok := c.Enter(nil, func() { t.Error("somebody who has just come was cut") })
		<-left
		if !ok {
			t.Fatal("no place")
		}
		g.Busy()
	}
	if full != 1 {
		t.Errorf("told %d times", full)
	}
	done := make(chan struct{})
	close(done)
	if _, ok := c.Enter(done, nil); ok {
		t.Error("a fifth has a place")
	}
	guests["busy"].Left()
	if _, ok := c.Enter(nil, nil); !ok {
		t.Error("no place although one has left")
	}
}

// TestSpeaksAtTheLastMoment: who is sent away learns of it before what it said counts, and
// who has spoken stays.
func TestSpeaksAtTheLastMoment(t *testing.T) {
	c := New(1, Network)
	var g *Guest
	left := 0
	g, _ = c.Enter(nil, func() {
		left++
		if g.Silent(Within); g.Busy() {
			t.Error("it is cut and counts")
		}
		g.Left()
	})
	c.begun = c.begun.Add(-time.Minute)
	if _, ok := c.Enter(nil, nil); !ok || left != 1 {
		t.Errorf("%v, %d left", ok, left)
	}
}

// TestSlowClientBehindALocalServer: a mail server whose own client takes seconds over a mail
// keeps its place when all are taken; a few seconds within a mail are no attack.
func TestSlowClientBehindALocalServer(t *testing.T) {
	c := New(1, Local)
	g, _ := c.Enter(nil, func() { t.Error("it was cut") })
	g.Silent(Within)
	c.begun = c.begun.Add(-2 * time.Second)
	c.sendAway()
	if !g.Busy() {
		t.Error("what it says does not count")
	}
}
