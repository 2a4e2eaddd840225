// Package session is one connection to an IMAP server: encrypted or not at all,
// with a time limit on every command and a bound on what the server may send, and
// with no command that changes a mail or marks it read.
//
// The library below (go-imap) waits for an answer for ever; here every call ends,
// after its time by closing the connection. A session whose call failed with
// anything but a plain refusal (Refused) is closed and cannot be used again.
package session

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"brevvagt/scanner/source/mailbox/wire"
)

// Errors that callers tell apart.
var (
	ErrLogin   = errors.New("the server refused the login")
	ErrTimeout = errors.New("the server did not answer in time")
	ErrTLS     = errors.New("no encrypted connection could be made")
	ErrBusy    = errors.New("the server takes no login just now")
)

// How a mailbox is opened.
const (
	Password    = "password"
	XOAuth2     = "xoauth2"
	OAuthBearer = "oauthbearer"
)

// Config says where a mailbox is and how it is opened.
type Config struct {
	Addr     string // host:port
	StartTLS bool   // on the port for plain text; else TLS from the first byte
	RootCAs  *x509.CertPool
	User     string // whose mailbox
	Login    string // who opens it, when that is somebody else (password only)
	Auth     string // Password, XOAuth2 or OAuthBearer
	// Secret gives the password or the token; fresh says that the last one failed.
	Secret func(ctx context.Context, fresh bool) (string, error)
	// Timeout is of one command; a mail's body gets more by its size. Default 30s.
	Timeout time.Duration
	Log     *slog.Logger
}

// Session is an open connection. It is used by one goroutine at a time.
type Session struct {
	cfg     Config
	wire    *wire.Conn
	client  *imapclient.Client
	changed chan struct{} // something was said about the open folder
	broken  atomic.Bool
	// noCondStore is set when the server refused what it had announced.
	noCondStore bool
}

// Dial connects and logs in.
func Dial(ctx context.Context, cfg Config) (*Session, error) {
	if cfg.Timeout <= 0 {
		cfg.Timeout = 30 * time.Second
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	s, err := dial(ctx, cfg)
	if err != nil {
		return nil, err
	}
	err = s.login(ctx, false)
	if errors.Is(err, ErrLogin) && cfg.Auth != Password && cfg.Auth != "" {
		// A token may have been withdrawn before its time: once more with a new one.
		s.Close()
		if s, err = dial(ctx, cfg); err != nil {
			return nil, err
		}
		err = s.login(ctx, true)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func dial(ctx context.Context, cfg Config) (*Session, error) {
	host, _, err := net.SplitHostPort(cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("%s is no host:port", cfg.Addr)
	}
	opening, cancel := context.WithTimeout(ctx, cfg.Timeout)
	defer cancel()
	raw, err := (&net.Dialer{KeepAlive: time.Minute}).DialContext(opening, "tcp", cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("cannot reach %s: %w", cfg.Addr, err)
	}
	stop := context.AfterFunc(opening, func() { raw.Close() })
	defer stop()
	first := ""
	if cfg.StartTLS {
		if err := startTLS(raw); err != nil {
			raw.Close()
			return nil, fmt.Errorf("%s: %w: %w", cfg.Addr, ErrTLS, late(opening, err))
		}
		// After STARTTLS the server does not greet again, but the library waits for it.
		first = "* OK encrypted\r\n"
	}
	conn := tls.Client(raw, &tls.Config{ServerName: host, RootCAs: cfg.RootCAs, MinVersion: tls.VersionTLS12})
	if err := conn.HandshakeContext(opening); err != nil {
		raw.Close()
		return nil, fmt.Errorf("%s: %w: %w", cfg.Addr, ErrTLS, late(opening, err))
	}
	s := &Session{cfg: cfg, wire: wire.New(conn, first), changed: make(chan struct{}, 1)}
	tell := func() {
		select {
		case s.changed <- struct{}{}:
		default:
		}
	}
	s.client = imapclient.New(s.wire, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(*imapclient.UnilateralDataMailbox) { tell() },
		Expunge: func(uint32) { tell() },
	}})
	return s, nil
}

// startTLS asks for encryption in plain text, one line at a time, so that nothing
// that was sent before the handshake can count as said after it.
func startTLS(conn net.Conn) error {
	r := bufio.NewReaderSize(conn, 4096)
	greeting, err := r.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !strings.HasPrefix(strings.ToUpper(string(greeting)), "* OK") {
		return errors.New("the server did not greet")
	}
	if _, err := conn.Write([]byte("S1 STARTTLS\r\n")); err != nil {
		return err
	}
	for range 20 {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		answer, ok := strings.CutPrefix(strings.ToUpper(string(line)), "S1 ")
		if !ok {
			continue
		}
		if !strings.HasPrefix(answer, "OK") {
			return errors.New("the server refused STARTTLS")
		}
		if r.Buffered() > 0 {
			return errors.New("the server said more before the encryption began")
		}
		return nil
	}
	return errors.New("the server did not answer STARTTLS")
}

// late says that time ran out where that is why something failed.
func late(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ErrTimeout
	}
	return err
}

// small is what a server may send in answer to a command that asks for no mail.
const small = 4 << 20

// do runs one exchange with the server: within its time, and with no more than
// budget bytes in answer. On expiry the connection is closed, which ends every wait.
func (s *Session) do(ctx context.Context, what string, d time.Duration, budget int64, f func() error) error {
	if s.broken.Load() {
		return fmt.Errorf("cannot %s: the connection is closed", what)
	}
	within, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	s.wire.Allow(budget)
	stop := context.AfterFunc(within, func() { s.wire.Close() })
	if d > s.cfg.Timeout {
		// A long answer must keep coming.
		defer s.watchProgress(within, cancel)()
	}
	err := f()
	if !stop() && err == nil {
		err = within.Err()
	}
	if err == nil {
		return nil
	}
	if refused(err) && within.Err() == nil {
		return fmt.Errorf("cannot %s: %w", what, plain(err))
	}
	s.broken.Store(true)
	s.wire.Close()
	if ctx.Err() != nil {
		return fmt.Errorf("cannot %s: %w", what, ctx.Err())
	}
	return fmt.Errorf("cannot %s: %w", what, late(within, plain(err)))
}

// watchProgress ends a wait in which nothing came for the time of one command.
func (s *Session) watchProgress(ctx context.Context, end func()) (stop func()) {
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(s.cfg.Timeout)
		defer tick.Stop()
		for before := s.wire.Received(); ; {
			select {
			case <-done:
				return
			case <-ctx.Done():
				return
			case <-tick.C:
				now := s.wire.Received()
				if now == before {
					end()
					return
				}
				before = now
			}
		}
	}()
	return func() { close(done) }
}

// Refused reports whether the server answered NO or BAD: the connection lives on.
func Refused(err error) bool {
	var r *refusal
	return errors.As(err, &r)
}

// refusal is a server's NO or BAD without its text, which may quote anything.
type refusal struct{ status, code string }

func (r *refusal) Error() string {
	return strings.TrimSpace(fmt.Sprintf("the server answered %s %s", r.status, r.code))
}

func refused(err error) bool {
	var e *imap.Error
	return errors.As(err, &e)
}

// plain takes the server's words out of an error: they may quote a subject or an
// address, and an error goes to the log.
func plain(err error) error {
	var e *imap.Error
	var token *tokenError
	switch {
	case errors.As(err, &e):
		return &refusal{string(e.Type), string(e.Code)}
	case errors.As(err, &token):
		return token
	case errors.Is(err, wire.ErrBudget), errors.Is(err, wire.ErrLine), errors.Is(err, wire.ErrLiteral), errors.Is(err, errSpool), errors.Is(err, errShort):
		return err
	case errors.Is(err, net.ErrClosed):
		return net.ErrClosed
	}
	for _, known := range []error{wire.ErrBudget, wire.ErrLine, wire.ErrLiteral} {
		// The library keeps the text of an error and drops what it wraps.
		if strings.Contains(err.Error(), known.Error()) {
			return known
		}
	}
	return errors.New("the connection was lost or the answer could not be read")
}

// Close ends the connection without a farewell.
func (s *Session) Close() {
	s.broken.Store(true)
	s.wire.Close()
	s.client.Close()
}

// Logout says goodbye, briefly, and closes.
func (s *Session) Logout(ctx context.Context) {
	_ = s.do(ctx, "log out", 2*time.Second, small, func() error { return s.client.Logout().Wait() })
	s.Close()
}

// Has reports a capability. It does not ask the server.
func (s *Session) Has(c string) bool { return s.client.Caps().Has(imap.Cap(c)) }

// CanMove reports whether a mail can be moved in one step that names its new
// place; nothing else is safe against a crash in between.
func (s *Session) CanMove() bool { return s.Has("MOVE") && s.Has("UIDPLUS") }

// Dropped is how many answers of the server were left out as unknown.
func (s *Session) Dropped() int64 { return s.wire.Dropped() }
