// Package sender is the sender's way on with a mail that was stopped: a signed link
// in the notice, which works once and without a login, and the page behind it on
// which the sender cancels the mail, asks for secure sending, gives a reason or asks
// the DPO.
//
// Looking at the page changes nothing; only the form's POST acts, so that a program
// which opens every link of a mail does no harm. Nothing of the mail stands on the
// page: what kind and how many were found, and when it was sent.
//
// Glossary: an act is what the sender chose; using up a link is noting its act.
package sender

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
)

// Links makes and checks links. Key must be known to this installation alone.
type Links struct {
	Key []byte
	// Page is the public address before Path, "https://brevvagt.kommune.example".
	Page  string
	Valid time.Duration // how long a link works
	Now   func() time.Time
}

// Path is where the page lies, before the token.
const Path = "/afsender/"

// ErrLink is a link that nobody made, or that was made for another.
var ErrLink = errors.New("not a link of this installation")

// ErrExpired is a link whose time is over.
var ErrExpired = errors.New("the link has expired")

const (
	tokenVersion = 1
	tokenBody    = 1 + 16 + 4 // version, case id, expiry in seconds since 1970
	tokenMAC     = 16
)

// letters encode half a byte each. Digits are left out, since ten of them in a row
// would look like a CPR number, and vowels, since they would make words.
const letters = "bcdfghjklmnpqrst"

// Make gives the link of a case for its sender, and until when it works; "" for an
// id that is no case's.
func (l Links) Make(caseID, sender string) (string, time.Time) {
	id, err := ulid.ParseStrict(caseID)
	if err != nil {
		return "", time.Time{}
	}
	until := l.now().Add(l.Valid).Truncate(time.Second)
	body := append([]byte{tokenVersion}, id[:]...)
	body = binary.BigEndian.AppendUint32(body, uint32(until.Unix()))
	return strings.TrimRight(l.Page, "/") + Path + encode(append(body, l.mac(body, sender)...)), until
}

func (l Links) now() time.Time {
	if l.Now != nil {
		return l.Now()
	}
	return time.Now()
}

// mac binds a link to its case, its end and its sender.
func (l Links) mac(body []byte, sender string) []byte {
	m := hmac.New(sha256.New, l.Key)
	m.Write([]byte("brevvagt sender link\x00"))
	m.Write(body)
	m.Write([]byte(strings.ToLower(strings.Trim(sender, "<> "))))
	return m.Sum(nil)[:tokenMAC]
}

// parsed is a token whose signature has not been looked at.
type parsed struct {
	caseID string
	until  time.Time
	raw    []byte
}

func parse(token string) (parsed, error) {
	raw, ok := decode(token)
	if !ok || len(raw) != tokenBody+tokenMAC || raw[0] != tokenVersion {
		return parsed{}, ErrLink
	}
	return parsed{caseID: ulid.ULID(raw[1:17]).String(), until: time.Unix(int64(binary.BigEndian.Uint32(raw[17:21])), 0), raw: raw}, nil
}

// check compares the signature, then the time: what is forged is not even told that
// it came too late.
func (l Links) check(p parsed, sender string) error {
	if !hmac.Equal(p.raw[tokenBody:], l.mac(p.raw[:tokenBody], sender)) {
		return ErrLink
	}
	if !l.now().Before(p.until) {
		return ErrExpired
	}
	return nil
}

func encode(b []byte) string {
	out := make([]byte, 0, 2*len(b))
	for _, c := range b {
		out = append(out, letters[c>>4], letters[c&15])
	}
	return string(out)
}

func decode(s string) ([]byte, bool) {
	if len(s) != 2*(tokenBody+tokenMAC) {
		return nil, false
	}
	out := make([]byte, 0, len(s)/2)
	for i := 0; i < len(s); i += 2 {
		hi, lo := strings.IndexByte(letters, s[i]), strings.IndexByte(letters, s[i+1])
		if hi < 0 || lo < 0 {
			return nil, false
		}
		out = append(out, byte(hi<<4|lo))
	}
	return out, true
}
