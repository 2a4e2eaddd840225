// Package judge runs the scanning handler for one mail the way a gateway needs
// it: within a deadline, not too many at once, and with a panic made an error.
package judge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/gateway/relay"
)

// The reasons why a mail was not judged. A handler's own error is none of them.
var (
	ErrBusy   = errors.New("too many mails are being scanned")
	ErrClient = errors.New("this client has too many mails being scanned")
	ErrLate   = errors.New("the scan did not end in time")
	ErrPanic  = errors.New("the scan panicked")
	ErrSpace  = errors.New("too little space is left to hold a mail")
)

// Reason is the short name of why a mail was not judged, for counting.
func Reason(err error) string {
	for _, r := range []struct {
		err  error
		name string
	}{{ErrBusy, "busy"}, {ErrClient, "client-limit"}, {ErrLate, "late"}, {scanner.ErrLater, "later"}, {ErrPanic, "panic"}, {ErrSpace, "space"}} {
		if errors.Is(err, r.err) {
			return r.name
		}
	}
	return "error"
}

// Late reports whether a mail only needs more time.
func Late(err error) bool { return errors.Is(err, ErrLate) || errors.Is(err, scanner.ErrLater) }

// Options bound scans. Zero values mean the defaults.
type Options struct {
	Scans int // mails scanned at once, default 8
	// PerClient is how many of them may come from one client, default three
	// quarters: a client with a mass mailing shall not keep all others waiting.
	PerClient int
	// Deadline is for one mail, waiting for its turn included, default 25 s.
	Deadline time.Duration
	// Space, when set, is asked before each scan; its error refuses the mail
	// while there is still room to write down why.
	Space func() error
	// Failed, when set, hears of every mail that was not judged.
	Failed func(reason string)
	Log    *slog.Logger // default: discarded
}

// Recording is what a scan with a budget of its own gets on top, so that what was
// read within the budget can still be recorded.
const Recording = 30 * time.Second

// Judge bounds scans. Make one with New.
type Judge struct {
	options Options
	slots   chan struct{}
	large   *semaphore.Weighted // bytes of large items that are being scanned

	mu       sync.Mutex
	inFlight map[string]int
	clients  map[string]*client
}

// client is who hands in mail at the moment.
type client struct {
	slots chan struct{}
	users int // scans that hold or want a slot
}

// New makes a judge.
func New(o Options) *Judge {
	if o.Scans <= 0 {
		o.Scans = 8
	}
	if o.PerClient <= 0 {
		o.PerClient = max(1, o.Scans*3/4)
	}
	if o.Deadline <= 0 {
		o.Deadline = 25 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Judge{options: o, slots: make(chan struct{}, o.Scans), large: semaphore.NewWeighted(largeBytes), inFlight: map[string]int{}, clients: map[string]*client{}}
}

// Deadline is how long one scan may take.
func (j *Judge) Deadline() time.Duration { return j.options.Deadline }

// Waiting is how many scans run or wait for their turn.
func (j *Judge) Waiting() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := 0
	for _, c := range j.clients {
		n += c.users
	}
	return n
}

// Scan runs the handler. A handler that ignores its deadline is left behind but
// keeps its place among the scans, so that such handlers cannot pile up.
func (j *Judge) Scan(ctx context.Context, it scanner.Item, handle scanner.Handler) (scanner.Outcome, error) {
	out, err := j.scan(ctx, it, handle)
	if err != nil && j.options.Failed != nil {
		j.options.Failed(Reason(err))
	}
	return out, err
}

func (j *Judge) scan(ctx context.Context, it scanner.Item, handle scanner.Handler) (scanner.Outcome, error) {
	if j.options.Space != nil {
		if err := j.options.Space(); err != nil {
			return scanner.Outcome{}, fmt.Errorf("%w: %w", ErrSpace, err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, j.options.Deadline)
	free, err := j.take(ctx, it.Client)
	if err != nil {
		cancel()
		return scanner.Outcome{}, err
	}
	done, err := j.open(ctx, &it)
	if err != nil {
		free()
		cancel()
		return scanner.Outcome{}, err
	}
	j.flight(it.ID, 1)
	type result struct {
		out scanner.Outcome
		err error
	}
	judged := make(chan result, 1)
	go func() {
		defer func() { j.flight(it.ID, -1); done(); free(); cancel() }()
		makeRoom()
		out, err := j.guarded(ctx, it, handle)
		if it.Large != nil {
			out.Document = nil // it may share memory with what is given back now
		}
		judged <- result{out, err}
	}()
	select {
	case r := <-judged:
		return r.out, r.err
	case <-ctx.Done():
	}
	// Both may be ready: a result that is there counts.
	select {
	case r := <-judged:
		return r.out, r.err
	default:
		return scanner.Outcome{}, ErrLate
	}
}

// makeRoom grows the stack of a new goroutine to what judging a mail takes. Else it is
// doubled and copied four times on the way down, which took a twelfth of a short mail's
// time.
//
//go:noinline
func makeRoom() {
	var room [24 << 10]byte
	runtime.KeepAlive(&room)
}

// largeBytes bounds the bytes of large items that are scanned at once: reading one
// takes several times its size, so an item of this size is scanned alone.
const largeBytes = 32 << 20

// open brings in the content of a large item once there is room for it. Waiting
// too long for that is being late: the item can be put aside.
func (j *Judge) open(ctx context.Context, it *scanner.Item) (done func(), err error) {
	if it.Large == nil {
		return func() {}, nil
	}
	weight := min(it.Large.Size, largeBytes)
	if err := j.large.Acquire(ctx, weight); err != nil {
		return nil, ErrLate
	}
	content, close, err := it.Large.Open()
	if err != nil {
		j.large.Release(weight)
		return nil, err
	}
	it.Content = content
	return func() {
		it.Content = nil
		close()
		// What was read is let go before the next one is read, or both count.
		if weight == largeBytes {
			debug.FreeOSMemory()
		}
		j.large.Release(weight)
	}, nil
}

// take waits for a place: first among those of the client, so that its other
// mails wait outside the queue that everybody shares.
func (j *Judge) take(ctx context.Context, name string) (free func(), err error) {
	j.mu.Lock()
	c := j.clients[name]
	if c == nil {
		c = &client{slots: make(chan struct{}, j.options.PerClient)}
		j.clients[name] = c
	}
	c.users++
	j.mu.Unlock()
	leave := func() {
		j.mu.Lock()
		defer j.mu.Unlock()
		if c.users--; c.users == 0 {
			delete(j.clients, name)
		}
	}
	select {
	case c.slots <- struct{}{}:
	case <-ctx.Done():
		leave()
		return nil, ErrClient
	}
	select {
	case j.slots <- struct{}{}:
	case <-ctx.Done():
		<-c.slots
		leave()
		return nil, ErrBusy
	}
	return func() { <-j.slots; <-c.slots; leave() }, nil
}

// guarded turns a panic into an error. Its value may quote the mail, so only its
// type is logged, and its text when the runtime made it.
func (j *Judge) guarded(ctx context.Context, it scanner.Item, handle scanner.Handler) (out scanner.Outcome, err error) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		what := fmt.Sprintf("%T", v)
		if re, ok := v.(runtime.Error); ok {
			what = re.Error()
		}
		j.options.Log.Error("handler panicked", "item", it.ID, "panic", what, "stack", string(debug.Stack()))
		err = ErrPanic
	}()
	return handle(ctx, it)
}

func (j *Judge) flight(id string, n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.inFlight[id] += n; j.inFlight[id] <= 0 {
		delete(j.inFlight, id)
	}
}

// Busy reports whether the handler is at work on an item.
func (j *Judge) Busy(id string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.inFlight[id] > 0
}

// Refusal is the line a refused sender's mail program shows: Danish, what was
// found by kind and count, and where to get help.
func Refusal(v policy.Verdict, help string) string {
	s := "Mailen er ikke sendt: "
	if len(v.Rules) > 0 && v.Rules[0].Text != "" {
		s += relay.WithoutNumbers(strings.TrimRight(v.Rules[0].Text, ". "))
	} else {
		s += "den indeholder personoplysninger, som modtageren ikke kan modtage sikkert"
	}
	s += ". Send den sikkert, eller bed din DPO om hjælp."
	if help != "" {
		s += " Hjælp: " + help
	}
	return s
}

// NotJudged is what a sender is told when a mail could not be judged.
const NotJudged = "Mailen kunne ikke kontrolleres lige nu. Den sendes automatisk igen."
