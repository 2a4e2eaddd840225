// Package crowd bounds the connections of a server without letting silent ones keep
// others out: when there is no place for one more, the one that has been silent for
// longest leaves.
//
// Only silence that its peer owes counts: a guest that waits for our own answer stays.
package crowd

import (
	"sync"
	"sync/atomic"
	"time"
)

// Rank says what a guest has to lose by leaving; the least leaves first.
type Rank int32

// The ranks.
const (
	Stranger Rank = iota // has not said what it wants, or stopped halfway through saying it
	Idle                 // is between two mails
	Within               // is in the middle of a mail
	busy                 // waits for us
)

// away is the state of a guest that was sent away.
const away = -1

// Patience is how long a guest of each rank may be silent for certain.
type Patience [busy]time.Duration

// Local is for programs that run beside ours and pause only within a mail, while their own
// clients hand it in; Network is for clients that may be far away.
var (
	Local   = Patience{200 * time.Millisecond, 500 * time.Millisecond, 4 * time.Second}
	Network = Patience{time.Second, time.Second, 10 * time.Second}
)

// look is the pace of looking for somebody who leaves.
const look = 10 * time.Millisecond

// Crowd is the guests of one server.
type Crowd struct {
	// Full hears when somebody was sent away, at most once a minute; it may be nil.
	Full func()

	patience Patience
	places   chan struct{}
	begun    time.Time // times count from here: they do not leap with the clock

	mu     sync.Mutex
	guests map[*Guest]bool
	told   time.Time
}

// New makes a crowd of at most max.
func New(max int, p Patience) *Crowd {
	return &Crowd{patience: p, places: make(chan struct{}, max), begun: time.Now(), guests: map[*Guest]bool{}}
}

// Guest is one connection.
type Guest struct {
	crowd *Crowd
	leave func()
	// state is the rank and since when, in nanoseconds after begun, in one number: who
	// has just spoken is not cut for the silence before.
	state atomic.Int64
}

// rankBits hold a rank; what is left counts nanoseconds for 70 years.
const rankBits = 2

// Enter takes a place, and waits for one until done. leave cuts the connection: it is
// called once at most, from any goroutine, and its server then calls Left.
func (c *Crowd) Enter(done <-chan struct{}, leave func()) (g *Guest, ok bool) {
	for {
		select {
		case c.places <- struct{}{}:
			return c.enter(leave), true
		default:
			c.sendAway()
		}
		select {
		case c.places <- struct{}{}:
			return c.enter(leave), true
		case <-done:
			return nil, false
		case <-time.After(look):
		}
	}
}

func (c *Crowd) enter(leave func()) *Guest {
	g := &Guest{crowd: c, leave: leave}
	g.Silent(Stranger)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.guests[g] = true
	return g
}

// sendAway cuts the guest that has the least to lose, and of those the one that has been
// silent for longest, if there is one whose time is up.
func (c *Crowd) sendAway() {
	now := int64(time.Since(c.begun))
	c.mu.Lock()
	var gone *Guest
	var state int64
	rank, since := busy, int64(0)
	for g := range c.guests {
		v := g.state.Load()
		r, s := Rank(v&(1<<rankBits-1)), v>>rankBits
		if r == busy || now-s < int64(c.patience[r]) || r > rank || r == rank && s >= since {
			continue
		}
		gone, state, rank, since = g, v, r, s
	}
	if gone != nil && !gone.state.CompareAndSwap(state, away) {
		gone = nil // it speaks
	}
	tell := false
	if gone != nil {
		delete(c.guests, gone)
		if tell = c.Full != nil && (c.told.IsZero() || time.Since(c.told) > time.Minute); tell {
			c.told = time.Now()
		}
	}
	c.mu.Unlock()
	if gone != nil {
		gone.leave()
	}
	if tell {
		c.Full()
	}
}

// Silent says that from now on the peer has to say something.
func (g *Guest) Silent(r Rank) {
	g.set(int64(time.Since(g.crowd.begun))<<rankBits | int64(r))
}

// Busy says that the peer waits for us. It is false when the guest was sent away: what it
// said meanwhile must not count, for it would not hear the answer and say it again.
func (g *Guest) Busy() bool { return g.set(int64(busy)) }

func (g *Guest) set(state int64) bool {
	for {
		old := g.state.Load()
		if old == away {
			return false
		}
		if g.state.CompareAndSwap(old, state) {
			return true
		}
	}
}

// Left gives the place back.
func (g *Guest) Left() {
	g.crowd.mu.Lock()
	delete(g.crowd.guests, g)
	g.crowd.mu.Unlock()
	<-g.crowd.places
}
