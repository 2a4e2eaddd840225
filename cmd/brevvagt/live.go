package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"reflect"
	"strings"
	"sync/atomic"
	"syscall"

	"brevvagt/cmd/brevvagt/canary"
	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/lanes"
	"brevvagt/cmd/brevvagt/mailbox"
	"brevvagt/cmd/brevvagt/shares"
	"brevvagt/cmd/brevvagt/shares/board"
	"brevvagt/internal/health"
	"brevvagt/scanner"
	"brevvagt/scanner/action/hold"
	"brevvagt/scanner/action/notify"
	"brevvagt/scanner/policy"
)

// live is what a reload of the configuration replaces while mail flows. A mail
// that is being scanned ends with the one it began with.
type live struct {
	cfg      config.Config
	pipeline *scanner.Pipeline
}

// reloading is the part of the daemon that a reload touches.
type reloading struct {
	live  atomic.Pointer[live]
	file  string // the configuration, "" where it cannot be reloaded
	level *slog.LevelVar
	// keeping scans the shares; it is there once the daemon runs.
	keeping *shares.Keeping
	shown   *board.Board // how that goes, for people and monitoring
}

// judge is the handler that a reload changes.
func (d *daemon) judge(ctx context.Context, it scanner.Item) (scanner.Outcome, error) {
	return d.live.Load().pipeline.Handle(ctx, it)
}

// goLive puts a configuration in force, with a pipeline that is not in use yet.
func (d *daemon) goLive(cfg config.Config, p *scanner.Pipeline) {
	p.Site, p.Relax, p.Proven = cfg.Site, nil, d.proven
	if cfg.Gateway.DryRun {
		p.Relax = d.relax
	}
	d.live.Store(&live{cfg: cfg, pipeline: p})
}

func (d *daemon) actions(cfg config.Config) []scanner.Action {
	holding := hold.Hold{Quarantine: d.service, Canary: d.isCanary}
	var telling []scanner.Action
	if cfg.Notify.From != "" {
		n := notify.Notify{
			Keep: lanes.KeepNotice(d.service), From: cfg.Notify.From, Contact: cfg.Notify.Contact, Internal: cfg.Site.Internal, Log: d.log,
			Link: d.linkFor(d.cfg),
		}
		holding.Letter, telling = n.Letter, []scanner.Action{n}
	}
	return append([]scanner.Action{exempt{d}, lanes.Routing{Lanes: d.lanes, Canary: d.isCanary}, holding, lanes.ForSender{Copies: d.copies, Log: d.log}, promise{d}, warnings{d}, hold.Went{Runs: d.service.Runs(), Log: d.log}}, telling...)
}

func (d *daemon) isCanary(_ scanner.Item, out *scanner.Outcome) bool {
	return canary.Genuine(d.state.Key, out.From, out.Document.Mail, d.engine.pipeline.Now())
}

// relax is dry run: a mail passes whatever was found, and only our own canaries
// are still held.
func (d *daemon) relax(it scanner.Item, out *scanner.Outcome) {
	if out.Verdict.Route != "" && !d.isCanary(it, out) {
		out.Would, out.Verdict.Route, out.Verdict.RouteTo = policy.Hold, "", nil
	}
	if len(it.To) > 0 && out.Verdict.Action != policy.Pass && !d.isCanary(it, out) {
		out.Would, out.Verdict.Action = out.Verdict.Action, policy.Pass
	}
}

func (d *daemon) dryRun() bool { return d.live.Load().cfg.Gateway.DryRun }

// reloads listens for SIGHUP from now on, for unheard it would end us, and gives what
// reads the configuration file anew at each until ctx ends.
func (d *daemon) reloads(ctx context.Context) func() error {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	return func() error {
		defer signal.Stop(hup)
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-hup:
				health.Tell(health.Reloading())
				d.reload()
				health.Tell(health.StateReady)
			}
		}
	}
}

// reload puts the file's configuration in force, or keeps the old one and says
// why. What cannot change while mail flows stays as it is until a restart.
func (d *daemon) reload() {
	waits, err := d.putInForce()
	d.metrics.Reloaded(err == nil)
	if err != nil {
		d.log.Error("configuration not reloaded; the old one stays in force", "error", err)
		return
	}
	if len(waits) > 0 {
		d.log.Warn("some changes need a restart", "sections", strings.Join(waits, ", "))
	}
	d.log.Info("configuration reloaded", "file", d.file)
}

// putInForce changes nothing until all that can fail has gone well. It names the
// sections that wait for a restart.
func (d *daemon) putInForce() (waits []string, err error) {
	next, err := config.Load(d.file)
	if err != nil {
		return nil, err
	}
	old := d.live.Load()
	merged, waits := merge(old.cfg, next)
	judged, err := newJudging(merged.Site, d.state.Key)
	if err != nil {
		return nil, err
	}
	lists, err := readLists(next)
	if err != nil {
		return nil, err
	}
	accounts, err := mailbox.Accounts(merged)
	if err != nil {
		return nil, err
	}
	p := *old.pipeline
	judged.into(&p, merged.Site, d.state.Key)
	if err := d.keeping.Use(merged, d.worker(&p)); err != nil {
		return nil, err
	}
	if err := d.level.UnmarshalText([]byte(merged.Log.Level)); err != nil {
		return nil, err
	}
	p.Actions = d.actions(merged)
	d.boxes.Use(accounts)
	d.prover.Use(lists)
	d.goLive(merged, &p)
	return waits, nil
}

// merge takes from next what may change while mail flows, and names the sections
// with other changes.
func merge(old, next config.Config) (config.Config, []string) {
	merged := old
	merged.Site, merged.Notify, merged.Canary, merged.Log.Level = next.Site, next.Notify, next.Canary, next.Log.Level
	merged.Site.Routes = old.Site.Routes // the lanes have them; a mail must not be split by two lists
	merged.Gateway.DryRun, merged.Transport.Lists = next.Gateway.DryRun, next.Transport.Lists
	merged.Shares, merged.Summaries, merged.Mailboxes = next.Shares, next.Summaries, next.Mailboxes
	merged.Mailboxes.PerServer, merged.Mailboxes.Workers = old.Mailboxes.PerServer, old.Mailboxes.Workers
	var waits []string
	a, b := reflect.ValueOf(merged), reflect.ValueOf(next)
	for i := range a.NumField() {
		if !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()) {
			name, _, _ := strings.Cut(a.Type().Field(i).Tag.Get("yaml"), ",")
			waits = append(waits, name)
		}
	}
	return merged, waits
}
