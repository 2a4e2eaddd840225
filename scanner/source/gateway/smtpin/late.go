package smtpin

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"brevvagt/internal/bigfile"
	"brevvagt/scanner"
	"brevvagt/scanner/source/gateway/flight"
	"brevvagt/scanner/source/gateway/relay"
)

const (
	// lateFor is how long we wait on for the answer of a next hop after the client got
	// its own.
	lateFor = 30 * time.Minute
	// mostLate is how many mails may be waited for like that, of one next hop or route.
	// With as many more as there are clients it bounds the connections that stay open.
	mostLate = 50
)

// late is what a client hears while the next hop has its mail and says nothing.
const late = "Den naeste mailserver svarer ikke. Mailen sendes automatisk igen."

// stuck reports that a next hop, or the gateway of a route, owes so many answers that it
// gets no more.
func (s *Server) stuck(route string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.late[route] >= mostLate
}

// owes counts the answers that are waited for.
func (s *Server) owes(route string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.late == nil {
		s.late = map[string]int{}
	}
	s.late[route] += n
}

// sent is how a mail was handed on: with an answer for each recipient, or one for all.
type sent struct {
	results []relay.Result
	answer  string
	err     error
}

// concluded makes one answer of it.
func (s *Server) concluded(x sent, env relay.Envelope, open opener) (string, error) {
	if x.err != nil || x.results == nil {
		return x.answer, x.err
	}
	return s.settle(env, x.results, open)
}

// remember keeps what is needed to tell the client later what became of its mail, which
// it hands in again meanwhile. ok is false where that cannot be told.
func (s *session) remember(it scanner.Item, c content) (open opener, done func(), ok bool) {
	if s.srv.Later == nil || !hasMessageID(c.bytes) {
		return nil, nil, false
	}
	open, done, err := c.kept()
	if err != nil {
		s.srv.Log.Error("a mail cannot be kept for a late answer", "item", it.ID, "error", err)
		return nil, nil, false
	}
	return open, done, true
}

// within has send do its work until the client must have its answer. What is not over
// then goes on, and the client, which is told to try again, hears its outcome when it
// does. Where that cannot be, it is cut off.
func (s *session) within(until time.Time, route string, it scanner.Item, c content, send func(context.Context, relay.Envelope, opener) sent, log *slog.Logger) sent {
	open, done, ok := s.remember(it, c)
	if !ok {
		ctx, cancel := context.WithDeadline(s.ctx, until)
		defer cancel()
		return send(ctx, s.env, c.reader)
	}
	env := s.env
	over := make(chan sent, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				over <- sent{err: fmt.Errorf("%w: %T", flight.ErrPanic, p)}
			}
		}()
		over <- send(s.ctx, env, open)
	}()
	wait := time.NewTimer(time.Until(until))
	defer wait.Stop()
	select {
	case x := <-over:
		done()
		return x
	case <-wait.C:
	}
	s.await(route, it, env, open, done, func() sent { return <-over }, log)
	return sent{err: &relay.Error{Stage: "answer", Err: os.ErrDeadlineExceeded}}
}

// leaveWaiting has the next hop's answer waited for while the client is told to try again:
// when it does, it is known whether the mail was taken.
func (s *session) leaveWaiting(it scanner.Item, c content, log *slog.Logger) {
	next := s.next
	if next == nil {
		return
	}
	open, done, ok := s.remember(it, c)
	if !ok {
		return
	}
	s.next, s.open = nil, false
	s.await("", it, s.env, open, done, func() sent {
		defer next.Close()
		results, err := next.Late(lateFor)
		return sent{results: results, err: err}
	}, log)
}

// await waits for an outcome that comes after the client's answer.
func (s *session) await(route string, it scanner.Item, env relay.Envelope, open opener, done func(), outcome func() sent, log *slog.Logger) {
	settle, err := s.srv.Later.Undecide(it)
	if err != nil {
		log.Error("a mail without the next hop's answer cannot be remembered", "error", err)
		settle = func(bool) {}
	}
	s.srv.owes(route, 1)
	s.srv.waits.Go(func() {
		defer done()
		defer s.srv.owes(route, -1)
		answer, err := s.srv.concluded(outcome(), env, open)
		s.tellRefused(env.From, it.ID, answer, log)
		settle(err == nil)
		log.Warn("the next hop answered late", "taken", err == nil, "error", err)
	})
}

// lasting is content that can be read for as long as a delivery takes, whatever becomes
// of the reader it came by.
type lasting func() (open opener, done func(), err error)

func lastingOf(r io.Reader) (lasting, error) {
	if f, ok := r.(*os.File); ok {
		return func() (opener, func(), error) {
			raw, done, err := bigfile.Map(f.Name())
			return func() (io.Reader, error) { return bytes.NewReader(raw), nil }, done, err
		}, nil
	}
	all, err := io.ReadAll(r)
	return func() (opener, func(), error) {
		return func() (io.Reader, error) { return bytes.NewReader(all), nil }, func() {}, nil
	}, err
}

// onward sends what was held, once however often it is asked for while the next hop does
// not answer. route is "" for the next hop.
func (s *Server) onward(ctx context.Context, route string, env relay.Envelope, r io.Reader) (string, error) {
	content, err := lastingOf(r)
	if err != nil {
		return "", err
	}
	name, err := nameOf(route, env, content)
	if err != nil {
		return "", err
	}
	return s.flights.Do(ctx, name, func(ctx context.Context) (string, error) {
		open, done, err := content()
		if err != nil {
			return "", err
		}
		defer done()
		if route != "" {
			return s.sendByRoute(ctx, route, env, open)
		}
		return s.sendEach(ctx, env, open)
	})
}

// nameOf tells a mail to these by this route from any other.
func nameOf(route string, env relay.Envelope, content lasting) (string, error) {
	open, done, err := content()
	if err != nil {
		return "", err
	}
	defer done()
	r, err := open()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(struct {
		Route    string
		Envelope relay.Envelope
	}{route, env}); err != nil {
		return "", err
	}
	if _, err := io.Copy(h, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
