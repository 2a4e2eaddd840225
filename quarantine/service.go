package quarantine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"filippo.io/age"

	"brevvagt/detectors"
	"brevvagt/internal/keylock"
	"brevvagt/internal/store"
	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/notices"
	"brevvagt/quarantine/receipt"
	"brevvagt/quarantine/register"
	"brevvagt/quarantine/rekey"
	"brevvagt/quarantine/repeats"
	"brevvagt/quarantine/runs"
	"brevvagt/quarantine/units"
	"brevvagt/quarantine/vault"
)

// Config is what the service needs. Store, Vault and Outbox are required.
type Config struct {
	Store     *store.DB
	Vault     *vault.Vault
	Keys      func(ctx context.Context) ([]age.Recipient, error) // asked before each hold, so that a new or withdrawn key counts at once; nil leaves the vault's
	Releasers map[string]Releaser                                // by Deposit.Source
	Outbox    string                                             // directory (0700) for plain content on its way out, and nothing else
	Now       func() time.Time                                   // nil means time.Now
	Log       *slog.Logger                                       // nil discards
	// Unit tells which unit a sender belongs to; nil takes the domain.
	Unit func(address string) string
	// Check refuses a text of a person (a reason, a register column) that may not be
	// kept; nil refuses what could be a CPR number.
	Check func(text string) error
	// Crash is called at the named points between steps; tests end the process there.
	Crash func(point string)
}

// Service holds, shows, releases and rejects. It is safe for concurrent use.
type Service struct {
	db        *store.DB
	vault     *vault.Vault
	keys      func(ctx context.Context) ([]age.Recipient, error)
	ledger    *ledger.Ledger
	register  *register.Register
	receipts  *receipt.Sealer
	releasers map[string]Releaser
	outbox    string
	now       func() time.Time
	log       *slog.Logger
	unit      func(string) string
	check     func(string) error
	crash     func(string)
	notices   *notices.Box
	busy      *keylock.Locks // between processes: a command on the terminal decides beside a daemon
}

// New makes the service. When it is the only user of the store it also clears what
// an interrupted hold left behind; call Resume next to finish what was interrupted.
func New(cfg Config) (*Service, error) {
	if cfg.Store == nil || cfg.Vault == nil || cfg.Outbox == "" {
		return nil, errors.New("quarantine needs a store, a vault and an outbox")
	}
	if err := os.MkdirAll(cfg.Outbox, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the outbox: %w", err)
	}
	if err := os.Chmod(cfg.Outbox, 0o700); err != nil {
		return nil, fmt.Errorf("cannot close the outbox to others: %w", err)
	}
	reg, err := register.New(cfg.Store, cfg.Check)
	if err != nil {
		return nil, err
	}
	receipts, err := receipt.Open(context.Background(), cfg.Store)
	if err != nil {
		return nil, err
	}
	s := &Service{db: cfg.Store, vault: cfg.Vault, keys: cfg.Keys, ledger: ledger.New(cfg.Store), register: reg, receipts: receipts,
		releasers: cfg.Releasers, outbox: cfg.Outbox, now: cfg.Now, log: cfg.Log, unit: cfg.Unit, check: cfg.Check, crash: cfg.Crash,
		busy: keylock.New(Locks(cfg.Outbox))}
	s.defaults()
	s.notices = notices.New(s.db, s.receipts, s.now, s.log)
	if !cfg.Store.Shared() {
		if err := errors.Join(s.clearOrphans(context.Background()), s.index(context.Background())); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Locks is the folder of the locks of cases, for others that work on the same files.
func Locks(outbox string) string { return outbox + ".locks" }

func (s *Service) defaults() {
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.unit == nil {
		s.unit = (*units.Map)(nil).Of
	}
	if s.check == nil {
		s.check = register.CheckNumbers
	}
	if s.crash == nil {
		s.crash = func(string) {}
	}
}

// Ledger is the account of everything that was done.
func (s *Service) Ledger() *ledger.Ledger { return s.ledger }

// Register is the breach register with its drafts.
func (s *Service) Register() *register.Register { return s.register }

// Notices are those to senders, of cases and of what else there is to tell.
func (s *Service) Notices() *notices.Box { return s.notices }

// NoticeOf names a mail that made no case, for a notice about it: the same mail handed
// in again has the same name.
func (s *Service) NoticeOf(m repeats.Mail, itemID string) string {
	if same := m.Digest(s.receipts.Item); same != "" {
		return same
	}
	return s.receipts.Item(m.Source, itemID)
}

// Runs tells which mails of a run went, and which are cases.
func (s *Service) Runs() *runs.Lines { return runs.New(s.db, s.receipts.Item, s.now) }

// Rekey seals what is kept to the keys of today.
func (s *Service) Rekey() *rekey.Keys {
	return rekey.New(rekey.Config{Store: s.db, Vault: s.vault, Ledger: s.ledger, Locks: Locks(s.outbox), Recipients: s.keys, Now: s.now, Crash: s.crash})
}

// stamp is the present time as the database keeps it.
func (s *Service) stamp() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// reasoned checks what a person must say before acting on a case.
func (s *Service) reasoned(by, reason string) error {
	if strings.TrimSpace(by) == "" {
		return fmt.Errorf("nobody is named: %w", ErrNotAllowed)
	}
	if strings.TrimSpace(reason) == "" {
		return ErrReason
	}
	if len(reason) > maxReason {
		return fmt.Errorf("the reason is longer than %d bytes: %w", maxReason, ErrReason)
	}
	if err := s.check(reason); err != nil {
		return fmt.Errorf("the reason cannot be kept: %w", err)
	}
	return nil
}

// maxReason bounds a reason, in bytes.
const maxReason = 4 << 10

// shortError is an error as a case may keep it: redacted and of bounded length.
func shortError(err error) string {
	text := []rune(strings.ToValidUTF8(detectors.Redact(err.Error()), "?"))
	if len(text) > 500 {
		text = append(text[:499], '…')
	}
	return string(text)
}
