package relay

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
)

// Route is a secure way out: an encryption gateway or a connector to Digital Post. Its
// Hop is Verified, or on this machine, so that what it takes is known to be the gateway.
type Route struct {
	Name string
	Hop  *Hop
	// Takes reports whether the route is for an address.
	Takes func(address string) bool
	// All says that the gateway also delivers to everybody else.
	All bool
	// Filter is what Postfix notes on a mail that it will hand to the gateway, "" where
	// it is not set up to.
	Filter string
	// Header ("Name: value") and Tag are what the gateway wants to see.
	Header, Tag string
}

// Split parts the recipients into those who go by the route and the rest.
func (r *Route) Split(to []Recipient) (by, rest []Recipient) {
	for _, t := range to {
		if r.Takes(t.Address) {
			by = append(by, t)
		} else {
			rest = append(rest, t)
		}
	}
	return by, rest
}

// Whole reports whether a mail to these goes by the route as a whole.
func (r *Route) Whole(to []string) bool {
	for _, a := range to {
		if !r.All && !r.Takes(a) {
			return false
		}
	}
	return true
}

// Send hands a mail to the gateway, marked as it wants.
func (r *Route) Send(ctx context.Context, env Envelope, content io.Reader) (string, error) {
	marked, err := r.mark(content)
	if err != nil {
		return "", err
	}
	return r.Hop.Send(ctx, env, marked)
}

// maxMarked is how far into a mail its subject is looked for.
const maxMarked = 1 << 20

// mark puts the header on top and the tag before the subject; the rest stays byte for
// byte as it is.
func (r *Route) mark(content io.Reader) (io.Reader, error) {
	if r.Header != "" {
		content = io.MultiReader(strings.NewReader(strings.TrimSpace(r.Header)+"\r\n"), content)
	}
	if r.Tag == "" {
		return content, nil
	}
	head := make([]byte, maxMarked)
	n, err := io.ReadFull(content, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	head = head[:n]
	at := subjectAt(head)
	if at < 0 {
		return io.MultiReader(strings.NewReader("Subject: "+r.Tag+"\r\n"), bytes.NewReader(head), content), nil
	}
	return io.MultiReader(bytes.NewReader(head[:at]), strings.NewReader(" "+r.Tag), bytes.NewReader(head[at:]), content), nil
}

// subjectAt is where the value of the subject begins, -1 where there is none.
func subjectAt(head []byte) int {
	for pos := 0; pos < len(head); {
		line, _, found := bytes.Cut(head[pos:], []byte("\n"))
		if len(bytes.TrimRight(line, "\r")) == 0 || !found {
			return -1
		}
		if len(line) >= 8 && strings.EqualFold(string(line[:8]), "subject:") {
			return pos + 8
		}
		pos += len(line) + 1
	}
	return -1
}
