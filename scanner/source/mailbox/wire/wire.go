// Package wire stands between an IMAP server and our client library: it bounds what
// a server may send and leaves out what the library would choke on, so that a
// misbehaving server costs a retry and not the account.
//
// The library (go-imap) ends a connection at the first untagged response that it
// does not know, keeps lines and strings of any length in memory, and writes folder
// names in UTF-8 as soon as a server announces IMAP4rev2 beside IMAP4rev1, although
// the server may read them as modified UTF-7 until that is enabled (RFC 9051,
// appendix A).
package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
)

// Errors of a server that sends too much.
var (
	ErrLine    = errors.New("the server sent a line that is too long")
	ErrLiteral = errors.New("the server announced a string that is too large")
	ErrBudget  = errors.New("the server sent more than was asked for")
)

// maxLine bounds one line, in bytes. A line of ours is short: folder names, flags,
// UIDs; a mail comes as a literal.
const maxLine = 256 << 10

// smallLiteral bounds the strings of responses other than FETCH, in bytes.
const smallLiteral = 64 << 10

// Conn filters what comes in. It is used by one reading and one writing goroutine.
type Conn struct {
	net.Conn
	r       *bufio.Reader
	ready   []byte // of the present line, not yet handed on
	literal int64  // bytes of a literal that are still to come
	midway  bool   // within a response, after a literal
	skip    bool   // within a response that is left out
	fetch   bool   // within a FETCH response
	err     error  // the first one; the library would read on after it
	budget  atomic.Int64
	got     atomic.Int64
	dropped atomic.Int64
}

// New wraps c. first is handed on before anything that the server sends: a greeting
// that was read already.
func New(c net.Conn, first string) *Conn {
	w := &Conn{Conn: c, r: bufio.NewReaderSize(c, 16<<10), ready: []byte(first)}
	w.Allow(1 << 20)
	return w
}

// Allow sets how many bytes the server may send from now on; Read fails after.
func (c *Conn) Allow(n int64) { c.budget.Store(n) }

// Received is how many bytes the server has sent.
func (c *Conn) Received() int64 { return c.got.Load() }

// Dropped is how many responses were left out.
func (c *Conn) Dropped() int64 { return c.dropped.Load() }

// Read hands on the next bytes. After an error it only repeats the error.
func (c *Conn) Read(p []byte) (n int, err error) {
	if len(p) == 0 || c.err != nil {
		return 0, c.err
	}
	n, err = c.next(p)
	c.err = err
	return n, err
}

func (c *Conn) next(p []byte) (int, error) {
	for {
		if len(c.ready) > 0 {
			n := copy(p, c.ready)
			c.ready = c.ready[n:]
			return n, nil
		}
		if c.literal > 0 {
			n, err := c.r.Read(p[:min(int64(len(p)), c.literal)])
			c.literal -= int64(n)
			c.got.Add(int64(n))
			if c.budget.Add(-int64(n)) < 0 {
				return 0, ErrBudget
			}
			if n > 0 && c.skip {
				continue
			}
			return n, err
		}
		if err := c.line(); err != nil {
			return 0, err
		}
	}
}

// line reads one line and decides what becomes of it.
func (c *Conn) line() error {
	var line []byte
	for {
		part, err := c.r.ReadSlice('\n')
		c.got.Add(int64(len(part)))
		if len(line)+len(part) > maxLine {
			return ErrLine
		}
		if c.budget.Add(-int64(len(part))) < 0 {
			return ErrBudget
		}
		line = append(line, part...)
		if err == nil {
			break
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err // a line that was cut off tells nothing
		}
	}
	literals := true
	if !c.midway {
		var keep bool
		keep, literals = c.begin(line)
		c.skip = !keep
		if !keep {
			c.dropped.Add(1)
		}
	}
	c.midway = false
	if literals {
		if err := c.announce(line); err != nil {
			return err
		}
	}
	if !c.skip {
		c.ready = line
	}
	return nil
}

// begin looks at the first line of a response: whether it is handed on, and
// whether strings may follow its lines.
func (c *Conn) begin(line []byte) (keep, literals bool) {
	c.fetch = false
	text := bytes.TrimRight(line, "\r\n")
	if len(text) > 0 && text[0] == '+' {
		return true, false
	}
	rest, untagged := bytes.CutPrefix(text, []byte("* "))
	if !untagged {
		if !tagged(text) {
			return false, false
		}
		oldRevision(line)
		return true, false
	}
	word, after := nextWord(rest)
	if word != "" && word[0] >= '0' && word[0] <= '9' {
		if _, err := strconv.ParseUint(word, 10, 32); err != nil {
			return false, true
		}
		word, _ = nextWord(after)
		c.fetch = word == "FETCH"
		return c.fetch || word == "EXISTS" || word == "RECENT" || word == "EXPUNGE", true
	}
	switch word {
	case "OK", "NO", "BAD", "BYE", "PREAUTH", "CAPABILITY":
		oldRevision(line)
		return true, false
	case "NAMESPACE", "FLAGS", "LIST", "STATUS", "SEARCH", "ESEARCH":
		return true, true
	}
	return false, true
}

// announce notes the literal that a line ends with: "{123}".
func (c *Conn) announce(line []byte) error {
	text := bytes.TrimRight(line, "\r\n")
	open := bytes.LastIndexByte(text, '{')
	if open < 0 || text[len(text)-1] != '}' {
		return nil
	}
	digits := strings.TrimSuffix(string(text[open+1:len(text)-1]), "+")
	n, err := strconv.ParseInt(digits, 10, 63)
	if err != nil {
		if digits != "" && strings.Trim(digits, "0123456789") == "" {
			return fmt.Errorf("%w: %d digits", ErrLiteral, len(digits))
		}
		return nil
	}
	limit := int64(smallLiteral)
	if c.fetch {
		limit = c.budget.Load()
	}
	if n > limit {
		return ErrLiteral
	}
	c.literal, c.midway = n, true
	return nil
}

// tagged reports whether a line begins with a tag of our library: "T12 ".
func tagged(text []byte) bool {
	tag, _, ok := bytes.Cut(text, []byte(" "))
	return ok && len(tag) > 1 && tag[0] == 'T' && len(bytes.Trim(tag[1:], "0123456789")) == 0
}

// nextWord is the next word in upper case and what follows it.
func nextWord(s []byte) (string, []byte) {
	word, after, _ := bytes.Cut(s, []byte(" "))
	if len(word) > 32 {
		return "", nil
	}
	return strings.ToUpper(string(word)), after
}

// oldRevision hides IMAP4rev2 in a capability line that also has IMAP4rev1, so that
// both sides speak the older one, whose folder names every such server knows.
func oldRevision(line []byte) {
	upper := bytes.ToUpper(line)
	if !bytes.Contains(upper, []byte("CAPABILITY")) || !bytes.Contains(upper, []byte("IMAP4REV1")) || len(upper) != len(line) {
		return
	}
	for at := 0; ; {
		i := bytes.Index(upper[at:], []byte("IMAP4REV2"))
		if i < 0 {
			return
		}
		at += i
		line[at] = 'X'
		at++
	}
}
