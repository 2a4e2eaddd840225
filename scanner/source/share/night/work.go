package night

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"brevvagt/detectors"
	"brevvagt/scanner/source/share/state"
	"brevvagt/scanner/source/share/walk"
)

// hide masks what a path may hold before it is logged.
func hide(path string) string { return detectors.RedactNumbers(path) }

// pool works on one run with a number of readers.
type pool struct {
	s     *Scanner
	share *Share
	run   state.Run
	jobs  chan func() // of the round under way, for the readers
	waits int
}

// chunksAtOnce is how many chunks a process works on, so that a slow file at the
// end of one does not leave the other readers idle.
const chunksAtOnce = 3

func newPool(s *Scanner, sh *Share, run state.Run) *pool {
	return &pool{s: s, share: sh, run: run}
}

// idle is how long to wait for work: short at first, while the walk goes on.
func (p *pool) idle() time.Duration {
	p.waits++
	return min(time.Duration(p.waits)*5*time.Millisecond, 500*time.Millisecond)
}

// round works until there is nothing to take; did is false when there was nothing.
func (p *pool) round(ctx, stop context.Context) (did bool, err error) {
	var chunks, readers sync.WaitGroup
	var any atomic.Bool
	p.jobs = make(chan func(), 2*max(1, p.share.Readers))
	errs := make([]error, chunksAtOnce)
	for i := range chunksAtOnce {
		chunks.Go(func() {
			for ctx.Err() == nil && stop.Err() == nil && errs[i] == nil {
				c, ok, err := p.s.DB.Claim(ctx, p.run.ID, p.s.Owner, p.s.Now(), p.s.Lease)
				if err != nil || !ok {
					errs[i] = err
					return
				}
				if !any.Swap(true) {
					// They stay for the round: a new one for each file would have to grow
					// its stack again.
					for range max(1, p.share.Readers) {
						readers.Go(func() {
							for job := range p.jobs {
								job()
							}
						})
					}
				}
				errs[i] = p.chunk(ctx, stop, c)
			}
		})
	}
	chunks.Wait()
	close(p.jobs)
	readers.Wait()
	if any.Load() {
		p.waits = 0
	}
	return any.Load(), errors.Join(append(errs, ctx.Err())...)
}

// After this many attempts the files of a chunk are noted before they are opened,
// and one that was opened this often without an end is left out.
const (
	carefulAfter = 2
	maxTries     = 3
)

// chunk does the files of one chunk. Losing the lease is no error: somebody else
// does them.
func (p *pool) chunk(ctx, stop context.Context, c state.Chunk) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go p.keep(ctx, c.ID, cancel)
	out := &results{p: p, chunk: c.ID, last: time.Now()}
	var wg sync.WaitGroup
	for i := range c.Objects {
		if ctx.Err() != nil || stop.Err() != nil {
			break
		}
		wg.Add(1)
		p.jobs <- func() {
			defer wg.Done()
			if err := p.one(ctx, stop, c.Attempt > carefulAfter, &c.Objects[i], out); err != nil {
				out.fail(err)
				cancel(err)
			}
		}
		if c.Attempt > carefulAfter {
			wg.Wait() // one at a time
		}
	}
	wg.Wait()
	out.flush(ctx)
	leave := p.s.DB.Leave(context.WithoutCancel(ctx), c.ID, p.s.Owner)
	if errors.Is(out.err, state.ErrLost) || errors.Is(context.Cause(ctx), state.ErrLost) {
		p.s.Log.Warn("work was given to another worker", "share", p.share.Name)
		return leave
	}
	return errors.Join(out.err, leave)
}

// one does one file of a chunk.
func (p *pool) one(ctx, stop context.Context, careful bool, o *state.Object, out *results) error {
	switch {
	case ctx.Err() != nil || stop.Err() != nil:
		return nil
	case careful:
		return p.careful(ctx, o, out)
	}
	r, ok, err := p.s.read(ctx, p.share, p.run, o)
	if ok {
		out.add(ctx, r)
	}
	return err
}

// careful does one file of a chunk that was given up before: what it will open is
// noted first and its result stored at once, so that the next crash names its file.
func (p *pool) careful(ctx context.Context, o *state.Object, out *results) error {
	if o.Tries >= maxTries {
		p.s.Log.Error("file left out: it took the program down", "share", p.share.Name, "file", hide(p.share.Show(o.Path)))
		out.add(ctx, state.Result{Object: *o, Trouble: walk.TroubleCrash})
		return nil
	}
	if err := p.s.DB.Try(ctx, o, 1); err != nil {
		return err
	}
	r, ok, err := p.s.read(ctx, p.share, p.run, o)
	if !ok {
		return errors.Join(err, p.s.DB.Try(context.WithoutCancel(ctx), o, -1))
	}
	out.add(ctx, r)
	out.flush(ctx)
	return nil
}

// keep renews the lease until ctx ends.
func (p *pool) keep(ctx context.Context, chunk int64, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(p.s.Lease / 4)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := p.s.DB.Renew(ctx, chunk, p.s.Owner, p.s.Now().Add(p.s.Lease)); errors.Is(err, state.ErrLost) {
				cancel(err)
				return
			}
		}
	}
}

// results gathers what is done and stores it in small lots beside the reading: a kill
// loses at most the lot that is being stored and the one that is being gathered.
type results struct {
	p     *pool
	chunk int64

	mu      sync.Mutex
	list    []state.Result
	last    time.Time
	storing *lot // the one before
	err     error
}

// lot is some results on their way into the database.
type lot struct {
	done chan struct{} // closed when they are stored
	err  error
}

const (
	lotFiles = 64
	lotTime  = 300 * time.Millisecond
)

func (r *results) add(ctx context.Context, one state.Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, one)
	if len(r.list) >= lotFiles || time.Since(r.last) > lotTime {
		r.store(ctx)
	}
}

// flush stores what is left and waits for it.
func (r *results) flush(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.store(ctx)
	r.wait()
}

func (r *results) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = errors.Join(r.err, err)
}

// store begins to store the list once what came before is stored: readers that are
// faster than the database wait here.
func (r *results) store(ctx context.Context) {
	if len(r.list) == 0 {
		return
	}
	r.wait()
	list, now := r.list, &lot{done: make(chan struct{})}
	r.list, r.last, r.storing = make([]state.Result, 0, lotFiles), time.Now(), now
	go func() {
		defer close(now.done)
		// What is done is stored even when we are asked to stop.
		now.err = r.p.s.DB.Complete(context.WithoutCancel(ctx), r.p.run, r.chunk, r.p.s.Owner, list)
		if now.err == nil {
			r.p.s.judged(context.WithoutCancel(ctx), r.p.run.Version, list)
		}
	}()
}

// wait ends the lot before.
func (r *results) wait() {
	if r.storing != nil {
		<-r.storing.done
		r.err, r.storing = errors.Join(r.err, r.storing.err), nil
	}
}

// racy reports whether a file was touched so late that a change after our reading
// could carry the same time.
func racy(run state.Run, e walk.Entry) bool {
	return max(e.MTime, e.CTime) >= run.Started.Add(-2*time.Second).UnixNano()
}
