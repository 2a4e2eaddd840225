package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"brevvagt/cmd/brevvagt/canary"
	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/console"
	"brevvagt/cmd/brevvagt/lanes"
	"brevvagt/cmd/brevvagt/office"
	"brevvagt/cmd/brevvagt/state"
	"brevvagt/internal/store"
	"brevvagt/quarantine"
	"brevvagt/quarantine/proof"
	"brevvagt/scanner/source/gateway/relay"
)

// canaryWay is the one way that is tried: mail through the configured server.
const canaryWay = "mail"

func newCanary() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use: "canary", Short: "send en prøvemail med et konstrueret CPR-nummer og se, at den bliver standset", Args: cobra.NoArgs,
		Long: `Sender en prøvemail med et konstrueret CPR-nummer gennem mailserveren, som enhver
anden mail, venter på dens sag i karantænen og lukker sagen igen. Afslutter med 0,
når den blev standset, og med 1 (alarm), når den ikke blev.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(file)
			if err != nil {
				return err
			}
			return office.WithService(cmd, file, func(ctx context.Context, st *state.State, svc *quarantine.Service) error {
				r, err := sendCanary(ctx, cfg, st, svc)
				if err == nil {
					console.Printf(cmd.OutOrStdout(), "standset på %d ms, sag %s er lukket igen\n", r.Took.Milliseconds(), r.CaseID)
					return nil
				}
				console.Printf(cmd.ErrOrStderr(), "ALARM: prøvemailen er ikke bevist standset: %v\n", err)
				return exitStopped
			})
		},
	}
	console.ConfigFlag(cmd, &file)
	return cmd
}

// sendCanary sends one and keeps the result.
func sendCanary(ctx context.Context, cfg config.Config, st *state.State, svc *quarantine.Service) (canary.Result, error) {
	if cfg.Canary.From == "" {
		return canary.Result{}, errors.New("canary.from is not set")
	}
	hop := &relay.Hop{Addr: cfg.CanarySMTP(), Helo: cfg.Gateway.SMTP.Hostname}
	if config.Loopback(hop.Addr) {
		hop.TLS = relay.None
	}
	c := canary.Canary{Key: st.Key, Hop: hop, From: cfg.Canary.From, To: cfg.Canary.To, Within: time.Duration(cfg.Canary.Within), Cases: svc}
	r, err := c.Run(ctx)
	now := time.Now().UTC()
	if err != nil {
		return r, errors.Join(err, proof.Failed(ctx, st.DB, canaryWay, err.Error(), now))
	}
	return r, proof.Held(ctx, st.DB, canaryWay, r.CaseID, now)
}

// LastCanary is when the way of a mail was last proven, for the review page.
func LastCanary(ctx context.Context, db *store.DB) (proof.Canary, error) {
	return proof.LastCanary(ctx, db, canaryWay)
}

// canaries sends one after the other, as often as the configuration in force says.
func (d *daemon) canaries(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var last time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		cfg := d.live.Load().cfg
		every := time.Duration(cfg.Canary.Every)
		if every == 0 || !d.started.Load() || time.Since(last) < every {
			continue
		}
		last = time.Now()
		d.oneCanary(ctx, cfg)
	}
}

func (d *daemon) oneCanary(ctx context.Context, cfg config.Config) {
	r, err := sendCanary(ctx, cfg, d.state, d.service)
	switch {
	case err == nil:
		d.metrics.Canary("held")
		d.metrics.Proven(time.Now())
		d.log.Info("canary held", "case", r.CaseID, "ms", r.Took.Milliseconds())
		return
	case ctx.Err() != nil:
		return // we are being stopped
	case errors.Is(err, canary.ErrNotHeld):
		d.metrics.Canary("not-held")
	default:
		d.metrics.Canary("error")
	}
	d.log.Error("ALARM: the canary mail is not proven held", "error", err)
	if cfg.Canary.AlarmTo == "" || cfg.Notify.From == "" {
		return
	}
	n := relay.Notice{From: cfg.Notify.From, To: cfg.Canary.AlarmTo, Kind: relay.Alarm, Help: cfg.Notify.Contact, Sent: time.Now(),
		Reason: fmt.Sprintf("Prøvemailen er ikke bevist standset: %v. Kontroller med: brevvagt doctor", err), English: "Check with: brevvagt doctor"}
	if err := n.Send(ctx, lanes.NoticeHop(cfg)); err != nil {
		d.log.Error("the alarm cannot be mailed", "error", err)
	}
}
