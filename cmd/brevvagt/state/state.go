// Package state opens the state folder of an installation, with what lies in it:
// the database, the accounts, the keys and the quarantine.
package state

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"brevvagt/detectors"
	"brevvagt/internal/safefile"
	"brevvagt/internal/store"
	"brevvagt/quarantine"
	"brevvagt/quarantine/account"
	"brevvagt/quarantine/register/fieldcheck"
	"brevvagt/quarantine/rekey"
	"brevvagt/quarantine/units"
	"brevvagt/quarantine/vault"
)

// State is an opened state folder: database, accounts, vault and the digest key.
type State struct {
	Dir      string
	DB       *store.DB
	Accounts *account.Accounts
	Key      detectors.Key
}

// Open opens or makes the state folder. database is the address of the PostgreSQL that
// keeps the tables, "" for a file in the folder. shared opens it beside a running
// daemon, as a command on the terminal does.
func Open(ctx context.Context, dir, database string, shared bool) (*State, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("state folder: %w", err)
	}
	// With the cases in PostgreSQL there is no database file; the key of the receipts
	// then tells that the installation is not new.
	_, errFile := os.Stat(filepath.Join(dir, "brevvagt.db"))
	_, errReceipts := os.Stat(filepath.Join(dir, "receipt.key"))
	key, err := digestKey(filepath.Join(dir, "digest.key"), errors.Is(errFile, fs.ErrNotExist) && errors.Is(errReceipts, fs.ErrNotExist))
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, store.Options{Path: filepath.Join(dir, "brevvagt.db"), Server: database, Shared: shared, Patience: 5 * time.Second})
	if err != nil {
		return nil, fmt.Errorf("state folder %s: %w", dir, err)
	}
	accounts, err := account.New(account.Config{Store: db, Cost: account.CostOf(ctx)})
	if err != nil {
		db.Close()
		return nil, err
	}
	return &State{Dir: dir, DB: db, Key: key, Accounts: accounts}, nil
}

// Close closes the database.
func (s *State) Close() error { return s.DB.Close() }

// errKeyLost is said where a new key would quietly part old digests from new ones.
var errKeyLost = errors.New("it is gone while the database is still there: put it back from the backup; only if it is lost for good, make a new one with `openssl rand -out digest.key 32` and `chmod 600 digest.key`")

// digestKey reads the installation's key for digests, or makes it for a new
// installation. It never lies in the database, so a stolen database tells nothing
// about who was found.
func digestKey(path string, isNew bool) (detectors.Key, error) {
	secret, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !isNew {
		return detectors.Key{}, fmt.Errorf("digest key %s: %w", path, errKeyLost)
	}
	if errors.Is(err, fs.ErrNotExist) {
		secret = make([]byte, 32)
		rand.Read(secret)
		_, err = safefile.Write(path, bytes.NewReader(secret))
	}
	if err != nil {
		return detectors.Key{}, fmt.Errorf("digest key: %w", err)
	}
	return detectors.NewKey(secret)
}

// errNoRecipients is said in words that tell what to do.
var errNoRecipients = errors.New("nobody could open what is held: make a DPO account first (brevvagt account add), or name a file in vault.recipients")

// Keeping is what the configuration says of how cases are kept.
type Keeping struct {
	Recipients string // file of age recipients, beside the keys of the accounts that may decide
	Units      []units.Unit
	UnitsFile  string
}

// Service opens the quarantine. A file of units that cannot be read is logged and looked
// for again later: no mail waits for it.
func (s *State) Service(ctx context.Context, keep Keeping, releasers map[string]quarantine.Releaser, log *slog.Logger) (*quarantine.Service, error) {
	recipients, err := s.Recipients(ctx, keep.Recipients)
	if err != nil {
		return nil, err
	}
	v, err := vault.New(filepath.Join(s.Dir, "vault"), recipients)
	if err != nil {
		return nil, err
	}
	known, err := units.Open(keep.Units, keep.UnitsFile)
	if err != nil {
		log.Warn("units of senders are not known, their domains stand in", "error", err)
	}
	return quarantine.New(quarantine.Config{
		Store: s.DB, Vault: v, Keys: func(ctx context.Context) ([]age.Recipient, error) { return s.Recipients(ctx, keep.Recipients) }, Releasers: releasers, Outbox: filepath.Join(s.Dir, "outbox"), Log: log, Check: fieldcheck.Check, Unit: known.Of,
	})
}

// Recipients are the keys that what is held is sealed to; that there is none is an
// error.
func (s *State) Recipients(ctx context.Context, file string) ([]age.Recipient, error) {
	var list []age.Recipient
	if file != "" {
		fromFile, err := vault.Recipients(file)
		if err != nil {
			return nil, err
		}
		list = fromFile
	}
	accounts, err := s.Accounts.List(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		if !a.Opens() {
			continue
		}
		r, err := vault.ParseRecipient(a.Recipient)
		if err != nil {
			return nil, fmt.Errorf("key of account %s: %w", a.Name, err)
		}
		list = append(list, r)
	}
	recovery, err := rekey.Recipients(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	list = append(list, recovery...)
	if len(list) == 0 {
		return nil, errNoRecipients
	}
	return list, nil
}
