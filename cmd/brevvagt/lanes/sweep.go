package lanes

import (
	"context"
	"errors"
	"time"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/shares"
	"brevvagt/quarantine"
)

// sweepEvery is how often the shares are looked at for what closed cases left there.
const sweepEvery = time.Hour

// SweepShares removes from file servers the emptied files of cases that ended without a
// release, every hour; call it every minute, by one at a time. A server that cannot be
// reached is asked again an hour later.
func (l *Lanes) SweepShares(ctx context.Context, cfg config.Config, svc *quarantine.Service) {
	if time.Since(l.swept) < sweepEvery {
		return
	}
	l.swept = time.Now()
	for _, s := range cfg.Shares {
		if s.SMB == nil || !s.Quarantine() {
			continue
		}
		tree, err := shares.OpenSMB(ctx, s.SMB)
		if err == nil {
			_, err = tree.Sweep(ctx, func(ctx context.Context, id string) (bool, error) { return over(ctx, svc, id) })
			err = errors.Join(err, tree.Close())
		}
		if err != nil && ctx.Err() == nil {
			l.Files.Log.Warn("what closed cases left on a share", "share", s.Title(), "error", err)
		}
	}
}

// over reports whether nobody will release a case any more. One that left by itself
// counts only when its content is gone from the vault, too.
func over(ctx context.Context, svc *quarantine.Service, id string) (bool, error) {
	c, err := svc.Get(ctx, id)
	if errors.Is(err, quarantine.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return c.Source == shares.Source && !c.State.Open() && (c.State != quarantine.Gone || c.VaultObject == ""), nil
}
