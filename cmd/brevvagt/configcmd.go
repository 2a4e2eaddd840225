package main

import (
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/console"
	"brevvagt/cmd/brevvagt/lanes"
	"brevvagt/cmd/brevvagt/state"
	"brevvagt/detectors"
	"brevvagt/internal/fault"
)

func newConfig() *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "konfigurationsfilen"}
	cmd.AddCommand(&cobra.Command{
		Use:   "check FILE",
		Short: "læs konfigurationen og sig alt, hvad der er galt, med linje",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := config.Load(args[0])
			if err != nil {
				return err
			}
			if _, err := newJudging(cfg.Site, detectors.RandomKey()); err != nil {
				if fault.Known(err) {
					return placed(args[0], "site", err)
				}
				return fmt.Errorf("%s: site: %w", args[0], err)
			}
			if _, err := lanes.Routes(cfg, slog.New(slog.DiscardHandler)); err != nil {
				return fmt.Errorf("%s: site: %w", args[0], err)
			}
			if there, err := state.Check(cmd.Context(), cfg.State, cfg.Database, cfg.Vault.Recipients); err != nil {
				return err
			} else if !there {
				console.Printf(cmd.OutOrStdout(), "Der er ingen karantæne i %s endnu: lav dens nøgler med %s\n", cfg.State, state.SetUpHint)
			}
			console.Printf(cmd.OutOrStdout(), "%s er i orden: %d egne domæner, %d partnere, milter %s, SMTP %s, side %s, afsenderens side %s\n", args[0],
				len(cfg.Site.InternalDomains), len(cfg.Site.PartnerDomains), onOff(cfg.Gateway.Milter.Listen),
				onOff(cfg.Gateway.SMTP.Listen), onOff(cfg.Review.Listen), onOff(cfg.Sender.Page))
			return nil
		},
	})
	return cmd
}

func onOff(listen string) string {
	if listen == "" {
		return "fra"
	}
	return listen
}
