package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"path/filepath"
	"strings"
	"time"

	"brevvagt/cmd/brevvagt/access"
	"brevvagt/cmd/brevvagt/lanes"
	"brevvagt/quarantine/register/clock"
	"brevvagt/quarantine/register/fieldcheck"
	"brevvagt/quarantine/rekey"
	"brevvagt/quarantine/review"
	"brevvagt/quarantine/review/breach"
	"brevvagt/quarantine/review/keys"
	"brevvagt/quarantine/stats"
	"brevvagt/quarantine/witness"
	"brevvagt/scanner/source/gateway/relay"
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
		ask = mailer{hop: lanes.NoticeHop(d.cfg), from: d.cfg.Notify.From}
	}
	return review.Config{
		Ways: ways, Sent: d.sentActs(), Answer: d.answerLink(),
		Stats: func(ctx context.Context, year int) (*stats.Year, error) {
			return stats.Of(ctx, d.state.DB, year, d.service.Register().Zone())
		},
		Work: d.casework(), Warned: d.warned(), Mail: ask, Colleagues: d.state.Deciders,
		Service: d.service, Accounts: d.state.Accounts, Log: d.log, Secure: secure, Organisation: d.cfg.Site.Organisation,
		Signer: d.state.Signer,
		Keys: &keys.Keys{Rekey: d.service.Rekey(), Holders: func(ctx context.Context) ([]rekey.Holder, error) {
			return d.state.KeyHolders(ctx, d.cfg.Vault.Recipients)
		}},
		Head:  func(ctx context.Context) (string, error) { return d.state.SignedHead(ctx, d.service) },
		Check: fieldcheck.Check, Budget: c.AlertBudget, Desk: d.state.Desk(d.service), Contact: breach.Contact{Name: c.Name, Mail: c.Mail, Phone: c.Phone},
	}, nil
}

// remind looks every minute whether a deadline is near.
func (d *daemon) remind(ctx context.Context) error {
	c := d.cfg.DPO
	r := &clock.Reminders{Store: d.state.DB, Register: d.service.Register(), To: c.Remind, Page: c.Page, Now: time.Now,
		Mail: mailer{hop: lanes.NoticeHop(d.cfg), from: d.cfg.Notify.From}}
	heads := &witness.Witness{Head: func(ctx context.Context) (string, error) { return d.state.SignedHead(ctx, d.service) }, Mail: r.Mail,
		To: c.Heads.Mail, File: c.Heads.File, Marker: filepath.Join(d.cfg.State, "ledger.sent"), Now: time.Now}
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

// mailer sends plain mails of ours to our own people.
type mailer struct {
	hop  *relay.Hop
	from string
}

// Send implements clock.Mailer.
func (m mailer) Send(ctx context.Context, to []string, subject, text string) error {
	if m.from == "" {
		return fmt.Errorf("notify.from is not set: a mail needs a sender")
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: Brevvagt <%s>\r\nTo: %s\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%d.frist@%s>\r\n", m.from, strings.Join(to, ", "),
		mime.QEncoding.Encode("utf-8", subject), time.Now().Format(time.RFC1123Z), time.Now().UnixNano(), m.from[strings.LastIndexByte(m.from, '@')+1:])
	b.WriteString("Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	w := quotedprintable.NewWriter(&b)
	if _, err := w.Write([]byte(strings.ReplaceAll(text, "\n", "\r\n"))); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	env := relay.Envelope{From: m.from}
	for _, a := range to {
		env.To = append(env.To, relay.Recipient{Address: a})
	}
	_, err := m.hop.Send(ctx, env, &b)
	return err
}
