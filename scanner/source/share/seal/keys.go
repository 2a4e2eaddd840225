// Package seal hides paths and names in the scan database: what could hold a number
// stands there sealed, and is found again by a keyed digest.
package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"sync"

	"brevvagt/internal/safefile"
)

// Keys are the keys of an installation. Workers on several machines need the same
// key file.
type Keys struct {
	aead cipher.AEAD
	macs map[string]*sync.Pool
}

// The uses of a digest, so that equal texts of two uses do not look equal.
const (
	forPath    = "path"
	forContent = "content"
	forListing = "listing"
)

const keyBytes = 32

// OpenKeys reads the key file or, for a new installation, makes it.
func OpenKeys(path string) (*Keys, error) {
	secret, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		secret = make([]byte, keyBytes)
		rand.Read(secret) // never fails, see crypto/rand
		_, err = safefile.Write(path, bytes.NewReader(secret))
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the scan key: %w", err)
	}
	return NewKeys(secret)
}

// NewKeys derives the keys of at least 32 secret bytes.
func NewKeys(secret []byte) (*Keys, error) {
	if len(secret) < keyBytes {
		return nil, fmt.Errorf("the scan key has %d bytes, needs %d", len(secret), keyBytes)
	}
	seal, err := hkdf.Key(sha256.New, secret, nil, "brevvagt scan seal", 32)
	if err != nil {
		return nil, fmt.Errorf("cannot derive a key: %w", err)
	}
	block, err := aes.NewCipher(seal)
	if err != nil {
		return nil, fmt.Errorf("cannot make a cipher: %w", err)
	}
	k := &Keys{macs: make(map[string]*sync.Pool)}
	if k.aead, err = cipher.NewGCM(block); err != nil {
		return nil, fmt.Errorf("cannot make a cipher: %w", err)
	}
	for _, use := range []string{forPath, forContent, forListing} {
		key, err := hkdf.Key(sha256.New, secret, nil, "brevvagt scan "+use, 32)
		if err != nil {
			return nil, fmt.Errorf("cannot derive a key: %w", err)
		}
		k.macs[use] = &sync.Pool{New: func() any { return hmac.New(sha256.New, key) }}
	}
	return k, nil
}

// digestBytes of a digest are kept: two of 2^40 things look alike once in 2^48.
const digestBytes = 16

func (k *Keys) digest(use string, parts ...[]byte) [digestBytes]byte {
	m := k.macs[use].Get().(hash.Hash)
	defer k.macs[use].Put(m)
	m.Reset()
	for _, p := range parts {
		m.Write(p)
	}
	var sum [sha256.Size]byte
	m.Sum(sum[:0])
	return [digestBytes]byte(sum[:digestBytes])
}

func text(sum [digestBytes]byte) string { return base64.RawURLEncoding.EncodeToString(sum[:]) }

// Name is the keyed digest of a path or name.
func (k *Keys) Name(name string) string { return text(k.digest(forPath, []byte(name))) }

// Content is the keyed digest of content, and of what else its verdict depends on.
func (k *Keys) Content(parts ...[]byte) string { return text(k.digest(forContent, parts...)) }

// Listing is the keyed digest of a folder's listing.
func (k *Keys) Listing(data []byte) string { return text(k.digest(forListing, data)) }

// ContentHash starts a hash to be fed with content while it is read; its sum goes
// into Content. A plain hash of content never leaves memory.
func ContentHash() hash.Hash { return sha256.New() }

// Seal hides a path or name. The nonce is its keyed digest, so the same name looks
// the same and a nonce never serves two names.
func (k *Keys) Seal(name string) string {
	sum := k.digest(forPath, []byte("seal\x00"), []byte(name))
	nonce := sum[:k.aead.NonceSize()]
	return base64.RawURLEncoding.EncodeToString(k.aead.Seal(bytes.Clone(nonce), nonce, []byte(name), nil))
}

// Open is the reverse of Seal.
func (k *Keys) Open(sealed string) (string, error) {
	data, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(data) < k.aead.NonceSize() {
		return "", errors.New("a sealed name in the scan database is damaged")
	}
	name, err := k.aead.Open(nil, data[:k.aead.NonceSize()], data[k.aead.NonceSize():], nil)
	if err != nil {
		return "", errors.New("a sealed name in the scan database cannot be opened: it or the scan key was changed")
	}
	return string(name), nil
}
