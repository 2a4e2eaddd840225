package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"brevvagt/detectors"
	"brevvagt/quarantine/casework"
	"brevvagt/quarantine/register/fieldcheck"
	"brevvagt/quarantine/warned"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
)

// casework is what people do with cases besides deciding them.
func (d *daemon) casework() *casework.Work {
	return casework.New(casework.Config{Store: d.state.DB, Ledger: d.service.Ledger(), Check: fieldcheck.Check})
}

func (d *daemon) warned() *warned.Lines {
	return warned.New(d.state.DB, time.Duration(d.cfg.DPO.KeepWarnings), nil)
}

// exempt takes out of a verdict the rules that the DPO has excepted for a time. It
// stands before the action that holds.
type exempt struct{ d *daemon }

// Apply implements scanner.Action. When the exceptions cannot be read none counts.
func (e exempt) Apply(ctx context.Context, it scanner.Item, out *scanner.Outcome) error {
	if out.Kind != "mail" || len(out.Verdict.Rules) == 0 {
		return nil
	}
	list, err := e.d.casework().Exceptions(ctx, true)
	if err != nil {
		e.d.log.Error("exceptions not read, none counts", "error", err)
		return nil
	}
	kept := slices.DeleteFunc(slices.Clone(out.Verdict.Rules), func(r policy.Rule) bool {
		return slices.ContainsFunc(list, func(x casework.Exception) bool { return x.Covers(r.ID, out.From, out.To, time.Now()) })
	})
	if len(kept) == len(out.Verdict.Rules) {
		return nil
	}
	action := policy.Pass
	for _, r := range kept {
		if r.Action.Rank() > action.Rank() {
			action = r.Action
		}
	}
	e.d.log.Info("rule excepted", "source", it.Source, "id", detectors.RedactNumbers(it.ID), "was", out.Verdict.Action, "now", action)
	out.Verdict.Rules = kept
	if action.Rank() < out.Verdict.Action.Rank() {
		out.Verdict.Action = action
	}
	return nil
}

// warnings keeps a masked line about what went with a warning or unread parts. It
// stands behind the action that holds; a mail does not wait for it.
type warnings struct{ d *daemon }

// Apply implements scanner.Action.
func (w warnings) Apply(ctx context.Context, it scanner.Item, out *scanner.Outcome) error {
	went := out.Verdict.Action == policy.Warn || out.Verdict.Action == policy.Pass && len(out.Gaps) > 0
	if !went || len(it.To) == 0 || out.Would != "" {
		return nil
	}
	line := warned.Warning{Source: it.Source, Kind: out.Kind, From: out.From, To: out.To}
	if m := out.Document.Mail; m != nil {
		line.Subject = m.Subject
	}
	for _, r := range out.Verdict.Rules {
		line.Rules = append(line.Rules, warned.Rule{ID: r.ID, Danish: r.Text, English: r.English})
	}
	for _, g := range out.Gaps {
		line.Gaps = append(line.Gaps, fmt.Sprintf("%s: %s", g.At.Path, policy.ReasonDa(g.Why)))
	}
	if err := w.d.warned().Add(ctx, line); err != nil {
		w.d.log.Error("warning not kept", "error", err)
	}
	return nil
}
