package postfix

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
)

// Content returns header and body of one queued mail with CRLF line ends, at most
// limit bytes; more is ErrTooBig.
func (c *Control) Content(ctx context.Context, id string, limit int64) ([]byte, error) {
	var b bytes.Buffer
	err := c.ContentTo(ctx, id, &b, limit)
	return b.Bytes(), err
}

// ContentTo writes header and body of one queued mail to w with CRLF line ends, at
// most limit bytes; more is ErrTooBig. What was written before an error is no mail.
func (c *Control) ContentTo(ctx context.Context, id string, w io.Writer, limit int64) error {
	if err := CheckID(id); err != nil {
		return err
	}
	out := &lineEnds{to: bufio.NewWriterSize(w, 64<<10), limit: limit}
	_, err := c.runTo(ctx, out, "", c.Prefix, "postcat", "-hbq", id)
	switch {
	case out.limit < 0:
		err = ErrTooBig
	case err == nil:
		err = out.to.Flush()
	}
	if err != nil {
		return fmt.Errorf("read mail %s: %w", id, err)
	}
	return nil
}

// lineEnds gives every line the end it has on the wire: Postfix stores lines without
// their ends and postcat prints them with LF.
type lineEnds struct {
	to    *bufio.Writer
	limit int64 // what may still come, in bytes; below zero is too much
	cr    bool  // the last byte was CR
}

func (l *lineEnds) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		line, after, found := bytes.Cut(rest, []byte("\n"))
		l.limit -= int64(len(line))
		if len(line) > 0 {
			l.cr = line[len(line)-1] == '\r'
		}
		end := ""
		if found {
			if end = "\r\n"; l.cr {
				end = "\n"
			}
			l.cr = false
		}
		if l.limit -= int64(len(end)); l.limit < 0 {
			return 0, io.ErrShortBuffer // ends the command
		}
		if _, err := l.to.Write(line); err != nil {
			return 0, err
		}
		if _, err := l.to.WriteString(end); err != nil {
			return 0, err
		}
		rest = after
	}
	return len(p), nil
}

// crlf is lineEnds for what is in memory.
func crlf(in []byte, lines int) []byte {
	out := make([]byte, 0, len(in)+lines)
	for i, b := range in {
		if b == '\n' && (i == 0 || in[i-1] != '\r') {
			out = append(out, '\r')
		}
		out = append(out, b)
	}
	return out
}
