package dialogue

import (
	"crypto/tls"
	"encoding/base64"
	"net"
	"net/netip"
	"strings"
	"time"
)

// maxRefusals is how often a connection may try to log in.
const maxRefusals = 3

// login is AUTH (RFC 4954) with PLAIN and LOGIN.
func (c *conn) login(arg string) bool {
	if c.srv.Login == nil {
		return c.wrong(502, "5.5.1", "No AUTH here")
	}
	if _, encrypted := c.nc.(*tls.Conn); !encrypted {
		return c.wrong(538, "5.7.11", "Encryption is required: STARTTLS first")
	}
	if !c.greeted || c.mail != nil || c.user != "" {
		return c.wrong(503, "5.5.1", "Not now")
	}
	mechanism, initial, _ := strings.Cut(arg, " ")
	var user, password string
	var ok bool
	switch strings.ToUpper(mechanism) {
	case "PLAIN":
		user, password, ok = c.plainLogin(initial)
	case "LOGIN":
		user, ok = c.asked("Username:", initial)
		if ok {
			password, ok = c.asked("Password:", "")
		}
	default:
		return c.wrong(504, "5.5.4", "PLAIN or LOGIN")
	}
	if !ok {
		return c.wrong(501, "5.5.2", "Malformed or cancelled")
	}
	address := network(c.plain.RemoteAddr())
	if !c.srv.tries.may(address, user, time.Now()) {
		c.wrongLogin(true)
		c.say(454, "4.7.0", "Too many wrong logins, try again later")
		return false
	}
	right := user != "" && c.srv.Login(user, password)
	c.srv.tries.note(address, user, right)
	if !right {
		c.wrongLogin(false)
		c.say(535, "5.7.8", "Wrong user or password")
		c.count.refusals++
		return c.count.refusals < maxRefusals
	}
	c.user = user
	c.say(235, "2.7.0", "Welcome")
	return true
}

func (c *conn) wrongLogin(unheard bool) {
	if c.srv.WrongLogin != nil {
		c.srv.WrongLogin(&Client{c}, unheard)
	}
}

// network is what guesses are counted by: an IPv4 address, or the /64 of an IPv6 one, which
// is what one machine may choose its addresses from.
func network(a net.Addr) string {
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return a.String()
	}
	ip := ap.Addr().Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	p, err := ip.Prefix(64)
	if err != nil {
		return ip.String()
	}
	return p.String()
}

func (c *conn) plainLogin(initial string) (user, password string, ok bool) {
	text, ok := c.asked("", initial)
	parts := strings.Split(text, "\x00")
	if !ok || len(parts) != 3 || parts[0] != "" && parts[0] != parts[1] {
		return "", "", false
	}
	return parts[1], parts[2], true
}

// asked is the client's answer to a question, or what it said unasked.
func (c *conn) asked(question, initial string) (string, bool) {
	if initial == "" {
		c.say(334, "", base64.StdEncoding.EncodeToString([]byte(question)))
		var err error
		if initial, err = c.line(); err != nil {
			return "", false
		}
	} else if initial == "=" {
		return "", true
	}
	text, err := base64.StdEncoding.DecodeString(initial)
	return string(text), err == nil && initial != "*"
}
