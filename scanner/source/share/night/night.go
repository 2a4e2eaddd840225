// Package night scans shares at night: it walks a share, queues what is new or
// changed since the last night, reads and judges it with a number of workers, and
// writes down what was found. It may be killed at any moment and goes on where it
// was; several processes may do the work of one share together.
package night

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"brevvagt/detectors"
	"brevvagt/scanner"
	"brevvagt/scanner/source/share/large"
	"brevvagt/scanner/source/share/state"
	"brevvagt/scanner/source/share/walk"
)

// Share is a share with all that is needed to scan it.
type Share struct {
	Name    string
	Show    func(path string) string // the path as people know it: /srv/faelles/a.txt
	Connect func(ctx context.Context) (Connected, error)
	Walkers int // folders listed at once
	Readers int // files read at once
	Limit   int64
	Large   large.Reader
	Rate    *Rate                  // nil for as fast as it goes
	Public  func(path string) bool // of shown paths; nil for none
	// Seize takes a file with findings away, where the share's policy says so; nil
	// only reports. It is asked before the file is counted as done.
	Seize Seize
	// Runs has a list of recipients judged together with the letters beside it.
	Runs bool

	tree   walk.Tree
	listed *listed
	denied *denials
	// over lists what a run is about; nil is the whole share.
	over func(ctx context.Context, tree walk.Tree, visit func(walk.Found) error) error
}

// Connected is a share that can be read, until it is closed.
type Connected interface {
	walk.Tree
	Close() error
}

// Seize takes away the file at path, whose content it is given with the verdict and
// the fingerprint it was read with. It returns the case; taken is false when the
// file was left where it is.
type Seize func(ctx context.Context, it scanner.Item, out *scanner.Outcome, now walk.Entry) (kase string, taken bool, err error)

// Scanner does runs. DB, Handle and Log are required.
type Scanner struct {
	DB      *state.DB
	Handle  scanner.Handler
	Log     *slog.Logger
	Version int64  // of the program, see state.EnsureVersion
	Owner   string // names this process among the workers
	Now     func() time.Time
	// Lease is how long a worker may be silent before its work is given to another;
	// default 2 minutes. It must be longer than reading one file may take to renew it.
	Lease time.Duration
	// Memory bounds what is read at once, in bytes over all shares; default 512 MiB.
	Memory *semaphore.Weighted
	// Room fails when so little of the disk is left that a scan has to wait; nil never
	// does.
	Room func(context.Context) error
	// Together judges a list of recipients with the letters beside it, on shares that
	// have Runs; nil for none.
	Together Together

	poll  time.Duration // Poll, but for tests
	mu    sync.Mutex
	known *verdicts
	clean clean
}

// MemoryBytes is the default bound of what is held at once.
const MemoryBytes = 512 << 20

// Prepare fills in the defaults. Call it once before anything else.
func (s *Scanner) Prepare() *Scanner {
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.poll == 0 {
		s.poll = Poll
	}
	if s.Lease == 0 {
		s.Lease = 2 * time.Minute
	}
	if s.Memory == nil {
		s.Memory = semaphore.NewWeighted(MemoryBytes)
	}
	return s
}

// Run does the run of a share that was scheduled for the given moment, or goes on
// with the one that is open. It returns when the run is over, when stop ends (the
// files at hand are finished, the rest waits), or when ctx ends. A share that cannot
// be walked is an error; a file that cannot be read is not.
func (s *Scanner) Run(ctx context.Context, sh *Share, scheduled time.Time, stop context.Context) (state.Run, error) {
	src, err := s.DB.EnsureSource(ctx, sh.Name)
	if err != nil {
		return state.Run{}, err
	}
	run, open, err := s.DB.Begin(ctx, src.ID, scheduled, s.Now(), s.Version)
	if err != nil || !open {
		return run, err
	}
	if err := s.load(ctx); err != nil {
		return run, err
	}
	tree, err := sh.Connect(ctx)
	if err != nil {
		return s.ended(ctx, run, s.failed(ctx, sh, run, err))
	}
	at := *sh
	at.tree, at.listed, at.denied = tree, &listed{}, &denials{}
	run, err = s.drive(ctx, &at, src, run, stop)
	return run, errors.Join(err, tree.Close())
}

// drive plans and works until the run is over.
func (s *Scanner) drive(ctx context.Context, sh *Share, src state.Source, run state.Run, stop context.Context) (state.Run, error) {
	defer s.keepClean(context.WithoutCancel(ctx), run.Version, 1)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var planning sync.WaitGroup
	defer planning.Wait()
	planned := make(chan error, 1)
	busy := false
	pool := newPool(s, sh, run)
	for {
		select {
		case err := <-planned:
			busy = false
			if err != nil && !errors.Is(err, state.ErrLost) {
				return s.ended(ctx, run, s.failed(ctx, sh, run, err))
			}
		default:
		}
		fresh, err := s.DB.Run(ctx, run.ID)
		if err != nil || !fresh.Open() {
			return fresh, err
		}
		if fresh.Stage == state.Planning && !busy && stop.Err() == nil {
			if err := s.reconsider(ctx, sh, src); err != nil {
				return fresh, err
			}
			plan, ok, err := s.DB.Plan(ctx, run, src, s.Owner, s.Lease, s.Now)
			if err != nil {
				return fresh, err
			}
			if busy = ok; ok {
				planning.Go(func() { planned <- s.plan(ctx, stop, sh, plan) })
			}
		}
		did, err := pool.round(ctx, stop)
		if errors.Is(err, walk.ErrOffline) {
			err = s.failed(ctx, sh, run, err)
		}
		if err != nil || stop.Err() != nil {
			return s.ended(ctx, run, err)
		}
		if did {
			continue
		}
		if fresh.Stage == state.Working {
			if ok, err := s.finish(ctx, sh, fresh); err != nil || ok {
				return s.ended(ctx, run, err)
			}
		}
		select {
		case <-ctx.Done():
		case <-stop.Done():
		case <-time.After(pool.idle()):
		}
	}
}

func (s *Scanner) ended(ctx context.Context, run state.Run, err error) (state.Run, error) {
	fresh, readErr := s.DB.Run(context.WithoutCancel(ctx), run.ID)
	return fresh, errors.Join(err, readErr)
}

// reconsider has what was only reported until now read once more where it is to be taken.
func (s *Scanner) reconsider(ctx context.Context, sh *Share, src state.Source) error {
	if sh.Seize == nil || sh.over != nil {
		return nil
	}
	return s.DB.Reconsider(ctx, src.ID, sh.Limit)
}

// plan walks the share.
func (s *Scanner) plan(ctx, stop context.Context, sh *Share, plan *state.Plan) error {
	over := sh.over
	if over == nil {
		over = func(ctx context.Context, tree walk.Tree, visit func(walk.Found) error) error {
			return walk.Walk(ctx, tree, sh.Walkers, visit)
		}
	}
	err := over(ctx, sh.tree, func(f walk.Found) error {
		if f.Err != nil && !errors.Is(f.Err, walk.ErrGone) {
			s.Log.Warn("folder not read", "share", sh.Name, "folder", hide(sh.Show(f.Path)), "error", detectors.RedactNumbers(f.Err.Error()))
		}
		if f.Cut {
			s.Log.Warn("folder holds too many files, the rest was not listed", "share", sh.Name, "folder", hide(sh.Show(f.Path)), "limit", walk.MaxEntries)
		}
		if errors.Is(f.Err, walk.ErrOffline) {
			return f.Err
		}
		if err := sh.shutOut(ctx, f.Err); err != nil {
			return err
		}
		if stop.Err() != nil {
			return errStopped
		}
		return plan.Folder(ctx, f)
	})
	if errors.Is(err, errStopped) || ctx.Err() != nil {
		// Planned anew when it goes on, by whoever is first.
		return errors.Join(ctx.Err(), plan.Release(context.WithoutCancel(ctx)))
	}
	if err != nil {
		return err
	}
	return plan.Finish(ctx, sh.over == nil)
}

var errStopped = errors.New("stopped")

// failed ends a run whose share could not be walked.
func (s *Scanner) failed(ctx context.Context, sh *Share, run state.Run, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err := fmt.Errorf("share %s: %w", sh.Name, cause)
	return errors.Join(err, s.DB.Fail(ctx, run.ID, s.Now(), detectors.RedactNumbers(cause.Error())))
}

// finish ends a run whose files are all done.
func (s *Scanner) finish(ctx context.Context, sh *Share, run state.Run) (bool, error) {
	if err := s.DB.Moved(ctx, run); err != nil {
		return false, err
	}
	now, err := totals(ctx, s.DB, run)
	if err != nil {
		return false, err
	}
	summary, err := now.Encode()
	if err != nil {
		return false, err
	}
	ok, err := s.DB.Finish(ctx, run, s.Now(), summary)
	if err == nil && ok && sh.over == nil {
		s.Log.Info("share scanned", "share", sh.Name, "files", now.Files, "with_findings", now.Hits, "persons", now.Persons, "unread", now.Unread)
	}
	return ok, err
}
