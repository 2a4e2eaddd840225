package main

import (
	"brevvagt/cmd/brevvagt/config"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"brevvagt/cmd/brevvagt/console"
	"brevvagt/cmd/brevvagt/lanes"
	"brevvagt/cmd/brevvagt/mailbox"
	"brevvagt/cmd/brevvagt/shares"
	"brevvagt/cmd/brevvagt/shares/board"
	"brevvagt/cmd/brevvagt/state"
	"brevvagt/document"
	"brevvagt/internal/certfile"
	"brevvagt/internal/health"
	"brevvagt/internal/metrics"
	"brevvagt/internal/steady"
	"brevvagt/internal/store"
	"brevvagt/quarantine"
	"brevvagt/quarantine/review"
	"brevvagt/quarantine/sender/copies"
	"brevvagt/scanner"
	"brevvagt/scanner/memory"
	source "brevvagt/scanner/source/mailbox"
)

func newServe() *cobra.Command {
	var file, only string
	cmd := &cobra.Command{
		Use: "serve", Short: "kør som mailgateway med karantæne og DPO-side", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if only != "" {
				return serveOnly(cmd, only, file)
			}
			cfg, err := config.Load(file)
			if err != nil {
				return err
			}
			log, level, err := newLogger(cfg.Log, os.Stderr)
			if err != nil {
				return err
			}
			d, err := newDaemon(cmd.Context(), cfg, log)
			if err != nil {
				return err
			}
			defer d.Close()
			d.file, d.level = file, level
			tuneMemory()
			if cfg.Gateway.Milter.Listen != "" && len(cfg.Shares) == 0 {
				leaveCores()
			}
			return d.Run(cmd.Context())
		},
	}
	console.ConfigFlag(cmd, &file)
	cmd.Flags().StringVar(&only, "only", "", "worker: hjælp kun med scanningen af fællesdrev (som shares work)")
	return cmd
}

// tuneMemory lets a small heap grow before it is collected, since a mail of 100 KB
// leaves half a megabyte behind and the lexicon, ten megabytes of it, is marked at every
// collection: a tenth of the daemon's time at GOGC=400. It collects eagerly when large
// mails make the heap big: four mails of 50 MB at once take about 200 MB, of which some 70
// are the program's own pages (BenchmarkMemory). GOGC and GOMEMLIMIT in the environment
// win.
func tuneMemory() {
	const ample = 96 << 20
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(800)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(ample)
	}
}

// leaveCores leaves half of the machine to the mail server beside us, which needs it
// whenever we do: threads that look for work on every core wake each other and
// cost the mails more than they gain. Engines for OCR and PDF are processes of their
// own and not meant. GOMAXPROCS in the environment wins.
func leaveCores() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(max(1, runtime.GOMAXPROCS(0)/2))
	}
}

// daemon is everything that `serve` runs.
type daemon struct {
	cfg     config.Config
	log     *slog.Logger
	state   *state.State
	service *quarantine.Service
	engine  *engine
	lanes   *lanes.Lanes
	memory  *memory.Memory // of earlier mails, nil when it is off
	page    net.Listener
	senders net.Listener   // the senders' page, nil when off
	copies  *copies.Copies // of what senders may release, nil when the page is off
	boxes   *source.Watch
	watch
	reloading
	// observe is called with every outcome of a gateway; it may be nil.
	observe func(scanner.Item, scanner.Outcome)
	// foundFile is called with every outcome of a share; it may be nil.
	foundFile func(path string, out scanner.Outcome)
}

// newDaemon opens everything and listens, so that what cannot work is an error
// before the first mail is taken.
func newDaemon(ctx context.Context, cfg config.Config, log *slog.Logger) (d *daemon, err error) {
	d = &daemon{cfg: cfg, log: log, watch: watch{metrics: metrics.New(version)}}
	defer func() {
		if err != nil {
			d.Close()
		}
	}()
	if d.state, err = state.Open(ctx, cfg.State, cfg.Database, false); err != nil {
		if errors.Is(err, store.ErrInUse) {
			err = fmt.Errorf("%w; is brevvagt running already?", err)
		}
		return d, err
	}
	if err = d.state.Lacking(ctx, cfg.Vault.Recipients); err != nil {
		return d, err
	}
	if d.lanes, err = lanes.New(cfg, log); err != nil {
		return d, err
	}
	if d.memory, err = openMemory(ctx, cfg, d.state.Key, log); err != nil {
		return d, err
	}
	if d.boxes, err = mailbox.Open(cfg, d.state.DB, d.state.Key, log); err != nil {
		return d, err
	}
	if d.service, err = d.state.Service(ctx, state.Keeping{Recipients: cfg.Vault.Recipients, Units: cfg.DPO.Units, UnitsFile: cfg.DPO.UnitsFile}, mailbox.Releasing(lanes.Remembering(d.lanes.Releasers(cfg), d.wentOut), d.boxes), log); err != nil {
		return d, err
	}
	d.lanes.Connect(d.service)
	d.lanes.Stamp(cfg, d.state.Key)
	if d.copies, err = lanes.OpenCopies(cfg, d.state.Key); err != nil {
		return d, err
	}
	readings, err := openSeen(cfg, d.state.Key)
	if err != nil {
		log.Warn("readings are not kept on disk", "error", err)
	}
	d.engine, err = newEngine(engineOptions{
		Seen: readings,
		Site: cfg.Site, NoOCR: cfg.OCR.Off, Workers: orCPUs(cfg.OCR.Workers), Key: d.state.Key,
		Limits:         document.Limits{Time: time.Duration(cfg.Gateway.ScanDeadline)},
		PDFCache:       filepath.Join(cfg.State, "cache", "pdf"),
		HoldUnfinished: true, Actions: d.actions(cfg), Memory: d.memory, DeepTime: time.Duration(cfg.Gateway.DeepBudget),
	})
	if err != nil {
		return d, err
	}
	d.goLive(cfg, d.engine.pipeline)
	if err := d.operations(ctx); err != nil {
		return d, err
	}
	if cfg.Review.Listen != "" {
		if d.page, err = net.Listen("tcp", cfg.Review.Listen); err != nil {
			return d, fmt.Errorf("review page: %w", err)
		}
	}
	if cfg.Sender.On() {
		if d.senders, err = net.Listen("tcp", cfg.Sender.Listen); err != nil {
			return d, fmt.Errorf("senders' page: %w", err)
		}
	}
	return d, nil
}

// wentOut tells the memory that a held mail has gone.
func (d *daemon) wentOut(_ context.Context, c *quarantine.Case) {
	if d.memory != nil {
		d.memory.Released(c.MessageID, c.PlainSHA256)
	}
}

func orCPUs(n int) int {
	if n > 0 {
		return n
	}
	return runtime.NumCPU()
}

// Run serves until ctx ends or a part fails.
func (d *daemon) Run(ctx context.Context) error {
	first, cancel := context.WithTimeout(ctx, round(ctx)) // the rest, as for a next hop that does not answer, beside new mail
	d.unfinished(first)
	cancel()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return d.resume(ctx) })
	g.Go(func() error { return d.remind(ctx) })
	g.Go(func() error {
		return lanes.Wrap("notices", lanes.SendNotices(ctx, d.service, func() config.Config { return d.live.Load().cfg }))
	})
	d.lanes.Run(ctx, g, d.handle)
	g.Go(func() error { return lanes.Wrap("mailboxes", d.boxes.Run(ctx, d.judgeMailbox)) })
	d.lanes.Files.Service, d.keeping = d.service, shares.NewKeeping(ctx)
	if err := d.keeping.Use(d.cfg, d.worker(d.engine.pipeline)); err != nil {
		return err
	}
	g.Go(d.keeping.Wait)
	d.shown = &board.Board{Now: d.keeping.Now, Store: d.state.DB, Ledger: d.service.Ledger(), Key: d.state.Key, Log: d.log}
	d.shown.Watch(d.metrics)
	g.Go(func() error {
		return d.shown.Send(ctx, func() config.Config { return d.live.Load().cfg }, func(c config.Config) board.Mailer {
			return lanes.Mailer{Hop: lanes.NoticeHop(c), From: c.Notify.From, Null: true}
		})
	})
	if d.page != nil {
		g.Go(func() error { return d.serveReview(ctx) })
	}
	if d.senders != nil {
		g.Go(func() error { return d.serveSenders(ctx) })
	}
	if d.ops != nil {
		g.Go(func() error { return d.serveOperations(ctx) })
	}
	if d.file != "" {
		g.Go(d.reloads(ctx))
	}
	if d.policies != nil {
		g.Go(func() error { return d.servePolicies(ctx) })
	}
	g.Go(func() error { return d.watchdog(ctx) })
	g.Go(func() error { return d.canaries(ctx) })
	defer context.AfterFunc(ctx, func() { health.Tell(health.StateStopping) })()
	g.Go(func() error {
		if err := d.lanes.Ready(ctx, d.cfg); err != nil {
			return lanes.Wrap("start", err)
		}
		d.started.Store(true)
		health.Tell(health.StateReady)
		d.log.Info("brevvagt is running", "milter", d.cfg.Gateway.Milter.Listen, "smtp", d.cfg.Gateway.SMTP.Listen, "review", d.cfg.Review.Listen)
		return nil
	})
	err := g.Wait()
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = nil
	}
	d.log.Info("brevvagt has stopped")
	return err
}

// handle is the gateway's handler.
func (d *daemon) handle(ctx context.Context, it scanner.Item) (scanner.Outcome, error) {
	out, err := d.judge(ctx, it)
	if err != nil {
		if !errors.Is(err, scanner.ErrLater) {
			d.log.Error("not scanned", "source", it.Source, "id", it.ID, "error", err)
		}
		return out, err
	}
	d.count(it, out)
	d.log.Info("scanned", "source", it.Source, "id", it.ID, "verdict", out.Verdict.Action, "would", out.Would, "route", out.Verdict.Route, "rule", ruleID(out),
		"case", out.CaseID, "persons", len(out.Subjects), "gaps", len(out.Gaps), "bytes", len(it.Content), "ms", out.Took.Milliseconds())
	if d.observe != nil {
		d.observe(it, out)
	}
	return out, nil
}

func ruleID(out scanner.Outcome) string {
	if len(out.Verdict.Rules) == 0 {
		return ""
	}
	return out.Verdict.Rules[0].ID
}

// unfinished finishes what a crash or a failure left.
func (d *daemon) unfinished(ctx context.Context) {
	if err := d.service.Resume(ctx); err != nil {
		d.log.Warn("unfinished cases", "error", err)
	}
}

// round is how often resume looks.
func round(ctx context.Context) time.Duration {
	every, _ := ctx.Value(roundKey{}).(time.Duration)
	return cmp.Or(every, time.Minute)
}

// roundKey is where a context says how often resume looks, for tests that wait for it.
type roundKey struct{}

// resume repeats unfinished releases every minute, and lets the content of old
// cases go, unless the clock has leapt.
func (d *daemon) resume(ctx context.Context) error {
	tick := time.NewTicker(round(ctx))
	defer tick.Stop()
	clock := steady.Clock{File: filepath.Join(d.cfg.State, "clock")}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			d.unfinished(ctx)
			if err := lanes.SweepCopies(ctx, d.copies, d.service); err != nil {
				d.log.Warn("copies for senders", "error", err)
			}
			now, err := clock.Believe()
			d.steady.Store(err == nil)
			if err != nil {
				d.log.Error("the content of old cases is kept", "error", err)
				continue
			}
			if _, err := d.service.Expire(ctx, now.Add(-time.Duration(d.cfg.Vault.KeepContent))); err != nil {
				d.log.Warn("expired cases", "error", err)
			}
			if err := d.proofs.Expire(ctx, now.Add(-keepProofs)); err != nil {
				d.log.Warn("expired proofs of transport", "error", err)
			}
			d.lanes.SweepShares(ctx, d.live.Load().cfg, d.service)
		}
	}
}

func (d *daemon) serveReview(ctx context.Context) error {
	cfg, err := d.reviewConfig(d.cfg.Review.TLSCertificate != "" || strings.HasPrefix(d.cfg.DPO.Page, "https://")) // or a proxy speaks TLS
	if err != nil {
		return fmt.Errorf("review page: %w", err)
	}
	h, err := review.New(cfg)
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(d.log.Handler(), slog.LevelDebug)}
	go func() {
		<-ctx.Done()
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		_ = srv.Shutdown(stop)
	}()
	if err := d.serveWeb(srv, d.page, d.cfg.Review.TLSCertificate, d.cfg.Review.TLSKey, "review"); err != nil {
		return fmt.Errorf("review page: %w", err)
	}
	return nil
}

// serveWeb serves until srv is shut down, within TLS where there is a certificate. A
// renewed one is taken up.
func (d *daemon) serveWeb(srv *http.Server, l net.Listener, certificate, key, where string) error {
	var err error
	if certificate == "" {
		err = srv.Serve(l)
	} else {
		pair, errPair := certfile.Open(certificate, key)
		if errPair != nil {
			return errors.Join(errPair, l.Close())
		}
		pair.News = lanes.Renewed(d.log, where)
		srv.TLSConfig = &tls.Config{GetCertificate: pair.Certificate, MinVersion: tls.VersionTLS12}
		err = srv.ServeTLS(l, "", "")
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Close frees what newDaemon opened.
func (d *daemon) Close() {
	if d.page != nil {
		d.page.Close()
	}
	d.closeListeners()
	if d.engine != nil {
		d.engine.Close()
	}
	if d.memory != nil {
		d.memory.Close()
	}
	if d.state != nil {
		d.state.Close()
	}
}
