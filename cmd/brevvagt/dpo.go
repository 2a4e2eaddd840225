package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"brevvagt/cmd/brevvagt/access"
	"brevvagt/cmd/brevvagt/lanes"
	"brevvagt/detectors"
	formatlist "brevvagt/document/all"
	"brevvagt/document/pdf"
	"brevvagt/quarantine/register/clock"
	"brevvagt/quarantine/register/fieldcheck"
	"brevvagt/quarantine/rekey"
	"brevvagt/quarantine/review"
	"brevvagt/quarantine/review/breach"
	"brevvagt/quarantine/review/figures"
	"brevvagt/quarantine/review/keys"
	"brevvagt/quarantine/review/sheets"
	"brevvagt/quarantine/review/sheets/libre"
	"brevvagt/quarantine/stats"
	"brevvagt/quarantine/witness"
)

// reviewConfig puts the page together.
func (d *daemon) reviewConfig(secure bool) (review.Config, error) {
	c := d.cfg.DPO
	ways, err := access.Ways(d.cfg, d.state.Accounts)
	if err != nil {
		return review.Config{}, err
	}
	var ask clock.Mailer
	if d.cfg.Notify.From != "" {
		ask = lanes.Mailer{Hop: lanes.NoticeHop(d.cfg), From: d.cfg.Notify.From}
	}
	draw, err := d.drawer()
	if err != nil {
		return review.Config{}, err
	}
	return review.Config{
		Draw: draw.Draw,
		Ways: ways, Sent: d.sentActs(), Answer: d.answerLink(),
		Stats: func(ctx context.Context, year int) (*stats.Year, error) {
			return stats.Of(ctx, d.state.DB, year, d.service.Register().Zone())
		},
		Rules: d.ruleStates, Work: d.casework(), Warned: d.warned(), Mail: ask, Colleagues: d.state.Deciders,
		Service: d.service, Accounts: d.state.Accounts, Log: d.log, Secure: secure, Organisation: d.cfg.Site.Organisation,
		Signer: d.state.Signer, Shares: d.shown.Source(),
		Keys: &keys.Keys{Rekey: d.service.Rekey(), Holders: func(ctx context.Context) ([]rekey.Holder, error) {
			return d.state.KeyHolders(ctx, d.cfg.Vault.Recipients)
		}},
		Head:  func(ctx context.Context) (string, error) { return d.state.SignedHead(ctx, d.service) },
		Check: fieldcheck.Check, Budget: c.Ceiling(), Keep: time.Duration(d.cfg.Vault.KeepContent), Desk: d.state.Desk(d.service), Contact: breach.Contact{Name: c.Name, Mail: c.Mail, Phone: c.Phone},
	}, nil
}

// drawer draws pages with the workers that read items.
func (d *daemon) drawer() (*sheets.Drawer, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	office, err := libre.New(filepath.Join(d.cfg.State, "sheets"), []string{self, "office-worker"})
	if err != nil {
		return nil, err
	}
	pages := pdf.Sheets(pdf.Config{})
	reading := formatlist.Hostile(formatlist.Options{NoOCR: d.cfg.OCR.Off})
	for i, f := range reading {
		reading[i] = d.engine.pool.Format(f) // beside what remembers readings: nothing of a page is kept
	}
	return &sheets.Drawer{Formats: d.engine.pipeline.Formats.List, Texts: d.engine.pool.Format(pages[0]), Sheet: d.engine.pool.Format(pages[1]),
		Pictures: reading, Set: func() *detectors.Set { return d.live.Load().pipeline.Detectors }, Office: office}, nil
}

// ruleStates tells the page how the rules in force stand; in dry run none is acted on.
func (d *daemon) ruleStates() []figures.RuleState {
	now := d.live.Load()
	var list []figures.RuleState
	for _, r := range now.pipeline.Rules {
		list = append(list, figures.RuleState{ID: r.ID, Action: string(r.Action), Trial: r.DryRun || now.cfg.Gateway.DryRun, Approvers: r.Approvers})
	}
	return list
}

// remind looks every minute whether a deadline is near.
func (d *daemon) remind(ctx context.Context) error {
	c := d.cfg.DPO
	r := &clock.Reminders{Store: d.state.DB, Register: d.service.Register(), To: c.Remind, Page: c.Page, Now: time.Now,
		Mail: lanes.Mailer{Hop: lanes.NoticeHop(d.cfg), From: d.cfg.Notify.From}}
	heads := &witness.Witness{Head: func(ctx context.Context) (string, error) { return d.state.SignedHead(ctx, d.service) }, Mail: r.Mail,
		Still: func(ctx context.Context, earlier string) (string, error) {
			return d.state.StillBegins(ctx, d.service, earlier)
		},
		To: c.Heads.Mail, File: c.Heads.File, Marker: d.state.SentHead(), Now: time.Now}
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		if err := heads.Run(ctx); err != nil && ctx.Err() == nil {
			d.log.Warn("the ledger's head did not leave the machine", "error", err)
		}
		if err := r.Run(ctx); err != nil && ctx.Err() == nil {
			d.log.Warn("reminder not sent", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := d.retain(ctx); err != nil && ctx.Err() == nil {
			d.log.Warn("retention", "error", err)
		}
	}
}

// retain lets go what is kept longer than the site says.
func (d *daemon) retain(ctx context.Context) error {
	c, now := d.cfg.DPO, time.Now()
	_, errWarned := d.warned().Sweep(ctx)
	_, errFound := d.service.ForgetFindings(ctx, now.Add(-time.Duration(c.KeepFindings)))
	if c.KeepRegister == 0 {
		return errors.Join(errWarned, errFound)
	}
	_, errRegister := d.state.Desk(d.service).Retain(ctx, now.Add(-time.Duration(c.KeepRegister)))
	return errors.Join(errWarned, errFound, errRegister)
}
