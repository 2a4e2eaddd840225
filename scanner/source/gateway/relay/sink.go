package relay

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Sink is a small SMTP receiver that puts every mail in a Maildir: the receiving
// mailbox of the demonstration, and the outside world of tests. It listens on
// loopback only, keeps mails of up to 64 MiB, each once whatever its number of
// recipients, and refuses recipients whose address begins with "unknown".
type Sink struct {
	Dir string // Maildir: its folders tmp, new and cur are made

	mu       sync.Mutex
	refusal  *smtp.SMTPError
	received []Received
	srv      *smtp.Server
	addr     string
}

// Received is one mail that the sink has taken.
type Received struct {
	From string
	To   []string
	File string // path of the file with the content, byte for byte as it came
	At   time.Time
}

// Content reads the mail.
func (r Received) Content() ([]byte, error) { return os.ReadFile(r.File) }

// StartSink listens on addr, which must be a loopback address ("127.0.0.1:0" for
// any port).
func StartSink(dir, addr string) (*Sink, error) {
	host, _, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("receiving mailbox: %q is not a loopback address", addr)
	}
	for _, f := range []string{"tmp", "new", "cur"} {
		if err := os.MkdirAll(filepath.Join(dir, f), 0o700); err != nil {
			return nil, fmt.Errorf("receiving mailbox: %w", err)
		}
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("receiving mailbox: %w", err)
	}
	s := &Sink{Dir: dir, addr: l.Addr().String()}
	s.srv = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &sinkSession{sink: s}, nil }))
	s.srv.Domain = "mailbox.invalid"
	s.srv.MaxLineLength = 0 // lines of DATA have no length; MaxMessageBytes bounds the whole
	s.srv.MaxMessageBytes = 64 << 20
	s.srv.MaxRecipients = 10_000
	s.srv.EnableSMTPUTF8 = true
	s.srv.EnableDSN = true
	s.srv.ReadTimeout, s.srv.WriteTimeout = 5*time.Minute, time.Minute
	s.srv.ErrorLog = log.New(io.Discard, "", 0)
	go func() { _ = s.srv.Serve(l) }()
	return s, nil
}

// Addr is where it listens, "127.0.0.1:2525".
func (s *Sink) Addr() string { return s.addr }

// Refuse makes it answer every DATA with the given code and text; code 0 makes it
// take mail again.
func (s *Sink) Refuse(code int, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusal = nil
	if code != 0 {
		s.refusal = &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 3, 0}, Message: text}
	}
}

// Received lists what came since the start, oldest first.
func (s *Sink) Received() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.received)
}

// Wait returns what came once it is at least n mails, or what there is when ctx
// ends.
func (s *Sink) Wait(ctx context.Context, n int) ([]Received, error) {
	for {
		if got := s.Received(); len(got) >= n {
			return got, nil
		}
		select {
		case <-ctx.Done():
			return s.Received(), fmt.Errorf("waiting for %d mails: %w", n, ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Close stops it. The Maildir stays.
func (s *Sink) Close() error { return s.srv.Close() }

func (s *Sink) refused() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refusal == nil {
		return nil
	}
	return s.refusal
}

// store writes the mail to tmp, makes it durable and moves it to new.
func (s *Sink) store(from string, to []string, content []byte) error {
	at := time.Now()
	name := fmt.Sprintf("%d.%s.mailbox", at.Unix(), rand.Text()[:12])
	tmp, file := filepath.Join(s.Dir, "tmp", name), filepath.Join(s.Dir, "new", name)
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	if err := os.Rename(tmp, file); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.received = append(s.received, Received{From: from, To: to, File: file, At: at})
	return nil
}

type sinkSession struct {
	sink *Sink
	from string
	to   []string
}

func (s *sinkSession) Mail(from string, _ *smtp.MailOptions) error { s.from = from; return nil }

func (s *sinkSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "unknown") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	}
	s.to = append(s.to, to)
	return nil
}

func (s *sinkSession) Data(r io.Reader) error {
	var b bytes.Buffer
	if _, err := b.ReadFrom(r); err != nil {
		return err
	}
	if err := s.sink.refused(); err != nil {
		return err
	}
	if err := s.sink.store(s.from, s.to, b.Bytes()); err != nil {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "cannot store the mail"}
	}
	return nil
}

func (s *sinkSession) Reset()        { s.from, s.to = "", nil }
func (s *sinkSession) Logout() error { return nil }
