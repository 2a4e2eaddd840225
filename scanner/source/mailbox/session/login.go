package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-sasl"
)

// login authenticates as the configuration says.
func (s *Session) login(ctx context.Context, fresh bool) error {
	secret, err := s.cfg.Secret(ctx, fresh)
	if err != nil {
		return fmt.Errorf("cannot log in to %s: %w", s.cfg.Addr, err)
	}
	err = s.do(ctx, "log in", s.cfg.Timeout, small, func() error {
		if err := s.client.WaitGreeting(); err != nil {
			return err
		}
		if s.client.State() != imap.ConnStateNotAuthenticated {
			return errors.New("the server took us for somebody before the login")
		}
		mechanism, err := s.mechanism(secret)
		if err != nil {
			return err
		}
		if mechanism == nil {
			return s.client.Login(s.user(), secret).Wait()
		}
		return s.client.Authenticate(mechanism)
	})
	if err != nil {
		var token *tokenError
		if busy(err) {
			return fmt.Errorf("%s: %w: %w", s.cfg.Addr, ErrBusy, err)
		}
		if Refused(err) || errors.As(err, &token) {
			return fmt.Errorf("%s: %w: %w", s.cfg.Addr, ErrLogin, err)
		}
		return fmt.Errorf("%s: %w", s.cfg.Addr, err)
	}
	// Nothing else may be asked before the capabilities after login are known.
	return s.do(ctx, "ask what the server can", s.cfg.Timeout, small, func() error {
		_, err := s.client.Capability().Wait()
		return err
	})
}

// busy reports whether a refusal says nothing about the login: too many connections,
// or a part of the server that is away just now (RFC 5530).
func busy(err error) bool {
	var r *refusal
	return errors.As(err, &r) && slices.Contains([]string{"UNAVAILABLE", "LIMIT", "INUSE", "SERVERBUG", "OVERQUOTA"}, r.code)
}

func (s *Session) user() string {
	if s.cfg.Login != "" {
		return s.cfg.Login
	}
	return s.cfg.User
}

// mechanism is the way to log in; nil is the LOGIN command.
func (s *Session) mechanism(secret string) (sasl.Client, error) {
	caps := s.client.Caps()
	switch s.cfg.Auth {
	case XOAuth2:
		return &xoauth2{s.cfg.User, secret}, nil
	case OAuthBearer:
		host, port, _ := net.SplitHostPort(s.cfg.Addr)
		n, _ := strconv.Atoi(port)
		return &bearer{Client: sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: s.cfg.User, Token: secret, Host: host, Port: n})}, nil
	}
	if caps.Has(imap.AuthCap(sasl.Plain)) {
		// PLAIN takes any character, and can open somebody else's mailbox.
		identity := ""
		if s.cfg.Login != "" && s.cfg.Login != s.cfg.User {
			identity = s.cfg.User
		}
		return sasl.NewPlainClient(identity, s.user(), secret), nil
	}
	if s.cfg.Login != "" && s.cfg.Login != s.cfg.User {
		return nil, &tokenError{"the server does not offer PLAIN, without which one user cannot open another's mailbox"}
	}
	if caps.Has(imap.CapLoginDisabled) {
		return nil, &tokenError{"the server takes no passwords; it may want OAuth"}
	}
	return nil, nil
}

// tokenError is a login that failed by the server's word within the exchange.
type tokenError struct{ status string }

func (e *tokenError) Error() string { return "refused: " + e.status }

// status reads the answer to a bad token: {"status":"401"}. Only what looks like a
// code is repeated.
func status(challenge []byte) error {
	var answer struct {
		Status string `json:"status"`
	}
	if json.Unmarshal(challenge, &answer) != nil || len(answer.Status) > 40 {
		return &tokenError{"the token was not taken"}
	}
	for _, r := range answer.Status {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-' {
			return &tokenError{"the token was not taken"}
		}
	}
	return &tokenError{answer.Status}
}

// xoauth2 is the mechanism of Google and Microsoft. On failure the server sends a
// JSON text and waits for an empty line; the library would send "=", which Dovecot
// calls BAD, so the exchange ends here instead: the connection is closed anyway.
type xoauth2 struct{ user, token string }

// Start is the whole of it.
func (x *xoauth2) Start() (string, []byte, error) {
	return "XOAUTH2", []byte("user=" + x.user + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

// Next is reached only when the token was not taken.
func (x *xoauth2) Next(challenge []byte) ([]byte, error) { return nil, status(challenge) }

// bearer is OAUTHBEARER (RFC 7628) with the same answer to a refused token.
type bearer struct{ sasl.Client }

// Next is reached only when the token was not taken.
func (b *bearer) Next(challenge []byte) ([]byte, error) { return nil, status(challenge) }
