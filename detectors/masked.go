package detectors

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
)

// Key is the installation's secret for digests. All CPR numbers can be tried
// against a plain hash in under a minute, hence a keyed one.
type Key struct{ secret []byte }

// NewKey makes a key of at least 32 secret bytes.
func NewKey(secret []byte) (Key, error) {
	if len(secret) < 32 {
		return Key{}, fmt.Errorf("digest key has %d bytes, needs 32", len(secret))
	}
	return Key{secret: append([]byte(nil), secret...)}, nil
}

// IsZero reports whether the key was never made.
func (k Key) IsZero() bool { return k.secret == nil }

// RandomKey is for runs whose digests need not be compared with another run's.
func RandomKey() Key {
	secret := make([]byte, 32)
	rand.Read(secret) // never fails, see crypto/rand
	return Key{secret: secret}
}

// Digest is the keyed digest of a normalised value, 32 hex digits.
func (k Key) Digest(value string) string {
	m := hmac.New(sha256.New, k.secret)
	m.Write([]byte(value))
	return hex.EncodeToString(m.Sum(nil)[:16])
}

// Mask keeps a display form and the digest of value, never value itself.
func (k Key) Mask(value, display string) Masked {
	if display == "" {
		display = "…"
	}
	return Masked{display: display, digest: k.Digest(value)}
}

// Masked is a found value that cannot print itself: its printing, JSON and log
// forms are the masked one.
type Masked struct{ display, digest string }

// String is the masked form.
func (m Masked) String() string { return m.display }

// Digest tells equal values from others without knowing them.
func (m Masked) Digest() string { return m.digest }

// MarshalJSON writes the masked form.
func (m Masked) MarshalJSON() ([]byte, error) { return json.Marshal(m.display) }

// LogValue logs the masked form.
func (m Masked) LogValue() slog.Value { return slog.StringValue(m.display) }

// GoString keeps %#v from showing more than the masked form.
func (m Masked) GoString() string { return "Masked(" + m.display + ")" }
