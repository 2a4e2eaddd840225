package main

import (
	"context"
	"errors"
	"log/slog"

	"golang.org/x/sync/errgroup"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/shares"
	"brevvagt/quarantine"
	"brevvagt/scanner"
	"brevvagt/scanner/source/share/night"
)

// openShares opens the shares of a configuration for work with a copy of a pipeline
// that decides and does nothing else; svc, which may be nil, takes what is to be
// quarantined. done, which may be nil, sees every outcome.
func openShares(ctx context.Context, cfg config.Config, p *scanner.Pipeline, svc *quarantine.Service, done func(string, scanner.Outcome), log *slog.Logger) (*shares.Shares, error) {
	s, err := shares.Open(ctx, cfg, log)
	if err != nil {
		return nil, err
	}
	own := *p
	own.Relax, own.Memory, own.Turn, own.Actions, own.HoldUnfinished = nil, nil, nil, nil, false
	handle := func(ctx context.Context, it scanner.Item) (scanner.Outcome, error) {
		out, err := own.Handle(ctx, it)
		if err == nil {
			log.Debug("share", "file", it.ID, "verdict", out.Verdict.Action, "persons", len(out.Subjects), "gaps", len(out.Gaps), "ms", out.Took.Milliseconds())
			if done != nil {
				done(it.ID, out)
			}
		}
		return out, err
	}
	var seize night.Seize
	if svc != nil {
		seize = (&shares.Keeper{Service: svc, Config: cfg, Keys: s.DB.Keys(), Log: log}).Seize
	}
	extract, detect, err := shares.Versions(cfg, version)
	if err == nil {
		err = s.Work(ctx, handle, seize, extract, detect)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// keepShares scans the configured shares when they are due.
func (d *daemon) keepShares(ctx context.Context, g *errgroup.Group) error {
	if len(d.cfg.Shares) == 0 {
		return nil
	}
	s, err := openShares(ctx, d.cfg, d.engine.pipeline, d.service, func(path string, out scanner.Outcome) {
		if d.foundFile != nil {
			d.foundFile(path, out)
		}
	}, d.log)
	if err != nil {
		return err
	}
	keep, kctx := errgroup.WithContext(ctx)
	s.Keep(kctx, keep)
	g.Go(func() error { return errors.Join(keep.Wait(), s.Close()) })
	return nil
}
