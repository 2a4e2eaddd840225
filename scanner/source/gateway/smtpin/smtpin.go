// Package smtpin is the SMTP gateway lane: a mail server of our own in front of
// the next hop. The sender's 250 comes only when the next hop has taken the mail
// or the quarantine has it on disk.
//
// What passes is the client's content byte for byte; no Received header is added,
// so that signatures stay valid and what is released is what came in. Loops end
// by the hop count instead: content with more than 50 Received headers is refused.
package smtpin

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"brevvagt/scanner"
	"brevvagt/scanner/later"
	"brevvagt/scanner/source/gateway/dialogue"
	"brevvagt/scanner/source/gateway/flight"
	"brevvagt/scanner/source/gateway/judge"
	"brevvagt/scanner/source/gateway/relay"
)

// Source is the Item.Source of this lane.
const Source = "smtp"

// Config is what a site decides. Zero values mean the defaults.
type Config struct {
	Listen string // host:port
	Domain string // our name in the greeting, default "localhost"
	// Clients may hand in mail; default loopback only. Everybody else is refused
	// at once: the next hop trusts us, so an open door here is an open relay.
	Clients []netip.Prefix
	TLS     *tls.Config // offers STARTTLS; default none
	// ClientNames are the names of which a client's checked certificate must have
	// one (".mail.example" for all below); none asks for no certificate. TLS must
	// then check what clients give.
	ClientNames []string
	// Login checks clients' AUTH, within TLS; with it nobody hands in mail without.
	Login func(user, password string) bool
	// LMTP speaks LMTP (RFC 2033) instead, with an answer for each recipient.
	LMTP bool

	LargeDir      string // folder for mails over 1 MiB while they are here; "" keeps them in memory
	MaxBytes      int64  // of one mail, default 64 MiB
	MaxRecipients int    // of one mail, default 1000
	MaxConns      int    // connections, default 100; one too many waits, or takes the place of a silent one
	MaxMails      int    // mails of one connection, default 1000

	// Scans is how many mails are scanned at once, default 8; PerClient how many of
	// them may come from one client, see judge.Options.
	Scans, PerClient int
	Deadline         time.Duration // for scanning one mail, default 25 s
	Idle             time.Duration // silence of a client, default 5 min (RFC 5321 4.5.3.2.7)
	DataTime         time.Duration // for transmitting one mail, default 10 min
	// AnswerWithin is how long a client waits for its answer at most, default 9 min: one
	// that asks for ten minutes' patience (RFC 5321 4.5.3.2.6) would take up the mail
	// again while the next hop still takes it.
	AnswerWithin time.Duration

	// NoDeep answers a mail that needs longer than Deadline as any other that could
	// not be judged, instead of putting it aside in Later.
	NoDeep     bool
	DeepBudget time.Duration // for scanning a mail that was put aside, default 10 min

	Space  func() error        // see judge.Options
	Failed func(reason string) // see judge.Options
	DryRun func() bool         // what could not be judged passes while it says so; may be nil

	// Steady says whether the clock may be believed, so that a leap of it does not make
	// a mail that waits too old to be tried again. nil believes it.
	Steady func() bool

	Help string // link or phone number shown with a refusal
}

// Server is the lane as a scanner.Source and as the place that held mail is
// released from. Set the fields, then call Run once.
type Server struct {
	Config Config
	Next   *relay.Hop
	// Notices sends ours; its zero value sends none.
	Notices relay.Notifier
	// Stamp marks what is sent on; nil changes nothing.
	Stamp *Stamp
	// Later keeps mails that were acknowledged and are not out of our hands: those that
	// need longer than their sender waits, and those that the next hop refuses for now
	// to some of their recipients. nil keeps none.
	Later *later.Spool
	// Routes are the secure routes by name.
	Routes map[string]*relay.Route
	Log    *slog.Logger // default: discarded

	mu     sync.Mutex
	addr   string
	busy   int // mails between DATA and their answer
	ending bool
	late   map[string]int // answers that are due, by route
	waits  sync.WaitGroup // for them

	flights flight.Flights
}

// receiptVersion marks receipts of this lane.
const receiptVersion = "smtp/1"

type receipt struct {
	Version  string         `json:"v"`
	Envelope relay.Envelope `json:"envelope"`
	// Judged says of a mail in Later that it is only to be sent on, by Route or to the
	// next hop.
	Judged bool   `json:"judged,omitempty"`
	Route  string `json:"route,omitempty"`
}

func parseReceipt(raw []byte) (receipt, error) {
	var r receipt
	if err := json.Unmarshal(raw, &r); err != nil {
		return receipt{}, fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	if r.Version != receiptVersion {
		return receipt{}, ErrReceipt
	}
	return r, nil
}

func orDefault[T comparable](v, d T) T {
	var zero T
	if v == zero {
		return d
	}
	return v
}

// Addr is where the lane listens, "" before it does.
func (s *Server) Addr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addr
}

// Run serves until ctx ends, then lets mails that are being handed in get their
// answer, for at most the scan deadline and five seconds.
func (s *Server) Run(ctx context.Context, handle scanner.Handler) error {
	c := &s.Config
	c.MaxBytes = orDefault(c.MaxBytes, 64<<20)
	c.MaxRecipients = orDefault(c.MaxRecipients, 1000)
	c.MaxMails = orDefault(c.MaxMails, 1000)
	c.Idle = orDefault(c.Idle, 5*time.Minute)
	c.DataTime = orDefault(c.DataTime, 10*time.Minute)
	c.AnswerWithin = orDefault(c.AnswerWithin, 9*time.Minute)
	c.DeepBudget = orDefault(c.DeepBudget, 10*time.Minute)
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Later != nil {
		if err := s.Later.Sweep(); err != nil {
			return fmt.Errorf("smtp lane: %w", err)
		}
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("smtp lane: %w", err)
	}
	s.mu.Lock()
	s.addr = l.Addr().String()
	s.mu.Unlock()
	// Scans outlive ctx for the mails that are already here.
	scans, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer func() {
		cut() // with it ends the waiting for late answers
		s.waits.Wait()
	}()
	j := judge.New(judge.Options{Scans: c.Scans, PerClient: c.PerClient, Deadline: c.Deadline, Space: c.Space, Failed: c.Failed, Log: s.Log})
	srv := &dialogue.Server{
		Domain: orDefault(c.Domain, "localhost"), LMTP: c.LMTP, TLS: c.TLS, Login: c.Login, MaxBytes: c.MaxBytes, MaxRecipients: c.MaxRecipients,
		MaxConns: orDefault(c.MaxConns, 100), Idle: c.Idle, DataTime: c.DataTime,
		Events: dialogue.Events{
			WrongLogin: func(who *dialogue.Client, unheard bool) {
				s.Log.Warn("smtp lane: wrong login", "client", who.Addr().String(), "too_many", unheard)
			},
			Full:     func() { s.Log.Warn("smtp lane: all connections are taken; those that keep silent are closed") },
			Panicked: func(kind, stack string) { s.Log.Error("smtp lane panicked", "panic", kind, "stack", stack) },
		},
		Begin: func(who *dialogue.Client) (dialogue.Session, error) { return s.session(scans, who, j, handle) },
	}
	if s.Later != nil {
		deep := s.deep(handle)
		rest := make(chan struct{})
		go func() { defer close(rest); _ = s.Later.Run(ctx, deep) }()
		defer func() { <-rest }()
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	select {
	case err := <-served:
		return fmt.Errorf("smtp lane: %w", err)
	case <-ctx.Done():
	}
	s.flights.End()
	s.drain(l, j.Deadline()+5*time.Second)
	srv.Close()
	<-served
	return ctx.Err()
}

// drain waits until no mail is between DATA and its answer.
func (s *Server) drain(l net.Listener, grace time.Duration) {
	s.mu.Lock()
	s.ending = true
	s.mu.Unlock()
	_ = l.Close()
	for end := time.Now().Add(grace); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		s.mu.Lock()
		busy := s.busy
		s.mu.Unlock()
		if busy == 0 {
			return
		}
	}
	s.Log.Warn("smtp lane: mails were cut off at the end; their senders try again")
}

// allowed reports whether a client may hand in mail.
func (s *Server) allowed(addr net.Addr) bool {
	ap, err := netip.ParseAddrPort(addr.String())
	if err != nil {
		return false
	}
	ip := ap.Addr().Unmap()
	if len(s.Config.Clients) == 0 {
		return ip.IsLoopback()
	}
	for _, p := range s.Config.Clients {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// NeedsContent is true: this lane keeps nothing of a held mail.
func (s *Server) NeedsContent() bool { return true }

// ErrReceipt is returned for a receipt that is not of this lane.
var ErrReceipt = errors.New("not a receipt of the smtp lane")

// Release sends a held mail to the next hop with its original envelope, byte for
// byte, and returns the next hop's answer. from and to are used only when the
// receipt is empty. Whether an error is worth another try tells
// relay.IsTemporary. Recipients whom the next hop refuses for now get it from Later.
// When ctx ends before the next hop's answer the delivery goes on: a repetition gets its
// outcome (see package flight). A repetition after a crash between the next hop's 250 and
// the caller's record sends the same mail, with the same Message-ID, again.
func (s *Server) Release(ctx context.Context, rec []byte, from string, to []string, content io.Reader) (string, error) {
	env := relay.Envelope{From: from}
	for _, r := range to {
		env.To = append(env.To, relay.Recipient{Address: r})
	}
	if len(rec) > 0 {
		r, err := parseReceipt(rec)
		if err != nil {
			return "", err
		}
		env = r.Envelope
	}
	if content == nil {
		return "", errors.New("smtp lane: release without content")
	}
	return s.onward(ctx, "", env, content)
}

// ReleaseTo is Release to some of the recipients of the receipt, with what was asked for
// each of them.
func (s *Server) ReleaseTo(ctx context.Context, rec []byte, to []string, content io.Reader) (string, error) {
	r, err := parseReceipt(rec)
	if err != nil {
		return "", err
	}
	all := r.Envelope.To
	r.Envelope.To = nil
	for _, address := range to {
		who := relay.Recipient{Address: address}
		if i := slices.IndexFunc(all, func(x relay.Recipient) bool { return x.Address == address }); i >= 0 {
			who = all[i]
		}
		r.Envelope.To = append(r.Envelope.To, who)
	}
	if rec, err = json.Marshal(r); err != nil {
		return "", err
	}
	return s.Release(ctx, rec, "", nil, content)
}

// opener gives content from its beginning, each time anew.
type opener func() (io.Reader, error)

// sendEach sends to the next hop. Whom it refuses for now gets the mail from Later,
// unless that is everybody.
func (s *Server) sendEach(ctx context.Context, env relay.Envelope, open opener) (string, error) {
	return s.concluded(s.afresh(ctx, env, open), env, open)
}

// settle makes one answer of what the next hop said for each recipient.
func (s *Server) settle(env relay.Envelope, results []relay.Result, open opener) (string, error) {
	answer, err := relay.Sum(results)
	var part *relay.Partial
	if !errors.As(err, &part) {
		return answer, err
	}
	env.To = part.Left
	if err := s.keep(env, "", open); err != nil {
		return "", errors.Join(part, err)
	}
	return fmt.Sprintf("%d recipients are tried again; %s", len(part.Left), part.Answer), nil
}

// keep puts a mail that was judged in Later, to be sent to those in env.
func (s *Server) keep(env relay.Envelope, route string, open opener) error {
	if s.Later == nil {
		return errors.New("there is no place to keep a mail for its other recipients")
	}
	r, err := open()
	if err != nil {
		return err
	}
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	rec, err := json.Marshal(receipt{Version: receiptVersion, Envelope: env, Judged: true, Route: route})
	if err != nil {
		return err
	}
	return s.Later.Put(scanner.Item{Source: Source, ID: ulid.Make().String(), Name: "mail.eml", From: env.From, To: env.Addresses(),
		Received: time.Now(), Receipt: rec, Content: content})
}

// stamped puts our stamp on content where the site wants one.
func (s *Server) stamped(content io.Reader) (io.Reader, error) {
	if s.Stamp == nil {
		return content, nil
	}
	return s.Stamp.on(content)
}

// Reject tells the sender; there is nothing else to do, the client's 250 was ours.
// It may be repeated, and then tells twice. Without Notices nobody is told.
func (s *Server) Reject(ctx context.Context, _ []byte, from string, n relay.Notice) error {
	if from != "" && !s.Notices.Ready() && s.Log != nil {
		s.Log.Warn("the sender is not told: notices are not configured")
	}
	return s.Notices.Notify(ctx, from, n)
}
