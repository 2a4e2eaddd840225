package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"brevvagt/scanner/source/gateway/postfix"
	"brevvagt/scanner/source/gateway/relay"
)

// Mail that goes by a secure route is held by Postfix until it is certain that the way
// is the right one: Postfix notes on the mail itself to which gateway it will hand it
// (a FILTER that its milter_header_checks made of our header), and only a mail with
// that note is released. Where there is no such note brevvagt hands the mail to the
// gateway itself and then deletes it in Postfix.

// RouteHeader is the header that Postfix makes a FILTER of.
const RouteHeader = "X-Brevvagt-Vej"

// ErrRoute is a route that is not configured, or that cannot take all recipients of a
// mail.
var ErrRoute = errors.New("the mail cannot go by this secure route")

// ways are the secure routes of a lane and what waits for them.
type ways struct {
	// Routes are the secure routes by name; KeepRouted comes after it.
	Routes map[string]*relay.Route

	routed     map[string]*waiting // by route
	wakeRoutes chan struct{}
}

// KeepRouted makes the lane remember across restarts which mails go by a route, as
// empty files in one folder below dir for each route.
func (m *Milter) KeepRouted(dir string) error {
	m.routed = map[string]*waiting{}
	for name := range m.Routes {
		m.routed[name] = &waiting{}
		if err := m.routed[name].load(dir + "/" + name); err != nil {
			return err
		}
	}
	return nil
}

// takeRoute notes that a mail is to go by a route. The note is on disk before Postfix
// is told to hold the mail.
func (m *Milter) takeRoute(id, name string) error {
	w := m.routed[name]
	if w == nil {
		return fmt.Errorf("route %s: %w", name, ErrRoute)
	}
	if err := w.add(id); err != nil {
		return err
	}
	select {
	case m.wakeRoutes <- struct{}{}:
	default: // it will look anyway
	}
	return nil
}

// Routed is how many mails wait for their secure route.
func (m *Milter) Routed() int {
	n := 0
	for _, w := range m.routed {
		n += len(w.list())
	}
	return n
}

// onRoute reports whether a mail waits for its route, for the reconciler.
func (m *Milter) onRoute(id string) bool {
	for _, w := range m.routed {
		if w.has(id) {
			return true
		}
	}
	return false
}

// sendRouted takes care of mails that go by a route until ctx ends.
func (m *Milter) sendRouted(ctx context.Context) {
	tick := time.NewTicker(m.Config.Every)
	defer tick.Stop()
	for {
		if m.Routed() > 0 {
			if err := m.routeRound(ctx); err != nil && ctx.Err() == nil {
				m.Log.Error("cannot look for mails that go by a secure route", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-m.wakeRoutes:
			select {
			case <-ctx.Done():
				return
			case <-time.After(settle):
			}
		}
	}
}

// routeTurn is how long the others wait for one mail whose gateway is slow.
const routeTurn = time.Minute

func (m *Milter) routeRound(ctx context.Context) error {
	held, err := m.Postfix.Held(ctx)
	if err != nil {
		return err
	}
	there := map[string]postfix.Mail{}
	for _, h := range held {
		there[h.ID] = h
	}
	for name, w := range m.routed {
		for id, at := range w.list() {
			h, ok := there[id]
			if !ok {
				if time.Since(at) > time.Minute {
					w.remove(id) // gone by itself, or its sender went away
				}
				continue
			}
			log := m.Log.With("queue_id", id, "route", name)
			turn, cancel := context.WithTimeout(ctx, routeTurn)
			answer, err := m.byRoute(turn, h, m.Routes[name])
			cancel()
			if err != nil {
				log.Warn("the secure route was not taken; the mail stays held and is tried again", "error", err)
				continue
			}
			log.Info("mail goes by the secure route", "answer", relay.WithoutNumbers(answer))
			w.remove(id)
		}
	}
	return nil
}

// byRoute lets one held mail go by the route, once however often that is asked for while
// its gateway does not answer.
func (m *Milter) byRoute(ctx context.Context, h postfix.Mail, r *relay.Route) (string, error) {
	return m.flights.Do(ctx, h.ID, func(ctx context.Context) (string, error) { return m.leave(ctx, h, r) })
}

// leave hands one held mail over and takes it from the hold queue.
func (m *Milter) leave(ctx context.Context, h postfix.Mail, r *relay.Route) (string, error) {
	if !r.Whole(h.To) {
		return "", fmt.Errorf("mail %s has recipients whom route %s does not take: %w", h.ID, r.Name, ErrRoute)
	}
	if r.Filter != "" && r.Tag == "" && r.Header == "" {
		filter, err := m.Postfix.Filter(ctx, h.ID)
		if err != nil {
			return "", err
		}
		if filter == r.Filter {
			err := m.Postfix.Release(ctx, h.ID)
			if errors.Is(err, postfix.ErrNotHeld) {
				err = nil
			}
			return "Postfix: " + filter, err
		}
	}
	content, err := m.Postfix.Content(ctx, h.ID, max(m.Config.MaxBytes, adoptBytes))
	if err != nil {
		return "", err
	}
	env := relay.Envelope{From: h.From}
	for _, to := range h.To {
		env.To = append(env.To, relay.Recipient{Address: to})
	}
	answer, err := r.Send(ctx, env, bytes.NewReader(content))
	if err != nil {
		return "", err
	}
	// A crash here sends the mail to the gateway again, with the same Message-ID; an
	// ordinary end must not.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), routeTurn)
	defer cancel()
	if err := m.Postfix.Delete(ctx, h.ID); err != nil && !errors.Is(err, postfix.ErrNotHeld) {
		return "", err
	}
	return answer, nil
}

// HasRoute reports whether a route is configured.
func (m *Milter) HasRoute(name string) bool { return m.Routes[name] != nil }

// ReleaseBy releases a held mail by a secure route. It may be repeated.
func (m *Milter) ReleaseBy(ctx context.Context, name string, rec []byte) (string, error) {
	m.prepare()
	id, err := queueID(rec)
	if err != nil {
		return "", err
	}
	r := m.Routes[name]
	if r == nil {
		return "", fmt.Errorf("route %s: %w", name, ErrRoute)
	}
	before, err := m.releases.Note(id)
	if err != nil {
		return "", err
	}
	found, err := m.Postfix.Find(ctx, id)
	switch {
	case err == nil && found.Queue == "hold":
		return m.byRoute(ctx, found, r)
	case err == nil:
		return "", fmt.Errorf("mail %s: %w", id, ErrOnItsWay)
	case errors.Is(err, postfix.ErrGone) && before:
		return "route " + name + ": " + id + " er allerede afsendt", nil
	case errors.Is(err, postfix.ErrGone):
		m.releases.Forget(id)
		return "", fmt.Errorf("mail %s: %w", id, ErrGone)
	}
	return "", err
}
