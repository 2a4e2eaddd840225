package smtpin

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"brevvagt/scanner/source/gateway/relay"
)

// ErrRoute is a route that is not configured any more.
var ErrRoute = errors.New("there is no such secure route")

// maxTook bounds what is remembered of half-delivered mails.
const maxTook = 1000

// took remembers mails that a gateway took while the rest of their recipients could
// not be reached: the client tries again, and the gateway must not get them twice.
type took struct {
	mu   sync.Mutex
	seen map[[32]byte]bool
}

func (t *took) add(key [32]byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seen == nil || len(t.seen) >= maxTook {
		t.seen = map[[32]byte]bool{}
	}
	t.seen[key] = true
}

// gone takes a key out and reports whether it was there.
func (t *took) gone(key [32]byte) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	was := t.seen[key]
	delete(t.seen, key)
	return was
}

// sendByRoute hands a mail to the gateway of a route for those whom it takes, and to
// the next hop for the others. The gateway comes first: when it cannot be reached
// nothing has gone anywhere. open gives the content from its beginning.
func (s *Server) sendByRoute(ctx context.Context, name string, env relay.Envelope, open func() (io.Reader, error)) (string, error) {
	route := s.Routes[name]
	if route == nil {
		return "", fmt.Errorf("route %s: %w", name, ErrRoute)
	}
	by, rest := route.Split(env.To)
	if len(by) == 0 {
		return "", fmt.Errorf("route %s takes none of the recipients: %w", name, ErrRoute)
	}
	key, err := contentKey(env, open)
	if err != nil {
		return "", err
	}
	answer, before := "taken before", s.took.gone(key)
	if !before {
		content, err := s.opened(open)
		if err != nil {
			return "", err
		}
		mine := env
		mine.To = by
		if answer, err = route.Send(ctx, mine, content); err != nil {
			return "", err
		}
	}
	answer = "route " + name + ": " + answer
	if len(rest) == 0 {
		return answer, nil
	}
	content, err := s.opened(open)
	if err == nil {
		env.To = rest
		var other string
		if other, err = s.Next.Send(ctx, env, content); err == nil {
			return answer + "; " + other, nil
		}
	}
	if relay.IsTemporary(err) {
		s.took.add(key)
		return "", err
	}
	return answer + relay.NotDelivered + err.Error(), nil
}

func (s *Server) opened(open func() (io.Reader, error)) (io.Reader, error) {
	r, err := open()
	if err != nil {
		return nil, err
	}
	return s.stamped(r)
}

func contentKey(env relay.Envelope, open func() (io.Reader, error)) (key [32]byte, err error) {
	r, err := open()
	if err != nil {
		return key, err
	}
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(env); err != nil {
		return key, err
	}
	if _, err := io.Copy(h, r); err != nil {
		return key, err
	}
	return [32]byte(h.Sum(nil)), nil
}

// ReleaseBy releases a held mail by a secure route; see Release.
func (s *Server) ReleaseBy(ctx context.Context, name string, rec []byte, content io.ReadSeeker) (string, error) {
	var r receipt
	if err := json.Unmarshal(rec, &r); err != nil || r.Version != receiptVersion {
		return "", ErrReceipt
	}
	return s.sendByRoute(ctx, name, r.Envelope, func() (io.Reader, error) {
		_, err := content.Seek(0, io.SeekStart)
		return content, err
	})
}

// HasRoute reports whether a route is configured.
func (s *Server) HasRoute(name string) bool { return s.Routes[name] != nil }

// forwardRouted sends the session's mail by a route and tells the sender of those who
// were refused for good, since the others have it already.
func (s *session) forwardRouted(c content, name, item string) (string, error) {
	if s.open && s.next.Reset() != nil {
		s.drop()
	}
	s.open = false
	answer, err := s.srv.sendByRoute(s.ctx, name, s.env, c.reader)
	if err != nil || !strings.Contains(answer, relay.NotDelivered) {
		return answer, err
	}
	n := relay.Notice{Kind: relay.Undelivered, Reference: item, Reason: answer}
	if err := s.srv.tell(s.ctx, s.env.From, n); err != nil {
		s.srv.Log.Error("the sender was not told of recipients who were refused", "item", item, "error", err)
	}
	return answer, nil
}
