// Package isolate runs the readers of hostile formats (pictures, PDF) in child
// processes of our own program, so that a file that hangs, crashes or eats memory
// takes a worker down and never the daemon.
//
// The daemon wraps a format with Pool.Format; the child runs Serve. A worker
// reads one document at a time, has neither files nor network, and is killed with
// its process group when the time is up. A document that ended a worker is tried
// once more, alone in a fresh one, and then remembered: when nothing came out of
// it, it is not tried again for a while; when something did, it is tried once only,
// because what was found in it must be found each time. What a fresh worker had no memory
// for is not tried a second time.
package isolate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"brevvagt/document"
)

// Config says how to run workers. Zero fields take the default in brackets.
type Config struct {
	Command      []string      // program and arguments that end in Serve(os.Stdin, os.Stdout, …)
	Env          []string      // added to the worker's small environment
	Workers      int           // documents read at the same time [2]
	Timeout      time.Duration // for one document [60 s]
	StartTimeout time.Duration // until a new worker reports [20 s]
	MemoryBytes  int64         // address space of a worker [3 GiB]
	RSSBytes     int64         // resident memory above which a worker is replaced [400 MiB]
	PeakBytes    int64         // resident memory above which a worker is ended while it reads [720 MiB]
	MaxItems     int           // documents until a worker is replaced [200]
	MaxOutput    int64         // bytes of text and files that one document may give [512 MiB]
	ReadOnly     []string      // more files and folders a worker may read
	Remember     int           // contents remembered for ending a worker [4096]
	RememberFor  time.Duration // [1 h]
}

func (c Config) orDefault() Config {
	if c.Workers <= 0 {
		c.Workers = 2
	}
	if c.Timeout <= 0 {
		c.Timeout = time.Minute
	}
	if c.StartTimeout <= 0 {
		c.StartTimeout = 20 * time.Second
	}
	if c.MemoryBytes <= 0 {
		c.MemoryBytes = 3 << 30
	}
	if c.RSSBytes <= 0 {
		c.RSSBytes = 400 << 20
	}
	if c.PeakBytes <= 0 {
		c.PeakBytes = 720 << 20
	}
	if c.MaxItems <= 0 {
		c.MaxItems = 200
	}
	if c.MaxOutput <= 0 {
		c.MaxOutput = 512 << 20
	}
	if c.Remember <= 0 {
		c.Remember = 4096
	}
	if c.RememberFor <= 0 {
		c.RememberFor = time.Hour
	}
	return c
}

var (
	errClosed  = errors.New("the pool of workers is closed")
	errDamage  = errors.New("the file could not be read")
	errPeak    = errors.New("the file takes more memory than a reader may have")
	errDied    = errors.New("the worker died")
	errMissing = errors.New("the worker does not know the format")
)

// Pool keeps workers. All methods may be called at the same time.
type Pool struct {
	cfg    Config
	seats  chan struct{} // one token for each document being read
	alone  chan struct{} // held by a second try
	memory *memory

	mu      sync.Mutex // guards all below
	idle    []*process
	starter *starter
	closed  bool
}

// New makes a pool; workers start when the first document comes.
func New(cfg Config) (*Pool, error) {
	if len(cfg.Command) == 0 {
		return nil, errors.New("isolate: no command to start a worker with")
	}
	cfg = cfg.orDefault()
	p := &Pool{
		cfg:     cfg,
		seats:   make(chan struct{}, cfg.Workers),
		alone:   make(chan struct{}, 1),
		memory:  newMemory(cfg.Remember, cfg.RememberFor),
		starter: newStarter(),
	}
	for range cfg.Workers {
		p.seats <- struct{}{}
	}
	p.alone <- struct{}{}
	return p, nil
}

// Close ends all workers. What is being read, or comes later, becomes a gap.
func (p *Pool) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.closed = true
		p.starter.stop() // its thread ends, and with it every busy worker
	}
	for _, w := range p.idle {
		w.end()
	}
	p.idle = nil
	return nil
}

// Check starts a worker if none is idle and says how well it locked itself in.
func (p *Pool) Check(ctx context.Context) (Report, error) {
	if err := p.sit(ctx); err != nil {
		return Report{}, err
	}
	defer p.rise()
	w, err := p.take(false)
	if err != nil {
		return Report{}, err
	}
	p.give(w)
	return w.report, nil
}

// Format gives f run by a worker. Name and Match are f's own and run here: they
// look at a head only.
func (p *Pool) Format(f document.Format) document.Format { return &format{Format: f, pool: p} }

type format struct {
	document.Format
	pool *Pool
}

// Read has a worker read the input. What the worker found before it ended badly
// is kept. Errors: document.ErrEncrypted, ErrNoEngine, ErrCrashed,
// context.DeadlineExceeded when the time of ctx or of the pool was up.
func (f *format) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	p := f.pool
	key := digest(f.Name(), in.Data)
	known, bad := p.memory.get(key, time.Now())
	if bad && known.nothing {
		return told(known.err, out)
	}
	j := job{Format: f.Name(), Input: in, Depth: out.Depth()}
	j.Input.Data = nil
	j.Limits = document.Limits{PartBytes: max(1, out.PartLimit()), Bytes: p.cfg.MaxOutput, Depth: out.Depth() + 8}
	got, err := p.try(ctx, j, in.Data, false)
	if retry(err) && ctx.Err() == nil && !bad {
		got, err = p.try(ctx, j, in.Data, true)
	}
	if (retry(err) || errors.Is(err, errPeak)) && ctx.Err() == nil {
		p.memory.put(key, verdict{blame(err), len(got) == 0, time.Now()})
	}
	replay(got, out)
	switch {
	case errors.Is(err, errOutput):
		out.Gap(document.Gap{Why: document.TooBig, Detail: fmt.Sprintf("more than %d bytes came out of it", p.cfg.MaxOutput)})
		return nil
	case ctx.Err() != nil && retry(err):
		return ctx.Err()
	}
	return told(blame(err), out)
}

// told makes a gap that says so of too much memory, and leaves other errors to the walker.
func told(err error, out *document.Builder) error {
	if errors.Is(err, errPeak) {
		out.Gap(document.Gap{Why: document.TooBig, Detail: errPeak.Error()})
		return nil
	}
	return err
}

// retry tells what may have been the worker's or the machine's fault rather than
// the document's.
func retry(err error) bool {
	return errors.Is(err, errDied) || errors.Is(err, context.DeadlineExceeded)
}

func blame(err error) error {
	if errors.Is(err, errDied) && !errors.Is(err, errPeak) {
		return fmt.Errorf("%w: %w", document.ErrCrashed, err)
	}
	return err
}

// replay hands what a worker found to the one walker.
func replay(got []document.Emitted, out *document.Builder) {
	for i, e := range got {
		got[i] = document.Emitted{} // a child's bytes may go while the next is read
		switch {
		case e.Segment != nil:
			out.Segment(*e.Segment)
		case e.Gap != nil:
			out.Gap(*e.Gap)
		case e.Seal != nil:
			out.Seal(*e.Seal)
		case e.Mail != nil:
			out.Mail(*e.Mail)
		case e.Child != nil:
			out.ChildBytes(e.Child.Name, e.Child.Data, *e.Child)
		}
	}
}

// try has one worker read the document, on a fresh one with nobody beside it when
// alone is set.
func (p *Pool) try(ctx context.Context, j job, data []byte, alone bool) ([]document.Emitted, error) {
	leave, err := p.enter(ctx, alone)
	if err != nil {
		return nil, err
	}
	defer leave()
	w, err := p.take(alone)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", document.ErrNoEngine, err)
	}
	ctx, cancel := context.WithTimeout(ctx, p.cfg.Timeout)
	defer cancel()
	stop := context.AfterFunc(ctx, w.kill)
	// The worker's own clock runs out a little earlier: a reader that looks at its
	// context can then say what it has instead of being killed.
	deadline, _ := ctx.Deadline()
	j.Timeout = time.Until(deadline)
	j.Timeout -= min(j.Timeout/20, time.Second)
	watched := w.watch(p.cfg.PeakBytes)
	got, err := p.talk(w, j, data)
	if ended := watched(); ended && err != nil {
		stop()
		w.end()
		return got, w.peak()
	}
	if !stop() && err != nil {
		// The kill was ours: the worker did not die by itself.
		w.end()
		return got, ctx.Err()
	}
	w.items++
	keep := err == nil || errors.Is(err, document.ErrEncrypted) || errors.Is(err, document.ErrNoEngine)
	if !keep || ctx.Err() != nil || w.items >= p.cfg.MaxItems || w.rss() > p.cfg.RSSBytes {
		w.end()
		return got, err
	}
	p.give(w)
	return got, err
}

// talk sends one document and gathers the answer, at most MaxOutput bytes of it.
func (p *Pool) talk(w *process, j job, data []byte) ([]document.Emitted, error) {
	if err := writeFrame(w.in, frameItem, j, data); err != nil {
		return nil, fmt.Errorf("%w while it was given the file", errDied)
	}
	var got []document.Emitted
	left := p.cfg.MaxOutput
	for {
		kind, header, body, err := readFrame(w.out, left)
		if errors.Is(err, errOutput) {
			return got, err
		}
		if err != nil {
			return got, fmt.Errorf("%w while it read the file", errDied)
		}
		if kind == frameDone {
			var d done
			if json.Unmarshal(header, &d) != nil {
				return got, fmt.Errorf("%w: it spoke out of turn", errDied)
			}
			return got, errorOf(d.Error)
		}
		// An emitted thing costs memory beyond its bytes.
		if left -= int64(len(header)+len(body)) + 256; left <= 0 {
			return got, errOutput
		}
		e, err := parseEmitted(kind, header, body)
		if err != nil {
			return got, fmt.Errorf("%w: it spoke out of turn", errDied)
		}
		got = append(got, e)
	}
}

func errorOf(word string) error {
	switch word {
	case "":
		return nil
	case errEncrypted:
		return document.ErrEncrypted
	case errNoEngine:
		return document.ErrNoEngine
	case errPanic:
		return document.ErrCrashed
	case errTime:
		return context.DeadlineExceeded
	case errUnknown:
		return errMissing
	}
	return errDamage
}
