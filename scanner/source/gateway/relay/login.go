package relay

import (
	"crypto/tls"
	"encoding/base64"
	"errors"
	"net"
	"slices"
	"strings"
)

// login says who we are (RFC 4954). A failure is for now: what is wrong is our
// configuration, never the mail.
func (c *Conn) login(who func() (user, password string, err error)) error {
	if who == nil {
		return nil
	}
	if _, encrypted := c.net.(*tls.Conn); !encrypted && !loopback(c.net.RemoteAddr()) {
		return &Error{Code: 454, Enhanced: "4.7.0", Text: "login needs encryption, which the next hop does not offer", Stage: "AUTH"}
	}
	user, password, err := who()
	if err != nil {
		return &Error{Stage: "AUTH", Err: err}
	}
	b64 := base64.StdEncoding.EncodeToString
	var steps []string
	switch offered := strings.Fields(strings.ToUpper(c.ext["AUTH"])); {
	case slices.Contains(offered, "PLAIN"):
		steps = []string{"AUTH PLAIN " + b64([]byte("\x00"+user+"\x00"+password))}
	case slices.Contains(offered, "LOGIN"):
		steps = []string{"AUTH LOGIN", b64([]byte(user)), b64([]byte(password))}
	default:
		return &Error{Code: 454, Enhanced: "4.7.0", Text: "the next hop offers no login that we know", Stage: "AUTH"}
	}
	for i, s := range steps {
		class := 3
		if i == len(steps)-1 {
			class = 2
		}
		if err := c.step(s, class); err != nil {
			return err
		}
	}
	return nil
}

func (c *Conn) step(line string, class int) error {
	if err := c.deadline(c.command); err != nil {
		return err
	}
	_, _ = c.out.WriteString(line + "\r\n")
	if err := c.out.Flush(); err != nil {
		return c.broken("AUTH", err)
	}
	_, err := c.expect("AUTH", class)
	var e *Error
	if errors.As(err, &e) && e.Code >= 500 {
		e.Code, e.Enhanced = 454, "4.7.0"
	}
	return err
}

func loopback(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
