// Package release takes held mails from the hold queue of a Postfix and starts their
// delivery, each once however often and by however many it is asked for.
//
// Releases that are asked for at the same time go together: one note on disk, one
// command that takes them from the hold queue and one that starts their delivery,
// instead of two processes for each mail.
package release

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"brevvagt/scanner/source/gateway/postfix"
)

// ErrGone: the mail left Postfix's queue without us.
var ErrGone = errors.New("the mail is no longer in Postfix's queue")

// flushEvery is the pace of asking Postfix to deliver everything it has.
const flushEvery = 5 * time.Second

// Desk is where releases are asked for. Set the fields, then call its methods.
type Desk struct {
	Postfix *postfix.Control
	Log     *slog.Logger

	together together
	journal  journal
}

// Asked reports whether a mail's release was ever asked for.
func (d *Desk) Asked(id string) bool { return d.journal.has(id) }

// Note notes a release that somebody else carries out; before tells whether it had
// been noted by an earlier call.
func (d *Desk) Note(id string) (before bool, err error) {
	if err := d.journal.add(id); err != nil {
		return false, err
	}
	return d.journal.before(id), nil
}

// Forget takes back a wish that was noted and cannot be carried out.
func (d *Desk) Forget(id string) { d.journal.forget(id) }

// asked is one release that somebody waits for.
type asked struct {
	id   string
	done chan result
}

type result struct {
	answer string
	err    error
}

// together gathers releases; one goroutine at a time carries them out.
type together struct {
	mu      sync.Mutex
	waiting []asked
	running chan struct{} // closed when that goroutine ends; nil while there is none
	more    chan struct{} // has a word when somebody came to wait

	// Of that goroutine: when all deliveries were started last, and whether some wait.
	flushed   time.Time
	unflushed bool
}

// lull is how long nobody must have asked before the delivery of many is started.
const lull = 100 * time.Millisecond

// Release takes the mail from Postfix's hold queue and starts its delivery. It may be
// repeated: a mail that is already released is a success, one that left by itself is
// ErrGone. A caller that gives up does not stop the release.
func (d *Desk) Release(ctx context.Context, id string) (string, error) {
	a := asked{id: id, done: make(chan result, 1)}
	g := &d.together
	g.mu.Lock()
	g.waiting = append(g.waiting, a)
	if g.running == nil {
		g.running, g.more = make(chan struct{}), make(chan struct{}, 1)
		go d.releaseWaiting()
	}
	select {
	case g.more <- struct{}{}:
	default: // it will look anyway
	}
	g.mu.Unlock()
	select {
	case r := <-a.done:
		return r.answer, r.err
	case <-ctx.Done():
		return "", fmt.Errorf("release mail %s: %w", id, ctx.Err())
	}
}

// releaseWaiting carries out what is asked for until nobody asks any more.
func (d *Desk) releaseWaiting() {
	g := &d.together
	for {
		g.mu.Lock()
		n := min(len(g.waiting), postfix.MaxBatch)
		if n == 0 && !g.unflushed {
			close(g.running)
			g.running, g.waiting = nil, nil
			g.mu.Unlock()
			return
		}
		batch := g.waiting[:n:n]
		g.waiting = g.waiting[n:]
		g.mu.Unlock()
		if n > 0 {
			d.releaseTogether(batch)
			continue
		}
		select {
		case <-g.more:
		case <-time.After(lull):
			d.startDeliveries()
		}
	}
}

// Settle waits until what was released is on its way: a command must not end before.
func (d *Desk) Settle() {
	d.together.mu.Lock()
	running := d.together.running
	d.together.mu.Unlock()
	if running != nil {
		<-running
	}
}

// releaseLimit bounds one batch; each command has its own limit beside it.
const releaseLimit = 2 * time.Minute

func (d *Desk) releaseTogether(batch []asked) {
	ctx, cancel := context.WithTimeout(context.Background(), releaseLimit)
	defer cancel()
	var ids []string
	waits := map[string][]asked{} // somebody may ask twice
	for _, a := range batch {
		if waits[a.id] == nil {
			ids = append(ids, a.id)
		}
		waits[a.id] = append(waits[a.id], a)
	}
	results := d.releaseIDs(ctx, ids)
	for id, list := range waits {
		for _, a := range list {
			a.done <- results[id]
		}
	}
}

// releaseIDs releases the mails and says how it went with each.
func (d *Desk) releaseIDs(ctx context.Context, ids []string) map[string]result {
	results := make(map[string]result, len(ids))
	if err := d.journal.addAll(ids); err != nil {
		for _, id := range ids {
			results[id] = result{err: fmt.Errorf("release mail %s: %w", id, err)}
		}
		return results
	}
	freed, err := d.Postfix.ReleaseAll(ctx, ids)
	var rest, start []string
	for _, id := range ids {
		if freed[id] {
			results[id] = result{answer: "Postfix: frigivet " + id}
			start = append(start, id)
		} else {
			rest = append(rest, id)
		}
	}
	if len(rest) > 0 {
		start = append(start, d.notFreed(ctx, rest, err, results)...)
	}
	d.startDelivery(ctx, start)
	return results
}

// notFreed tells what is with mails that were not in the hold queue, or were not taken
// from it because of cause, and returns those that are queued. It costs one listing for
// all.
func (d *Desk) notFreed(ctx context.Context, ids []string, cause error, results map[string]result) (queued []string) {
	list, err := d.Postfix.List(ctx)
	if err != nil {
		for _, id := range ids {
			results[id] = result{err: fmt.Errorf("release mail %s: %w", id, errors.Join(cause, err))}
		}
		return nil
	}
	in := make(map[string]string, len(list))
	for _, mail := range list {
		in[mail.ID] = mail.Queue
	}
	for _, id := range ids {
		switch queue := in[id]; {
		case queue == "hold" && cause == nil:
			results[id] = result{err: fmt.Errorf("release mail %s: still held", id)}
		case queue != "" && queue != "hold":
			results[id] = result{answer: "Postfix: " + id + " er allerede frigivet"}
			queued = append(queued, id)
		case cause != nil:
			if queue == "hold" {
				d.journal.forget(id)
			}
			results[id] = result{err: fmt.Errorf("release mail %s: %w", id, cause)}
		case d.journal.before(id):
			// Asked for earlier, then we stopped; by now it has been delivered.
			results[id] = result{answer: "Postfix: " + id + " er allerede afsendt"}
		default:
			d.journal.forget(id)
			results[id] = result{err: fmt.Errorf("mail %s: %w", id, ErrGone)}
		}
	}
	return queued
}

// startDelivery has Postfix try what was released at once. Few are asked for by name,
// which leaves the rest of its queue in peace; of many, all are started every flushEvery
// and when nobody asks any more.
func (d *Desk) startDelivery(ctx context.Context, ids []string) {
	g := &d.together
	if len(ids) > byName || g.unflushed {
		if g.unflushed = true; time.Since(g.flushed) > flushEvery {
			d.startDeliveries()
		}
		return
	}
	for _, id := range ids {
		if err := d.Postfix.Deliver(ctx, id); err != nil {
			d.Log.Warn("released mail waits for Postfix's next queue run", "queue_id", id, "error", err)
		}
	}
}

// byName is how many of one batch are started one by one: each costs a process.
const byName = 2

func (d *Desk) startDeliveries() {
	d.together.flushed, d.together.unflushed = time.Now(), false
	ctx, cancel := context.WithTimeout(context.Background(), releaseLimit)
	defer cancel()
	d.Flush(ctx)
}

// Flush starts the delivery of everything that is queued. Where it fails, Postfix's own
// queue run does it.
func (d *Desk) Flush(ctx context.Context) {
	if err := d.Postfix.Flush(ctx); err != nil {
		d.Log.Warn("released mail waits for Postfix's next queue run", "error", err)
	}
}

// One leaves one of several copies of the same mail in the hold queue, the last of ids
// that is there, and gives its id: the client handed it in again, since an answer never
// reached it. Where one is on its way already, none is left. It may be repeated.
func (d *Desk) One(ctx context.Context, ids []string) (string, error) {
	list, err := d.Postfix.List(ctx)
	if err != nil {
		return "", err
	}
	queue := make(map[string]string, len(list))
	for _, h := range list {
		queue[h.ID] = h.Queue
	}
	one, out := ids[0], false
	var held []string
	for _, id := range ids {
		switch {
		case queue[id] == "hold":
			if held = append(held, id); !out {
				one = id
			}
		case queue[id] != "" || d.Asked(id):
			one, out = id, true
		}
	}
	for _, id := range held {
		if id == one {
			continue
		}
		if err := d.Postfix.Delete(ctx, id); err != nil && !errors.Is(err, postfix.ErrNotHeld) {
			return "", err
		}
	}
	return one, nil
}
