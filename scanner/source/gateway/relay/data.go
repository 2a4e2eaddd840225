package relay

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// endOfData is the stage of an Error after the final dot.
const endOfData = "end of data"

// Data sends the content and returns a result for each accepted recipient, in their
// order, once the next hop has answered; with SMTP they are one and the same. An
// error means that nobody has the mail, or that it is not known. Nothing is changed
// but that a dot at the start of a line is doubled as RFC 5321 4.5.2 demands, and
// that a content without a final line end gets one. A dot after a bare CR or LF is
// doubled too: some servers take such lines as line ends, and a lone dot there would
// let content forge a second mail.
func (c *Conn) Data(content io.Reader) ([]Result, error) {
	if _, err := c.cmd("DATA", "DATA"); err != nil {
		return nil, err
	}
	if err := c.transmit(content); err != nil {
		return nil, err
	}
	return c.answers(c.final)
}

// Late waits on for the answer that did not come in time, see IsLate.
func (c *Conn) Late(wait time.Duration) ([]Result, error) {
	c.lost, c.until = false, time.Time{}
	return c.answers(wait)
}

// answers reads what the next hop says after the content.
func (c *Conn) answers(wait time.Duration) ([]Result, error) {
	if err := c.deadline(wait); err != nil {
		return nil, err
	}
	results := make([]Result, len(c.accepted))
	for i, r := range c.accepted {
		if i > 0 && !c.lmtp {
			results[i] = Result{Recipient: r, Answer: results[0].Answer}
			continue
		}
		answer, err := c.expect(endOfData, 2)
		if err != nil && (i == 0 && c.lost || !c.lmtp) {
			return nil, err
		}
		var e *Error
		if errors.As(err, &e) {
			e.Recipient = r.Address
		}
		results[i] = Result{Recipient: r, Answer: strings.ReplaceAll(answer, "\n", " "), Err: err}
	}
	c.accepted = nil
	return results, nil
}

// transmit sends content up to its final dot.
func (c *Conn) transmit(content io.Reader) error {
	d := dotWriter{out: c.out, atStart: true, ended: true}
	buf := make([]byte, 32<<10)
	for {
		n, err := content.Read(buf)
		if n > 0 {
			if err := c.deadline(c.command); err != nil {
				return err
			}
			if err := d.write(buf[:n]); err != nil {
				return c.broken("DATA", err)
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			// Half a mail must not be taken for a whole one.
			c.lost = true
			return errors.Join(fmt.Errorf("read content: %w", err), c.net.Close())
		}
	}
	switch {
	case d.cr:
		_, _ = c.out.WriteString("\n")
	case !d.ended:
		_, _ = c.out.WriteString("\r\n")
	}
	_, _ = c.out.WriteString(".\r\n")
	if err := c.out.Flush(); err != nil {
		return c.broken("DATA", err)
	}
	return nil
}
