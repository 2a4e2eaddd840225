// Package account keeps the local accounts of the people who work with held cases:
// their role, their passphrase and, for those who may open originals, their vault
// key. One passphrase does both: logging in unlocks the key for that session only,
// and without the passphrase nobody, root included, has the key.
package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"brevvagt/internal/store"
	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/vault"
)

// Role says what somebody may do; the review pages hold the table of it.
type Role string

// The roles. DPO and Reviewer have a vault key and can open originals; Auditor
// reads and checks the ledger; Operator keeps the program running and sees no content.
const (
	DPO      Role = "dpo"
	Reviewer Role = "reviewer"
	Auditor  Role = "auditor"
	Operator Role = "operator"
)

// noRole is what somebody may do to whom the municipality's sign-in last gave no role:
// nothing, by no way in. It is no valid role.
const noRole Role = "ingen"

// Valid reports whether r is a role.
func (r Role) Valid() bool { return slices.Contains([]Role{DPO, Reviewer, Auditor, Operator}, r) }

// rank orders the roles: each may do what those below it may.
func (r Role) rank() int { return slices.Index([]Role{Operator, Auditor, Reviewer, DPO}, r) }

// Within reports whether r may do no more than most.
func (r Role) Within(most Role) bool { return r.Valid() && r.rank() <= most.rank() }

// HasKey reports whether accounts of this role hold a vault key.
func (r Role) HasKey() bool { return r == DPO || r == Reviewer }

// Opens reports whether what is sealed from now on opens with the account's key: it has
// one, is not closed, and its own role has keys. What the municipality's sign-in gives does
// not count: a mistake there must not leave what is held to nobody.
func (a *Account) Opens() bool { return a.Recipient != "" && !a.Disabled && a.Own.HasKey() }

// Account is a person's account, without its secrets.
type Account struct {
	Name      string // what is typed at login, and the actor in the ledger
	Display   string
	Role      Role   // what the person may do: no more than the municipality's sign-in last gave
	Own       Role   // what the account was made, or set to
	Recipient string // public vault key, "" for a role without one
	Created   time.Time
	Disabled  bool
	// Passphrase says that the account has one; those that the municipality's own
	// sign-in made have none, and so neither a vault key nor passkeys.
	Passphrase bool
}

// Errors that callers tell apart.
var (
	ErrLogin      = errors.New("wrong name or passphrase") // one error for both, so names cannot be tried
	ErrTooMany    = errors.New("too many failed logins, try again later")
	ErrBusy       = errors.New("too many logins at the same time, try again")
	ErrExists     = errors.New("there is already an account of that name")
	ErrNotFound   = errors.New("no such account")
	ErrPassphrase = errors.New("the passphrase is too short")
	ErrDisabled   = errors.New("the account is closed")
)

// MinPassphrase is the least number of characters of a passphrase. Length is the
// only demand (NIST SP 800-63B advises against others); it also guards the vault key.
const MinPassphrase = 12

// maxPassphrase bounds what is hashed, in bytes.
const maxPassphrase = 1024

var accountName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,31}$`)

// Config is what the accounts need. Only Store is required.
type Config struct {
	Store *store.DB
	Now   func() time.Time // nil means time.Now
	Log   *slog.Logger     // nil discards
	Cost  Cost             // of passphrases; zero is the real one
}

// Cost is what guessing a passphrase costs. Tests that are about something else take
// a cheap one.
type Cost struct {
	Memory uint32 // KiB of argon2id
	Passes uint32 // of argon2id
	Vault  int    // log2 N of the scrypt around the vault key
}

type costKey struct{}

// WithCost lets accounts that are opened under ctx take another cost, so that a test of
// whole commands does not spend its time on passphrases.
func WithCost(ctx context.Context, c Cost) context.Context {
	return context.WithValue(ctx, costKey{}, c)
}

// CostOf is the cost that WithCost set, else zero: the real one.
func CostOf(ctx context.Context) Cost {
	c, _ := ctx.Value(costKey{}).(Cost)
	return c
}

// real is OWASP's first choice for servers, 19 MiB and two passes, and the vault's own.
func real() Cost { return Cost{Memory: 19 << 10, Passes: 2, Vault: vault.WorkFactor} }

// Accounts is safe for concurrent use.
type Accounts struct {
	db     *store.DB
	ledger *ledger.Ledger
	now    func() time.Time
	log    *slog.Logger
	cost   Cost
	limits limits
	slots  chan struct{} // bounds the memory of concurrent hashing
	// strangers bounds it for those who have not signed in before: one place fewer.
	strangers chan struct{}
}

// concurrent logins: each takes 19 MiB for the hash and 64 MiB for the vault key.
const concurrent = 2

// slotWait is how long a login waits for its turn.
const slotWait = 10 * time.Second

// New gives the accounts in the store.
func New(cfg Config) (*Accounts, error) {
	if cfg.Store == nil {
		return nil, errors.New("accounts need a store")
	}
	a := &Accounts{db: cfg.Store, ledger: ledger.New(cfg.Store), now: cfg.Now, log: cfg.Log, cost: cfg.Cost,
		slots: make(chan struct{}, concurrent), strangers: make(chan struct{}, concurrent-1), limits: newLimits()}
	if a.now == nil {
		a.now = time.Now
	}
	if a.cost == (Cost{}) {
		a.cost = real()
	}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	return a, nil
}

// Create makes an account. For a role with a vault key it returns the public half,
// to be added to the recipients file: what was sealed before that stays closed to
// the new account.
func (a *Accounts) Create(ctx context.Context, name, display string, role Role, passphrase string) (recipient string, err error) {
	if !accountName.MatchString(name) {
		return "", errors.New("an account name has up to 32 of a-z, 0-9, dot, dash and underscore")
	}
	if !role.Valid() {
		return "", fmt.Errorf("no role %.20q", role)
	}
	if err := goodPassphrase(passphrase); err != nil {
		return "", err
	}
	blob, recipient, err := a.newKey(role, passphrase)
	if err != nil {
		return "", err
	}
	acc := stored{Account: Account{Name: name, Display: display, Role: role, Recipient: recipient}, hash: a.newHash(passphrase), identity: blob}
	err = a.db.Update(ctx, func(tx *sql.Tx) error { return a.insert(ctx, tx, acc, nil) })
	if err != nil {
		return "", err
	}
	return recipient, nil
}

// newKey makes the vault key of a role that has one.
func (a *Accounts) newKey(role Role, passphrase string) (blob []byte, recipient string, err error) {
	if !role.HasKey() {
		return nil, "", nil
	}
	id, err := vault.NewIdentity()
	if err != nil {
		return nil, "", err
	}
	blob, err = id.ProtectAt(passphrase, a.cost.Vault)
	return blob, id.Recipient(), err
}

// insert makes the row of a new account and its line in the ledger.
func (a *Accounts) insert(ctx context.Context, tx *sql.Tx, s stored, detail map[string]string) error {
	res, err := tx.ExecContext(ctx, `INSERT INTO accounts (name, display, role, hash, identity, recipient, created) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (name) DO NOTHING`, s.Name, strings.TrimSpace(s.Display), string(s.Role), s.hash, s.identity, s.Recipient, store.Millis(a.now().UTC()))
	if err != nil {
		return fmt.Errorf("cannot create account %s: %w", s.Name, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return fmt.Errorf("%s: %w", s.Name, ErrExists)
	}
	if detail == nil {
		detail = map[string]string{}
	}
	detail["role"] = string(s.Role)
	return a.tell(ctx, tx, s.Name, "account-created", detail)
}

func goodPassphrase(p string) error {
	if utf8.RuneCountInString(p) < MinPassphrase {
		return fmt.Errorf("%w: at least %d characters", ErrPassphrase, MinPassphrase)
	}
	if len(p) > maxPassphrase {
		return fmt.Errorf("the passphrase is longer than %d bytes", maxPassphrase)
	}
	return nil
}

func (a *Accounts) tell(ctx context.Context, tx *sql.Tx, name, verb string, detail map[string]string) error {
	_, err := a.ledger.Append(ctx, tx, ledger.Entry{At: a.now(), Actor: name, Verb: verb, Detail: detail})
	return err
}

// stored is an account's row.
type stored struct {
	Account
	hash     string
	identity []byte
}

const selectAccounts = `SELECT name, display, role, COALESCE((SELECT most FROM account_logins WHERE account = name), ''), hash, identity, recipient, created, disabled FROM accounts`

func scanAccount(row interface{ Scan(...any) error }) (*stored, error) {
	var s stored
	var created int64
	var disabled int
	var most Role
	err := row.Scan(&s.Name, &s.Display, &s.Own, &most, &s.hash, &s.identity, &s.Recipient, &created, &disabled)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read an account: %w", err)
	}
	if s.Role = s.Own; most != "" && !s.Own.Within(most) {
		s.Role = most
	}
	s.Created, s.Disabled, s.Passphrase = store.Time(created), disabled != 0, s.hash != ""
	return &s, nil
}

func (a *Accounts) get(ctx context.Context, name string) (*stored, error) {
	return scanAccount(a.db.Read().QueryRowContext(ctx, selectAccounts+` WHERE name = $1`, name))
}

// Get reads an account.
func (a *Accounts) Get(ctx context.Context, name string) (*Account, error) {
	s, err := a.get(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("%.40q: %w", name, err)
	}
	return &s.Account, nil
}

// List reads all accounts by name.
func (a *Accounts) List(ctx context.Context) ([]*Account, error) {
	rows, err := a.db.Read().QueryContext(ctx, selectAccounts+` ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("cannot read the accounts: %w", err)
	}
	defer rows.Close()
	var list []*Account
	for rows.Next() {
		s, err := scanAccount(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, &s.Account)
	}
	return list, rows.Err()
}

// SetRole gives an account another role; by is who does it. Sessions with more rights end
// with their next request. An account that comes to a role with keys and has none gets one
// by GiveKey only, so it must have a passphrase then.
func (a *Accounts) SetRole(ctx context.Context, name string, role Role, by string) error {
	if !role.Valid() {
		return fmt.Errorf("no role %.20q", role)
	}
	return a.db.Update(ctx, func(tx *sql.Tx) error {
		s, err := scanAccount(tx.QueryRowContext(ctx, selectAccounts+` WHERE name = $1`, name))
		if err != nil {
			return fmt.Errorf("%.40q: %w", name, err)
		}
		if s.Passphrase && role.HasKey() && s.Recipient == "" {
			return fmt.Errorf("%s has no vault key and cannot get one: make another account", name)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE accounts SET role = $2 WHERE name = $1`, name, string(role)); err != nil {
			return fmt.Errorf("cannot change the role of %s: %w", name, err)
		}
		return a.tell(ctx, tx, by, "role-changed", map[string]string{"account": name, "role": string(role)})
	})
}

// Disable keeps an account from logging in; by is who does it. Its name stays taken,
// because the ledger speaks of it.
func (a *Accounts) Disable(ctx context.Context, name, by string) error {
	return a.db.Update(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE accounts SET disabled = 1 WHERE name = $1`, name)
		if err != nil {
			return fmt.Errorf("cannot disable account %s: %w", name, err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return fmt.Errorf("%.40q: %w", name, ErrNotFound)
		}
		return a.tell(ctx, tx, by, "account-disabled", map[string]string{"account": name})
	})
}
