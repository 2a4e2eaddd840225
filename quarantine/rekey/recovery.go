package rekey

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"filippo.io/age"

	"brevvagt/internal/store"
	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/vault"
)

// Recovery is a key that belongs to no account. Its secret half lies outside the
// machine, in a safe, for the day when no DPO can open anything any more.
type Recovery struct {
	Recipient string
	Name      string // where it lies, as "bankboks"
	Created   time.Time
}

// Errors that callers tell apart.
var (
	ErrName    = errors.New("a recovery key needs a name of 1 to 60 characters")
	ErrUnknown = errors.New("no such recovery key")
)

// Add makes a recovery key count. What is kept already opens with it after Run.
func (k *Keys) Add(ctx context.Context, by, name, recipient string) error {
	name, recipient = strings.TrimSpace(name), strings.TrimSpace(recipient)
	if name == "" || len([]rune(name)) > 60 {
		return ErrName
	}
	if _, err := vault.ParseRecipient(recipient); err != nil {
		return err
	}
	return k.Store.Update(ctx, func(tx *sql.Tx) error {
		at := k.stamp()
		if _, err := tx.ExecContext(ctx, `INSERT INTO recovery_keys (recipient, name, created) VALUES ($1, $2, $3) ON CONFLICT (recipient) DO UPDATE SET name = $2`, recipient, name, store.Millis(at)); err != nil {
			return fmt.Errorf("cannot keep the recovery key: %w", err)
		}
		_, err := k.Ledger.Append(ctx, tx, ledger.Entry{At: at, Actor: by, Verb: "recovery-key-added", Detail: map[string]string{"key": vault.Fingerprint(recipient), "name": name}})
		return err
	})
}

// Remove withdraws the recovery key of a fingerprint. What is kept already stays open
// to it until Run.
func (k *Keys) Remove(ctx context.Context, by, fingerprint string) error {
	list, err := Recoveries(ctx, k.Store)
	if err != nil {
		return err
	}
	for _, r := range list {
		if vault.Fingerprint(r.Recipient) != strings.TrimSpace(fingerprint) {
			continue
		}
		return k.Store.Update(ctx, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, `DELETE FROM recovery_keys WHERE recipient = $1`, r.Recipient); err != nil {
				return fmt.Errorf("cannot withdraw the recovery key: %w", err)
			}
			_, err := k.Ledger.Append(ctx, tx, ledger.Entry{At: k.stamp(), Actor: by, Verb: "recovery-key-removed", Detail: map[string]string{"key": fingerprint, "name": r.Name}})
			return err
		})
	}
	return fmt.Errorf("%.20q: %w", fingerprint, ErrUnknown)
}

// Recoveries lists the recovery keys by name.
func Recoveries(ctx context.Context, db *store.DB) ([]Recovery, error) {
	rows, err := db.Read().QueryContext(ctx, `SELECT recipient, name, created FROM recovery_keys ORDER BY name, recipient`)
	if err != nil {
		return nil, fmt.Errorf("cannot read the recovery keys: %w", err)
	}
	defer rows.Close()
	var list []Recovery
	for rows.Next() {
		var r Recovery
		var at int64
		if err := rows.Scan(&r.Recipient, &r.Name, &at); err != nil {
			return nil, fmt.Errorf("cannot read the recovery keys: %w", err)
		}
		r.Created = store.Time(at)
		list = append(list, r)
	}
	return list, rows.Err()
}

// Recipients are the public halves of the recovery keys.
func Recipients(ctx context.Context, db *store.DB) ([]age.Recipient, error) {
	list, err := Recoveries(ctx, db)
	if err != nil {
		return nil, err
	}
	var out []age.Recipient
	for _, r := range list {
		key, err := vault.ParseRecipient(r.Recipient)
		if err != nil {
			return nil, fmt.Errorf("recovery key %s: %w", r.Name, err)
		}
		out = append(out, key)
	}
	return out, nil
}
