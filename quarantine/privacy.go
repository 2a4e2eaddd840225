package quarantine

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
	"regexp"
	"strings"

	"brevvagt/detectors"
	"brevvagt/internal/safefile"
	"brevvagt/internal/store"
)

// privacy keeps out of the database what could hold a full number but is needed to
// go back to the source: an item id can be a file name, an address can be anything.
// It stands in the row sealed under a key that lies beside the database, so a copy
// of the database alone (a backup, a support case) tells nothing.
type privacy struct {
	aead    cipher.AEAD
	itemKey []byte
}

// hidden is what the sealed part of a row holds.
type hidden struct {
	ItemID    string   `json:"item"`
	MessageID string   `json:"message_id,omitempty"`
	From      string   `json:"from,omitempty"`
	To        []string `json:"to,omitempty"`
	Receipt   []byte   `json:"receipt,omitempty"`
}

const privacyKeyBytes = 32

// openPrivacy reads the key or, for a new installation, makes it. A missing key
// beside existing cases is an error: their receipts could not be read.
func openPrivacy(db *store.DB) (*privacy, error) {
	path := filepath.Join(filepath.Dir(db.Path()), "receipt.key")
	var secret []byte
	// The write transaction is the lock against another process making one as well.
	err := db.Update(context.Background(), func(tx *sql.Tx) error {
		var err error
		secret, err = os.ReadFile(path)
		if !errors.Is(err, os.ErrNotExist) {
			return err
		}
		var cases int
		if err := tx.QueryRow(`SELECT COUNT(*) FROM cases`).Scan(&cases); err != nil {
			return err
		}
		if cases > 0 {
			return fmt.Errorf("%s is missing but there are %d cases: bring it back from the backup", path, cases)
		}
		secret = make([]byte, privacyKeyBytes)
		rand.Read(secret) // never fails, see crypto/rand
		_, err = safefile.Write(path, bytes.NewReader(secret))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read the receipt key: %w", err)
	}
	if len(secret) != privacyKeyBytes {
		return nil, fmt.Errorf("the receipt key has %d bytes, not %d", len(secret), privacyKeyBytes)
	}
	return newPrivacy(secret)
}

func newPrivacy(secret []byte) (*privacy, error) {
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
	return &privacy{aead, itemKey}, nil
}

// item is the keyed digest that names an item in the database.
func (p *privacy) item(source, itemID string) string {
	m := hmac.New(sha256.New, p.itemKey)
	fmt.Fprintf(m, "%d\n%s\n%s", len(source), source, itemID)
	return hex.EncodeToString(m.Sum(nil))
}

// seal hides h; the case id is bound to it, so rows cannot be swapped.
func (p *privacy) seal(caseID string, h hidden) ([]byte, error) {
	plain, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("cannot write the receipt of case %s: %w", caseID, err)
	}
	return p.aead.Seal(nil, nil, plain, []byte(caseID)), nil
}

func (p *privacy) open(caseID string, sealed []byte) (hidden, error) {
	var h hidden
	plain, err := p.aead.Open(nil, nil, sealed, []byte(caseID))
	if err != nil {
		return h, fmt.Errorf("the receipt of case %s cannot be opened: it or its key was changed", caseID)
	}
	if err := json.Unmarshal(plain, &h); err != nil {
		return h, fmt.Errorf("the receipt of case %s cannot be read", caseID)
	}
	return h, nil
}

// redacted is d as it may be kept in clear: without receipt and pictures, and with
// every text gone over once more, whatever the bridge did before. Names and
// addresses keep time stamps and order numbers, running text does not.
func redacted(d Deposit) Deposit {
	names, texts := redactName, detectors.Redact
	r := d
	r.Receipt, r.Pictures = nil, nil
	r.ItemID, r.Name, r.From, r.MessageID = names(d.ItemID), names(d.Name), names(d.From), names(d.MessageID)
	r.Subject = texts(d.Subject)
	r.To, r.Gaps, r.DataTypes = each(d.To, names), each(d.Gaps, names), each(d.DataTypes, texts)
	r.Rules = make([]Rule, len(d.Rules))
	for i, rule := range d.Rules {
		rule.Danish, rule.English = texts(rule.Danish), texts(rule.English)
		r.Rules[i] = rule
	}
	r.Evidence = make([]Evidence, len(d.Evidence))
	for i, e := range d.Evidence {
		r.Evidence[i] = redactEvidence(e)
	}
	return r
}

// pairs is a number written two digits at a time, day and month first, which
// RedactNumbers leaves alone.
var pairs = regexp.MustCompile(`(?:^|\D)(?:[06][1-9]|[1278]\d|[39][01])\D{1,3}(?:0[1-9]|1[0-2])\D{1,3}\d\d\D{1,3}\d\d\D{1,3}\d\d(?:\D|$)`)

// redactName masks numbers in a name, path, address or id.
func redactName(s string) string {
	s = detectors.RedactNumbers(s)
	if pairs.MatchString(s) {
		return detectors.Redact(s)
	}
	return s
}

func redactEvidence(e Evidence) Evidence {
	e.Value, e.Path, e.Cell, e.Why = detectors.Redact(e.Value), redactName(e.Path), detectors.Redact(e.Cell), each(e.Why, detectors.Redact)
	// Made valid first: a character broken over a border would be counted twice.
	e.Before, e.Match, e.After = strings.ToValidUTF8(e.Before, "?"), strings.ToValidUTF8(e.Match, "?"), strings.ToValidUTF8(e.After, "?")
	// The three are one text to a reader, so a number may stand across their borders.
	joined := []rune(detectors.Redact(e.Before + e.Match + e.After))
	before, match := len([]rune(e.Before)), len([]rune(e.Match))
	e.Before, e.Match, e.After = string(joined[:before]), string(joined[before:before+match]), string(joined[before+match:])
	return e
}

func each(list []string, redact func(string) string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = redact(s)
	}
	return out
}
