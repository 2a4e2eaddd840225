package lanes

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/detectors"
	"brevvagt/quarantine"
	"brevvagt/quarantine/sender/copies"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/gateway/smtpin"
)

// OpenCopies opens the folder of copies for senders; nil where they have no page.
func OpenCopies(cfg config.Config, key detectors.Key) (*copies.Copies, error) {
	if !cfg.Sender.On() {
		return nil, nil
	}
	return copies.Open(filepath.Join(cfg.State, "copies"), key.Digest("sender copies"), time.Duration(cfg.Sender.Valid))
}

// ForSender is the action that keeps a copy of what was held by such rules only that its
// sender may release it, where the lane has nothing itself. It stands after the action
// that holds. Without the copy the sender's reason waits for a DPO, so a failure is no
// reason to refuse the mail.
type ForSender struct {
	Copies *copies.Copies // nil keeps none
	Log    *slog.Logger
}

// Apply implements scanner.Action.
func (a ForSender) Apply(_ context.Context, it scanner.Item, out *scanner.Outcome) error {
	if a.Copies == nil || it.Source != smtpin.Source || out.CaseID == "" || out.Verdict.Action != policy.Hold || len(out.Verdict.Rules) == 0 ||
		slices.ContainsFunc(out.Verdict.Rules, func(r policy.Rule) bool { return !r.SenderMayRelease || r.Approvers > 1 }) {
		return nil
	}
	if err := a.Copies.Put(out.CaseID, it.Content); err != nil {
		a.Log.Warn("no copy for the sender; a DPO can release the mail", "case", out.CaseID, "error", err)
	}
	return nil
}

// SweepCopies removes the copies of cases that wait no more.
func SweepCopies(ctx context.Context, c *copies.Copies, svc *quarantine.Service) error {
	if c == nil {
		return nil
	}
	return c.Sweep(ctx, func(ctx context.Context, id string) (bool, error) {
		k, err := svc.Get(ctx, id)
		if errors.Is(err, quarantine.ErrNotFound) {
			return false, nil
		}
		return err == nil && k.State == quarantine.Held, err
	})
}
