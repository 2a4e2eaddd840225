package account

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"brevvagt/internal/store"
)

// Passkey is a key with which a person signs in instead of typing the passphrase. It
// proves who somebody is and unlocks nothing.
type Passkey struct {
	ID         string // base64url, as authenticators name it
	Account    string
	Label      string // what its owner calls it
	Credential []byte // public half and counter, as the page's library keeps them
	Created    time.Time
	Used       time.Time // zero until the first sign-in
	// Copied says that its counter ran backwards: there may be two of it, and neither
	// signs anybody in any more.
	Copied bool
}

// MaxPasskeys bounds the passkeys of an account.
const MaxPasskeys = 10

// MaxLabel bounds a passkey's name, in characters.
const MaxLabel = 40

// Errors of passkeys that callers tell apart.
var (
	ErrLabel        = errors.New("a passkey needs a name of up to 40 characters")
	ErrManyPasskeys = errors.New("the account has as many passkeys as it may")
)

// Handle is the random value by which authenticators know an account, made at need.
func (a *Accounts) Handle(ctx context.Context, name string) ([]byte, error) {
	var text string
	err := a.db.Update(ctx, func(tx *sql.Tx) error {
		fresh := make([]byte, 32)
		rand.Read(fresh) // never fails, see crypto/rand
		if _, err := tx.ExecContext(ctx, `INSERT INTO passkey_handles (account, handle) VALUES ($1, $2) ON CONFLICT (account) DO NOTHING`, name, base64.RawURLEncoding.EncodeToString(fresh)); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT handle FROM passkey_handles WHERE account = $1`, name).Scan(&text)
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read the handle of %s: %w", name, err)
	}
	return base64.RawURLEncoding.DecodeString(text)
}

// ByHandle finds the account that an authenticator names.
func (a *Accounts) ByHandle(ctx context.Context, handle []byte) (*Account, error) {
	s, err := scanAccount(a.db.Read().QueryRowContext(ctx, selectAccounts+` WHERE name = (SELECT account FROM passkey_handles WHERE handle = $1)`,
		base64.RawURLEncoding.EncodeToString(handle)))
	if err != nil {
		return nil, err
	}
	return &s.Account, nil
}

// Passkeys lists those of an account, oldest first.
func (a *Accounts) Passkeys(ctx context.Context, name string) ([]Passkey, error) {
	rows, err := a.db.Read().QueryContext(ctx, `SELECT id, account, label, credential, created, used, copied FROM passkeys WHERE account = $1 ORDER BY created, id`, name)
	if err != nil {
		return nil, fmt.Errorf("cannot read passkeys: %w", err)
	}
	defer rows.Close()
	var list []Passkey
	for rows.Next() {
		var k Passkey
		var created, used int64
		if err := rows.Scan(&k.ID, &k.Account, &k.Label, &k.Credential, &created, &used, &k.Copied); err != nil {
			return nil, fmt.Errorf("cannot read passkeys: %w", err)
		}
		k.Created, k.Used = store.Time(created), store.Time(used)
		list = append(list, k)
	}
	return list, rows.Err()
}

// GoodLabel is the name of a passkey as it is kept, or ErrLabel.
func GoodLabel(label string) (string, error) {
	label = strings.Join(strings.Fields(label), " ")
	if label == "" || utf8.RuneCountInString(label) > MaxLabel {
		return "", ErrLabel
	}
	return label, nil
}

// AddPasskey keeps a new passkey of an account.
func (a *Accounts) AddPasskey(ctx context.Context, k Passkey) error {
	label, err := GoodLabel(k.Label)
	if err != nil {
		return err
	}
	return a.db.Update(ctx, func(tx *sql.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM passkeys WHERE account = $1`, k.Account).Scan(&n); err != nil {
			return fmt.Errorf("cannot count passkeys: %w", err)
		}
		if n >= MaxPasskeys {
			return ErrManyPasskeys
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO passkeys (id, account, label, credential, created) VALUES ($1, $2, $3, $4, $5)`,
			k.ID, k.Account, label, string(k.Credential), store.Millis(a.now())); err != nil {
			return fmt.Errorf("cannot keep a passkey of %s: %w", k.Account, err)
		}
		return a.tell(ctx, tx, k.Account, "passkey-added", map[string]string{"passkey": label})
	})
}

// RemovePasskey takes one of an account's passkeys away; ErrNotFound when it has none
// of that ID.
func (a *Accounts) RemovePasskey(ctx context.Context, name, id, by string) error {
	return a.db.Update(ctx, func(tx *sql.Tx) error {
		var label string
		err := tx.QueryRowContext(ctx, `DELETE FROM passkeys WHERE account = $1 AND id = $2 RETURNING label`, name, id).Scan(&label)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return fmt.Errorf("cannot remove a passkey of %s: %w", name, err)
		}
		detail := map[string]string{"passkey": label}
		if by != name {
			detail["account"] = name
		}
		return a.tell(ctx, tx, by, "passkey-removed", detail)
	})
}

// LoginPasskey notes a sign-in that a passkey has proven; k holds its new counter. A
// passkey that may be a copy is closed, which stands in the ledger, and signs nobody
// in: ErrLogin, as for an account that is closed.
func (a *Accounts) LoginPasskey(ctx context.Context, k Passkey) (*Account, error) {
	var acc *Account
	err := a.db.Update(ctx, func(tx *sql.Tx) error {
		s, err := scanAccount(tx.QueryRowContext(ctx, selectAccounts+` WHERE name = $1`, k.Account))
		if err != nil {
			return err
		}
		var label string
		var copied bool
		err = tx.QueryRowContext(ctx, `UPDATE passkeys SET credential = $3, used = $4, copied = CASE WHEN $5 = 1 THEN 1 ELSE copied END WHERE account = $1 AND id = $2 RETURNING label, copied`,
			k.Account, k.ID, string(k.Credential), store.Millis(a.now()), bit(k.Copied)).Scan(&label, &copied)
		if err != nil {
			return fmt.Errorf("cannot note the use of a passkey: %w", err)
		}
		switch {
		case k.Copied:
			return a.tell(ctx, tx, s.Name, "passkey-copied", map[string]string{"passkey": label})
		case copied, s.Disabled, !s.Passphrase, !s.Role.Valid():
			return a.tell(ctx, tx, s.Name, "login-refused", by("passkey"))
		}
		acc = &s.Account
		return a.tell(ctx, tx, s.Name, "login", by("passkey"))
	})
	if err != nil {
		return nil, err
	}
	if acc == nil {
		return nil, ErrLogin
	}
	return acc, nil
}

// bit is how the database keeps yes and no.
func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
