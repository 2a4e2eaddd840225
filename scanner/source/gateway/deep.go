package gateway

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"brevvagt/scanner"
	"brevvagt/scanner/source/gateway/postfix"
)

// The deep lane: a mail that needs more time than its sender waits is put in
// Postfix's hold queue without a case, scanned there with a long budget, and then
// released, refused or kept with a case. Postfix's queue is the durable spool.

const (
	// deepScans is how many are scanned at once: few, so that pictures of mails
	// whose senders wait find a reader free.
	deepScans = 2
	// settle is how long Postfix needs to move a mail it was told to hold.
	settle = 500 * time.Millisecond
	// forgetAfter is when a mail that never came to the hold queue is forgotten:
	// its sender went away before our answer arrived.
	forgetAfter = time.Hour
)

// KeepDeferred makes the lane remember across restarts which mails it put aside
// for a long scan, as empty files in dir. They are released when clean even where
// other held mail is not adopted. Without it the memory is the process's.
func (m *Milter) KeepDeferred(dir string) error { return m.deferred.load(dir) }

// mayDefer reports whether somebody will take care of a mail put aside.
func (m *Milter) mayDefer() bool { return m.Known != nil && m.Config.DeepBudget > 0 }

// putAside notes that a mail waits for its long scan. The note is on disk before
// Postfix is told to hold the mail.
func (m *Milter) putAside(id string) error {
	if err := m.deferred.add(id); err != nil {
		return err
	}
	m.wakeDeep()
	return nil
}

func (m *Milter) wakeDeep() {
	select {
	case m.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// Deferred is how many mails wait for their long scan.
func (m *Milter) Deferred() int { return len(m.deferred.list()) }

// scanDeferred takes care of mails put aside until ctx ends.
func (m *Milter) scanDeferred(ctx context.Context, handle scanner.Handler) {
	tick := time.NewTicker(m.Config.Every)
	defer tick.Stop()
	m.wakeDeep()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-m.wake:
			select {
			case <-ctx.Done():
				return
			case <-time.After(settle):
			}
		}
		if len(m.deferred.list()) == 0 {
			continue
		}
		if err := m.deepRound(ctx, handle); err != nil && ctx.Err() == nil {
			m.Log.Error("cannot look for mails that were put aside", "error", err)
		}
	}
}

// deepRound scans every mail that was put aside and is held.
func (m *Milter) deepRound(ctx context.Context, handle scanner.Handler) error {
	held, err := m.Postfix.Held(ctx)
	if err != nil {
		return err
	}
	known, err := m.Known(ctx)
	if err != nil {
		return err
	}
	there := map[string]bool{}
	work := make(chan postfix.Mail)
	var wg sync.WaitGroup
	for range deepScans {
		wg.Go(func() {
			for h := range work {
				m.deepScan(ctx, h, handle)
			}
		})
	}
	for _, h := range held {
		there[h.ID] = true
		if _, ok := known[h.ID]; ok {
			m.deferred.remove(h.ID) // it has its case
			continue
		}
		if m.deferred.has(h.ID) && !m.judge.Busy(h.ID) && ctx.Err() == nil {
			work <- h
		}
	}
	close(work)
	wg.Wait()
	for id, at := range m.deferred.list() {
		if !there[id] && time.Since(at) > forgetAfter {
			m.deferred.remove(id)
		}
	}
	return nil
}

// deepScan judges one mail with the long budget and does what the verdict says.
// What cannot be judged even so stays held and is tried again in the next round.
func (m *Milter) deepScan(ctx context.Context, h postfix.Mail, handle scanner.Handler) {
	log := m.Log.With("queue_id", h.ID)
	content, err := m.read(ctx, h)
	if err != nil {
		log.Error("held mail cannot be read and stays held", "error", err)
		return
	}
	defer content.close()
	it := m.item(h.ID, h.From, h.To, h.Arrived, nil)
	content.into(&it)
	it.Deep = true
	out, err := m.deep.Scan(ctx, it, handle)
	if err != nil {
		if ctx.Err() == nil {
			log.Error("mail put aside was not judged; it stays held", "error", err)
		}
		return
	}
	log.Info("mail put aside was judged", "verdict", string(out.Verdict.Action), "case", out.CaseID)
	release, err := m.carryOut(ctx, h, out)
	if release {
		if err = m.Postfix.Release(ctx, h.ID); errors.Is(err, postfix.ErrNotHeld) {
			err = nil // it left meanwhile
		}
	}
	if err != nil {
		log.Error("mail put aside: verdict not carried out; tried again in the next round", "error", err)
		return
	}
	m.deferred.remove(h.ID)
}

// waiting is a set of ids with the time they came, kept as empty files.
type waiting struct {
	dir string

	mu  sync.Mutex
	ids map[string]time.Time
}

func (w *waiting) load(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("memory of mails put aside: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("memory of mails put aside: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dir, w.ids = dir, map[string]time.Time{}
	for _, e := range entries {
		if fi, err := e.Info(); err == nil && postfix.CheckID(e.Name()) == nil {
			w.ids[e.Name()] = fi.ModTime()
		}
	}
	return nil
}

func (w *waiting) add(id string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ids == nil {
		w.ids = map[string]time.Time{}
	}
	if _, ok := w.ids[id]; ok {
		return nil
	}
	if w.dir != "" {
		f, err := os.OpenFile(filepath.Join(w.dir, id), os.O_CREATE|os.O_WRONLY, 0o600)
		if err == nil {
			err = errors.Join(f.Sync(), f.Close(), syncDir(w.dir))
		}
		if err != nil {
			return fmt.Errorf("memory of mails put aside: %w", err)
		}
	}
	w.ids[id] = time.Now()
	return nil
}

func (w *waiting) has(id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, ok := w.ids[id]
	return ok
}

func (w *waiting) remove(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.ids, id)
	if w.dir != "" {
		_ = os.Remove(filepath.Join(w.dir, id))
	}
}

func (w *waiting) list() map[string]time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make(map[string]time.Time, len(w.ids))
	for id, at := range w.ids {
		all[id] = at
	}
	return all
}

// notDeferred leaves out mails that the deep lane or a secure route takes care of.
func (m *Milter) notDeferred(list []postfix.Mail) []postfix.Mail {
	return slices.DeleteFunc(list, func(h postfix.Mail) bool { return m.deferred.has(h.ID) || m.onRoute(h.ID) })
}
