// Package dialogue is a server for SMTP (RFC 5321) and LMTP (RFC 2033) that takes no
// chances: what cannot be told from a command ends the connection, content ends only
// where the protocol says, half a mail is none, and what was said in clear counts for
// nothing within TLS.
//
// It knows PIPELINING, 8BITMIME, CHUNKING, SMTPUTF8, DSN, SIZE, STARTTLS and AUTH
// (PLAIN and LOGIN, within TLS only). Commands may end in a bare LF; content ends
// with CRLF, dot, CRLF and nothing else.
package dialogue

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"brevvagt/internal/crowd"
)

// Reply is an answer to the client, or what a Session refuses with. Text is ASCII, one
// line, and repeats nothing of what the client said.
type Reply struct {
	Code     int
	Enhanced string // "5.1.1"
	Text     string
}

// Error implements error.
func (r *Reply) Error() string { return fmt.Sprintf("%d %s %s", r.Code, r.Enhanced, r.Text) }

// ErrTooBig is what reading content ends with when it is larger than may be.
var ErrTooBig = &Reply{552, "5.3.4", "Mailen er for stor."}

// ErrCut is what reading content ends with when the client stopped within it.
var ErrCut = errors.New("the mail was cut short")

// Mail is how a mail begins.
type Mail struct {
	From       string // "" is the null sender
	Body       string // 7BIT or 8BITMIME, "" when the client did not say
	UTF8       bool
	Return     string // RET of RFC 3461
	EnvelopeID string // decoded
}

// Recipient is one recipient. An address is "postmaster" or has a domain; its local
// part is quoted where it must be and nowhere else.
type Recipient struct {
	Address string
	Notify  string // NOTIFY, comma separated
	ORcpt   string // ORCPT with its type, decoded
}

// Session takes the mails of one connection, one call at a time. An error that is no
// Reply is answered with 451.
type Session interface {
	Envelope
	// Data takes the content, whose EOF comes only at its true end. It returns one
	// result for the mail, or with LMTP one for each recipient; nil is a 250.
	Data(content io.Reader) []error
	Ending
}

// Envelope hears from whom and to whom a mail is.
type Envelope interface {
	Mail(Mail) error
	Rcpt(Recipient) error
}

// Ending ends a mail, after its answer is written or when it was given up, and the
// connection.
type Ending interface {
	Reset()
	Close()
}

// Server is how the protocol is spoken. Set the fields, then call Serve.
type Server struct {
	Domain        string
	LMTP          bool
	TLS           *tls.Config                      // nil offers no STARTTLS
	Login         func(user, password string) bool // nil offers no AUTH
	MaxBytes      int64
	MaxRecipients int
	MaxConns      int           // one too many waits, or takes the place of a silent one
	Idle          time.Duration // for a command, and between two reads of content
	DataTime      time.Duration // for the content of one mail
	Begin         func(*Client) (Session, error)
	Events

	tries
	mu     sync.Mutex
	conns  map[net.Conn]bool
	closed bool
}

// Events are what the owner of a server may want to know.
type Events struct {
	// WrongLogin hears of each wrong login; unheard ones were not even looked at, after
	// too many from the address. It may be nil.
	WrongLogin func(who *Client, unheard bool)
	// Full hears when silent connections were closed for new ones; it may be nil.
	Full func()
	// Panicked hears of a panic, which ends its connection only: the type of its value,
	// which may hold content, and where it was. It may be nil.
	Panicked func(kind, stack string)
}

// Client is who is connected.
type Client struct{ c *conn }

// Addr is where the client is.
func (c *Client) Addr() net.Addr { return c.c.plain.RemoteAddr() }

// TLS is what was agreed on; ok is false in clear.
func (c *Client) TLS() (state tls.ConnectionState, ok bool) {
	if t, ok := c.c.nc.(*tls.Conn); ok {
		return t.ConnectionState(), true
	}
	return tls.ConnectionState{}, false
}

// User is who logged in, "" for nobody.
func (c *Client) User() string { return c.c.user }

// Serve takes connections until l is closed.
func (s *Server) Serve(l net.Listener) error {
	guests := crowd.New(s.MaxConns, crowd.Network)
	guests.Full = s.Full
	for {
		nc, err := l.Accept()
		var temporary interface{ Temporary() bool }
		switch {
		case err == nil:
		case errors.As(err, &temporary) && temporary.Temporary(): // out of file handles
			time.Sleep(50 * time.Millisecond)
			continue
		default:
			return err
		}
		at, _ := guests.Enter(nil, func() { _ = nc.Close() })
		if !s.keep(nc) {
			_ = nc.Close()
			return net.ErrClosed
		}
		go func() {
			defer at.Left()
			defer s.forget(nc)
			newConn(s, nc, at).serve()
		}()
	}
}

func (s *Server) keep(nc net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns == nil {
		s.conns = map[net.Conn]bool{}
	}
	s.conns[nc] = true
	return !s.closed
}

func (s *Server) forget(nc net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, nc)
	_ = nc.Close()
}

// Close ends all connections at once. The listener is the caller's.
func (s *Server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for nc := range s.conns {
		_ = nc.Close()
	}
}
