package detectors

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
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

// Redact blacks out the last four characters of everything in s that could be a
// CPR number: any run of ten digits, or six and four with up to three separators
// between. It is deliberately broad, for texts that are shown around a finding,
// for file names and subjects. Digits of other scripts and invisible characters
// between digits are seen through.
func Redact(s string) string {
	runes := []rune(s)
	digits := make([]int, 0, len(runes)) // positions of digits
	for i, r := range runes {
		if digitValue(r) >= 0 {
			digits = append(digits, i)
		}
	}
	for i := 0; i+10 <= len(digits); i++ {
		if closeTogether(runes, digits[i:i+10]) {
			for _, p := range digits[i+6 : i+10] {
				runes[p] = 'x'
			}
			// Once masked, these digits are no longer candidates for another number.
			i += 9
		}
	}
	return string(runes)
}

// closeTogether reports whether ten digit positions stand close enough for a
// reader to take them as one number: at most three other characters in a row,
// none of them a letter.
func closeTogether(runes []rune, pos []int) bool {
	for i := 1; i < len(pos); i++ {
		if pos[i]-pos[i-1] > 4 {
			return false
		}
		for _, r := range runes[pos[i-1]+1 : pos[i]] {
			if strings.ContainsRune("abcdefghijklmnopqrstuvwxyzæøåABCDEFGHIJKLMNOPQRSTUVWXYZÆØÅ", r) {
				return false
			}
		}
	}
	return true
}

// digitValue is the value of an ASCII or full-width digit, or -1.
func digitValue(r rune) int {
	switch {
	case r >= '0' && r <= '9':
		return int(r - '0')
	case r >= 0xff10 && r <= 0xff19:
		return int(r - 0xff10)
	}
	return -1
}
