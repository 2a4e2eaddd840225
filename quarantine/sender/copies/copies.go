// Package copies keeps the originals that their senders may release by themselves,
// where the daemon can open them: sealed on disk under a key of the installation, for
// as long as the sender's link works and the case waits. What else is held can only be
// opened by people (quarantine/vault).
package copies

import (
	"bytes"
	"context"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/crypto/chacha20poly1305"

	"brevvagt/internal/safefile"
)

// Copies is the folder of copies. It is safe for concurrent use: a file is whole or not
// there.
type Copies struct {
	dir  string
	aead cipher.AEAD
	keep time.Duration
}

const suffix = ".copy"

// ErrNone says that there is no copy of a case.
var ErrNone = errors.New("there is no copy for the sender")

// Open makes the folder where it is missing. Copies are kept for keep at most.
func Open(dir, secret string, keep time.Duration) (*Copies, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("copies for senders: %w", err)
	}
	key := sha256.Sum256([]byte(secret))
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		return nil, fmt.Errorf("copies for senders: %w", err)
	}
	return &Copies{dir: dir, aead: aead, keep: keep}, nil
}

func (c *Copies) path(id string) string { return filepath.Join(c.dir, id+suffix) }

// Put keeps a copy of the original of a case.
func (c *Copies) Put(id string, original []byte) error {
	if id == "" || strings.ContainsAny(id, "/.") {
		return fmt.Errorf("copies for senders: %q is no case", id)
	}
	nonce := make([]byte, c.aead.NonceSize(), c.aead.NonceSize()+len(original)+c.aead.Overhead())
	_, _ = rand.Read(nonce) // it never fails
	_, err := safefile.Write(c.path(id), bytes.NewReader(c.aead.Seal(nonce, nonce, original, []byte(id))))
	return err
}

// Get opens the copy of a case.
func (c *Copies) Get(id string) ([]byte, error) {
	sealed, err := os.ReadFile(c.path(id))
	if errors.Is(err, os.ErrNotExist) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, fmt.Errorf("copy of case %s: %w", id, err)
	}
	n := c.aead.NonceSize()
	if len(sealed) < n {
		return nil, fmt.Errorf("copy of case %s is damaged", id)
	}
	original, err := c.aead.Open(nil, sealed[:n], sealed[n:], []byte(id))
	if err != nil {
		return nil, fmt.Errorf("copy of case %s is damaged: %w", id, err)
	}
	return original, nil
}

// Sweep removes what is too old, and what belongs to a case that waits no more.
func (c *Copies) Sweep(ctx context.Context, waits func(ctx context.Context, id string) (bool, error)) error {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return fmt.Errorf("copies for senders: %w", err)
	}
	var errs []error
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), suffix)
		info, err := e.Info()
		if err != nil || !ok && time.Since(info.ModTime()) < time.Hour {
			continue // gone meanwhile, or being written
		}
		keep := ok && time.Since(info.ModTime()) < c.keep
		if keep {
			if keep, err = waits(ctx, id); err != nil {
				errs = append(errs, err)
				continue
			}
		}
		if !keep {
			errs = append(errs, safefile.Remove(filepath.Join(c.dir, e.Name())))
		}
	}
	return errors.Join(errs...)
}
