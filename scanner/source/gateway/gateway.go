// Package gateway stands beside a Postfix: it scans each mail before Postfix
// accepts it, lets Postfix hold what must wait, and releases or deletes it there.
// Postfix owns the mail the whole time; nothing of it is spooled here.
//
// Glossary: the milter lane is this way of working. Adopting is taking care of a
// mail that Postfix held by itself because we did not answer.
package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/gateway/flight"
	"brevvagt/scanner/source/gateway/judge"
	"brevvagt/scanner/source/gateway/milter"
	"brevvagt/scanner/source/gateway/postfix"
	"brevvagt/scanner/source/gateway/relay"
	"brevvagt/scanner/source/gateway/release"
	"brevvagt/scanner/source/gateway/split"
)

// Source is the Item.Source of this lane.
const Source = "milter"

// OnError says what Postfix is told when a mail could not be judged.
type OnError string

// The choices. Letting such a mail pass is not among them.
const (
	TempFail OnError = ""     // 451: the sender keeps it and tries again
	Hold     OnError = "hold" // accepted and held; the reconciler looks at it again
)

// Config is what a site decides.
type Config struct {
	// Listen is the milter socket: "unix:/path" or "inet:host:port".
	Listen string
	// SocketMode is the mode of a Unix socket, default 0660; SocketGroup its group, ""
	// for what the folder gives.
	SocketMode  os.FileMode
	SocketGroup string
	// MaxBytes bounds a mail, default 64 MiB; a larger one is held.
	MaxBytes int64
	// LargeDir is a folder for mails over 1 MiB while they are scanned; "" keeps
	// them in memory.
	LargeDir string
	// MaxConns bounds connections of Postfix, default 500.
	MaxConns int
	// Scans bounds mails scanned at once, default 8; more wait for their turn
	// within the deadline. PerClient bounds those of one client, see judge.Options.
	Scans, PerClient int
	// Deadline is for one mail, default 25 s.
	Deadline time.Duration
	// DeepBudget is for a mail that needs longer than Deadline: it is held in
	// Postfix meanwhile. 0 treats it as OnError says.
	DeepBudget time.Duration
	// Space, Failed: see judge.Options.
	Space  func() error
	Failed func(reason string)
	// DryRun, when it says so, accepts whatever could not be judged: nothing may
	// change for anybody while a site only looks. May be nil.
	DryRun func() bool
	// OnError is for a failed, panicking or late scan.
	OnError OnError
	// Header, when set, is the name of a header added on top with the verdict. It
	// carries no personal data. Default none: mail passes unchanged.
	Header string
	// Help is a link or phone number shown with a refusal.
	Help string
	// Adopt says what the reconciler does with held mail that nobody knows.
	Adopt Adopt
	// Every is the reconciler's pace, default one minute.
	Every time.Duration
}

// Milter is the milter lane as a scanner.Source and as the place that held mail
// is released from. Set the fields, then call Run once.
type Milter struct {
	Config  Config
	Postfix *postfix.Control
	// Notices sends ours; its zero value sends none.
	Notices relay.Notifier
	// Known lists the queue ids that have an open case: true for one that is held
	// and must be in the hold queue, false for one that is being released or
	// refused and may have left it. nil turns the reconciler off.
	Known func(ctx context.Context) (map[string]bool, error)
	// Absent is told of a mail that must be held and has not been in the hold
	// queue for two rounds; may be nil.
	Absent func(ctx context.Context, id string)
	ways
	Log *slog.Logger // default: discarded

	mu       sync.Mutex
	judge    *judge.Judge
	deep     *judge.Judge
	deferred waiting
	wake     chan struct{}
	rounds   rounds          // of Reconcile
	kept     map[string]bool // adopted, judged clean and kept all the same
	going
}

// going is how far the mails have come that were released.
type going struct {
	releases release.Desk
	splits   *split.Book    // nil where there are no releases to some
	flights  flight.Flights // to the gateways of routes
}

// rounds is what Reconcile counts, one call at a time.
type rounds struct {
	sync.Mutex
	missed map[string]int  // known but absent, rounds in a row
	seen   map[string]bool // known, and once held
}

// receipt is what finds a mail again.
type receipt struct {
	QueueID string `json:"queue_id"`
}

func (m *Milter) prepare() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.judge != nil {
		return
	}
	if m.Log == nil {
		m.Log = slog.New(slog.DiscardHandler)
	}
	c := &m.Config
	c.SocketMode = orDefault(c.SocketMode, 0o660)
	c.MaxBytes = orDefault(c.MaxBytes, 64<<20)
	c.Every = orDefault(c.Every, time.Minute)
	m.kept = map[string]bool{}
	m.releases.Postfix, m.releases.Log = m.Postfix, m.Log
	m.judge = judge.New(judge.Options{Scans: c.Scans, PerClient: c.PerClient, Deadline: c.Deadline, Space: c.Space, Failed: c.Failed, Log: m.Log})
	m.deep = judge.New(judge.Options{Scans: deepScans, PerClient: deepScans, Deadline: c.DeepBudget + judge.Recording, Space: c.Space, Failed: c.Failed, Log: m.Log})
	m.wake, m.wakeRoutes = make(chan struct{}, 1), make(chan struct{}, 1)
}

func orDefault[T comparable](v, d T) T {
	var zero T
	if v == zero {
		return d
	}
	return v
}

// Run serves the socket and reconciles until ctx ends, then finishes running
// mails for at most the scan deadline.
func (m *Milter) Run(ctx context.Context, handle scanner.Handler) error {
	m.prepare()
	l, err := milter.Listen(m.Config.Listen, m.Config.SocketMode, m.Config.SocketGroup)
	if err != nil {
		return err
	}
	return m.serve(ctx, l, handle)
}

func (m *Milter) serve(ctx context.Context, l net.Listener, handle scanner.Handler) error {
	srv := &milter.Server{
		Handler: milter.HandlerFunc(func(ctx context.Context, msg *milter.Message) milter.Reply { return m.message(ctx, msg, handle) }),
		Log:     m.Log, LargeDir: m.Config.LargeDir,
		Limits: milter.Limits{MaxBytes: m.Config.MaxBytes, MaxConns: m.Config.MaxConns},
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	rounds, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	if m.Known != nil && m.Config.Adopt != AdoptNothing {
		wg.Go(func() { m.reconcile(rounds, handle) })
	}
	if len(m.routed) > 0 {
		wg.Go(func() { m.sendRouted(rounds) })
	}
	if m.mayDefer() {
		wg.Go(func() { m.scanDeferred(rounds, handle) })
	}
	var err error
	select {
	case err = <-served: // only a broken listener ends it before ctx
	case <-ctx.Done():
		m.flights.End()
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), m.judge.Deadline()+5*time.Second)
		defer cancel()
		err = srv.Shutdown(end)
	}
	stop()
	wg.Wait()
	if err != nil && !errors.Is(err, milter.ErrClosed) {
		return fmt.Errorf("milter lane: %w", err)
	}
	return ctx.Err()
}

// message is one mail from Postfix.
func (m *Milter) message(ctx context.Context, msg *milter.Message, handle scanner.Handler) milter.Reply {
	begun := time.Now()
	if err := postfix.CheckID(msg.QueueID); err != nil {
		// Held without an id it could never be released.
		m.logOf(msg, begun).Error("mail without a usable queue id")
		return milter.TempFail("")
	}
	to := make([]string, len(msg.To))
	for i, r := range msg.To {
		to[i] = r.Address
	}
	if r, ours := m.copyOfOurs(msg, to); ours {
		return r
	}
	it := m.item(msg.QueueID, msg.From, to, begun, msg.Content())
	if msg.File != nil {
		it.Large = &scanner.Large{Size: msg.File.Size(), Open: msg.File.Map}
	}
	it.Deferrable = m.mayDefer()
	it.Authenticated = msg.Macro("auth_authen") != ""
	if it.Client = msg.Macro("auth_authen"); it.Client == "" {
		it.Client = msg.ConnAddr
	}
	out, err := m.judge.Scan(ctx, it, handle)
	if err != nil {
		return m.notJudged(msg.QueueID, err, m.logOf(msg, begun))
	}
	// The verdict is logged by whoever judged, and the client by Postfix, both with the id.
	m.Log.LogAttrs(ctx, slog.LevelDebug, "mail judged", slog.String("queue_id", msg.QueueID), slog.String("client", msg.ConnAddr), slog.Bool("login", it.Authenticated),
		slog.Int64("bytes", msg.Size()), slog.Int64("ms", time.Since(begun).Milliseconds()),
		slog.String("verdict", string(out.Verdict.Action)), slog.String("case", out.CaseID), slog.String("route", out.Verdict.Route))
	if route := out.Verdict.Route; route != "" {
		if err := m.takeRoute(msg.QueueID, route); err != nil {
			m.logOf(msg, begun).Error("mail cannot go by its route", "route", route, "error", err)
			return milter.TempFail(judge.NotJudged)
		}
		return m.headed(milter.Quarantine("secure route").WithHeader(RouteHeader, route), out)
	}
	return m.reply(out)
}

// logOf is for what is rarely said about a mail: it costs more than the line itself.
func (m *Milter) logOf(msg *milter.Message, begun time.Time) *slog.Logger {
	return m.Log.With("queue_id", msg.QueueID, "client", msg.ConnAddr, "login", msg.Macro("auth_authen") != "", "bytes", msg.Size(), "ms", time.Since(begun).Milliseconds())
}

// notJudged answers for a mail without a verdict.
func (m *Milter) notJudged(id string, err error, log *slog.Logger) milter.Reply {
	if m.Config.DryRun != nil && m.Config.DryRun() {
		log.Warn("mail not judged; it passes, since this is a dry run", "error", err)
		return milter.Accept()
	}
	if judge.Late(err) && m.mayDefer() {
		if aside := m.putAside(id); aside != nil {
			log.Error("mail cannot be put aside", "error", aside)
			return milter.TempFail(judge.NotJudged)
		}
		log.Info("mail needs more time; held and scanned meanwhile")
		return milter.Quarantine("needs a longer scan")
	}
	// A full disk is not answered with a hold, which would fill it further.
	if m.Config.OnError == Hold && !errors.Is(err, judge.ErrSpace) {
		log.Error("mail not judged", "error", err, "answer", "hold")
		return milter.Quarantine("could not be scanned")
	}
	log.Error("mail not judged", "error", err, "answer", "tempfail")
	return milter.TempFail(judge.NotJudged)
}

func (m *Milter) item(id, from string, to []string, at time.Time, content []byte) scanner.Item {
	r, _ := json.Marshal(receipt{QueueID: id}) // a string always marshals
	return scanner.Item{Source: Source, ID: id, Name: "mail.eml", From: from, To: to, Received: at, Content: content, Receipt: r}
}

// reply turns a verdict into an answer. It is only reached after the handler
// succeeded, so what is held has its case on disk.
func (m *Milter) reply(out scanner.Outcome) milter.Reply {
	var r milter.Reply
	switch out.Verdict.Action {
	case policy.Pass, policy.Warn:
		r = milter.Accept()
	case policy.Hold:
		r = milter.Quarantine("case " + out.CaseID)
	case policy.Reject:
		return milter.Reject(550, "5.7.1", judge.Refusal(out.Verdict, m.Config.Help))
	default:
		m.Log.Error("unknown verdict", "verdict", string(out.Verdict.Action))
		return milter.TempFail("")
	}
	return m.headed(r, out)
}

// headed adds the verdict's header where the site wants one.
func (m *Milter) headed(r milter.Reply, out scanner.Outcome) milter.Reply {
	if m.Config.Header != "" {
		r = r.WithHeader(m.Config.Header, string(out.Verdict.Action))
	}
	return r
}
