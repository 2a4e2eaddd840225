// Package ticket keeps what a sign-in must remember between two requests, such as a
// challenge, in the browser that began it: sealed, for minutes, usable once. The server
// keeps nothing for those who only begin, so nobody can fill it by beginning.
package ticket

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/crypto/chacha20poly1305"
)

// Valid is how long a person has between beginning and end: choosing a password and a
// second factor elsewhere takes a while.
const Valid = 10 * time.Minute

// maxUsed bounds what is remembered of used tickets; the oldest is forgotten first.
const maxUsed = 10_000

// maxCookie bounds a sealed ticket in bytes; browsers take 4,096.
const maxCookie = 3800

// ErrNone says that there is no ticket that holds: none, too old, used, of another
// purpose, or sealed before the server was started.
var ErrNone = errors.New("no valid ticket")

// Box gives and takes the tickets of one purpose. It is safe for concurrent use.
type Box struct {
	name   string
	secure bool
	now    func() time.Time
	seal   cipher.AEAD

	mu   sync.Mutex
	used map[string]time.Time // by ID, until when
}

// New makes a box with a key of its own, which nobody else has and no restart keeps.
// name is that of the cookie; secure says that the page is served over TLS.
func New(name string, secure bool, now func() time.Time) (*Box, error) {
	key := make([]byte, chacha20poly1305.KeySize)
	rand.Read(key) // never fails, see crypto/rand
	seal, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("cannot make a box for tickets: %w", err)
	}
	if secure {
		name = "__Host-" + name
	}
	return &Box{name: name, secure: secure, now: now, seal: seal, used: map[string]time.Time{}}, nil
}

type sealed struct {
	ID   string
	Ends time.Time
	What json.RawMessage
}

// Give leaves a ticket that holds v in the browser, in place of an earlier one.
func (b *Box) Give(w http.ResponseWriter, v any) error {
	what, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("cannot write a ticket: %w", err)
	}
	plain, err := json.Marshal(sealed{rand.Text(), b.now().Add(Valid), what})
	if err != nil {
		return fmt.Errorf("cannot write a ticket: %w", err)
	}
	nonce := make([]byte, chacha20poly1305.NonceSizeX)
	rand.Read(nonce)
	text := base64.RawURLEncoding.EncodeToString(b.seal.Seal(nonce, nonce, plain, []byte(b.name)))
	if len(text) > maxCookie {
		return fmt.Errorf("a ticket of %d bytes is too long for a cookie", len(text))
	}
	http.SetCookie(w, b.cookie(text, int(Valid/time.Second)))
	return nil
}

// cookie is Lax, because the way back from another site's sign-in must bring it along.
func (b *Box) cookie(value string, age int) *http.Cookie {
	return &http.Cookie{Name: b.name, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: b.secure, SameSite: http.SameSiteLaxMode}
}

// Take reads the browser's ticket into v and makes it worthless.
func (b *Box) Take(w http.ResponseWriter, r *http.Request, v any) error {
	c, err := r.Cookie(b.name)
	if err != nil {
		return ErrNone
	}
	http.SetCookie(w, b.cookie("", -1))
	raw, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || len(raw) < chacha20poly1305.NonceSizeX {
		return ErrNone
	}
	plain, err := b.seal.Open(nil, raw[:chacha20poly1305.NonceSizeX], raw[chacha20poly1305.NonceSizeX:], []byte(b.name))
	if err != nil {
		return ErrNone
	}
	var s sealed
	if err := json.Unmarshal(plain, &s); err != nil || !b.now().Before(s.Ends) || !b.first(s) {
		return ErrNone
	}
	if err := json.Unmarshal(s.What, v); err != nil {
		return ErrNone
	}
	return nil
}

// first reports whether a ticket has not been used, and notes that it is now.
func (b *Box) first(s sealed) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, again := b.used[s.ID]; again {
		return false
	}
	if len(b.used) >= maxUsed {
		b.forget()
	}
	b.used[s.ID] = s.Ends
	return true
}

// forget makes room: what has ended, or else what ends first.
func (b *Box) forget() {
	first, ends := "", time.Time{}
	for id, at := range b.used {
		if !b.now().Before(at) {
			delete(b.used, id)
		} else if first == "" || at.Before(ends) {
			first, ends = id, at
		}
	}
	if len(b.used) >= maxUsed {
		delete(b.used, first)
	}
}
