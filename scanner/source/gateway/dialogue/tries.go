package dialogue

import (
	"sync"
	"time"
)

const (
	// maxWrong is how often an address (see network) may be wrong within wrongWindow, whatever users it
	// tries; ownWrong is the same for a user who has come in from there before, so that
	// somebody else's guesses do not lock him out.
	maxWrong, ownWrong = 30, 5
	wrongWindow        = 15 * time.Minute
	// maxRemembered bounds what is remembered of addresses and users.
	maxRemembered = 10_000
)

// tries counts wrong logins. Its zero value is ready.
type tries struct {
	at    sync.Mutex
	begun time.Time    // of the window
	wrong map[who]int  // user "" is all of an address
	known map[who]bool // have been right
}

type who struct{ address, user string }

// may reports whether a login is looked at.
func (t *tries) may(address, user string, now time.Time) bool {
	t.at.Lock()
	defer t.at.Unlock()
	if t.wrong == nil || now.Sub(t.begun).Abs() > wrongWindow || len(t.wrong) > maxRemembered {
		t.begun, t.wrong = now, map[who]int{}
	}
	own := who{address, user}
	return t.wrong[who{address, ""}] < maxWrong || t.known[own] && t.wrong[own] < ownWrong
}

// note keeps how a login went.
func (t *tries) note(address, user string, right bool) {
	t.at.Lock()
	defer t.at.Unlock()
	if !right {
		t.wrong[who{address, ""}]++
		t.wrong[who{address, user}]++
		return
	}
	if t.known == nil || len(t.known) > maxRemembered {
		t.known = map[who]bool{}
	}
	t.known[who{address, user}] = true
}
