package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"

	"brevvagt/quarantine"
	"brevvagt/quarantine/register/clock"
	"brevvagt/quarantine/register/desk"
	"brevvagt/quarantine/register/fieldcheck"
	"brevvagt/quarantine/review"
	"brevvagt/quarantine/review/breach"
	"brevvagt/quarantine/stats"
	"brevvagt/scanner/source/gateway/relay"
)

// desk is where the register is worked on, on the page and on the terminal.
func (s *state) desk(svc *quarantine.Service) *desk.Desk {
	return desk.New(desk.Config{Store: s.db, Register: svc.Register(), Ledger: svc.Ledger()})
}

// reviewConfig puts the page together.
func (d *daemon) reviewConfig(secure bool) review.Config {
	c := d.cfg.DPO
	var ask clock.Mailer
	if d.cfg.Notify.From != "" {
		ask = mailer{hop: noticeHop(d.cfg), from: d.cfg.Notify.From}
	}
	return review.Config{
		Stats: func(ctx context.Context, year int) (*stats.Year, error) {
			return stats.Of(ctx, d.state.db, year, d.service.Register().Zone())
		},
		Work: d.casework(), Warned: d.warned(), Mail: ask, Colleagues: d.state.deciders,
		Service: d.service, Accounts: d.state.accounts, Log: d.log, Secure: secure, Organisation: d.cfg.Site.Organisation,
		Head:  func(ctx context.Context) (string, error) { return d.state.signedHead(ctx, d.service) },
		Check: fieldcheck.Check, Budget: c.AlertBudget, Desk: d.state.desk(d.service), Contact: breach.Contact{Name: c.Name, Mail: c.Mail, Phone: c.Phone},
	}
}

// deciders are the accounts that a case can be handed to.
func (s *state) deciders(ctx context.Context) ([]string, error) {
	accounts, err := s.accounts.List(ctx)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, a := range accounts {
		if mayDecide(a.Role) && !a.Disabled {
			list = append(list, a.Name)
		}
	}
	return list, nil
}

// remind looks every minute whether a deadline is near.
func (d *daemon) remind(ctx context.Context) error {
	c := d.cfg.DPO
	r := &clock.Reminders{Store: d.state.db, Register: d.service.Register(), To: c.Remind, Page: c.Page, Now: time.Now,
		Mail: mailer{hop: noticeHop(d.cfg), from: d.cfg.Notify.From}}
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
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
	_, errRegister := d.state.desk(d.service).Retain(ctx, now.Add(-time.Duration(c.KeepRegister)))
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
