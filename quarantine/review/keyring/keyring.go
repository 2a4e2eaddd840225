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
}

// New makes a ring whose keys are forgotten when not asked for during idle.
func New(idle time.Duration) *Ring {
	return &Ring{idle: idle, held: make(map[string]*heldKey)}
}

// Put keeps a key and returns the handle for the session. The key may be nil.
func (k *Ring) Put(o *vault.Opener) string {
	handle := rand.Text()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.held[handle] = &heldKey{o, time.AfterFunc(k.idle, func() { k.Drop(handle) })}
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

// Has reports whether a key is held, without starting its idle time anew.
func (k *Ring) Has(handle string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, ok := k.held[handle]
	return ok
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
