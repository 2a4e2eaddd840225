// Package review is the page on which the DPO and case workers see what was
// stopped, and release or reject it. It is Danish first and needs no JavaScript.
//
// Who may do what stands in one table, routes.go. A session is a random token in
// a cookie (HttpOnly, SameSite=Lax, __Host- over TLS) that is renewed at login and
// ends after 30 idle minutes, 12 hours (8 after the municipality's own sign-in), or
// when the account is closed; the key that opens sealed pictures and originals is
// held in memory beside the session and dies with it. Requests from other sites
// are refused by http.CrossOriginProtection. The pages carry a strict content
// security policy and load nothing from elsewhere. All values from outside pass
// clean (clean.go) and then html/template's escaping.
//
// Glossary: case = sag, quarantine = karantæne, release = frigiv, reject = afvis,
// finding = fund, register = fortegnelse over brud, draft = kladde.
package review

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"brevvagt/detectors"
	"brevvagt/quarantine"
	"brevvagt/quarantine/casework"
	"brevvagt/quarantine/handout"
	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/register"
	"brevvagt/quarantine/register/clock"
	"brevvagt/quarantine/register/desk"
	"brevvagt/quarantine/review/breach"
	"brevvagt/quarantine/review/figures"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/keys"
	"brevvagt/quarantine/review/lists"
	"brevvagt/quarantine/review/mine"
	"brevvagt/quarantine/review/prints"
	"brevvagt/quarantine/review/queue"
	"brevvagt/quarantine/review/shares"
	"brevvagt/quarantine/review/signin"
	"brevvagt/quarantine/review/static"
	"brevvagt/quarantine/runs"
	"brevvagt/quarantine/stats"
	"brevvagt/quarantine/vault"
	"brevvagt/quarantine/warned"
)

// Cases finds cases.
type Cases interface {
	Get(ctx context.Context, id string) (*quarantine.Case, error)
	Counts(ctx context.Context) (map[quarantine.State]int, error)
	Runs() *runs.Lines
}

// Decisions carries them out.
type Decisions interface {
	Release(ctx context.Context, id string, d quarantine.Decision) (*quarantine.Case, error)
	Reject(ctx context.Context, id string, d quarantine.Decision) (*quarantine.Case, error)
	MayExcept(ctx context.Context, id, by, rule string) error
}

// Listing finds cases and decides several.
type Listing interface {
	queue.Finder
	Decisions
	Secrets
}

// Secrets are what only an unlocked key opens, or deletes before its time.
type Secrets interface {
	Originals
	Values
	Forget(ctx context.Context, id, by, reason string) error
}

// Originals opens what was held, and knows who sent it and what its source can.
type Originals interface {
	Opening
	Sender(ctx context.Context, id string) (string, error)
	ReleasesSome(source string) bool
}

// Opening gives the original out, plain to the DPO or in a package that leaves the house,
// or has a page of it drawn.
type Opening interface {
	Sheet(ctx context.Context, id string, n int, by string, o *vault.Opener, draw func(context.Context, []byte, quarantine.Place) ([]byte, error)) ([]byte, error)
	Original(ctx context.Context, id, by, reason string, o *vault.Opener) (io.ReadCloser, error)
	HandOut(ctx context.Context, id, by, reason, receiver, sealedTo string, o *vault.Opener) (io.ReadCloser, error)
}

// Values opens single findings of a case.
type Values interface {
	HasValues(ctx context.Context, id string) (bool, error)
	Unmask(ctx context.Context, id string, n int, by, reason string, o *vault.Opener) error
	Value(ctx context.Context, id string, n int, o *vault.Opener) (string, error)
}

// Papers are what belongs to a case: sealed pictures, the log, the register.
type Papers interface {
	Picture(ctx context.Context, id string, n int, by string, o *vault.Opener) ([]byte, error)
	History(ctx context.Context, caseID string) ([]ledger.Entry, error)
	handout.Papers
}

// Service is what the page needs; quarantine.Service has it all.
type Service interface {
	Cases
	Papers
	Listing
}

// Accounts tells who a person is, unlocks the vault key and changes its passphrase.
type Accounts interface {
	signin.Accounts
	mine.Accounts
}

// Config is what New needs: a service, accounts, a desk, the work on cases and
// the warnings; the rest has defaults.
type Config struct {
	Service      Service
	Accounts     Accounts
	Log          *slog.Logger
	Secure       bool   // served over TLS: secure cookies and HSTS
	Organisation string // shown at the top, as "Eksempel Kommune"
	Desk         *desk.Desk
	Stats        func(ctx context.Context, year int) (*stats.Year, error)
	Rules        func() []figures.RuleState // of the policy in force
	Work         *casework.Work
	Warned       *warned.Lines
	Mail         clock.Mailer // asks senders; nil offers no question
	// Answer gives the page behind which the sender answers a question, once; nil where
	// there is none.
	Answer     func(ctx context.Context, caseID, from string) (string, error)
	Colleagues func(context.Context) ([]string, error)
	Contact    breach.Contact // of the DPO, for notifications and letters
	// Check refuses a text of a person that may not be kept; nil refuses CPR numbers.
	Check func(string) error
	// Sent gives what the senders of cases chose through their links; nil where no
	// links are given out.
	Sent func(ctx context.Context, ids []string) (map[string]string, error)
	// Draw draws the page on which something was found; nil offers none.
	Draw   func(ctx context.Context, original []byte, at quarantine.Place) ([]byte, error)
	Keep   time.Duration // how long the original of a case is kept, whether decided or not; 0 says nothing of it
	Budget int           // items held in a day before the page says it is too many; 0 is never
	// Signer signs the ledger's head in packages that leave the house; nil leaves it out.
	Signer func() (*ledger.Signer, error)
	// Keys are those that open what is kept; nil shows no page for them.
	Keys *keys.Keys
	// Head is the ledger's head for exports, signed where a key is at hand.
	Head func(context.Context) (string, error)
	// Shares tells of the scans of shares; nil where there are none.
	Shares *shares.Source
	// Ways are the ways to sign in beside the passphrase.
	Ways signin.Ways
	Now  func() time.Time
}

// Limits of the page.
const (
	idleTimeout = 30 * time.Minute
	lifetime    = 12 * time.Hour
	bodyLimit   = 64 << 10 // bytes of a posted form
	reasonLimit = 1000     // runes of a reason
)

// more are the pages beside cases, queue and register.
type more struct {
	lists  *lists.Pages
	prints *prints.Pages
	keys   *keys.Pages
	signin *signin.Pages
	mine   *mine.Pages
	shares *shares.Pages
	draw   func(context.Context, []byte, quarantine.Place) ([]byte, error) // nil offers no pages of files
}

type server struct {
	*frame.Frame
	more
	breach  *breach.Pages
	queue   *queue.Pages
	figures *figures.Pages
	Work    *casework.Work
	// Colleagues are the accounts that a case can be handed to.
	Colleagues func(context.Context) ([]string, error)
	mail       clock.Mailer // asks senders; nil where no mail can be sent
	answer     func(ctx context.Context, caseID, from string) (string, error)
	signer     func() (*ledger.Signer, error)
	check      func(string) error // refuses a text of a person that may not be kept
	Service    Service
	Accounts   Accounts
	assets     http.Handler
	keep       time.Duration // how long originals are kept, 0 when it is not said
}

// New makes the handler of the page. It starts one goroutine, which forgets
// sessions that have ended.
func New(cfg Config) (http.Handler, error) {
	s, err := newServer(cfg, idleTimeout)
	if err != nil {
		return nil, err
	}
	s.queue.Sent = cfg.Sent
	return s.handler(), nil
}

func newServer(cfg Config, idle time.Duration) (*server, error) {
	if cfg.Service == nil || cfg.Accounts == nil || cfg.Desk == nil || cfg.Work == nil || cfg.Warned == nil || cfg.Stats == nil {
		return nil, fmt.Errorf("review needs a service, accounts, a desk, the work on cases and the warnings")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Check == nil {
		cfg.Check = register.CheckNumbers
	}
	if cfg.Head == nil {
		cfg.Head = func(context.Context) (string, error) { return "", nil }
	}
	assets, err := static.Handler()
	if err != nil {
		return nil, fmt.Errorf("cannot read the page's static files: %w", err)
	}
	s := &server{Service: cfg.Service, Accounts: cfg.Accounts, assets: assets}
	s.Frame, err = frame.New(frame.Config{Log: cfg.Log, Secure: cfg.Secure, Organisation: cfg.Organisation, Now: cfg.Now,
		Idle: idle, Lifetime: lifetime, May: s.may, Clock: func(ctx context.Context) (*frame.Clock, error) { return s.breach.Nearest(ctx) }})
	if err != nil {
		return nil, err
	}
	if s.signin, err = signin.New(s.Frame, cfg.Accounts, cfg.Ways); err != nil {
		return nil, err
	}
	if s.mine, err = mine.New(s.Frame, cfg.Accounts, s.signin.Passkeys, cfg.Check); err != nil {
		return nil, err
	}
	s.breach = &breach.Pages{Frame: s.Frame, Register: cfg.Service.Register(), Desk: cfg.Desk, Contact: cfg.Contact, Head: cfg.Head}
	s.check, s.Work, s.mail, s.Colleagues, s.signer = cfg.Check, cfg.Work, cfg.Mail, cfg.Colleagues, cfg.Signer
	s.answer, s.keep, s.draw = cfg.Answer, cfg.Keep, cfg.Draw
	s.keys = keys.New(s.Frame, cfg.Keys)
	s.prints = &prints.Pages{Frame: s.Frame, Cases: cfg.Service, Head: cfg.Head}
	s.lists = &lists.Pages{Frame: s.Frame, Work: cfg.Work, Warned: cfg.Warned, Runs: cfg.Service.Runs(), Cases: cfg.Service}
	s.figures = &figures.Pages{Frame: s.Frame, Of: cfg.Stats, Rules: cfg.Rules}
	s.shares = &shares.Pages{Frame: s.Frame, Source: cfg.Shares}
	s.queue = &queue.Pages{Frame: s.Frame, Finder: cfg.Service, Counter: cfg.Service, Case: cfg.Service.Get, Board: queue.NewBoard(queue.UndoWindow, cfg.Now), Budget: cfg.Budget}
	return s, nil
}

// health answers readiness checks without a login: the page is up and the store
// can be read.
func (s *server) health(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if _, err := s.Service.Counts(r.Context()); err != nil {
		s.Log.Error("not ready", "err", detectors.Redact(err.Error()))
		w.WriteHeader(http.StatusServiceUnavailable)
		w.Write([]byte("ikke klar\n"))
		return
	}
	w.Write([]byte("klar\n"))
}
