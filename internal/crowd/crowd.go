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

// Patience is how long a guest of each rank may be silent for certain.
type Patience [busy]time.Duration

// Local is for programs that run beside ours and never pause, Network for clients that
// may be far away.
var (
	Local   = Patience{200 * time.Millisecond, 500 * time.Millisecond, time.Second}
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
	rank  atomic.Int32
	since atomic.Int64 // nanoseconds after begun
}

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
	rank, since := busy, int64(0)
	for g := range c.guests {
		r, s := Rank(g.rank.Load()), g.since.Load()
		if r == busy || now-s < int64(c.patience[r]) || r > rank || r == rank && s >= since {
			continue
		}
		gone, rank, since = g, r, s
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
	g.since.Store(int64(time.Since(g.crowd.begun)))
	g.rank.Store(int32(r))
}

// Busy says that the peer waits for us.
func (g *Guest) Busy() { g.rank.Store(int32(busy)) }

// Left gives the place back.
func (g *Guest) Left() {
	g.crowd.mu.Lock()
	delete(g.crowd.guests, g)
	g.crowd.mu.Unlock()
	<-g.crowd.places
}
