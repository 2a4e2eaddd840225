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
	"sync"
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

// Login checks a passphrase and unlocks the account's vault key; the Opener is nil
// for a role without one. Failures are counted per name (five in fifteen minutes
// close it for the rest of them), whether the account exists or not.
func (a *Accounts) Login(ctx context.Context, name, passphrase string) (*Account, *vault.Opener, error) {
	return a.prove(ctx, name, passphrase, "login", "passphrase")
}

// Unlock is for somebody who signed in without a passphrase and needs the vault key,
// or who is to prove that it is he who sits there. It counts failures as Login does.
func (a *Accounts) Unlock(ctx context.Context, name, passphrase string) (*vault.Opener, error) {
	_, opener, err := a.prove(ctx, name, passphrase, "passphrase-given", "")
	return opener, err
}

// prove is the one place where a passphrase is checked; verb is for the ledger.
func (a *Accounts) prove(ctx context.Context, name, passphrase, verb, how string) (*Account, *vault.Opener, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if len(passphrase) > maxPassphrase || !accountName.MatchString(name) {
		return nil, nil, ErrLogin
	}
	leave, err := a.enter(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer leave()
	if !a.limit.begin(name, a.now()) {
		return nil, nil, ErrTooMany
	}
	s, err := a.get(ctx, name)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, nil, err
	}
	if !a.matches(s, passphrase) {
		return nil, nil, a.refuse(ctx, name, s != nil)
	}
	var opener *vault.Opener
	if s.Role.HasKey() {
		if opener, err = vault.Unlock(s.identity, passphrase); err != nil {
			return nil, nil, fmt.Errorf("the vault key of %s cannot be unlocked: %w", name, err)
		}
	}
	err = a.db.Update(ctx, func(tx *sql.Tx) error { return a.tell(ctx, tx, name, verb, by(how)) })
	if err != nil {
		return nil, nil, err
	}
	a.limit.succeeded(name)
	return &s.Account, opener, nil
}

// by is the detail of a ledger line that says how somebody signed in.
func by(how string) map[string]string {
	if how == "" {
		return nil
	}
	return map[string]string{"how": how}
}

// enter takes one of the few places for hashing.
func (a *Accounts) enter(ctx context.Context) (func(), error) {
	wait := time.NewTimer(slotWait)
	defer wait.Stop()
	select {
	case a.slots <- struct{}{}:
		return func() { <-a.slots }, nil
	case <-wait.C:
		return nil, ErrBusy
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// matches takes the same time for an account that is not there, so that names
// cannot be told by the clock.
func (a *Accounts) matches(s *stored, passphrase string) bool {
	if s == nil || s.hash == "" { // or one without a passphrase
		a.hashOf(passphrase, make([]byte, saltBytes))
		return false
	}
	return a.checkHash(s.hash, passphrase) && !s.Disabled
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
	acc, opener, err := a.prove(ctx, name, old, "passphrase-given", "")
	if err != nil {
		return err
	}
	var blob []byte
	if opener != nil {
		if blob, err = opener.ProtectAt(passphrase, a.cost.Vault); err != nil {
			return err
		}
	}
	hash := a.newHash(passphrase)
	return a.db.Update(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE accounts SET hash = $2, identity = $3 WHERE name = $1`, acc.Name, hash, blob); err != nil {
			return fmt.Errorf("cannot change the passphrase of %s: %w", acc.Name, err)
		}
		return a.tell(ctx, tx, acc.Name, "passphrase-changed", nil)
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

// The limits on failed logins per name.
const (
	maxFailures   = 5
	failureWindow = 15 * time.Minute
	maxNames      = 10_000 // bounds the memory for names that are tried
)

// limiter counts logins that have not succeeded.
type limiter struct {
	mu       sync.Mutex
	failures map[string]*failures
}

type failures struct {
	n     int
	since time.Time
}

// begin counts a try before it is known to fail, so that tries at the same time
// cannot outrun the count. It reports whether the try may go on.
func (l *limiter) begin(name string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.failures[name]
	if f == nil || now.Sub(f.since) >= failureWindow {
		if f == nil && len(l.failures) >= maxNames {
			l.forget(now)
		}
		f = &failures{since: now}
		l.failures[name] = f
	}
	if f.n >= maxFailures {
		return false
	}
	f.n++
	return true
}

// forget makes room by dropping names whose window is over, or else the oldest:
// endless made-up names must not keep a real one out.
func (l *limiter) forget(now time.Time) {
	oldest, since := "", now
	for name, f := range l.failures {
		if now.Sub(f.since) >= failureWindow {
			delete(l.failures, name)
		} else if oldest == "" || f.since.Before(since) {
			oldest, since = name, f.since
		}
	}
	if len(l.failures) >= maxNames {
		delete(l.failures, oldest)
	}
}

func (l *limiter) succeeded(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.failures, name)
}
