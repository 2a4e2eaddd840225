package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/lanes"
	"brevvagt/internal/caller"
	"brevvagt/quarantine/register/fieldcheck"
	"brevvagt/quarantine/sender"
	"brevvagt/scanner/policy"
)

// senderLinks make and check the links in notices.
func (d *daemon) senderLinks(cfg config.Config) sender.Links {
	return sender.Links{Key: []byte(d.state.Key.Digest("sender links")), Page: cfg.Sender.Page, Valid: time.Duration(cfg.Sender.Valid)}
}

// linkFor gives a sender the page of his case; nil where there is no page.
func (d *daemon) linkFor(cfg config.Config) func(caseID, from string) string {
	if !cfg.Sender.On() {
		return nil
	}
	return func(caseID, from string) string {
		link, _ := d.senderLinks(cfg).Make(caseID, from)
		return link
	}
}

// answerLink gives the page behind which a sender answers a question; nil where there
// is no page.
func (d *daemon) answerLink() func(ctx context.Context, caseID, from string) (string, error) {
	link := d.linkFor(d.cfg)
	if link == nil {
		return nil
	}
	return func(ctx context.Context, caseID, from string) (string, error) {
		return link(caseID, from), sender.Reopen(ctx, d.state.DB, caseID)
	}
}

// sentActs gives the DPO's page what senders chose; nil where there is no page.
func (d *daemon) sentActs() func(context.Context, []string) (map[string]string, error) {
	if !d.cfg.Sender.On() {
		return nil
	}
	return func(ctx context.Context, ids []string) (map[string]string, error) {
		return sender.Acts(ctx, d.state.DB, ids)
	}
}

// serveSenders serves the senders' page.
func (d *daemon) serveSenders(ctx context.Context) error {
	cfg := d.cfg
	h, err := sender.New(sender.Config{
		Cases: d.service, Sender: d.service.Sender, Store: d.state.DB, Work: d.casework(), Links: d.senderLinks(cfg),
		Check: fieldcheck.Check, Tell: d.tellDPO, May: d.senderMay,
		Route: func(name string) bool { return d.live.Load().cfg.Site.Route(name) != nil },
		Copy:  d.copies.Get, Organisation: cfg.Site.Organisation, Contact: cfg.Notify.Contact, Log: d.log, TLS: cfg.Sender.TLSCertificate != "", Proxies: caller.Proxies(cfg.TrustedProxies),
	})
	if err != nil {
		return fmt.Errorf("senders' page: %w", err)
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 3 * time.Minute, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(d.log.Handler(), slog.LevelDebug)}
	go func() {
		<-ctx.Done()
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		_ = srv.Shutdown(stop)
	}()
	if err := d.serveWeb(srv, d.senders, cfg.Sender.TLSCertificate, cfg.Sender.TLSKey, "sender"); err != nil {
		return fmt.Errorf("senders' page: %w", err)
	}
	return nil
}

// tellDPO mails the DPO that a sender has written; without an address the case alone
// shows it.
func (d *daemon) tellDPO(ctx context.Context, caseID string, _ sender.Act) error {
	c := d.live.Load().cfg
	if c.DPO.Mail == "" || c.Notify.From == "" {
		return nil
	}
	text := "En afsender har skrevet om en mail i karantænen. Sagsnummer: " + caseID + "\n"
	if c.DPO.Page != "" {
		text += c.DPO.Page + "/sag/" + caseID + "\n"
	}
	return lanes.Mailer{Hop: lanes.NoticeHop(c), From: c.Notify.From}.Send(ctx, []string{c.DPO.Mail}, "Brevvagt: en afsender har skrevet", text)
}

// senderMay reports whether a rule, as it is set now, lets the sender release.
func (d *daemon) senderMay(rule string) bool {
	return slices.ContainsFunc(d.live.Load().pipeline.Rules, func(r policy.Definition) bool { return r.ID == rule && r.SenderMayRelease })
}
