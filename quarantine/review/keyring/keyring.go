// Package keyring holds the unlocked vault keys of the living sessions, in memory
// only. A key that is not asked for during the idle time is forgotten by a timer,
// whether or not anybody visits the page.
package keyring

import (
	"crypto/rand"
	"sync"
	"time"

	"brevvagt/quarantine/vault"
)

// Ring holds keys by handle. It is safe for concurrent use.
type Ring struct {
	idle time.Duration
	mu   sync.Mutex
	held map[string]*heldKey
}

type heldKey struct {
	opener *vault.Opener
	timer  *time.Timer
	of     Owner
}

// Owner is whose session a key belongs to. Subject and Session are the identity
// provider's names for person and session, "" for a sign-in of our own.
type Owner struct{ Account, Subject, Session string }

// New makes a ring whose keys are forgotten when not asked for during idle.
func New(idle time.Duration) *Ring {
	return &Ring{idle: idle, held: make(map[string]*heldKey)}
}

// Put keeps a key and returns the handle for the session. The key may be nil: a
// session without an unlocked key has its place here all the same.
func (k *Ring) Put(o *vault.Opener, of Owner) string {
	handle := rand.Text()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.held[handle] = &heldKey{o, time.AfterFunc(k.idle, func() { k.Drop(handle) }), of}
	return handle
}

// Get returns a key and starts its idle time anew.
func (k *Ring) Get(handle string) (*vault.Opener, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	h, ok := k.held[handle]
	if !ok {
		return nil, false
	}
	h.timer.Reset(k.idle)
	return h.opener, true
}

// Peek returns a key without starting its idle time anew.
func (k *Ring) Peek(handle string) (*vault.Opener, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	h, ok := k.held[handle]
	if !ok {
		return nil, false
	}
	return h.opener, true
}

// Unlock gives a living session its key; it reports whether the session lives.
func (k *Ring) Unlock(handle string, o *vault.Opener) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	h, ok := k.held[handle]
	if ok {
		h.opener = o
	}
	return ok
}

// End forgets the keys of all sessions that match but the one named keep, which ends
// those sessions; it returns how many.
func (k *Ring) End(keep string, match func(Owner) bool) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := 0
	for handle, h := range k.held {
		if handle != keep && match(h.of) {
			h.timer.Stop()
			delete(k.held, handle)
			n++
		}
	}
	return n
}

// Count is how many sessions match.
func (k *Ring) Count(match func(Owner) bool) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := 0
	for _, h := range k.held {
		if match(h.of) {
			n++
		}
	}
	return n
}

// Drop forgets a key now.
func (k *Ring) Drop(handle string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if h, ok := k.held[handle]; ok {
		h.timer.Stop()
		delete(k.held, handle)
	}
}

// Len is how many keys are held.
func (k *Ring) Len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.held)
}

// Forget drops all keys.
func (k *Ring) Forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, h := range k.held {
		h.timer.Stop()
	}
	clear(k.held)
}
