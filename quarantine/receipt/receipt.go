// Package receipt hides in the case database what is needed to go back to an item's
// source but could hold a full number: item ids can be file names, addresses can be
// anything.
package receipt

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"brevvagt/internal/safefile"
	"brevvagt/internal/store"
)

// Sealer keeps out of the database what could hold a full number but is needed to
// go back to the source: an item id can be a file name, an address can be anything.
// It stands in the row sealed under a key that lies beside the database, so a copy
// of the database alone (a backup, a support case) tells nothing.
type Sealer struct {
	aead    cipher.AEAD
	itemKey []byte
}

// Hidden is what the sealed part of a row holds.
type Hidden struct {
	ItemID    string   `json:"item"`
	MessageID string   `json:"message_id,omitempty"`
	From      string   `json:"from,omitempty"`
	To        []string `json:"to,omitempty"`
	Authors   []string `json:"authors,omitempty"`
	Receipt   []byte   `json:"receipt,omitempty"`
	Original  string   `json:"original,omitempty"` // SHA-256 of the original, hex; "" in rows of before there was one
}

const keyBytes = 32

// Open reads the key or, for a new installation, makes it. A missing key
// beside existing cases is an error: their receipts could not be read.
func Open(ctx context.Context, db *store.DB) (*Sealer, error) {
	path := filepath.Join(filepath.Dir(db.Path()), "receipt.key")
	var secret []byte
	// The write transaction is the lock against another process making one as well.
	err := db.Update(ctx, func(tx *sql.Tx) error {
		var err error
		secret, err = os.ReadFile(path)
		if !errors.Is(err, os.ErrNotExist) {
			return err
		}
		var cases int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM cases`).Scan(&cases); err != nil {
			return err
		}
		if cases > 0 {
			return fmt.Errorf("%s is missing but there are %d cases: bring it back from the backup", path, cases)
		}
		secret = make([]byte, keyBytes)
		rand.Read(secret) // never fails, see crypto/rand
		_, err = safefile.Write(path, bytes.NewReader(secret))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read the receipt key: %w", err)
	}
	if len(secret) != keyBytes {
		return nil, fmt.Errorf("the receipt key has %d bytes, not %d", len(secret), keyBytes)
	}
	return derive(secret)
}

func derive(secret []byte) (*Sealer, error) {
	sealKey, err := hkdf.Key(sha256.New, secret, nil, "brevvagt receipt", 32)
	if err != nil {
		return nil, fmt.Errorf("cannot derive a key: %w", err)
	}
	itemKey, err := hkdf.Key(sha256.New, secret, nil, "brevvagt item", 32)
	if err != nil {
		return nil, fmt.Errorf("cannot derive a key: %w", err)
	}
	block, err := aes.NewCipher(sealKey)
	if err != nil {
		return nil, fmt.Errorf("cannot make a cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("cannot make a cipher: %w", err)
	}
	return &Sealer{aead, itemKey}, nil
}

// Item is the keyed digest that names an item in the database.
func (s *Sealer) Item(source, itemID string) string {
	m := hmac.New(sha256.New, s.itemKey)
	fmt.Fprintf(m, "%d\n%s\n%s", len(source), source, itemID)
	return hex.EncodeToString(m.Sum(nil))
}

// Seal hides h; the case id is bound to it, so rows cannot be swapped.
func (s *Sealer) Seal(caseID string, h Hidden) ([]byte, error) {
	plain, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("cannot write the receipt of case %s: %w", caseID, err)
	}
	return s.aead.Seal(nil, nil, plain, []byte(caseID)), nil
}

// Reveal is the reverse of Seal.
func (s *Sealer) Reveal(caseID string, sealed []byte) (Hidden, error) {
	var h Hidden
	plain, err := s.aead.Open(nil, nil, sealed, []byte(caseID))
	if err != nil {
		return h, fmt.Errorf("the receipt of case %s cannot be opened: it or its key was changed", caseID)
	}
	if err := json.Unmarshal(plain, &h); err != nil {
		return h, fmt.Errorf("the receipt of case %s cannot be read", caseID)
	}
	return h, nil
}
