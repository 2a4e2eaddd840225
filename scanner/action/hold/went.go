package hold

import (
	"context"
	"log/slog"

	"brevvagt/detectors"
	"brevvagt/quarantine/runs"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
)

// Went notes the mails of a run that go, so that a case of the same run can name
// them. It stands behind the action that holds; a mail does not wait for it.
type Went struct {
	Runs *runs.Lines
	Log  *slog.Logger
}

// Apply implements scanner.Action.
func (w Went) Apply(ctx context.Context, it scanner.Item, out *scanner.Outcome) error {
	if len(out.Runs) == 0 || len(it.To) == 0 || out.Verdict.Action.Rank() >= policy.Hold.Rank() {
		return nil
	}
	m := runs.Mail{From: out.From, To: out.To}
	if out.Document.Mail != nil {
		m.Subject = out.Document.Mail.Subject
	}
	if err := w.Runs.Went(ctx, out.Runs, it.Source, it.ID, m); err != nil {
		w.Log.Error("mail of a run not noted", "id", detectors.RedactNumbers(it.ID), "error", err)
	}
	return nil
}
