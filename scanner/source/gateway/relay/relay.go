// Package relay sends mail on to the next hop, byte for byte, composes the notices
// that senders get, and has a small receiving mailbox for demonstrations and tests.
//
// Glossary: the next hop is the mail server that takes over responsibility. A
// notice is a mail of our own to a sender; it never quotes content.
package relay

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// TLS says how the way to the next hop is protected.
type TLS string

// The modes, weakest first. All but None use TLS 1.2 or better.
const (
	Opportunistic TLS = ""        // STARTTLS when offered, certificate not checked
	None          TLS = "none"    // never, for a next hop on this machine
	Required      TLS = "require" // STARTTLS or nothing, certificate not checked
	Verified      TLS = "verify"  // STARTTLS or nothing, certificate must match
)

// Hop is a next hop. It is used by several goroutines at once; do not change it
// after the first use.
type Hop struct {
	Addr string // host:port
	Helo string // our name in EHLO, default "localhost"
	TLS  TLS
	// Roots and ServerName for Verified are taken from here; may be nil.
	TLSConfig *tls.Config
	// Roots, when set, are asked for with each connection instead.
	Roots func() *x509.CertPool
	// LMTP speaks LMTP (RFC 2033), with an answer for each recipient.
	LMTP bool
	// Login gives user and password for AUTH; nil logs in nowhere. They are sent
	// within TLS or to this machine only.
	Login func() (user, password string, err error)

	DialTimeout    time.Duration // default 10 s
	CommandTimeout time.Duration // for one command and answer, default 60 s
	// DataTimeout is from the final dot to the answer, default 10 min (RFC 5321
	// 4.5.3.2.6): a mail given up before its answer may be there twice.
	DataTimeout time.Duration
	// Patience is how much longer Send and Deliver wait for that answer before they give
	// up, default not at all.
	Patience time.Duration
	// TotalTimeout is for sending one mail, default 30 min and 10 s for each recipient.
	TotalTimeout time.Duration
}

// Envelope is what SMTP says of a mail outside its content. Its JSON form is the
// receipt of the SMTP lane.
type Envelope struct {
	From       string      `json:"from"` // "" is the null sender
	To         []Recipient `json:"to"`
	Body       string      `json:"body,omitempty"` // 7BIT or 8BITMIME as the client said
	UTF8       bool        `json:"utf8,omitempty"` // SMTPUTF8 was asked for
	Return     string      `json:"ret,omitempty"`  // RET of RFC 3461
	EnvelopeID string      `json:"envid,omitempty"`
}

// Recipient is one recipient with the delivery notification it asked for.
type Recipient struct {
	Address string `json:"address"`
	Notify  string `json:"notify,omitempty"` // NOTIFY, comma separated
	ORcpt   string `json:"orcpt,omitempty"`  // ORCPT with its type, not yet xtext
}

// Addresses lists the recipients' addresses.
func (e Envelope) Addresses() []string {
	list := make([]string, len(e.To))
	for i, r := range e.To {
		list[i] = r.Address
	}
	return list
}

// Error is a refusal by the next hop, or with Code 0 a failure to reach it.
type Error struct {
	Code      int    // SMTP code, 0 for the network
	Enhanced  string // "5.1.1", or ""
	Text      string // what the next hop said, one line
	Stage     string // "connect", "MAIL", "RCPT", "DATA" ...
	Recipient string // for RCPT
	Err       error  // for the network
}

// Error implements error. It quotes the next hop's answer, never content.
func (e *Error) Error() string {
	s := "next hop, " + e.Stage
	if e.Recipient != "" {
		s += " <" + e.Recipient + ">"
	}
	if e.Err != nil {
		return WithoutNumbers(s + ": " + e.Err.Error())
	}
	// Addresses can be numbers, and servers repeat them.
	return WithoutNumbers(strings.TrimSpace(fmt.Sprintf("%s: %d %s", s, e.Code, strings.TrimSpace(e.Enhanced+" "+e.Text))))
}

// Unwrap returns the network's error.
func (e *Error) Unwrap() error { return e.Err }

// Temporary reports whether trying again may help.
func (e *Error) Temporary() bool { return e.Code < 500 }

// IsTemporary reports whether err is worth another try: everything but a refusal
// for good.
func IsTemporary(err error) bool {
	var e *Error
	return err != nil && (!errors.As(err, &e) || e.Temporary())
}

// NotDelivered stands in an answer of Send before the recipients that were refused
// for good while others were taken.
const NotDelivered = "; not delivered: "

// Refused is the part of an answer that names those who were refused for good; ok is
// false when nobody was.
func Refused(answer string) (refused string, ok bool) {
	_, refused, ok = strings.Cut(answer, NotDelivered)
	return refused, ok
}

// Result is what became of a mail for one recipient.
type Result struct {
	Recipient Recipient
	Answer    string // of a next hop that took it
	Err       error
}

// Partial is the error of Sum when some recipients have their final answer and
// others were refused for now: a repetition goes to Left alone.
type Partial struct {
	Answer string
	Left   []Recipient
	Err    error // of one of them
}

// Error implements error.
func (p *Partial) Error() string {
	return fmt.Sprintf("%d recipients were refused for now: %v", len(p.Left), p.Err)
}

// Unwrap returns the refusal.
func (p *Partial) Unwrap() error { return p.Err }

// Send hands one mail to the next hop and returns its answer. content goes out
// byte for byte (see Conn.Data). A temporary refusal of any recipient sends
// nothing, so that a repetition reaches everyone once. Recipients refused for
// good are left out and named in the answer, unless all are.
func (h *Hop) Send(ctx context.Context, env Envelope, content io.Reader) (string, error) {
	results, err := h.deliver(ctx, env, content, true)
	if err != nil {
		return "", err
	}
	return Sum(results)
}

// Sum makes one answer of the results for one mail. Recipients refused for good are
// named in it, unless all are; when some were refused for now and others were not, the
// error is a Partial.
func Sum(results []Result) (answer string, err error) {
	if len(results) == 0 {
		return "", &Error{Code: 554, Enhanced: "5.5.1", Text: "no recipients", Stage: "RCPT"}
	}
	var refused []string
	var left []Recipient
	var last, forNow error
	for _, r := range results {
		switch {
		case r.Err == nil:
			answer = r.Answer
		case IsTemporary(r.Err):
			forNow, left = r.Err, append(left, r.Recipient)
		default:
			last, refused = r.Err, append(refused, r.Err.Error())
		}
	}
	switch {
	case len(left) == len(results):
		return "", forNow
	case len(refused) == len(results):
		return "", last
	case len(refused) > 0:
		answer += NotDelivered + strings.Join(refused, "; ")
	}
	if len(left) > 0 {
		return "", &Partial{Answer: answer, Left: left, Err: forNow}
	}
	return answer, nil
}

// Deliver hands one mail to the next hop for those who can get it now, and tells of
// each recipient, in their order. An error means that nobody was reached.
func (h *Hop) Deliver(ctx context.Context, env Envelope, content io.Reader) ([]Result, error) {
	return h.deliver(ctx, env, content, false)
}

func (h *Hop) deliver(ctx context.Context, env Envelope, content io.Reader, whole bool) ([]Result, error) {
	c, err := h.Dial(ctx)
	if err != nil {
		return nil, err
	}
	// The answer counts, the goodbye does not: nobody waits for it.
	defer func() { go c.Close() }()
	c.Until(time.Now().Add(orDefault(h.TotalTimeout, 30*time.Minute+time.Duration(len(env.To))*10*time.Second)))
	if err := c.Mail(env); err != nil {
		return nil, err
	}
	results := make([]Result, len(env.To))
	for i, r := range env.To {
		results[i] = Result{Recipient: r, Err: c.Rcpt(r)}
		if c.Lost() || whole && IsTemporary(results[i].Err) {
			return nil, results[i].Err
		}
	}
	if len(c.accepted) == 0 {
		return results, nil
	}
	taken, err := c.Data(content)
	if IsLate(err) && h.Patience > 0 {
		taken, err = c.Late(h.Patience)
	}
	if err != nil {
		return nil, err
	}
	for i := range results {
		if results[i].Err == nil {
			results[i], taken = taken[0], taken[1:]
		}
	}
	return results, nil
}

// Until sets when all that follows must be over, besides the limit of each command; the
// zero time is never.
func (c *Conn) Until(t time.Time) { c.until = t }

// Dial connects, says EHLO and protects the connection as the mode demands. The
// connection ends when ctx does.
func (h *Hop) Dial(ctx context.Context) (*Conn, error) {
	d := net.Dialer{Timeout: orDefault(h.DialTimeout, 10*time.Second)}
	nc, err := d.DialContext(ctx, "tcp", h.Addr)
	if err != nil {
		return nil, &Error{Stage: "connect", Err: err}
	}
	c := newConn(nc, orDefault(h.CommandTimeout, time.Minute), orDefault(h.DataTimeout, 10*time.Minute))
	c.lmtp = h.LMTP
	c.stop = context.AfterFunc(ctx, func() { _ = nc.SetDeadline(time.Unix(1, 0)); _ = nc.Close() })
	if err := c.hello(h); err != nil {
		return nil, errors.Join(forNow(err), c.Close())
	}
	return c, nil
}

// forNow makes a refusal before any mail was named one of the network: it is about us
// and the next hop, so no mail is given up for it, whatever its code.
func forNow(err error) error {
	var e *Error
	if !errors.As(err, &e) || e.Code == 0 {
		return err
	}
	return &Error{Stage: e.Stage, Err: errors.New(strings.TrimSpace(fmt.Sprintf("%d %s", e.Code, strings.TrimSpace(e.Enhanced+" "+e.Text))))}
}

func orDefault(v, d time.Duration) time.Duration {
	if v <= 0 {
		return d
	}
	return v
}

func (h *Hop) tlsConfig() *tls.Config {
	cfg := &tls.Config{}
	if h.TLSConfig != nil {
		cfg = h.TLSConfig.Clone()
	}
	if cfg.ServerName == "" {
		cfg.ServerName, _, _ = net.SplitHostPort(h.Addr)
	}
	if h.Roots != nil {
		cfg.RootCAs = h.Roots()
	}
	cfg.MinVersion = max(cfg.MinVersion, tls.VersionTLS12)
	// Opportunistic and required encryption protect against listeners only; a
	// certificate nobody vouches for is still better than none (RFC 7435).
	cfg.InsecureSkipVerify = h.TLS != Verified
	return cfg
}
