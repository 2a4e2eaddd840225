package dialogue

import (
	"encoding/hex"
	"strconv"
	"strings"
)

// begin is MAIL.
func (c *conn) begin(arg string) bool {
	if !c.greeted || c.mail != nil {
		return c.wrong(503, "5.5.1", "Not now")
	}
	addr, rest, err := afterWord(arg, "FROM:", true)
	if err != nil {
		return c.wrong(501, "5.1.7", "Malformed address")
	}
	m := Mail{From: addr}
	if no := c.mailOptions(&m, rest); no != nil {
		return c.wrong(no.Code, no.Enhanced, no.Text)
	}
	if !m.UTF8 && !isASCII(addr) {
		return c.wrong(553, "5.6.7", "SMTPUTF8 was not asked for")
	}
	if err := c.session.Mail(m); err != nil {
		c.refuse(err)
		return true
	}
	c.mail = &m
	c.say(250, "2.1.0", "OK")
	return true
}

func afterWord(arg, word string, null bool) (address, rest string, err error) {
	if len(arg) < len(word) || !strings.EqualFold(arg[:len(word)], word) {
		return "", "", errAddress
	}
	return path(arg[len(word):], null)
}

// options splits "KEY=VALUE KEY" and wants every key once.
func options(s string) (list [][2]string, ok bool) {
	seen := map[string]bool{}
	for _, f := range strings.Fields(s) {
		key, value, _ := strings.Cut(f, "=")
		key = strings.ToUpper(key)
		if seen[key] {
			return nil, false
		}
		seen[key] = true
		list = append(list, [2]string{key, value})
	}
	return list, true
}

var (
	malformed = &Reply{501, "5.5.4", "Malformed parameter"}
	unknown   = &Reply{555, "5.5.4", "Unknown parameter"}
)

func (c *conn) mailOptions(m *Mail, s string) *Reply {
	list, ok := options(s)
	if !ok {
		return malformed
	}
	for _, o := range list {
		key, value := o[0], o[1]
		switch {
		case key == "SIZE":
			if value == "" || strings.Trim(value, "0123456789") != "" {
				return malformed
			}
			if n, err := strconv.ParseInt(value, 10, 64); err != nil || n > c.srv.MaxBytes {
				return ErrTooBig
			}
		case key == "BODY" && (strings.EqualFold(value, "7BIT") || strings.EqualFold(value, "8BITMIME")):
			m.Body = strings.ToUpper(value)
		case key == "SMTPUTF8" && value == "":
			m.UTF8 = true
		case key == "RET" && (strings.EqualFold(value, "FULL") || strings.EqualFold(value, "HDRS")):
			m.Return = strings.ToUpper(value)
		case key == "ENVID":
			if m.EnvelopeID, ok = fromXtext(value); !ok {
				return malformed
			}
		case key == "AUTH" && c.srv.Login != nil: // RFC 4954 5; we vouch for nobody
		case key == "BODY" || key == "RET":
			return malformed
		default:
			return unknown
		}
	}
	return nil
}

// recipient is RCPT.
func (c *conn) recipient(arg string) bool {
	if c.mail == nil {
		return c.wrong(503, "5.5.1", "MAIL comes first")
	}
	addr, rest, err := afterWord(arg, "TO:", false)
	if err != nil {
		return c.wrong(501, "5.1.3", "Malformed address")
	}
	if !c.mail.UTF8 && !isASCII(addr) {
		return c.wrong(553, "5.6.7", "SMTPUTF8 was not asked for")
	}
	r := Recipient{Address: addr}
	if no := rcptOptions(&r, rest); no != nil {
		return c.wrong(no.Code, no.Enhanced, no.Text)
	}
	if c.rcpts >= c.srv.MaxRecipients {
		c.say(452, "4.5.3", "Too many recipients")
		return true
	}
	if err := c.session.Rcpt(r); err != nil {
		c.refuse(err)
		return true
	}
	c.rcpts++
	c.count.idle-- // there may be many, but no more than MaxRecipients
	c.say(250, "2.1.5", "OK")
	return true
}

func rcptOptions(r *Recipient, s string) *Reply {
	list, ok := options(s)
	if !ok {
		return malformed
	}
	for _, o := range list {
		switch key, value := o[0], o[1]; key {
		case "NOTIFY":
			r.Notify = strings.ToUpper(value)
			for _, w := range strings.Split(r.Notify, ",") {
				if w != "SUCCESS" && w != "FAILURE" && w != "DELAY" && r.Notify != "NEVER" {
					return malformed
				}
			}
		case "ORCPT":
			kind, x, _ := strings.Cut(value, ";")
			text, ok := fromXtext(x)
			if !strings.EqualFold(kind, "rfc822") {
				text = x // RFC 6533 has its own coding, which goes on as it is
			}
			if kind == "" || !ok || text == "" {
				return malformed
			}
			if isASCII(text) {
				r.ORcpt = kind + ";" + text
			}
		default:
			return unknown
		}
	}
	return nil
}

// fromXtext decodes what RFC 3461 4 wraps.
func fromXtext(s string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '+' {
			b.WriteByte(s[i])
			continue
		}
		if i+3 > len(s) {
			return "", false
		}
		raw, err := hex.DecodeString(s[i+1 : i+3])
		if err != nil || raw[0] < ' ' || raw[0] > '~' {
			return "", false
		}
		b.WriteByte(raw[0])
		i += 2
	}
	return b.String(), s != ""
}
