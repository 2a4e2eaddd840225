package smtpin

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"brevvagt/scanner/source/gateway/relay"
)

// maxCommandLine bounds what may come without a line end outside DATA. It is far
// above one read of go-smtp, so content sent along with a command is no trouble.
const maxCommandLine = 32 << 10

var errLongCommand = errors.New("command line without end")

// listener bounds connections and wraps them. More than its size wait in the
// kernel's queue.
type listener struct {
	net.Listener
	slots chan struct{}
	done  chan struct{}
	once  sync.Once
}

func newListener(l net.Listener, n int) *listener {
	return &listener{Listener: l, slots: make(chan struct{}, n), done: make(chan struct{})}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case l.slots <- struct{}{}:
	case <-l.done:
		return nil, net.ErrClosed
	}
	nc, err := l.Listener.Accept()
	if err != nil {
		<-l.slots
		return nil, err
	}
	return &conn{Conn: nc, release: sync.OnceFunc(func() { <-l.slots })}, nil
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.Listener.Close()
}

// conn is one client connection. Outside DATA it bounds command lines; inside, it
// gives each read its deadline, which go-smtp sets once per command only.
type conn struct {
	net.Conn
	release func()

	data   atomic.Bool
	broken atomic.Bool // a read has failed: what came may be cut short
	line   int         // bytes since the last line end; reader's goroutine only

	idle time.Duration // set before data
	end  time.Time     // set before data
}

func (c *conn) Read(p []byte) (int, error) {
	inData := c.data.Load()
	if inData {
		until := time.Now().Add(c.idle)
		if c.end.Before(until) {
			until = c.end
		}
		if err := c.SetReadDeadline(until); err != nil {
			return 0, err
		}
	}
	n, err := c.Conn.Read(p)
	if err != nil {
		c.broken.Store(true)
	}
	if inData {
		c.line = 0
		return n, err
	}
	if i := bytes.LastIndexByte(p[:n], '\n'); i >= 0 {
		c.line = n - i - 1
	} else if c.line += n; c.line > maxCommandLine {
		return n, errLongCommand
	}
	return n, err
}

// Write sends go-smtp's answers, which repeat what the client said: a number in an
// address or a greeting is left out, since answers end up in logs. What TLS wraps
// is no answer line and goes as it is.
func (c *conn) Write(p []byte) (int, error) {
	if len(p) == 0 || p[0] < '2' || p[0] > '5' || !bytes.HasSuffix(p, []byte("\r\n")) || bytes.HasPrefix(p, []byte(taken)) {
		return c.Conn.Write(p)
	}
	if _, err := io.WriteString(c.Conn, relay.WithoutNumbers(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// taken begins our own answer to a mail, with our id in it.
const taken = "250 2.0.0 OK "

// begin and finish bracket the transmission of a mail.
func (c *conn) begin(idle, whole time.Duration) {
	c.idle, c.end = idle, time.Now().Add(whole)
	c.data.Store(true)
}

func (c *conn) finish() { c.data.Store(false) }

func (c *conn) Close() error {
	c.release()
	return c.Conn.Close()
}
