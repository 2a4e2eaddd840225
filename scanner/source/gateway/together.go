package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"brevvagt/scanner/source/gateway/postfix"
)

// Releases that are asked for at the same time go together: one note on disk, one
// command that takes them from the hold queue and one that starts their delivery,
// instead of two processes for each mail.

// asked is one release that somebody waits for.
type asked struct {
	id   string
	done chan released
}

type released struct {
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

// Release takes the mail from Postfix's hold queue and starts its delivery. It may
// be repeated: a mail that is already released is a success. from, to and content
// are not used; Postfix has them. A caller that gives up does not stop the release.
func (m *Milter) Release(ctx context.Context, rec []byte, _ string, _ []string, _ io.Reader) (string, error) {
	m.prepare()
	id, err := queueID(rec)
	if err != nil {
		return "", err
	}
	return m.release(ctx, id)
}

func (m *Milter) release(ctx context.Context, id string) (string, error) {
	a := asked{id: id, done: make(chan released, 1)}
	g := &m.together
	g.mu.Lock()
	g.waiting = append(g.waiting, a)
	if g.running == nil {
		g.running, g.more = make(chan struct{}), make(chan struct{}, 1)
		go m.releaseWaiting()
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
func (m *Milter) releaseWaiting() {
	g := &m.together
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
			m.releaseTogether(batch)
			continue
		}
		select {
		case <-g.more:
		case <-time.After(lull):
			m.startDeliveries()
		}
	}
}

// Settle waits until what was released is on its way: a command must not end before.
func (m *Milter) Settle() {
	m.together.mu.Lock()
	running := m.together.running
	m.together.mu.Unlock()
	if running != nil {
		<-running
	}
}

// releaseLimit bounds one batch; each command has its own limit beside it.
const releaseLimit = 2 * time.Minute

func (m *Milter) releaseTogether(batch []asked) {
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
	results := m.releaseIDs(ctx, ids)
	for id, list := range waits {
		for _, a := range list {
			a.done <- results[id]
		}
	}
}

// releaseIDs releases the mails and says how it went with each.
func (m *Milter) releaseIDs(ctx context.Context, ids []string) map[string]released {
	results := make(map[string]released, len(ids))
	if err := m.released.addAll(ids); err != nil {
		for _, id := range ids {
			results[id] = released{err: fmt.Errorf("release mail %s: %w", id, err)}
		}
		return results
	}
	freed, err := m.Postfix.ReleaseAll(ctx, ids)
	var rest, start []string
	for _, id := range ids {
		if freed[id] {
			results[id] = released{answer: "Postfix: frigivet " + id}
			start = append(start, id)
		} else {
			rest = append(rest, id)
		}
	}
	if len(rest) > 0 {
		start = append(start, m.notFreed(ctx, rest, err, results)...)
	}
	m.startDelivery(ctx, start)
	return results
}

// notFreed tells what is with mails that were not in the hold queue, or were not taken
// from it because of cause, and returns those that are queued. It costs one listing for
// all.
func (m *Milter) notFreed(ctx context.Context, ids []string, cause error, results map[string]released) (queued []string) {
	list, err := m.Postfix.List(ctx)
	if err != nil {
		for _, id := range ids {
			results[id] = released{err: fmt.Errorf("release mail %s: %w", id, errors.Join(cause, err))}
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
			results[id] = released{err: fmt.Errorf("release mail %s: still held", id)}
		case queue != "" && queue != "hold":
			results[id] = released{answer: "Postfix: " + id + " er allerede frigivet"}
			queued = append(queued, id)
		case cause != nil:
			if queue == "hold" {
				m.released.forget(id)
			}
			results[id] = released{err: fmt.Errorf("release mail %s: %w", id, cause)}
		case m.released.before(id):
			// Asked for earlier, then we stopped; by now it has been delivered.
			results[id] = released{answer: "Postfix: " + id + " er allerede afsendt"}
		default:
			m.released.forget(id)
			results[id] = released{err: fmt.Errorf("mail %s: %w", id, ErrGone)}
		}
	}
	return queued
}

// startDelivery has Postfix try what was released at once. Few are asked for by name,
// which leaves the rest of its queue in peace; of many, all are started every flushEvery
// and when nobody asks any more.
func (m *Milter) startDelivery(ctx context.Context, ids []string) {
	g := &m.together
	if len(ids) > byName || g.unflushed {
		if g.unflushed = true; time.Since(g.flushed) > flushEvery {
			m.startDeliveries()
		}
		return
	}
	for _, id := range ids {
		if err := m.Postfix.Deliver(ctx, id); err != nil {
			m.Log.Warn("released mail waits for Postfix's next queue run", "queue_id", id, "error", err)
		}
	}
}

// byName is how many of one batch are started one by one: each costs a process.
const byName = 2

func (m *Milter) startDeliveries() {
	m.together.flushed, m.together.unflushed = time.Now(), false
	ctx, cancel := context.WithTimeout(context.Background(), releaseLimit)
	defer cancel()
	m.flush(ctx)
}
