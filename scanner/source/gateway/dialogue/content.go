package dialogue

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
)

// incoming is content on its way in.
type incoming interface {
	io.Reader
	// drain takes what is left of it off the connection. False: the connection is of
	// no more use.
	drain() bool
	// given up reports that the client took back what it had begun.
	givenUp() bool
}

// content is DATA.
func (c *conn) content() bool {
	if c.mail == nil || c.rcpts == 0 {
		return c.wrong(503, "5.5.1", "No recipients")
	}
	c.say(354, "", "End with CRLF.CRLF")
	return c.take(&dots{c: c, begins: true, left: c.srv.MaxBytes})
}

// take hands content to the session and answers when it has come to its true end.
func (c *conn) take(r incoming) bool {
	c.data, c.dataEnd = true, time.Now().Add(c.srv.DataTime)
	results := c.session.Data(r)
	usable := r.drain()
	c.data = false
	if !usable {
		for _, err := range results {
			if errors.Is(err, ErrTooBig) {
				c.refuse(ErrTooBig)
				break
			}
		}
		return false
	}
	if r.givenUp() {
		return true // its command stands in line
	}
	if !c.srv.LMTP {
		c.refuse(results[0])
	} else {
		for i := range c.rcpts {
			c.refuse(results[min(i, len(results)-1)])
		}
	}
	c.count.idle = 0
	err := c.flush()
	c.reset()
	return err == nil
}

// dots reads the content of DATA: it ends with a dot between two CRLF, and a dot at
// the beginning of other lines is left out (RFC 5321 4.5.2).
type dots struct {
	c      *conn
	begins bool  // the next byte begins a line
	cr     bool  // the last byte was CR
	left   int64 // that may still come
	buf    []byte
	err    error
}

func (d *dots) Read(p []byte) (int, error) {
	for len(d.buf) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		if d.next(); d.err == nil && d.left < 0 {
			d.err, d.buf = ErrTooBig, nil
		}
	}
	n := copy(p, d.buf)
	d.buf = d.buf[n:]
	return n, nil
}

// next takes in a line, or as much of a long one as the buffer holds.
func (d *dots) next() {
	line, err := d.c.in.ReadSlice('\n')
	if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
		d.err = ErrCut
		return
	}
	if d.begins && line[0] == '.' {
		if string(line) == ".\r\n" {
			d.err = io.EOF
			return
		}
		line = line[1:]
	}
	n := len(line) // never 0: a lone dot is not all that came
	cr := d.cr
	if n > 1 {
		cr = line[n-2] == '\r'
	}
	d.begins = line[n-1] == '\n' && cr
	d.cr = line[n-1] == '\r'
	d.left -= int64(n)
	d.buf = line
}

// drain reads on to the end, for as much again as a mail may be.
func (d *dots) drain() bool {
	if d.left < 0 {
		d.err = nil
	}
	d.left = d.c.srv.MaxBytes
	for d.err == nil {
		if d.next(); d.left < 0 {
			return false
		}
	}
	return errors.Is(d.err, io.EOF)
}

func (d *dots) givenUp() bool { return false }

// chunks is BDAT, from the first chunk of a mail to its last (RFC 3030).
func (c *conn) chunks(arg string) bool {
	size, last, ok := chunkSize(arg)
	if !ok {
		return c.mangledChunk()
	}
	if c.mail == nil || c.rcpts == 0 {
		if size > c.srv.MaxBytes || !c.discard(size) {
			return false
		}
		return c.wrong(503, "5.5.1", "No recipients")
	}
	return c.take(&bdat{c: c, left: size, last: last, total: size})
}

// mangledChunk ends the connection: nothing after a chunk without a length can be told
// from a command.
func (c *conn) mangledChunk() bool {
	c.say(501, "5.5.4", "Malformed BDAT")
	return false
}

func chunkSize(arg string) (size int64, last, ok bool) {
	words := strings.Fields(arg)
	if len(words) == 2 && strings.EqualFold(words[1], "LAST") {
		last = true
	} else if len(words) != 1 {
		return 0, false, false
	}
	if strings.Trim(words[0], "0123456789") != "" {
		return 0, false, false
	}
	size, err := strconv.ParseInt(words[0], 10, 64)
	return size, last, err == nil
}

func (c *conn) discard(n int64) bool {
	c.data, c.dataEnd = true, time.Now().Add(c.srv.DataTime)
	defer func() { c.data = false }()
	_, err := io.CopyN(io.Discard, c.in, n)
	return err == nil
}

// bdat reads the content of BDAT. A chunk is answered when the next is asked for, so
// that one is unanswered at any time.
type bdat struct {
	c           *conn
	left, total int64 // of this chunk, and of all so far
	last        bool
	up          bool // the client took the mail back
	err         error
}

func (b *bdat) Read(p []byte) (int, error) {
	for b.left == 0 && b.err == nil {
		if b.last {
			b.err = io.EOF
			break
		}
		b.c.say(250, "2.0.0", "Continue")
		b.command()
	}
	if b.err == nil && b.total > b.c.srv.MaxBytes {
		b.err = ErrTooBig
	}
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.c.in.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	if err != nil {
		b.err = ErrCut
	}
	return n, b.err
}

// command reads on to the next chunk, or to what ends the mail.
func (b *bdat) command() {
	c := b.c
	for b.err == nil {
		c.data = false
		line, err := c.line()
		c.data = true
		if err != nil {
			b.err = ErrCut
			return
		}
		verb, arg := split(line)
		switch verb {
		case "BDAT":
			size, last, ok := chunkSize(arg)
			if !ok {
				c.mangledChunk()
				b.err = ErrCut
				return
			}
			b.left, b.last = size, last
			if b.total += size; b.total < size {
				b.err = ErrTooBig
			}
			return
		case "NOOP":
			c.say(250, "2.0.0", "OK")
		case "MAIL", "RCPT", "DATA", "AUTH", "VRFY":
			if !c.wrong(503, "5.5.1", "Within a mail") {
				b.err = ErrCut
			}
		default:
			b.err, b.up = ErrCut, true
			c.pending = &line
		}
	}
}

func (b *bdat) drain() bool {
	if b.up {
		b.c.reset()
		return true
	}
	if errors.Is(b.err, ErrCut) || b.left > b.c.srv.MaxBytes {
		return false
	}
	return b.c.discard(b.left)
}

func (b *bdat) givenUp() bool { return b.up }
