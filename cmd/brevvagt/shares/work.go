package shares

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"reflect"
	"sync"
	"sync/atomic"
	"syscall"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/scanner"
	"brevvagt/scanner/source/share/large"
	"brevvagt/scanner/source/share/night"
)

// Worker is what it takes to read shares, beside their configuration.
type Worker struct {
	// Pipeline judges; of what it does with an outcome nothing is done here.
	Pipeline *scanner.Pipeline
	// Files takes away what is to be quarantined; without a service nothing is.
	Files   *Keeper
	Version string                        // of the program
	Done    func(string, scanner.Outcome) // sees every outcome; it may be nil
	// Letters judges files that lie together as a run of letters; nil judges none.
	Letters func(ctx context.Context, p *scanner.Pipeline, folder string, names []string, read func(context.Context, string) ([]byte, error)) (scanner.Outcome, bool, error)
	Log     *slog.Logger
}

// Open opens the shares of a configuration for work.
func (w Worker) Open(ctx context.Context, cfg config.Config) (*Shares, error) {
	s, err := Open(ctx, cfg, w.Log)
	if err != nil {
		return nil, err
	}
	if err := w.equip(ctx, s, nil); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// next are the shares of a new configuration over the database of the old one. A
// scanner that would judge the same stays the same.
func (w Worker) next(ctx context.Context, old *Shares, cfg config.Config) (*Shares, error) {
	s := &Shares{DB: old.DB, cfg: cfg, owner: old.owner, log: w.Log}
	var err error
	if s.list, err = listOf(cfg, s.DB.Keys()); err != nil {
		return nil, err
	}
	return s, w.equip(ctx, s, old)
}

// equip makes the scanner.
func (w Worker) equip(ctx context.Context, s, old *Shares) error {
	extract, detect, err := Versions(s.cfg, w.Version)
	if err != nil {
		return err
	}
	var seize night.Seize
	if w.Files != nil && w.Files.Service != nil {
		w.Files.Use(s.cfg, s.DB.Keys())
		seize = w.Files.Seize
	}
	for i := range s.list {
		if f := w.Pipeline.Formats; f != nil {
			s.list[i].share.Large = large.Reader{Dir: f.Spill, Lines: f.Condensable}
		}
		if s.list[i].cfg.Quarantine() {
			s.list[i].share.Seize = seize
		}
	}
	if s.versions = extract + " " + detect; old != nil && s.versions == old.versions {
		s.scan = old.scan
		return nil
	}
	version, err := s.DB.EnsureVersion(ctx, extract, detect)
	if err != nil {
		return err
	}
	s.scan = (&night.Scanner{DB: s.DB, Handle: w.handler(), Together: w.together(), Log: s.log, Version: version, Owner: s.owner, Room: s.room}).Prepare()
	return nil
}

// together judges a list of recipients with the letters beside it; nil for none.
func (w Worker) together() night.Together {
	if w.Letters == nil {
		return nil
	}
	own := w.still()
	return func(ctx context.Context, folder string, names []string, read func(context.Context, string) ([]byte, error)) (scanner.Outcome, bool, error) {
		return w.Letters(ctx, &own, folder, names, read)
	}
}

// still is a copy of the pipeline that decides and does nothing else.
func (w Worker) still() scanner.Pipeline {
	own := *w.Pipeline
	own.Relax, own.Memory, own.Turn, own.Actions, own.HoldUnfinished = nil, nil, nil, nil, false
	return own
}

// handler judges with a copy of the pipeline that decides and does nothing else.
func (w Worker) handler() scanner.Handler {
	own := w.still()
	return func(ctx context.Context, it scanner.Item) (scanner.Outcome, error) {
		out, err := own.Handle(ctx, it)
		if err == nil {
			w.Log.Debug("share", "file", it.ID, "verdict", out.Verdict.Action, "persons", len(out.Subjects), "gaps", len(out.Gaps), "ms", out.Took.Milliseconds())
			if w.Done != nil {
				w.Done(it.ID, out)
			}
		}
		return out, err
	}
}

// Help scans shares until ctx ends; at each SIGHUP it takes what again says.
func (w Worker) Help(ctx context.Context, cfg config.Config, again func() (config.Config, Worker, error)) error {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	k := NewKeeping(ctx)
	if err := k.Use(cfg, w); err != nil {
		return err
	}
	w.Log.Info("helping with the shares", "shares", len(cfg.Shares))
	for {
		select {
		case <-ctx.Done():
			return k.Wait()
		case <-hup:
			next, as, err := again()
			if err == nil {
				err = k.Use(next, as)
			}
			if err != nil {
				w.Log.Error("configuration not reloaded; the old one stays in force", "error", err)
				continue
			}
			w.Log.Info("configuration reloaded", "shares", len(next.Shares))
		}
	}
}

// Keeping scans shares whenever they are due, while their configuration may change.
type Keeping struct {
	ctx context.Context

	mu      sync.Mutex
	now     *Shares // nil until there were any: an installation without shares has no database of scans
	at      map[string]*kept
	running sync.WaitGroup
	shown   atomic.Pointer[Shares] // is now
}

// kept is a share that is being scanned.
type kept struct {
	one   one
	scan  *night.Scanner
	stop  context.CancelFunc // ends it after the files at hand
	over  bool
	ended chan struct{}
}

// NewKeeping scans nothing yet; ctx ends all of it.
func NewKeeping(ctx context.Context) *Keeping {
	return &Keeping{ctx: ctx, at: make(map[string]*kept)}
}

// Now are the shares in force, nil where there were never any. It waits for nobody.
func (k *Keeping) Now() *Shares { return k.shown.Load() }

// Wait returns when the context has ended and everything is put away.
func (k *Keeping) Wait() error {
	<-k.ctx.Done()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.running.Wait()
	if k.now == nil {
		return nil
	}
	return k.now.Close()
}

// Use puts the shares of a configuration in force; where it fails, those before stay.
// A share that stays as it was is not disturbed. One that changed, or is judged by
// other rules now, ends after the files at hand, and its run goes on at once with the
// new settings; so does the run of one that was taken out when it is put in again.
func (k *Keeping) Use(cfg config.Config, w Worker) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	var next *Shares
	var err error
	switch {
	case k.ctx.Err() != nil:
		return k.ctx.Err()
	case k.now != nil:
		next, err = w.next(k.ctx, k.now, cfg)
	case len(cfg.Shares) > 0:
		next, err = w.Open(k.ctx, cfg)
	}
	if err != nil || next == nil {
		return err
	}
	k.now = next
	k.shown.Store(next)
	in := make(map[string]bool)
	for _, o := range next.list {
		in[o.share.Name] = true
		before := k.at[o.share.Name]
		if before != nil && !before.over && before.scan == next.scan && reflect.DeepEqual(before.one.cfg, o.cfg) {
			continue
		}
		k.at[o.share.Name] = k.start(o, next.scan, before)
	}
	for name, old := range k.at {
		if !in[name] {
			old.end()
		}
	}
	return nil
}

func (k *kept) end() {
	k.over = true
	k.stop()
}

// start scans a share once the one before it has let go.
func (k *Keeping) start(o one, scan *night.Scanner, before *kept) *kept {
	stop, cancel := context.WithCancel(k.ctx)
	now := &kept{one: o, scan: scan, stop: cancel, ended: make(chan struct{})}
	if before != nil {
		before.end()
	}
	k.running.Go(func() {
		defer close(now.ended)
		defer cancel()
		if before != nil {
			<-before.ended
		}
		var both sync.WaitGroup
		both.Go(func() { scan.Keep(k.ctx, stop, o.share, o.clock) })
		if o.cfg.Live {
			both.Go(func() { scan.Live(k.ctx, stop, o.share, o.cfg.Path) })
		}
		both.Wait()
	})
	return now
}
