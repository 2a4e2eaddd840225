// Package milter lets a mail server such as Postfix ask us about a message before
// it accepts it: a server for the milter protocol, version 6, with one call per
// message.
//
// Glossary: a macro is a named fact the mail server tells about a connection or a
// message. A progress packet tells it that we are still thinking.
//
// The wire format follows milter-protocol.txt, version 1.6 (T. Vierling), and
// what Postfix 3.7 does; see the Postfix MILTER_README.
package milter

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"brevvagt/internal/crowd"
)

// Handler decides on one message. It is called once for each message, at its end,
// from several goroutines. ctx ends when the server is closed or the mail server
// has gone. A panic answers a temporary failure for that message only.
type Handler interface {
	Message(ctx context.Context, m *Message) Reply
}

// HandlerFunc is a function as a Handler.
type HandlerFunc func(ctx context.Context, m *Message) Reply

// Message calls f.
func (f HandlerFunc) Message(ctx context.Context, m *Message) Reply { return f(ctx, m) }

// Server speaks milter with any number of mail server processes. Set the fields
// before Serve; zero values mean the defaults.
type Server struct {
	Handler Handler
	Log     *slog.Logger // default: discarded

	// LargeDir is a folder for messages over 1 MiB, which are then kept there and
	// not in memory; "" keeps them in memory.
	LargeDir string
	// TooBig answers a message over MaxBytes; default Quarantine.
	TooBig *Reply
	Limits

	once   sync.Once
	mu     sync.Mutex
	ctx    context.Context
	cancel context.CancelFunc
	ending bool
	open   map[*conn]bool
	listen map[net.Listener]bool
	wait   sync.WaitGroup
}

// Limits bound what a mail server may ask of us. Zero values mean the defaults.
type Limits struct {
	// MaxBytes bounds the content of one message, default 64 MiB. A larger one
	// never reaches the handler; Server.TooBig answers it.
	MaxBytes int64
	// MaxConns bounds connections, default 500: five times what a Postfix has by default. One too many takes the place of the
	// one that has been silent for longest, or waits; see package crowd.
	MaxConns int
	// IdleTimeout is how long a connection may be silent, default 15 minutes:
	// longer than an SMTP client may pause between two mails.
	IdleTimeout time.Duration
	// ReadTimeout is for the rest of a packet that has begun, default 30 s; for the first
	// of a connection there are 5 s in all.
	ReadTimeout time.Duration
	// WriteTimeout is for one answer, default 30 s.
	WriteTimeout time.Duration
	// ProgressAfter and ProgressEvery say when the mail server is told that the
	// handler still thinks: default 1 s and 2 s. Both must be well below the mail
	// server's content timeout (Postfix: 300 s).
	ProgressAfter, ProgressEvery time.Duration
}

// ErrClosed is returned by Serve after Shutdown or Close.
var ErrClosed = errors.New("milter server closed")

func (s *Server) prepare() {
	s.once.Do(func() {
		s.ctx, s.cancel = context.WithCancel(context.Background())
		s.open, s.listen = map[*conn]bool{}, map[net.Listener]bool{}
		if s.Log == nil {
			s.Log = slog.New(slog.DiscardHandler)
		}
		if s.TooBig == nil {
			r := Quarantine("larger than the scanner's limit")
			s.TooBig = &r
		}
		s.MaxBytes = orDefault(s.MaxBytes, 64<<20)
		s.MaxConns = orDefault(s.MaxConns, 500)
		s.IdleTimeout = orDefault(s.IdleTimeout, 15*time.Minute)
		s.ReadTimeout = orDefault(s.ReadTimeout, 30*time.Second)
		s.WriteTimeout = orDefault(s.WriteTimeout, 30*time.Second)
		s.ProgressAfter = orDefault(s.ProgressAfter, time.Second)
		s.ProgressEvery = orDefault(s.ProgressEvery, 2*time.Second)
	})
}

func orDefault[T int | int64 | time.Duration](v, d T) T {
	if v <= 0 {
		return d
	}
	return v
}

// Serve answers connections from l until Shutdown or Close, then returns
// ErrClosed. It closes l. Several listeners may be served at once.
func (s *Server) Serve(l net.Listener) error {
	s.prepare()
	s.mu.Lock()
	if s.ending {
		s.mu.Unlock()
		return errors.Join(ErrClosed, l.Close())
	}
	s.listen[l] = true
	s.mu.Unlock()
	guests := crowd.New(s.MaxConns, crowd.Local)
	guests.Full = func() {
		s.Log.Warn("milter: all connections are taken; those that keep silent are closed", "connections", s.MaxConns)
	}
	for {
		nc, err := l.Accept()
		if err != nil {
			if s.isEnding() {
				return ErrClosed
			}
			if errors.As(err, &news{}) {
				s.Log.Error("milter socket", "error", err)
				continue
			}
			if retriable(err) {
				s.Log.Warn("milter accept", "error", err)
				time.Sleep(50 * time.Millisecond)
				continue
			}
			return fmt.Errorf("milter accept: %w", err)
		}
		g, ok := guests.Enter(s.ctx.Done(), func() { _ = nc.Close() })
		if !ok {
			_ = nc.Close()
			return ErrClosed
		}
		c := newConn(s, nc, g)
		if !s.add(c) {
			_ = nc.Close()
			return ErrClosed
		}
		go func() {
			defer g.Left()
			defer s.remove(c)
			c.serve()
		}()
	}
}

func (s *Server) isEnding() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ending
}

func (s *Server) add(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ending {
		return false
	}
	s.open[c] = true
	s.wait.Add(1)
	return true
}

func (s *Server) remove(c *conn) {
	s.mu.Lock()
	delete(s.open, c)
	s.mu.Unlock()
	_ = c.net.Close()
	s.wait.Done()
}

// Shutdown stops listening, closes connections between messages and lets running
// messages get their answer. When ctx ends first, the rest is cut off and ctx's
// error returned.
func (s *Server) Shutdown(ctx context.Context) error {
	s.prepare()
	s.mu.Lock()
	s.ending = true
	for l := range s.listen {
		_ = l.Close()
	}
	for c := range s.open {
		c.endWhenIdle()
	}
	s.mu.Unlock()
	done := make(chan struct{})
	go func() { s.wait.Wait(); close(done) }()
	select {
	case <-done:
		s.cancel()
		return nil
	case <-ctx.Done():
		return errors.Join(ctx.Err(), s.Close())
	}
}

// Close stops listening and cuts every connection. The mail server then does what
// its default action says.
func (s *Server) Close() error {
	s.prepare()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ending = true
	s.cancel()
	for l := range s.listen {
		_ = l.Close()
	}
	for c := range s.open {
		_ = c.net.Close()
	}
	return nil
}
