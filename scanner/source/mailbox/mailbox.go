// Package mailbox watches the mailboxes of people and departments over IMAP: what
// they have sent, what waits to be sent and what they are writing. It never sends
// anything and never marks a mail read.
//
// A sent mail is beyond stopping: with findings it becomes a case that says
// "possible breach". A draft or a mail in the outbox with findings is answered by a
// notice in the mailbox, before it is sent. Incoming folders are not looked at.
//
// Glossary (Danish in the user interface): sent = sendt post, drafts = kladder,
// outbox = udbakke, possible breach = muligt brud.
package mailbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"brevvagt/detectors"
	"brevvagt/scanner"
	"brevvagt/scanner/source/mailbox/book"
	"brevvagt/scanner/source/mailbox/folders"
	"brevvagt/scanner/source/mailbox/session"
)

// The names under which items come: a sent mail is judged as one that has left, a
// draft as one that nobody has sent.
const (
	Source      = "mailbox"
	DraftSource = "mailbox-draft"
)

// Account is one mailbox.
type Account struct {
	Name   string // unique; shown in logs and status
	Server session.Config
	// Folders are named by the operator, else found by their marks and names.
	Folders map[folders.Role][]string
	// Quarantine is the folder that sent mails with findings are moved to; "" leaves
	// them where they are.
	Quarantine string
	// Notices is the folder for notices about drafts; "" writes none.
	Notices string
	Since   time.Duration // how far back to look at first contact; 0: from now on
	Poll    time.Duration // how often to look whatever the server tells, at most 25 minutes
	// DraftRest is how long a draft must lie unchanged before it is looked at, since
	// mail programs save one every minute. SentRest is the same for sent mail: a
	// gateway that sees the same mail should have judged it first.
	DraftRest, SentRest time.Duration
	MaxBytes            int64  // of a mail; the rest of a larger one is a gap
	From                string // shown sender of notices
	Contact             string // whom a notice tells people to turn to
	// Setup tells one setup of an account from another, see Watch.Use.
	Setup string
}

// Watch is the source. Fields are set before Run and not changed after; Use changes the
// accounts.
type Watch struct {
	Accounts []Account // those to begin with
	Book     *book.Book
	Spool    string // folder (0700) for large mails on their way through; nothing stays in it
	// PerServer is how many connections one server gets, default 50. With more
	// accounts than that they take turns.
	PerServer int
	Workers   int   // mails judged at once, default 2
	Memory    int64 // bytes of mail in memory at once, default 256 MiB
	Backoff   time.Duration
	Log       *slog.Logger
	Now       func() time.Time
	// Crash is called at named points between steps; tests end the process there.
	Crash func(point string)

	shared
}

// shared is what all accounts have together; it is made at the first use.
type shared struct {
	once    sync.Once
	workers *semaphore.Weighted
	memory  *semaphore.Weighted
	unread  sync.Map // folder key → how often in a row its listing could not be read

	mu       sync.Mutex
	accounts map[string]*Account // in force, by name
	order    []string
	servers  map[string]*server
	start    func(a *Account, before *watching) *watching // nil until Run, and after it
	watched  map[string]*watching
}

// server is what accounts on one server share.
type server struct {
	slots    *semaphore.Weighted
	accounts atomic.Int64
	limit    int64
}

func (w *Watch) prepare() {
	w.once.Do(func() {
		w.PerServer, w.Workers = orElse(w.PerServer, 50), orElse(w.Workers, 2)
		w.Memory, w.Backoff = orElse(w.Memory, 256<<20), orElse(w.Backoff, 5*time.Second)
		if w.Log == nil {
			w.Log = slog.New(slog.DiscardHandler)
		}
		if w.Now == nil {
			w.Now = time.Now
		}
		if w.Crash == nil {
			w.Crash = func(string) {}
		}
		w.workers, w.memory = semaphore.NewWeighted(int64(w.Workers)), semaphore.NewWeighted(w.Memory)
		w.servers, w.watched = make(map[string]*server), make(map[string]*watching)
		w.use(w.Accounts)
	})
}

func orElse[T int | int64 | time.Duration](v, standard T) T {
	if v > 0 {
		return v
	}
	return standard
}

// The limits of an account's settings.
const (
	standardPoll = 2 * time.Minute
	longestPoll  = 25 * time.Minute // servers hang up after 29 minutes of IDLE (RFC 2177)
)

func (a *Account) defaults(log *slog.Logger) {
	a.Poll = min(orElse(a.Poll, standardPoll), longestPoll)
	a.MaxBytes = orElse(a.MaxBytes, 64<<20)
	if a.Server.Log == nil {
		a.Server.Log = log
	}
}

// Run watches until ctx ends. What goes wrong with one account is logged, stored for
// the status and tried again; it never ends Run and never stops another account.
func (w *Watch) Run(ctx context.Context, handle scanner.Handler) error {
	w.prepare()
	var all sync.WaitGroup
	start := func(a *Account, before *watching) *watching {
		own, stop := context.WithCancel(ctx)
		now := &watching{stop: stop, ended: make(chan struct{})}
		all.Go(func() {
			defer close(now.ended)
			defer stop()
			if before != nil {
				<-before.ended
			}
			w.watch(own, a, handle)
		})
		return now
	}
	w.setStart(start)
	<-ctx.Done()
	w.setStart(nil)
	all.Wait()
	return ctx.Err()
}

func (w *Watch) setStart(start func(a *Account, before *watching) *watching) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.start = start
	w.startAll()
}

// watch visits one account again and again.
func (w *Watch) watch(ctx context.Context, a *Account, handle scanner.Handler) {
	failures := 0
	for ctx.Err() == nil {
		went, err := w.visitSafely(ctx, a, handle)
		if ctx.Err() != nil {
			return
		}
		wait := a.Poll
		if went {
			failures = 0
		}
		if err != nil {
			failures++
			wait = w.backoff(failures, err)
			w.Log.WarnContext(ctx, "mailbox", "account", a.Name, "error", detectors.RedactNumbers(err.Error()), "again", wait.Round(time.Millisecond))
			w.report(ctx, a, err.Error(), 0)
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// backoff doubles from Backoff to a quarter of an hour; a refused login waits longer,
// since servers lock accounts that fail often. Half of it is chance, so that many
// accounts do not come back at once.
func (w *Watch) backoff(failures int, err error) time.Duration {
	shortest, longest := w.Backoff, max(15*time.Minute, w.Backoff)
	if errors.Is(err, session.ErrLogin) {
		shortest, longest = 12*w.Backoff, time.Hour
	}
	d := min(shortest<<min(failures-1, 16), longest)
	return d/2 + rand.N(d/2+1)
}

// visitSafely turns a panic into an error: one account never stops another.
func (w *Watch) visitSafely(ctx context.Context, a *Account, handle scanner.Handler) (went bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			w.Log.ErrorContext(ctx, "mailbox", "account", a.Name, "panic", fmt.Sprintf("%T", r), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic (%T)", r)
		}
	}()
	return w.visit(ctx, a, handle)
}

// visit connects and stays as long as all goes well, or for one round where many
// accounts share a server. went says that at least one round was complete.
func (w *Watch) visit(ctx context.Context, a *Account, handle scanner.Handler) (went bool, err error) {
	srv := w.server(a)
	if err := srv.slots.Acquire(ctx, 1); err != nil {
		return false, err
	}
	defer srv.slots.Release(1)
	s, err := session.Dial(ctx, a.Server)
	if err != nil {
		return false, err
	}
	defer s.Close()
	v := &visit{w: w, a: a, s: s, handle: handle, seen: make(map[string]session.State)}
	if v.choices, err = w.choose(ctx, a, s); err != nil {
		return false, err
	}
	for chosen := w.Now(); ; {
		if v.lost || w.Now().Sub(chosen) > time.Hour { // folders come and go, and are renamed
			if v.choices, err = w.choose(ctx, a, s); err != nil {
				return went, err
			}
			chosen, v.lost = w.Now(), false
		}
		more, err := v.round(ctx)
		if err != nil {
			return went, err
		}
		went = true
		switch {
		case more:
		case srv.accounts.Load() > srv.limit:
			s.Logout(ctx)
			return true, nil
		default:
			if err := v.idle(ctx); err != nil {
				return true, err
			}
		}
	}
}

// ErrNoFolders is a mailbox in which nothing was found to watch.
var ErrNoFolders = errors.New("no folder for sent mail, drafts or outbox was found; name them in the configuration")

// choose is what is watched: what the operator named, else what is found.
func (w *Watch) choose(ctx context.Context, a *Account, s *session.Session) ([]folders.Choice, error) {
	var named []folders.Choice
	for _, r := range folders.Roles() {
		for _, name := range a.Folders[r] {
			named = append(named, folders.Choice{Role: r, Name: name})
		}
	}
	if named != nil {
		return named, nil
	}
	list, ns, err := s.Folders(ctx)
	if err != nil {
		return nil, err
	}
	found := folders.Choose(list, ns.Personal, ns.Others)
	if len(found) == 0 {
		return nil, ErrNoFolders
	}
	return found, nil
}

func (w *Watch) report(ctx context.Context, a *Account, state string, watched int) {
	if err := w.Book.Report(context.WithoutCancel(ctx), w.Book.Digest(a.Name), a.Name, detectors.RedactNumbers(state), watched); err != nil {
		w.Log.WarnContext(ctx, "mailbox", "account", a.Name, "error", err)
	}
}

// Findings of a check of one account, for people.
type Check struct {
	Account string
	Folders []folders.Choice
	Move    bool // the server can move mails
	Idle    bool
	Err     error
}

// Check logs in to every account, one after another, and tells what was found. It
// changes nothing.
func (w *Watch) Check(ctx context.Context) []Check {
	w.prepare()
	var list []Check
	for _, a := range w.all() {
		list = append(list, w.check(ctx, a))
	}
	return list
}

func (w *Watch) check(ctx context.Context, a *Account) Check {
	c := Check{Account: a.Name}
	s, err := session.Dial(ctx, a.Server)
	if err != nil {
		c.Err = err
		return c
	}
	defer s.Logout(ctx)
	c.Move, c.Idle = s.CanMove(), s.Has("IDLE")
	if c.Folders, c.Err = w.choose(ctx, a, s); c.Err != nil {
		return c
	}
	for _, f := range c.Folders {
		if _, err := s.Open(ctx, f.Name, true); err != nil {
			c.Err = errors.Join(c.Err, fmt.Errorf("%s: %w", detectors.RedactNumbers(f.Name), err))
		}
	}
	if a.Quarantine != "" && !c.Move {
		c.Err = errors.Join(c.Err, session.ErrNoMove)
	}
	return c
}
