package transport

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"brevvagt/internal/crowd"
	"brevvagt/internal/domainname"
)

// Unproven says what the mail server is told about a domain that is not proven.
type Unproven string

// The choices.
const (
	Leave   Unproven = ""        // the mail server's own setting
	Encrypt Unproven = "encrypt" // TLS 1.2 or better or not at all, whoever the server is
	Secure  Unproven = "secure"  // with a certificate that matches the domain
)

// Server answers Postfix's smtp_tls_policy_maps over the socketmap protocol
// (socketmap_table(5)). Set the fields before Serve.
type Server struct {
	Prover   *Prover
	Unproven Unproven
	// Promised returns what was promised for a domain to mail that may still be
	// under way, "" if nothing was. An error defers: a promise is not forgotten
	// because nobody can look it up. May be nil.
	Promised func(ctx context.Context, domain string) (string, error)
	// Answered hears of every answer; may be nil.
	Answered func(kind string)
	Log      *slog.Logger
}

const (
	maxRequest = 2048 // bytes of a question
	maxClients = 200
	idle       = 10 * time.Minute
)

// Serve answers until ctx ends or l fails. It closes l.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	var wg sync.WaitGroup
	defer wg.Wait()
	guests := crowd.New(maxClients, crowd.Local)
	for {
		nc, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("tls policy: %w", err)
		}
		at, ok := guests.Enter(ctx.Done(), func() { _ = nc.Close() })
		if !ok {
			return errors.Join(ctx.Err(), nc.Close())
		}
		wg.Go(func() {
			defer at.Left()
			end := context.AfterFunc(ctx, func() { _ = nc.Close() })
			defer end()
			s.client(ctx, nc, at)
		})
	}
}

func (s *Server) client(ctx context.Context, nc net.Conn, at *crowd.Guest) {
	defer nc.Close()
	in := bufio.NewReader(nc)
	for {
		_ = nc.SetDeadline(time.Now().Add(idle))
		question, err := readNetstring(in)
		at.Busy()
		if err != nil {
			if !errors.Is(err, io.EOF) && ctx.Err() == nil && s.Log != nil {
				s.Log.Warn("tls policy: client ended", "error", err)
			}
			return
		}
		_, key, ok := strings.Cut(question, " ")
		answer := "PERM malformed question"
		if ok {
			answer = s.answer(ctx, key)
		}
		if _, err := fmt.Fprintf(nc, "%d:%s,", len(answer), answer); err != nil {
			return
		}
		at.Silent(crowd.Idle)
	}
}

// answer is the reply for one next hop: a domain, or a host in brackets with a
// port as in relayhost.
func (s *Server) answer(ctx context.Context, key string) string {
	if strings.HasPrefix(key, ".") {
		return "NOTFOUND " // Postfix asks for parent domains too; we have judged the whole name
	}
	domain := domainname.Canonical(host(key))
	if s.Promised != nil {
		promise, err := s.Promised(ctx, domain)
		if err != nil {
			s.told("defer")
			return "TEMP cannot look up what was promised"
		}
		if promise != "" {
			s.told("promised")
			return "OK " + promise
		}
	}
	proof := s.Prover.Prove(ctx, domain)
	switch {
	case proof.Answer != "":
		s.told(string(proof.Method))
		return "OK " + proof.Answer
	case proof.Method == Internal:
		s.told("internal")
		return "NOTFOUND "
	}
	s.told("none")
	switch s.Unproven {
	case Encrypt:
		return "OK encrypt" + protocols
	case Secure:
		return "OK secure" + protocols
	}
	return "NOTFOUND "
}

func (s *Server) told(kind string) {
	if s.Answered != nil {
		s.Answered(kind)
	}
}

// host is the name in a next hop such as [mail.example]:587.
func host(key string) string {
	key = strings.ToLower(key)
	if strings.HasPrefix(key, "[") {
		if i := strings.IndexByte(key, ']'); i > 0 {
			return key[1:i]
		}
	}
	if name, port, ok := strings.Cut(key, ":"); ok && !strings.Contains(port, ":") {
		return name
	}
	return key
}

// readNetstring reads "5:hello,".
func readNetstring(in *bufio.Reader) (string, error) {
	digits := ""
	for {
		c, err := in.ReadByte()
		if err != nil {
			return "", err
		}
		if c == ':' {
			break
		}
		if digits += string(c); c < '0' || c > '9' || len(digits) > 5 {
			return "", errors.New("malformed length")
		}
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n > maxRequest {
		return "", errors.New("question is too long")
	}
	buf := make([]byte, n+1)
	if _, err := io.ReadFull(in, buf); err != nil {
		return "", err
	}
	if buf[n] != ',' {
		return "", errors.New("question without an end")
	}
	return string(buf[:n]), nil
}
