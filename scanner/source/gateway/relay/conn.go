package relay

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Conn is one SMTP connection to a next hop. One goroutine at a time.
type Conn struct {
	net            net.Conn
	in             *bufio.Reader
	out            *bufio.Writer
	ext            map[string]string // announced extensions, upper case
	command, final time.Duration
	until          time.Time // when everything must be over; zero for no limit
	stop           func() bool
	lost           bool   // the connection is of no more use
	half           string // of an answer whose end had not come in time
	lmtp           bool
	accepted       []Recipient // of the mail that was begun
}

func newConn(nc net.Conn, command, final time.Duration) *Conn {
	return &Conn{net: nc, in: bufio.NewReader(nc), out: bufio.NewWriterSize(nc, 64<<10), command: command, final: final}
}

// Close says QUIT if it can and closes.
func (c *Conn) Close() error {
	if c.stop != nil {
		c.stop()
	}
	if !c.lost {
		c.command = min(c.command, 2*time.Second)
		_, _ = c.cmd("QUIT", "QUIT")
	}
	return c.net.Close()
}

// Lost reports that the connection broke or ran out of step.
func (c *Conn) Lost() bool { return c.lost }

// Has reports whether the next hop announced an extension.
func (c *Conn) Has(ext string) bool { _, ok := c.ext[ext]; return ok }

func (c *Conn) hello(h *Hop) error {
	if err := c.deadline(c.command); err != nil {
		return err
	}
	if _, err := c.expect("greeting", 2); err != nil {
		return err
	}
	if err := c.ehlo(h.Helo); err != nil {
		return err
	}
	if err := c.encrypt(h); err != nil {
		return err
	}
	return c.login(h.Login)
}

func (c *Conn) encrypt(h *Hop) error {
	if h.TLS == None {
		return nil
	}
	if !c.Has("STARTTLS") {
		if h.TLS == Opportunistic {
			return nil
		}
		return &Error{Stage: "STARTTLS", Err: errors.New("encryption is required but was not offered")}
	}
	if _, err := c.cmd("STARTTLS", "STARTTLS"); err != nil {
		return err
	}
	if c.in.Buffered() > 0 {
		return c.broken("STARTTLS", errors.New("answer continues in clear after STARTTLS"))
	}
	t := tls.Client(c.net, h.tlsConfig())
	if err := t.Handshake(); err != nil {
		return c.broken("STARTTLS", err)
	}
	c.net = t
	c.in.Reset(t)
	c.out.Reset(t)
	return c.ehlo(h.Helo)
}

func (c *Conn) ehlo(name string) error {
	if name == "" {
		name = "localhost"
	}
	c.ext = map[string]string{}
	verb := "EHLO"
	if c.lmtp {
		verb = "LHLO"
	}
	text, err := c.cmd(verb, verb+" "+name)
	var e *Error
	if errors.As(err, &e) && e.Code >= 500 && !c.lmtp {
		_, err = c.cmd("HELO", "HELO "+name) // an old server
		return err
	}
	if err != nil {
		return err
	}
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			word, args, _ := strings.Cut(line, " ")
			c.ext[strings.ToUpper(word)] = args
		}
	}
	return nil
}

// Mail begins a mail. What the next hop cannot do is left out where that is
// harmless (notification wishes, 8BITMIME) and refused where it is not (SMTPUTF8).
func (c *Conn) Mail(env Envelope) error {
	from, err := path(env.From)
	if err != nil {
		return err
	}
	line := "MAIL FROM:" + from
	if env.Body != "" && c.Has("8BITMIME") {
		line += " BODY=" + env.Body
	}
	if env.UTF8 || !isASCII(env.From) || slices.ContainsFunc(env.To, func(r Recipient) bool { return !isASCII(r.Address) }) {
		if !c.Has("SMTPUTF8") {
			return &Error{Code: 550, Enhanced: "5.6.7", Text: "the next hop does not take SMTPUTF8", Stage: "MAIL"}
		}
		line += " SMTPUTF8"
	}
	if c.Has("DSN") {
		if env.Return != "" {
			line += " RET=" + env.Return
		}
		if env.EnvelopeID != "" {
			line += " ENVID=" + xtext(env.EnvelopeID)
		}
	}
	c.accepted = nil
	_, err = c.cmd("MAIL", line)
	return err
}

// Rcpt adds a recipient.
func (c *Conn) Rcpt(r Recipient) error {
	to, err := path(r.Address)
	if err != nil {
		return err
	}
	line := "RCPT TO:" + to
	if c.Has("DSN") {
		if r.Notify != "" {
			line += " NOTIFY=" + r.Notify
		}
		if kind, addr, ok := strings.Cut(r.ORcpt, ";"); ok {
			line += " ORCPT=" + kind + ";" + xtext(addr)
		}
	}
	_, err = c.cmd("RCPT", line)
	var e *Error
	if errors.As(err, &e) {
		e.Recipient = r.Address
	}
	if err == nil {
		c.accepted = append(c.accepted, r)
	}
	return err
}

// Reset gives up a mail that was begun.
func (c *Conn) Reset() error {
	c.accepted = nil
	_, err := c.cmd("RSET", "RSET")
	return err
}

// cmd sends one command and expects 2xx, or 354 for DATA.
func (c *Conn) cmd(stage, line string) (string, error) {
	if c.lost {
		return "", &Error{Stage: stage, Err: net.ErrClosed}
	}
	if strings.ContainsAny(line, "\r\n\x00") {
		return "", &Error{Code: 501, Enhanced: "5.1.3", Text: "line end in an address", Stage: stage}
	}
	if err := c.deadline(c.command); err != nil {
		return "", err
	}
	_, _ = c.out.WriteString(line + "\r\n")
	if err := c.out.Flush(); err != nil {
		return "", c.broken(stage, err)
	}
	if stage == "DATA" {
		return c.expect(stage, 3)
	}
	return c.expect(stage, 2)
}

func (c *Conn) deadline(d time.Duration) error {
	at := time.Now().Add(d)
	if c.until.Before(at) && !c.until.IsZero() {
		at = c.until
	}
	if err := c.net.SetDeadline(at); err != nil {
		return c.broken("deadline", err)
	}
	return nil
}

func (c *Conn) broken(stage string, err error) error {
	c.lost = true
	return &Error{Stage: stage, Err: err}
}

// maxAnswerLines bounds one answer; a line is bounded by the reader's buffer.
const maxAnswerLines = 100

var (
	answerLine   = regexp.MustCompile(`^([2-5][0-9][0-9])(?:([ -])(.*))?$`)
	enhancedHead = regexp.MustCompile(`^([245]\.\d{1,3}\.\d{1,3})(?: |$)`)
)

// expect reads one answer; another first digit than class is an error.
func (c *Conn) expect(stage string, class int) (string, error) {
	var text []string
	for len(text) < maxAnswerLines {
		raw, err := c.in.ReadSlice('\n')
		if err != nil {
			c.half += string(raw)
			return "", c.broken(stage, err)
		}
		line := c.half + string(raw)
		c.half = ""
		m := answerLine.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
		if m == nil {
			break
		}
		text = append(text, m[3])
		if m[2] == "-" {
			continue
		}
		code, _ := strconv.Atoi(m[1])
		if code/100 == class {
			return strings.Join(text, "\n"), nil
		}
		if code == 421 {
			c.lost = true
		}
		e := &Error{Code: code, Text: strings.Join(text, " "), Stage: stage}
		if h := enhancedHead.FindStringSubmatch(e.Text); h != nil {
			e.Enhanced, e.Text = h[1], strings.TrimSpace(e.Text[len(h[1]):])
		}
		if code < 400 {
			return "", c.broken(stage, fmt.Errorf("unexpected answer %d", code))
		}
		return "", e
	}
	return "", c.broken(stage, errors.New("answer is not SMTP"))
}

var quoted = regexp.MustCompile(`^"(?:[^"\\]|\\.)*"$`)

var dotAtom = regexp.MustCompile("^[^\\x00-\\x20()<>\\[\\]:;@\\\\,\"\\x7f]+$")

// path writes an address as SMTP wants it. A local part gets back the quotes that
// servers take off (RFC 5321 4.1.2): a b@d.example becomes <"a b"@d.example>.
func path(addr string) (string, error) {
	i := strings.LastIndexByte(addr, '@')
	if i < 0 {
		i = len(addr) // the null sender, or postmaster
	}
	local, domain := addr[:i], addr[i:]
	if strings.ContainsAny(domain, "<> \t\r\n\x00") || strings.ContainsAny(local, "\r\n\x00") {
		return "", &Error{Code: 501, Enhanced: "5.1.3", Text: "malformed address", Stage: "address"}
	}
	plain := local == "" || dotAtom.MatchString(local) && local[0] != '.' && local[len(local)-1] != '.' && !strings.Contains(local, "..")
	if !plain && !quoted.MatchString(local) {
		local = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(local) + `"`
	}
	return "<" + local + domain + ">", nil
}

// xtext encodes a DSN value (RFC 3461 4).
func xtext(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if ch := s[i]; ch < '!' || ch > '~' || ch == '+' || ch == '=' {
			fmt.Fprintf(&b, "+%02X", ch)
		} else {
			b.WriteByte(ch)
		}
	}
	return b.String()
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] > 127 {
			return false
		}
	}
	return true
}

// TLS is the version that was agreed on; ok is false in clear.
func (c *Conn) TLS() (version uint16, ok bool) {
	t, ok := c.net.(*tls.Conn)
	if !ok {
		return 0, false
	}
	return t.ConnectionState().Version, true
}

// Size is how much the next hop says it takes, 0 for as much as there is; ok is false
// when it does not say.
func (c *Conn) Size() (bytes int64, ok bool) {
	n, err := strconv.ParseInt(c.ext["SIZE"], 10, 64)
	return n, err == nil
}
