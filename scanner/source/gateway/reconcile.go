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
func (m *Milter) Reconcile(ctx context.Context, handle scanner.Handler) error {
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
		m.adoptSome(ctx, unknown, tried, handle)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// unknown lists held mail that no case knows.
func (m *Milter) unknown(ctx context.Context, reportAbsent bool) ([]postfix.Mail, error) {
	// The queue first: a case is on disk before Postfix holds its mail, so what
	// is listed as held and has no case after that is really unknown, unless it
	// was released in between. The second listing tells.
	held, err := m.Postfix.Held(ctx)
	if err != nil {
		return nil, err
	}
	known, err := m.Known(ctx)
	if err != nil {
		return nil, err
	}
	isHeld := make(map[string]bool, len(held))
	for _, h := range held {
		isHeld[h.ID] = true
	}
	if reportAbsent {
		m.absent(ctx, known, isHeld)
		m.forgetKept(isHeld)
	}
	unknown := slices.DeleteFunc(held, func(h postfix.Mail) bool {
		_, ok := known[h.ID]
		return ok || m.judge.Busy(h.ID) || m.keptBefore(h.ID)
	})
	if len(unknown) == 0 {
		return nil, nil
	}
	again, err := m.Postfix.Held(ctx)
	if err != nil {
		return nil, err
	}
	clear(isHeld)
	for _, h := range again {
		isHeld[h.ID] = true
	}
	return slices.DeleteFunc(unknown, func(h postfix.Mail) bool { return !isHeld[h.ID] }), nil
}

const (
	// adopters judge held mail at once; most of their time is Postfix's commands.
	adopters = 4
	// freshFor is how long a listing is acted upon.
	freshFor = 5 * time.Second
)

// adoptSome judges mails until the listing they come from is old.
func (m *Milter) adoptSome(ctx context.Context, unknown []postfix.Mail, tried map[string]bool, handle scanner.Handler) {
	work := make(chan postfix.Mail)
	var wg sync.WaitGroup
	for range adopters {
		wg.Go(func() {
			for h := range work {
				m.adopt(ctx, h, handle)
			}
		})
	}
	old := time.Now().Add(freshFor)
	for _, h := range unknown {
		if ctx.Err() != nil || time.Now().After(old) {
			break
		}
		tried[h.ID] = true
		work <- h
	}
	close(work)
	wg.Wait()
}

// absent reports known mails that have been missing for some rounds, once each.
func (m *Milter) absent(ctx context.Context, known, isHeld map[string]bool) {
	m.mu.Lock()
	now := map[string]int{}
	var gone []string
	for _, id := range slices.Sorted(maps.Keys(known)) {
		if !known[id] || isHeld[id] || m.judge.Busy(id) {
			continue
		}
		now[id] = m.missed[id] + 1
		if now[id] == roundsMissed {
			gone = append(gone, id)
		}
	}
	m.missed = now
	m.mu.Unlock()
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

// adopt judges one held mail.
func (m *Milter) adopt(ctx context.Context, h postfix.Mail, handle scanner.Handler) {
	log := m.Log.With("queue_id", h.ID)
	content, err := m.Postfix.Content(ctx, h.ID, max(m.Config.MaxBytes, adoptBytes))
	if err != nil {
		log.Error("held mail cannot be read and stays held", "error", err)
		return
	}
	out, err := m.judge.Scan(ctx, m.item(h.ID, h.From, h.To, h.Arrived, content), handle)
	if err != nil {
		log.Error("held mail not judged; it stays held", "error", err)
		return
	}
	log.Info("held mail adopted", "verdict", string(out.Verdict.Action), "case", out.CaseID)
	switch out.Verdict.Action {
	case policy.Pass, policy.Warn:
		if m.Config.Adopt == AdoptKeep {
			m.mu.Lock()
			m.kept[h.ID] = true
			m.mu.Unlock()
			return
		}
		err = m.Postfix.Release(ctx, h.ID)
	case policy.Reject:
		err = m.refuse(ctx, h, out.Verdict)
	}
	if err != nil && !errors.Is(err, postfix.ErrNotHeld) {
		log.Error("held mail: verdict not carried out; tried again in the next round", "error", err)
	}
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
