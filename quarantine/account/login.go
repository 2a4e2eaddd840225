package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"brevvagt/quarantine/vault"

	"golang.org/x/crypto/argon2"
)

// The parameters of argon2id beside its cost.
const (
	hashThreads = 1
	hashBytes   = 32
	saltBytes   = 16
)

// Login checks a passphrase on this machine's terminal and unlocks the account's vault
// key; the Opener is nil for a role without one. Failures are counted (see limits),
// whether the account exists or not.
func (a *Accounts) Login(ctx context.Context, name, passphrase string) (*Account, *vault.Opener, error) {
	p, err := a.LoginFrom(ctx, Caller{}, name, passphrase)
	if err != nil {
		return nil, nil, err
	}
	return p.Account, p.Opener, nil
}

// Proven is who has proven to be somebody.
type Proven struct {
	Account *Account
	Opener  *vault.Opener // nil for a role without a vault key
	Browser string        // for Caller.Browser of the next sign-in, for KnownFor
}

// LoginFrom is Login for somebody elsewhere.
func (a *Accounts) LoginFrom(ctx context.Context, c Caller, name, passphrase string) (*Proven, error) {
	return a.prove(ctx, name, passphrase, "login", "passphrase", func(s *stored, name string) try {
		known := a.knows(s, c.Browser)
		return try{known != "", func() (func(), bool) { return a.limits.begin(name, known, c, a.now()) }}
	})
}

// Unlock is for somebody who signed in without a passphrase and needs the vault key,
// or who is to prove that it is he who sits there. It counts failures as Login does, but
// apart from it: what outsiders try does not close it.
func (a *Accounts) Unlock(ctx context.Context, name, passphrase string) (*vault.Opener, error) {
	p, err := a.prove(ctx, name, passphrase, "passphrase-given", "", a.within)
	if err != nil {
		return nil, err
	}
	return p.Opener, nil
}

// try is one try of a passphrase.
type try struct {
	known bool // it comes from somebody who signed in before
	// count counts it; succeeded is what to do when the passphrase is right.
	count func() (succeeded func(), may bool)
}

// within is a try of somebody who is signed in.
func (a *Accounts) within(_ *stored, name string) try {
	return try{true, func() (func(), bool) {
		return func() { a.limits.inside.Succeeded(name) }, a.limits.inside.Begin(name, a.now())
	}}
}

// prove is the one place where a passphrase is checked; verb is for the ledger, of tells of
// the try at an account, which may be nil.
func (a *Accounts) prove(ctx context.Context, name, passphrase, verb, how string, of func(*stored, string) try) (*Proven, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if len(passphrase) > maxPassphrase || !accountName.MatchString(name) {
		return nil, ErrLogin
	}
	s, err := a.get(ctx, name)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	this := of(s, name)
	leave, err := a.enter(ctx, this.known)
	if err != nil {
		return nil, err
	}
	defer leave()
	succeeded, may := this.count()
	if !may {
		return nil, ErrTooMany
	}
	if !a.matches(s, passphrase) {
		return nil, a.refuse(ctx, name, s != nil)
	}
	p := &Proven{Account: &s.Account, Browser: a.known(s)}
	if s.Role.HasKey() {
		if p.Opener, err = vault.Unlock(s.identity, passphrase); err != nil {
			return nil, fmt.Errorf("the vault key of %s cannot be unlocked: %w", name, err)
		}
	}
	err = a.db.Update(ctx, func(tx *sql.Tx) error { return a.tell(ctx, tx, name, verb, by(how)) })
	if err != nil {
		return nil, err
	}
	succeeded()
	return p, nil
}

// by is the detail of a ledger line that says how somebody signed in.
func by(how string) map[string]string {
	if how == "" {
		return nil
	}
	return map[string]string{"how": how}
}

// enter takes one of the few places for hashing. The last is never a stranger's, so that a
// flood of strangers, each with a name and address of its own, holds up nobody who signed
// in before.
func (a *Accounts) enter(ctx context.Context, known bool) (func(), error) {
	wait := time.NewTimer(slotWait)
	defer wait.Stop()
	places := []chan struct{}{a.slots}
	if !known {
		places = []chan struct{}{a.strangers, a.slots}
	}
	leave := func() {}
	for _, place := range places {
		select {
		case place <- struct{}{}:
			others := leave
			leave = func() { <-place; others() }
		case <-wait.C:
			leave()
			return nil, ErrBusy
		case <-ctx.Done():
			leave()
			return nil, ctx.Err()
		}
	}
	return leave, nil
}

// matches takes the same time for an account that is not there, so that names
// cannot be told by the clock.
func (a *Accounts) matches(s *stored, passphrase string) bool {
	if s == nil || s.hash == "" { // or one without a passphrase
		a.hashOf(passphrase, make([]byte, saltBytes))
		return false
	}
	return a.checkHash(s.hash, passphrase) && !s.Disabled && s.Role.Valid()
}

func (a *Accounts) refuse(ctx context.Context, name string, exists bool) error {
	a.log.WarnContext(ctx, "login refused", "known", exists)
	if exists { // a name that is none may be a passphrase typed into the wrong field
		err := a.db.Update(ctx, func(tx *sql.Tx) error { return a.tell(ctx, tx, name, "login-refused", nil) })
		if err != nil {
			return err
		}
	}
	return ErrLogin
}

// ChangePassphrase puts hash and vault key under a new passphrase. The key itself
// stays the same, so what was sealed for it can still be opened.
func (a *Accounts) ChangePassphrase(ctx context.Context, name, old, passphrase string) error {
	if err := goodPassphrase(passphrase); err != nil {
		return err
	}
	p, err := a.prove(ctx, name, old, "passphrase-given", "", a.within)
	if err != nil {
		return err
	}
	s, err := a.get(ctx, p.Account.Name)
	if err != nil {
		return err
	}
	if p.Opener == nil && len(s.identity) > 0 { // of a role that has none now: it may come back
		if p.Opener, err = vault.Unlock(s.identity, old); err != nil {
			return fmt.Errorf("the vault key of %s cannot be unlocked: %w", s.Name, err)
		}
	}
	var blob []byte
	if p.Opener != nil {
		if blob, err = p.Opener.ProtectAt(passphrase, a.cost.Vault); err != nil {
			return err
		}
	}
	hash := a.newHash(passphrase)
	return a.db.Update(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE accounts SET hash = $2, identity = $3 WHERE name = $1`, p.Account.Name, hash, blob); err != nil {
			return fmt.Errorf("cannot change the passphrase of %s: %w", p.Account.Name, err)
		}
		return a.tell(ctx, tx, p.Account.Name, "passphrase-changed", nil)
	})
}

func (a *Accounts) newHash(passphrase string) string {
	salt := make([]byte, saltBytes)
	rand.Read(salt) // never fails, see crypto/rand
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, a.cost.Memory, a.cost.Passes, hashThreads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(a.hashOf(passphrase, salt)))
}

func (a *Accounts) hashOf(passphrase string, salt []byte) []byte {
	return argon2.IDKey([]byte(passphrase), salt, a.cost.Passes, a.cost.Memory, hashThreads, hashBytes)
}

// checkHash accepts only our own parameters: a row changed to cheap ones must not
// let anybody in.
func (a *Accounts) checkHash(stored, passphrase string) bool {
	head := fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$", argon2.Version, a.cost.Memory, a.cost.Passes, hashThreads)
	rest, ok := strings.CutPrefix(stored, head)
	if !ok {
		return false
	}
	saltText, sumText, _ := strings.Cut(rest, "$")
	salt, saltErr := base64.RawStdEncoding.DecodeString(saltText)
	sum, sumErr := base64.RawStdEncoding.DecodeString(sumText)
	if saltErr != nil || sumErr != nil || len(salt) != saltBytes || len(sum) != hashBytes {
		return false
	}
	return subtle.ConstantTimeCompare(sum, a.hashOf(passphrase, salt)) == 1
}
