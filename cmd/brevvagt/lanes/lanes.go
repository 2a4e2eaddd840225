// Package lanes makes the ways on which mail comes in and goes back from the
// configuration: for the daemon, and for a command that releases beside it.
package lanes

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/shares"
	"brevvagt/detectors"
	"brevvagt/quarantine"
	"brevvagt/scanner"
	"brevvagt/scanner/later"
	"brevvagt/scanner/source/gateway"
	"brevvagt/scanner/source/gateway/postfix"
	"brevvagt/scanner/source/gateway/relay"
	"brevvagt/scanner/source/gateway/smtpin"
)

// Lanes are the ways mail comes in, and the ways it goes back.
type Lanes struct {
	Milter *gateway.Milter // nil when off
	SMTP   *smtpin.Server  // nil when off
	// Files puts files back on the shares.
	Files *shares.Keeper
	swept time.Time // when the shares were last looked at for what closed cases left
}

// New builds the configured lanes. Nothing listens yet, so that a command on
// the terminal can release through them beside a running daemon.
func New(cfg config.Config, log *slog.Logger) (*Lanes, error) {
	l := &Lanes{Files: &shares.Keeper{Log: log}}
	l.Files.Use(cfg, nil)
	large := filepath.Join(cfg.State, "large")
	if err := os.MkdirAll(large, 0o700); err != nil {
		return nil, fmt.Errorf("folder for large mails: %w", err)
	}
	routes, err := Routes(cfg, log)
	if err != nil {
		return nil, err
	}
	notices := relay.Notifier{From: cfg.Notify.From, Help: cfg.Notify.Contact, Hop: NoticeHop(cfg)}
	if cfg.Gateway.Milter.Listen != "" {
		l.Milter = &gateway.Milter{
			Config: gateway.Config{
				Listen: cfg.Gateway.Milter.Listen, SocketGroup: cfg.Gateway.Milter.Group, MaxBytes: cfg.Gateway.MaxBytes, Deadline: time.Duration(cfg.Gateway.ScanDeadline),
				OnError: gateway.OnError(notDefault(cfg.Gateway.Milter.OnError, "tempfail")),
				Adopt:   gateway.Adopt(notDefault(cfg.Gateway.Milter.Adopt, "release")),
				Help:    cfg.Notify.Contact,
				Scans:   cfg.Gateway.Limits.Scans, PerClient: cfg.Gateway.Limits.PerClient,
				DeepBudget: time.Duration(cfg.Gateway.DeepBudget), LargeDir: large,
			},
			Postfix: &postfix.Control{Prefix: cfg.Gateway.Postfix.CommandPrefix, ConfigDir: cfg.Gateway.Postfix.ConfigDirectory},
			Notices: notices, Log: log,
		}
		l.Milter.Routes = routes
		if err := l.Milter.KeepRouted(filepath.Join(cfg.State, "routed")); err != nil {
			return nil, err
		}
		if err := l.Milter.KeepReleases(filepath.Join(cfg.State, "released")); err != nil {
			return nil, err
		}
		if err := l.Milter.KeepSplits(filepath.Join(cfg.State, "split")); err != nil {
			return nil, err
		}
		if err := l.Milter.KeepDeferred(filepath.Join(cfg.State, "deferred")); err != nil {
			return nil, err
		}
	}
	if cfg.Gateway.SMTP.Listen != "" {
		if l.SMTP, err = smtpLane(cfg, large, log); err != nil {
			return nil, err
		}
		l.SMTP.Notices, l.SMTP.Routes = notices, routes
	}
	return l, nil
}

func smtpLane(cfg config.Config, large string, log *slog.Logger) (*smtpin.Server, error) {
	g, c := cfg.Gateway, cfg.Gateway.SMTP
	security, err := c.TLS.Config(Renewed(log, "smtp"))
	if err != nil {
		return nil, err
	}
	s := &smtpin.Server{
		Config: smtpin.Config{Listen: c.Listen, Domain: c.Hostname, Clients: c.Prefixes, MaxBytes: g.MaxBytes, Deadline: time.Duration(g.ScanDeadline),
			Help: cfg.Notify.Contact, Scans: g.Limits.Scans, PerClient: g.Limits.PerClient, LargeDir: large,
			TLS: security, ClientNames: c.TLS.ClientNames, LMTP: c.LMTP, DeepBudget: time.Duration(g.DeepBudget), NoDeep: g.DeepBudget == 0},
		Next: NextHop(cfg), Log: log,
	}
	if c.Logins != "" {
		logins, err := config.NewLogins(c.Logins)
		if err != nil {
			return nil, fmt.Errorf("gateway.smtp.logins: %w", err)
		}
		s.Config.Login = logins.Check
	}
	s.Later, err = later.Open(filepath.Join(cfg.State, "later"), 0, log)
	return s, err
}

// Renewed logs what became of a file of certificates that was changed.
func Renewed(log *slog.Logger, where string) func(error) {
	return func(err error) {
		if err != nil {
			log.Error("a file of certificates was changed and cannot be read; the old one stays in use", "where", where, "error", err)
			return
		}
		log.Info("certificates were renewed", "where", where)
	}
}

// patience is how much longer than its ten minutes a server has to answer for a mail that
// no client waits for: one sent again before the answer is there twice.
const patience = 30 * time.Minute

// NextHop is where the SMTP lane sends mail on to.
func NextHop(cfg config.Config) *relay.Hop {
	c := cfg.Gateway.SMTP
	h := &relay.Hop{Addr: c.NextHop, Helo: c.Hostname, TLS: relay.TLS(c.NextHopTLS), LMTP: c.NextHopLMTP, Patience: patience}
	if h.TLS == relay.Opportunistic && config.Loopback(h.Addr) {
		h.TLS = relay.None // to a next hop on this machine TLS protects nothing
	}
	if c.NextHopLogin != "" {
		h.Login = func() (user, password string, err error) { return config.Login(c.NextHopLogin) }
	}
	return h
}

// Stamp lets the SMTP lane mark what it sends on, where the site wants that.
func (l *Lanes) Stamp(cfg config.Config, key detectors.Key) {
	if l.SMTP != nil && cfg.Gateway.SMTP.Stamp {
		l.SMTP.Stamp = &smtpin.Stamp{Digest: key.Digest}
	}
}

// Watched ties the lanes to what stops and counts mails.
func (l *Lanes) Watched(space func() error, failed func(lane, reason string), dryRun, steady func() bool) {
	if l.Milter != nil {
		c := &l.Milter.Config
		c.Space, c.DryRun, c.Failed = space, dryRun, func(reason string) { failed(gateway.Source, reason) }
	}
	if l.SMTP != nil {
		c := &l.SMTP.Config
		c.Space, c.DryRun, c.Failed = space, dryRun, func(reason string) { failed(smtpin.Source, reason) }
		c.Steady = steady
	}
}

// Deferred is how many mails wait for their long scan.
func (l *Lanes) Deferred() int {
	n := 0
	if l.Milter != nil {
		n += l.Milter.Deferred()
	}
	if l.SMTP != nil && l.SMTP.Later != nil {
		n += l.SMTP.Later.Len()
	}
	return n
}

// Ready waits until every lane takes connections.
func (l *Lanes) Ready(ctx context.Context, cfg config.Config) error {
	var wait []func() (network, addr string)
	if l.Milter != nil {
		network, addr, _ := strings.Cut(cfg.Gateway.Milter.Listen, ":")
		if network == "inet" {
			network = "tcp"
		}
		wait = append(wait, func() (string, string) { return network, addr })
	}
	if l.SMTP != nil {
		wait = append(wait, func() (string, string) { return "tcp", l.SMTP.Addr() })
	}
	for _, where := range wait {
		for {
			network, addr := where()
			if c, err := net.Dial(network, addr); addr != "" && err == nil {
				c.Close()
				break
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(5 * time.Millisecond):
			}
		}
	}
	return nil
}

// notDefault turns the written default into the empty one.
func notDefault(value, standard string) string {
	if value == standard {
		return ""
	}
	return value
}

// NoticeHop is where our own notices go.
func NoticeHop(c config.Config) *relay.Hop {
	addr := c.Notify.SMTP
	if addr == "" && c.Gateway.SMTP.NextHop != "" {
		return NextHop(c)
	}
	if addr == "" {
		addr = "127.0.0.1:25"
	}
	h := &relay.Hop{Addr: addr, Helo: c.Gateway.SMTP.Hostname}
	if config.Loopback(addr) {
		h.TLS = relay.None // to a next hop on this machine TLS protects nothing
	}
	return h
}

// Connect lets the milter lane's reconciler know what the quarantine holds, and the
// lanes keep their notices there.
func (l *Lanes) Connect(svc *quarantine.Service) {
	if l.SMTP != nil {
		l.SMTP.Notices.Keep = keepAbout(svc)
	}
	if l.Milter == nil {
		return
	}
	l.Milter.Notices.Keep = keepAbout(svc)
	l.Milter.Known = func(ctx context.Context) (map[string]bool, error) { return svc.Items(ctx, gateway.Source) }
	l.Milter.Absent = func(ctx context.Context, id string) { _ = svc.MarkGone(ctx, gateway.Source, id) }
}

// Run serves the lanes in g.
func (l *Lanes) Run(ctx context.Context, g *errgroup.Group, handle scanner.Handler) {
	if l.Milter != nil {
		g.Go(func() error { return Wrap("milter", l.Milter.Run(ctx, handle)) })
	}
	if l.SMTP != nil {
		g.Go(func() error { return Wrap("smtp", l.SMTP.Run(ctx, handle)) })
	}
}

// Settle waits until what was released is on its way, before a command ends.
func (l *Lanes) Settle() {
	if l.Milter != nil {
		l.Milter.Settle()
	}
}

// Wrap names the part that failed; one that was only stopped has not failed.
func Wrap(name string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return nil
	}
	return fmt.Errorf("%s: %w", name, err)
}

// Releasers are the lanes as quarantine sees them, by Deposit.Source.
func (l *Lanes) Releasers(cfg config.Config) map[string]quarantine.Releaser {
	m := make(map[string]quarantine.Releaser)
	if l.Milter != nil {
		m[gateway.Source] = releaser{lane: l.Milter, notice: cfg.Notify}
	}
	if l.SMTP != nil {
		m[smtpin.Source] = releaser{lane: l.SMTP, notice: cfg.Notify}
	}
	m[shares.Source] = l.Files
	return m
}

// lane is what both lanes offer for what was held.
type lane interface {
	NeedsContent() bool
	Release(ctx context.Context, receipt []byte, from string, to []string, content io.Reader) (string, error)
	Reject(ctx context.Context, receipt []byte, from string, n relay.Notice) error
}

// releaser lets quarantine release through a lane: it translates a case into the
// lane's words and the lane's errors into temporary and permanent.
type releaser struct {
	lane   lane
	notice config.Notify
}

// ReleasesSome is what the lane itself can.
func (r releaser) ReleasesSome() bool {
	if m, ok := r.lane.(*gateway.Milter); ok {
		return m.ReleasesSome()
	}
	return true
}

func (r releaser) NeedsContent() bool { return r.lane.NeedsContent() }

func (r releaser) Release(ctx context.Context, c *quarantine.Case, content io.Reader) (string, error) {
	c, err := r.one(ctx, c)
	if err != nil {
		return "", classify(err)
	}
	if c.Wish.Route != "" {
		return r.releaseBy(ctx, c, content)
	}
	if m, ok := r.lane.(*gateway.Milter); ok && len(c.Wish.To) > 0 {
		answer, err := m.ReleaseTo(ctx, c.Receipt, c.To)
		return answer, classify(err)
	}
	if s, ok := r.lane.(*smtpin.Server); ok && len(c.Wish.To) > 0 {
		answer, err := s.ReleaseTo(ctx, c.Receipt, c.To, content)
		return answer, classify(err)
	}
	answer, err := r.lane.Release(ctx, c.Receipt, c.From, c.To, content)
	return answer, classify(err)
}

func (r releaser) Reject(ctx context.Context, c *quarantine.Case, text string) error {
	from := c.From
	if c.Canary || c.DecidedBy == quarantine.BySender {
		from = "" // nobody reads what a canary gets, and who cancelled a mail knows it
	}
	c, err := r.one(ctx, c)
	if err != nil {
		return classify(err)
	}
	return classify(r.lane.Reject(ctx, c.Receipt, from, relay.Notice{
		From: r.notice.From, To: c.From, Kind: relay.Rejected, Subject: c.Subject, MessageID: c.MessageID,
		Reference: c.ID, Sent: c.Received, Reason: text, Help: r.notice.Contact,
	}))
}

// one is the case with the receipt of the one copy that Postfix still has, where the
// same mail was handed in several times.
func (r releaser) one(ctx context.Context, c *quarantine.Case) (*quarantine.Case, error) {
	m, ok := r.lane.(*gateway.Milter)
	if !ok || len(c.Again) == 0 {
		return c, nil
	}
	receipt, err := m.One(ctx, append([][]byte{c.Receipt}, c.Again...))
	if err != nil {
		return nil, err
	}
	one := *c
	one.Receipt, one.Again = receipt, nil
	return &one, nil
}

// classify marks errors that another try may mend. A refusal by the next hop with
// a permanent code, or a mail that is gone, is for a person to see.
func classify(err error) error {
	var smtp *relay.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, gateway.ErrGone), errors.Is(err, gateway.ErrOnItsWay), errors.Is(err, gateway.ErrReceipt), errors.Is(err, smtpin.ErrReceipt):
		return err
	case errors.As(err, &smtp) && !smtp.Temporary():
		return err
	}
	return errors.Join(err, quarantine.ErrTemporary)
}
