package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/console"
	"brevvagt/cmd/brevvagt/lanes"
	"brevvagt/cmd/brevvagt/state"
	"brevvagt/detectors"
	"brevvagt/quarantine/proof"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/gateway/transport"
)

const (
	// promised is how long mail may still be under way: Postfix's queue lifetime of
	// five days, and one to be safe.
	promised = 6 * 24 * time.Hour
	// keepProofs is how long the proof of a way is kept.
	keepProofs = 180 * 24 * time.Hour
)

// newProver reads the operator's lists and ties them to DNS. A list that cannot be
// used is an error.
func newProver(cfg config.Config, own func(domain string) bool) (*transport.Prover, error) {
	lists, err := readLists(cfg)
	if err != nil {
		return nil, err
	}
	p := &transport.Prover{Own: own, Lists: lists}
	if cfg.Transport.Resolver != "" {
		p.DNS = &transport.Resolver{Addr: cfg.Transport.Resolver}
		if !cfg.Transport.NoMTASTS {
			p.Policies = &transport.Policies{Client: transport.NewClient()}
		}
	}
	return p, nil
}

func readLists(cfg config.Config) ([]*transport.List, error) {
	var lists []*transport.List
	var errs []error
	for _, path := range cfg.Transport.Lists {
		l, err := transport.ReadList(path)
		errs = append(errs, err)
		lists = append(lists, l)
	}
	return lists, errors.Join(errs...)
}

// transports opens what proves and enforces the way of a mail.
func (d *daemon) transports(cfg config.Config) (err error) {
	d.proofs = proof.Transports{DB: d.state.DB, Key: []byte(d.state.Key.Digest("transports"))}
	d.prover, err = newProver(cfg, func(domain string) bool { return d.live.Load().cfg.Site.Internal("x@" + domain) })
	if err != nil {
		return err
	}
	if cfg.Transport.PolicyListen == "" {
		return nil
	}
	if d.policies, err = net.Listen("tcp", cfg.Transport.PolicyListen); err != nil {
		return fmt.Errorf("transport: %w", err)
	}
	return nil
}

// proven reports whether the way to an address is encrypted for certain.
func (d *daemon) proven(address string) bool {
	return d.prover.Prove(context.Background(), policy.Domain(address)).Protected()
}

// servePolicies answers Postfix.
func (d *daemon) servePolicies(ctx context.Context) error {
	s := &transport.Server{
		Prover: d.prover, Unproven: transport.Unproven(d.cfg.Transport.Unproven), Log: d.log, Answered: d.metrics.PolicyAnswer,
		Promised: func(ctx context.Context, domain string) (string, error) {
			return d.proofs.Promised(ctx, domain, time.Now().Add(-promised))
		},
	}
	return lanes.Wrap("transport", s.Serve(ctx, d.policies))
}

// promise is the action that keeps how the domains of a mail with findings were to
// be reached, before the mail may leave.
type promise struct{ d *daemon }

func (p promise) Apply(ctx context.Context, _ scanner.Item, out *scanner.Outcome) error {
	if out.Verdict.Action.Rank() > policy.Warn.Rank() || len(out.Findings) == 0 || out.Document.Mail == nil {
		return nil
	}
	var list []proof.Transport
	for _, to := range out.To {
		domain := policy.Domain(to)
		if slices.ContainsFunc(list, func(t proof.Transport) bool { return t.Domain == domain }) {
			continue
		}
		if found := p.d.prover.Prove(ctx, domain); found.Protected() && found.Answer != "" {
			list = append(list, proof.Transport{Domain: domain, Method: string(found.Method), Source: found.Source, Answer: found.Answer, At: time.Now().UTC()})
		}
	}
	return p.d.proofs.Keep(ctx, out.Document.Mail.MessageID, list)
}

func newTransport() *cobra.Command {
	var file, message string
	cmd := &cobra.Command{
		Use: "transport [DOMÆNE...]", Short: "er vejen til et domæne bevist krypteret, og hvordan gik en mail",
		RunE: func(cmd *cobra.Command, domains []string) error {
			cfg, err := config.Load(file)
			if err != nil {
				return err
			}
			p, err := newProver(cfg, func(domain string) bool { return cfg.Site.Internal("x@" + domain) })
			if err != nil {
				return err
			}
			for _, domain := range domains {
				found := p.Prove(cmd.Context(), domain)
				console.Printf(cmd.OutOrStdout(), "%-30s %-9s %s  %s\n", detectors.RedactNumbers(found.Domain), found.Method, found.Source, found.Answer)
			}
			if message == "" {
				return nil
			}
			return showTransports(cmd, cfg, message)
		},
	}
	console.ConfigFlag(cmd, &file)
	cmd.Flags().StringVar(&message, "message", "", "Message-ID på en sendt mail: hvordan skulle dens domæner nås?")
	return cmd
}

func showTransports(cmd *cobra.Command, cfg config.Config, message string) error {
	st, err := state.Open(cmd.Context(), cfg.State, cfg.Database, true)
	if err != nil {
		return err
	}
	defer st.Close()
	list, err := (proof.Transports{DB: st.DB, Key: []byte(st.Key.Digest("transports"))}).Of(cmd.Context(), message)
	if err != nil {
		return err
	}
	for _, t := range list {
		console.Printf(cmd.OutOrStdout(), "%s  %-30s %-9s %s  %s\n", t.At.Local().Format("02.01.2006 15:04"), t.Domain, t.Method, t.Source, t.Answer)
	}
	console.Printf(cmd.OutOrStdout(), "%d domæner\n", len(list))
	return nil
}

// transport checks the lists and whether Postfix asks us.
func (d *doctor) transport(cfg config.Config, postconf func(key string) (string, error)) {
	lists, err := readLists(cfg)
	if err != nil {
		d.say(bad, "lister over sikre domæner", err.Error(), "docs/exchange.md, docs/postfix.md")
	}
	for i, l := range lists {
		if l == nil {
			continue
		}
		days := int(time.Until(l.Expires).Hours() / 24)
		m, state := good, fmt.Sprintf("%d domæner, %d gælder; udløber om %d dage", l.Len(), l.Left(time.Now()), days)
		if days < 0 {
			m, state = bad, "er udløbet: domænerne regnes ikke for sikre"
		} else if days < 30 || l.Left(time.Now()) < l.Len() {
			m = note
		}
		d.say(m, "liste over sikre domæner", cfg.Transport.Lists[i]+": "+state, "hent en ny liste hos "+l.Source)
	}
	if cfg.Transport.PolicyListen == "" {
		return
	}
	want := "socketmap:inet:" + cfg.Transport.PolicyListen
	if maps, err := postconf("smtp_tls_policy_maps"); err != nil || len(maps) < len(want) || maps[:len(want)] != want {
		d.say(bad, "Postfix", "smtp_tls_policy_maps spørger ikke brevvagt: krypteringen bliver ikke tvunget", "postconf 'smtp_tls_policy_maps="+want+":tlspolicy'")
	}
	if dns, _ := postconf("smtp_dns_support_level"); cfg.Transport.Resolver != "" && dns != "dnssec" {
		d.say(bad, "Postfix", "smtp_dns_support_level er ikke dnssec: mail til domæner med DANE bliver liggende", "postconf smtp_dns_support_level=dnssec")
	}
}
