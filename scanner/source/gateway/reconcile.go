package gateway

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/gateway/judge"
	"brevvagt/scanner/source/gateway/postfix"
	"brevvagt/scanner/source/gateway/relay"
)

// Adopt says what the reconciler does with mail in Postfix's hold queue that no
// case knows of: usually mail that Postfix held while we were away.
type Adopt string

// The choices.
const (
	AdoptRelease Adopt = ""     // scan it; release it when clean
	AdoptKeep    Adopt = "keep" // scan it; what is clean stays held for the postmaster
	AdoptNothing Adopt = "off"  // the hold queue is used for other things too
)

// roundsMissed is how many rounds in a row a known mail must be absent before it
// is reported: a case is on disk a moment before Postfix has moved its mail.
const roundsMissed = 2

// roundsUnseen is the same for a mail that this process never saw in the hold queue:
// where we stopped before Postfix had our answer it never came there, and its client
// hands it in again within that time, which joins the case.
const roundsUnseen = 30

func (m *Milter) reconcile(ctx context.Context, handle scanner.Handler) {
	tick := time.NewTicker(m.Config.Every)
	defer tick.Stop()
	for {
		if err := m.Reconcile(ctx, handle); err != nil && ctx.Err() == nil {
			m.Log.Error("cannot compare the hold queue with the quarantine", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Reconcile compares Postfix's hold queue with the quarantine once. Held mail that
// no case knows goes to handle as an item; its verdict releases, keeps or refuses
// it. A mail that could not be judged stays held and is tried in the next round.
// Calls wait for each other: one with an older look at the queue would forget what
// another has counted.
func (m *Milter) Reconcile(ctx context.Context, handle scanner.Handler) error {
	m.rounds.Lock()
	defer m.rounds.Unlock()
	m.prepare()
	tried := map[string]bool{}
	for round := 0; ; round++ {
		unknown, err := m.unknown(ctx, round == 0)
		if err != nil {
			return err
		}
		unknown = slices.DeleteFunc(unknown, func(h postfix.Mail) bool { return tried[h.ID] })
		if len(unknown) == 0 {
			return nil
		}
		for _, h := range unknown {
			tried[h.ID] = true
		}
		if err := m.adoptAll(ctx, unknown, handle); err != nil {
			return err
		}
	}
}

// unknown lists mail that was held and that no case knows.
func (m *Milter) unknown(ctx context.Context, reportAbsent bool) ([]postfix.Mail, error) {
	// The queue first: a case is on disk before Postfix holds its mail, so what
	// is listed as held and has no case after that is really unknown, unless it
	// was released in between. Each batch looks again before it is judged.
	held, err := m.Postfix.Held(ctx)
	if err != nil {
		return nil, err
	}
	known, err := m.Known(ctx)
	if err != nil {
		return nil, err
	}
	if reportAbsent {
		isHeld := make(map[string]bool, len(held))
		for _, h := range held {
			isHeld[h.ID] = true
		}
		m.absent(ctx, known, isHeld)
		m.forgetKept(isHeld)
	}
	return slices.DeleteFunc(m.notDeferred(m.notSplit(ctx, held, known)), func(h postfix.Mail) bool {
		_, ok := known[h.ID]
		return ok || m.keptBefore(h.ID)
	}), nil
}

const (
	// adopters judge held mail at once.
	adopters = 4
	// adoptBatch mails are released with one command.
	adoptBatch = 100
	// readMails with at most readBytes together are read with one command. That
	// also tells whether they are still held: between that and the scan of the
	// last of them is less than a second.
	readMails = 25
	readBytes = 4 << 20
	// flushEvery is the pace of asking Postfix to deliver everything it has.
	flushEvery = 5 * time.Second
	// fewMails are each delivered by name instead, which leaves the rest of
	// Postfix's queue in peace.
	fewMails = 5
)

// adoptAll judges the mails batch by batch.
func (m *Milter) adoptAll(ctx context.Context, unknown []postfix.Mail, handle scanner.Handler) error {
	released, flushed := 0, time.Now()
	defer func() {
		if released > 0 {
			// Also when we are told to stop: what is released shall not wait.
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			defer cancel()
			m.releases.Flush(end)
		}
	}()
	for batch := range slices.Chunk(unknown, adoptBatch) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		clean := m.adoptBatch(ctx, batch, handle)
		if len(unknown) <= fewMails {
			m.releaseEach(ctx, clean)
			continue
		}
		released += m.releaseAll(ctx, clean)
		if released > 0 && time.Since(flushed) > flushEvery {
			m.releases.Flush(ctx)
			released, flushed = 0, time.Now()
		}
	}
	return nil
}

// adoptBatch judges a batch and returns the ids of those that are to be released.
func (m *Milter) adoptBatch(ctx context.Context, batch []postfix.Mail, handle scanner.Handler) []string {
	work := make(chan []postfix.Mail)
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		clean []string
	)
	for range adopters {
		wg.Go(func() {
			for group := range work {
				ids := m.adoptGroup(ctx, group, handle)
				mu.Lock()
				clean = append(clean, ids...)
				mu.Unlock()
			}
		})
	}
	for _, group := range groups(batch) {
		work <- group
	}
	close(work)
	wg.Wait()
	slices.Sort(clean)
	return clean
}

// groups cuts a batch into what is read with one command.
func groups(batch []postfix.Mail) [][]postfix.Mail {
	var all [][]postfix.Mail
	from, size := 0, int64(0)
	for i, h := range batch {
		if i > from && (i-from == readMails || size+h.Size > readBytes) {
			all, from, size = append(all, batch[from:i]), i, 0
		}
		size += h.Size
	}
	return append(all, batch[from:])
}

// adoptGroup reads those mails of a group that are still held, and judges them.
func (m *Milter) adoptGroup(ctx context.Context, group []postfix.Mail, handle scanner.Handler) (clean []string) {
	group = slices.DeleteFunc(slices.Clone(group), func(h postfix.Mail) bool {
		return m.judge.Busy(h.ID) // a scan that came too late for Postfix may still run
	})
	if len(group) == 0 || ctx.Err() != nil {
		return nil
	}
	adopt := func(h postfix.Mail, content heldContent) {
		defer content.close()
		if ctx.Err() == nil && m.adopt(ctx, h, content, handle) {
			clean = append(clean, h.ID)
		}
	}
	ids := make([]string, len(group))
	for i, h := range group {
		ids[i] = h.ID
	}
	if len(group) > 1 {
		// Markers and envelopes come on top of the contents.
		if contents, ok := m.Postfix.Contents(ctx, ids, 4*readBytes); ok {
			for i, h := range group {
				adopt(h, heldContent{bytes: contents[i]})
			}
			return clean
		}
	}
	for _, h := range group {
		held, err := m.Postfix.StillHeld(ctx, []string{h.ID})
		if err == nil && len(held) == 0 {
			continue
		}
		var content heldContent
		if err == nil {
			content, err = m.read(ctx, h)
		}
		if err != nil {
			m.Log.Error("held mail cannot be read and stays held", "queue_id", h.ID, "error", err)
			continue
		}
		adopt(h, content)
	}
	return clean
}

func (m *Milter) releaseEach(ctx context.Context, clean []string) {
	for _, id := range clean {
		if err := m.Postfix.Release(ctx, id); err != nil && !errors.Is(err, postfix.ErrNotHeld) {
			m.Log.Error("clean mail not released; tried again in the next round", "queue_id", id, "error", err)
		}
	}
}

func (m *Milter) releaseAll(ctx context.Context, clean []string) int {
	if len(clean) == 0 {
		return 0
	}
	done, err := m.Postfix.ReleaseAll(ctx, clean)
	n := len(done)
	if err != nil {
		m.Log.Error("clean mails not released; tried again in the next round", "mails", len(clean), "error", err)
	}
	m.Log.Info("held mails released", "mails", n)
	return n
}

// absent reports known mails that have been missing for some rounds, once each.
func (m *Milter) absent(ctx context.Context, known, isHeld map[string]bool) {
	now, seen := map[string]int{}, map[string]bool{}
	var gone []string
	for _, id := range slices.Sorted(maps.Keys(known)) {
		seen[id] = isHeld[id] || m.rounds.seen[id]
		if !known[id] || isHeld[id] || m.judge.Busy(id) {
			continue
		}
		now[id] = m.rounds.missed[id] + 1
		if seen[id] && now[id] == roundsMissed || !seen[id] && now[id] == roundsUnseen {
			gone = append(gone, id)
		}
	}
	m.rounds.missed, m.rounds.seen = now, seen
	for _, id := range gone {
		m.Log.Warn("a held mail has left Postfix's queue without us", "queue_id", id)
		if m.Absent != nil {
			m.Absent(ctx, id)
		}
	}
}

func (m *Milter) keptBefore(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.kept[id]
}

func (m *Milter) forgetKept(isHeld map[string]bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.kept, func(id string, _ bool) bool { return !isHeld[id] })
}

// adopt judges one held mail and reports whether it is to be released. One that
// needs more time is left to the deep lane.
func (m *Milter) adopt(ctx context.Context, h postfix.Mail, content heldContent, handle scanner.Handler) (release bool) {
	log := m.Log.With("queue_id", h.ID)
	it := m.item(h.ID, h.From, h.To, h.Arrived, nil)
	content.into(&it)
	it.Client, it.Deferrable = "hold queue", m.mayDefer()
	out, err := m.judge.Scan(ctx, it, handle)
	if judge.Late(err) && m.mayDefer() {
		if err = m.putAside(h.ID); err == nil {
			log.Info("held mail needs a longer scan")
			return false
		}
	}
	if err != nil {
		log.Error("held mail not judged; it stays held", "error", err)
		return false
	}
	log.Info("held mail adopted", "verdict", string(out.Verdict.Action), "case", out.CaseID)
	if release, err = m.carryOut(ctx, h, out); err != nil {
		log.Error("held mail: verdict not carried out; tried again in the next round", "error", err)
	}
	if release && m.Config.Adopt == AdoptKeep {
		m.mu.Lock()
		m.kept[h.ID] = true
		m.mu.Unlock()
		return false
	}
	return release
}

// carryOut does what the verdict on a held mail says, and reports whether the mail
// is to be released.
func (m *Milter) carryOut(ctx context.Context, h postfix.Mail, out scanner.Outcome) (release bool, err error) {
	if route := out.Verdict.Route; route != "" {
		return false, m.takeRoute(h.ID, route)
	}
	switch out.Verdict.Action {
	case policy.Pass, policy.Warn:
		return true, nil
	case policy.Reject:
		if err := m.refuse(ctx, h, out.Verdict); !errors.Is(err, postfix.ErrNotHeld) {
			return false, err
		}
	}
	return false, nil
}

// refuse tells the sender and then deletes. Where no notice can be sent the mail
// stays held: a mail must not vanish in silence.
func (m *Milter) refuse(ctx context.Context, h postfix.Mail, v policy.Verdict) error {
	if h.From != "" && !m.Notices.Ready() {
		return errors.New("refused, but notices are not configured; the mail stays held")
	}
	n := relay.Notice{Kind: relay.Rejected, Reference: h.ID, Sent: h.Arrived}
	if len(v.Rules) > 0 {
		n.Reason, n.English = v.Rules[0].Text, v.Rules[0].English
	}
	if err := m.Notices.Notify(ctx, h.From, n); err != nil {
		return err
	}
	return m.Postfix.Delete(ctx, h.ID)
}

// adoptBytes is the least limit for reading held mail: what was too big for the
// lane was held for that very reason and must be readable here.
const adoptBytes = 256 << 20
