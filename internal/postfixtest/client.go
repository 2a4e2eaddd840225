package postfixtest

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"time"
)

// Client is a bare SMTP client that sends exactly the bytes it is given.
type Client struct {
	conn net.Conn
	text *textproto.Conn
}

// Dial connects, reads the greeting and says EHLO.
func Dial(addr, helo string) (*Client, error) {
	nc, err := net.DialTimeout("tcp", addr, time.Minute)
	if err != nil {
		return nil, err
	}
	c := &Client{conn: nc, text: textproto.NewConn(nc)}
	c.patient()
	if _, _, err := c.text.ReadResponse(220); err != nil {
		return nil, errors.Join(err, nc.Close())
	}
	if code, msg, err := c.Cmd("EHLO %s", helo); err != nil || code != 250 {
		return nil, errors.Join(fmt.Errorf("EHLO: %d %s: %w", code, msg, err), nc.Close())
	}
	return c, nil
}

// Cmd sends one command and returns the answer, whatever its code. err is about
// the connection only.
func (c *Client) Cmd(format string, args ...any) (int, string, error) {
	c.patient()
	if err := c.text.PrintfLine(format, args...); err != nil {
		return 0, "", err
	}
	return c.answer()
}

func (c *Client) answer() (int, string, error) {
	code, msg, err := c.text.ReadResponse(0)
	var protocol *textproto.Error
	if errors.As(err, &protocol) {
		return protocol.Code, protocol.Msg, nil
	}
	return code, msg, err
}

// patient lets the next command take its time: a connection of thousands of mails has
// no limit as a whole.
func (c *Client) patient() { _ = c.conn.SetDeadline(time.Now().Add(2 * time.Minute)) }

// Send transmits one mail and returns the answer to its end, or the first refusal
// before it. content is sent as it stands, dots stuffed after CRLF; it should end
// in CRLF.
func (c *Client) Send(from string, to []string, content []byte) (int, string, error) {
	return c.SendWith(from, "", to, content)
}

// SendWith is Send with arguments for MAIL, such as " BODY=8BITMIME".
func (c *Client) SendWith(from, args string, to []string, content []byte) (int, string, error) {
	if code, msg, err := c.Cmd("MAIL FROM:<%s>%s", from, args); err != nil || code != 250 {
		return code, msg, err
	}
	for _, r := range to {
		if code, msg, err := c.Cmd("RCPT TO:<%s>", r); err != nil || code != 250 {
			return code, msg, err
		}
	}
	if code, msg, err := c.Cmd("DATA"); err != nil || code != 354 {
		return code, msg, err
	}
	wire := bytes.ReplaceAll(content, []byte("\r\n."), []byte("\r\n.."))
	if bytes.HasPrefix(wire, []byte(".")) {
		wire = append([]byte("."), wire...)
	}
	if _, err := c.conn.Write(append(wire[:len(wire):len(wire)], ".\r\n"...)); err != nil {
		return 0, "", err
	}
	return c.answer()
}

// Close says QUIT and closes.
func (c *Client) Close() error {
	_, _, _ = c.Cmd("QUIT")
	return c.text.Close()
}

// QueueID takes the queue id from Postfix's "2.0.0 Ok: queued as ID".
func QueueID(msg string) string {
	_, id, _ := strings.Cut(msg, "queued as ")
	return strings.TrimSpace(id)
}
