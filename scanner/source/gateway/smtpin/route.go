package smtpin

import (
	"context"
	"errors"
	"fmt"
	"io"

	"brevvagt/scanner/source/gateway/relay"
)

// ErrRoute is a route that is not configured any more.
var ErrRoute = errors.New("there is no such secure route")

// sendByRoute hands a mail to the gateway of a route for those whom it takes, and to
// the next hop for the others. The gateway comes first: when it cannot be reached
// nothing has gone anywhere. Others who cannot be reached now get theirs from Later.
func (s *Server) sendByRoute(ctx context.Context, name string, env relay.Envelope, open opener) (string, error) {
	route := s.Routes[name]
	if route == nil {
		return "", fmt.Errorf("route %s: %w", name, ErrRoute)
	}
	by, rest := route.Split(env.To)
	if len(by) == 0 {
		return "", fmt.Errorf("route %s takes none of the recipients: %w", name, ErrRoute)
	}
	content, err := s.opened(open)
	if err != nil {
		return "", err
	}
	env.To = by
	answer, err := route.Send(ctx, env, content)
	if err != nil {
		return "", err
	}
	answer = "route " + name + ": " + answer
	if len(rest) == 0 {
		return answer, nil
	}
	env.To = rest
	other, err := s.sendEach(ctx, env, open)
	switch {
	case err == nil:
		return answer + "; " + other, nil
	case !relay.IsTemporary(err):
		return answer + relay.NotDelivered + err.Error(), nil
	}
	if err := s.keep(env, "", open); err != nil {
		return "", err // the gateway gets it twice, which is better than others never
	}
	return answer + "; the other recipients are tried again", nil
}

func (s *Server) opened(open opener) (io.Reader, error) {
	r, err := open()
	if err != nil {
		return nil, err
	}
	return s.stamped(r)
}

// ReleaseBy releases a held mail by a secure route; see Release.
func (s *Server) ReleaseBy(ctx context.Context, name string, rec []byte, content io.Reader) (string, error) {
	r, err := parseReceipt(rec)
	if err != nil {
		return "", err
	}
	return s.onward(ctx, name, r.Envelope, content)
}

// HasRoute reports whether a route is configured.
func (s *Server) HasRoute(name string) bool { return s.Routes[name] != nil }
