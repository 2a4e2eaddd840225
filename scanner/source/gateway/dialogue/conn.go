package dialogue

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"brevvagt/internal/crowd"
)

const (
	// maxLine bounds a command; RFC 4954 wants this much for AUTH.
	maxLine = 12 << 10
	// maxErrors is how much nonsense a connection may hold, maxIdle how many commands
	// without a mail.
	maxErrors, maxIdle = 20, 5000
	writeTime          = time.Minute
)

var errLong = errors.New("command line without end")

// conn is one connection. It reads and writes through itself: what is answered goes
// out before it waits for more, so that answers to commands sent together go together.
type conn struct {
	srv *Server
	wire
	nc      net.Conn // plain, or TLS over it
	in      *bufio.Reader
	out     *bufio.Writer
	session Session

	until   time.Time // when a command must be here
	data    bool      // content is being read
	dataEnd time.Time

	greeted bool
	user    string
	mail    *Mail // nil between mails
	rcpts   int
	pending *string // a command that was read already

	count tally
}

// wire is what lies below TLS, and its place among the other connections.
type wire struct {
	plain net.Conn
	at    *crowd.Guest
}

// tally is what a connection has too much of at some time.
type tally struct{ errors, idle, refusals int }

func newConn(s *Server, nc net.Conn, at *crowd.Guest) *conn {
	c := &conn{srv: s, wire: wire{nc, at}, nc: nc}
	c.in = bufio.NewReaderSize(c, 32<<10)
	c.out = bufio.NewWriter(patient{c})
	return c
}

// patient gives every write its time: a full buffer writes by itself.
type patient struct{ c *conn }

func (w patient) Write(p []byte) (int, error) {
	if err := w.c.nc.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return 0, err
	}
	return w.c.nc.Write(p)
}

// Read is what the buffer fills itself from.
func (c *conn) Read(p []byte) (int, error) {
	if err := c.flush(); err != nil {
		return 0, err
	}
	until := c.until
	if c.data {
		if until = time.Now().Add(c.srv.Idle); c.dataEnd.Before(until) {
			until = c.dataEnd
		}
	}
	if err := c.nc.SetReadDeadline(until); err != nil {
		return 0, err
	}
	c.at.Silent(c.rank())
	n, err := c.nc.Read(p)
	if !c.at.Busy() {
		return 0, net.ErrClosed
	}
	return n, err
}

// rank says what is lost with a connection that is silent.
func (c *conn) rank() crowd.Rank {
	switch {
	case c.mail != nil:
		return crowd.Within
	case c.greeted:
		return crowd.Idle
	}
	return crowd.Stranger
}

func (c *conn) flush() error { return c.out.Flush() }

// say answers. What cannot be written shows at the next read.
func (c *conn) say(code int, enhanced, text string) {
	if enhanced != "" {
		text = enhanced + " " + text
	}
	_, _ = c.out.WriteString(strconv.Itoa(code) + " " + text + "\r\n")
}

// wrong answers a command that should not have come. False ends the connection.
func (c *conn) wrong(code int, enhanced, text string) bool {
	c.say(code, enhanced, text)
	if c.count.errors++; c.count.errors >= maxErrors {
		c.say(421, "4.7.0", "Too many errors")
		return false
	}
	return true
}

// refuse answers with what a session returned.
func (c *conn) refuse(err error) {
	var r *Reply
	switch {
	case err == nil:
		c.say(250, "2.0.0", "OK")
	case errors.As(err, &r):
		c.say(r.Code, r.Enhanced, r.Text)
	default:
		c.say(451, "4.3.0", "Internal error")
	}
}

func (c *conn) serve() {
	defer func() {
		if p := recover(); p != nil {
			if c.srv.Panicked != nil {
				c.srv.Panicked(fmt.Sprintf("%T", p), string(debug.Stack()))
			}
			c.say(421, "4.3.0", "Internal error")
		}
		_ = c.flush()
		if c.session != nil {
			c.session.Close()
		}
		_ = c.nc.Close()
	}()
	var err error
	if c.session, err = c.srv.Begin(&Client{c}); err != nil {
		c.refuse(err)
		return
	}
	c.say(220, "", c.srv.Domain+" "+map[bool]string{false: "ESMTP", true: "LMTP"}[c.srv.LMTP])
	for {
		line, err := c.line()
		if err != nil {
			c.parting(err)
			return
		}
		if !c.command(line) {
			return
		}
	}
}

func (c *conn) parting(err error) {
	switch {
	case errors.Is(err, errLong):
		c.say(500, "5.5.6", "Line too long")
	case errors.Is(err, os.ErrDeadlineExceeded):
		c.say(421, "4.4.2", "Timeout")
	}
}

// line reads one command without its line end.
func (c *conn) line() (string, error) {
	if p := c.pending; p != nil {
		c.pending = nil
		return *p, nil
	}
	c.until = time.Now().Add(c.srv.Idle)
	raw, err := c.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) || len(raw) > maxLine {
		return "", errLong
	}
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(raw), "\n"), "\r"), nil
}

// command carries out one command. False ends the connection.
func (c *conn) command(line string) bool {
	if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		if verb, _ := split(line); verb == "BDAT" {
			return c.mangledChunk()
		}
		return c.wrong(500, "5.5.2", "Control characters in a command")
	}
	if c.count.idle++; c.count.idle > maxIdle {
		c.say(421, "4.7.0", "Too many commands without a mail")
		return false
	}
	verb, arg := split(line)
	switch verb {
	case "EHLO", "HELO", "LHLO":
		return c.hello(verb, arg)
	case "MAIL":
		return c.begin(arg)
	case "RCPT":
		return c.recipient(arg)
	case "BDAT":
		return c.chunks(arg)
	case "AUTH":
		return c.login(arg)
	case "NOOP":
		c.say(250, "2.0.0", "OK")
	case "VRFY":
		c.say(252, "2.5.0", "Cannot verify, but will take mail")
	case "DATA", "RSET", "STARTTLS", "QUIT":
		if arg != "" {
			return c.wrong(501, "5.5.4", "No parameters here")
		}
		return c.bare(verb)
	case "HELP", "EXPN", "SEND", "SOML", "SAML", "TURN", "ETRN":
		return c.wrong(502, "5.5.1", "Not implemented")
	default:
		return c.wrong(500, "5.5.2", "Unknown command")
	}
	return true
}

func (c *conn) bare(verb string) bool {
	switch verb {
	case "DATA":
		return c.content()
	case "STARTTLS":
		return c.startTLS()
	case "RSET":
		c.reset()
		c.say(250, "2.0.0", "OK")
		return true
	}
	c.say(221, "2.0.0", "Bye")
	return false
}

func split(line string) (verb, arg string) {
	verb, arg, _ = strings.Cut(line, " ")
	return strings.ToUpper(verb), strings.TrimSpace(arg)
}

func (c *conn) reset() {
	c.mail, c.rcpts = nil, 0
	c.session.Reset()
}

func (c *conn) hello(verb, arg string) bool {
	if (verb == "LHLO") != c.srv.LMTP {
		return c.wrong(500, "5.5.1", "This server speaks "+map[bool]string{false: "SMTP", true: "LMTP"}[c.srv.LMTP])
	}
	if arg == "" {
		return c.wrong(501, "5.5.4", "Who are you?")
	}
	c.reset()
	c.greeted = true
	if verb == "HELO" {
		c.say(250, "", c.srv.Domain)
		return true
	}
	_, encrypted := c.nc.(*tls.Conn)
	lines := []string{c.srv.Domain, "PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES", "CHUNKING", "SMTPUTF8", "DSN",
		"SIZE " + strconv.FormatInt(c.srv.MaxBytes, 10), "LIMITS RCPTMAX=" + strconv.Itoa(c.srv.MaxRecipients)}
	if c.srv.TLS != nil && !encrypted {
		lines = append(lines, "STARTTLS")
	}
	if c.srv.Login != nil && encrypted {
		lines = append(lines, "AUTH PLAIN LOGIN")
	}
	last := len(lines) - 1
	for _, l := range lines[:last] {
		_, _ = c.out.WriteString("250-" + l + "\r\n")
	}
	c.say(250, "", lines[last])
	return true
}

// startTLS drops all that was said in clear, also what came along with the command.
func (c *conn) startTLS() bool {
	if _, encrypted := c.nc.(*tls.Conn); encrypted || c.srv.TLS == nil {
		return c.wrong(503, "5.5.1", "No STARTTLS here")
	}
	c.reset()
	c.greeted, c.user = false, ""
	if c.in.Buffered() > 0 {
		c.say(501, "5.5.1", "Commands after STARTTLS")
		return false // somebody put them there
	}
	c.say(220, "2.0.0", "Go ahead")
	if c.flush() != nil {
		return false
	}
	_ = c.plain.SetDeadline(time.Now().Add(min(c.srv.Idle, writeTime)))
	c.at.Silent(crowd.Stranger)
	defer c.at.Busy()
	t := tls.Server(c.plain, c.srv.TLS)
	if t.Handshake() != nil {
		return false
	}
	c.nc = t
	c.in.Reset(c)
	return true
}
