package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"brevvagt/internal/health"
	"brevvagt/internal/metrics"
	"brevvagt/quarantine"
	"brevvagt/quarantine/proof"
	"brevvagt/scanner"
	"brevvagt/scanner/source/gateway/transport"
)

// watch is the part of the daemon that is for monitoring.
type watch struct {
	ops     net.Listener // nil when off
	metrics *metrics.Metrics
	health  health.Health
	space   *health.Space
	started atomic.Bool
	steady  atomic.Bool // the clock may be believed, see resume

	prover   *transport.Prover
	proofs   proof.Transports
	policies net.Listener // answers Postfix; nil when off
}

// operations prepares what a monitoring system sees. It is called once everything
// is open and before mail flows.
func (d *daemon) operations(ctx context.Context) error {
	if err := d.transports(d.cfg); err != nil {
		return err
	}
	d.space = &health.Space{Dir: d.cfg.State, Min: d.cfg.Operations.MinFreeDisk}
	d.lanes.Watched(func() error { return d.space.Check(context.Background()) }, d.metrics.Failed, d.dryRun, d.steady.Load)
	d.health.Alive("database", func(ctx context.Context) error {
		_, err := d.service.Counts(ctx)
		return err
	})
	d.health.Ready("disk", d.space.Check)
	d.health.Ready("started", func(context.Context) error {
		if !d.started.Load() {
			return errors.New("still starting")
		}
		return nil
	})
	d.metrics.Started()
	d.metrics.Gauge("free_bytes", "Free bytes where the state folder lies.", func() float64 {
		free, _ := d.space.Free()
		return float64(free)
	})
	d.metrics.Gauge("deferred_mails", "Mails that were acknowledged and wait for their long scan.", func() float64 { return float64(d.lanes.Deferred()) })
	d.metrics.Gauge("dry_run", "1 while no mail is stopped.", func() float64 {
		if d.dryRun() {
			return 1
		}
		return 0
	})
	d.metrics.Gauge("cases_open", "Cases that wait for a person or for the mail server.", func() float64 { return d.openCases(ctx) })
	last, err := proof.LastCanary(ctx, d.state.DB, canaryWay)
	if err != nil {
		return err
	}
	d.metrics.Proven(last.Proven)
	if d.cfg.Operations.Listen == "" {
		return nil
	}
	if d.ops, err = net.Listen("tcp", d.cfg.Operations.Listen); err != nil {
		return fmt.Errorf("operations: %w", err)
	}
	return nil
}

// closeListeners closes those of operations.
func (d *daemon) closeListeners() {
	for _, l := range []net.Listener{d.ops, d.policies, d.senders} {
		if l != nil {
			_ = l.Close()
		}
	}
}

func (d *daemon) openCases(ctx context.Context) float64 {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	counts, err := d.service.Counts(ctx)
	if err != nil {
		return -1
	}
	n := 0
	for state, k := range counts {
		if quarantine.State(state).Open() {
			n += k
		}
	}
	return float64(n)
}

// count notes what became of an item.
func (d *daemon) count(it scanner.Item, out scanner.Outcome) {
	d.metrics.Judged(it.Source, string(out.Verdict.Action), string(out.Would), out.Took, int64(len(it.Content)))
	for _, g := range out.Gaps {
		d.metrics.Gap(string(g.Why))
	}
	for _, r := range out.Verdict.Trial {
		d.metrics.Tried(r.ID, string(r.Action))
		d.log.Info("rule in dry run", "source", it.Source, "id", it.ID, "rule", r.ID, "would", r.Action)
	}
}

// serveOperations answers monitoring systems on this machine.
func (d *daemon) serveOperations(ctx context.Context) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", d.metrics.Handler())
	mux.Handle("/", d.health.Handler())
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
		MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(d.log.Handler(), slog.LevelDebug)}
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() })
	defer stop()
	if err := srv.Serve(d.ops); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("operations: %w", err)
	}
	return nil
}

// watchdog tells systemd that we live.
func (d *daemon) watchdog(ctx context.Context) error {
	d.health.Watch(ctx, func(failed map[string]string) { d.log.Error("not alive", "failed", failed) })
	return nil
}
