package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/console"
	"brevvagt/cmd/brevvagt/shares"
	"brevvagt/cmd/brevvagt/shares/board"
	"brevvagt/cmd/brevvagt/state"
	"brevvagt/document"
	"brevvagt/scanner/source/letters"
)

func newShares() *cobra.Command {
	cmd := &cobra.Command{Use: "shares", Short: "fællesdrev: scan nu, vis tilstand, sæt på pause"}
	cmd.AddCommand(board.Commands()...)
	cmd.AddCommand(
		sharesWork("run [NAVN...]", "scan nu, uanset tidsplanen; kun nye og ændrede filer læses", func(ctx context.Context, cmd *cobra.Command, h *helper, names []string) error {
			s, err := h.worker.Open(ctx, h.cfg)
			if err != nil {
				return err
			}
			defer s.Close()
			return s.Run(ctx, names, cmd.OutOrStdout())
		}),
		newSharesWork(),
	)
	return cmd
}

func newSharesWork() *cobra.Command {
	return sharesWork("work", "hjælp med scanningen fra denne proces, til den standses", func(ctx context.Context, _ *cobra.Command, h *helper, _ []string) error {
		return h.worker.Help(ctx, h.cfg, h.reload)
	})
}

// serveOnly is the part of the daemon that --only names.
func serveOnly(cmd *cobra.Command, part, file string) error {
	if part != "worker" {
		return fmt.Errorf("--only %q is not known: worker is the only part that runs alone", part)
	}
	work := newSharesWork()
	work.SetContext(cmd.Context())
	work.SetOut(cmd.OutOrStdout())
	if err := work.Flags().Set("config", file); err != nil {
		return err
	}
	return work.RunE(work, nil)
}

// sharesWork is a subcommand that reads files, beside a daemon or without one.
func sharesWork(use, short string, do func(context.Context, *cobra.Command, *helper, []string) error) *cobra.Command {
	var file string
	cmd := &cobra.Command{Use: use, Short: short, RunE: func(cmd *cobra.Command, args []string) error {
		cfg, err := config.Load(file)
		if err != nil {
			return err
		}
		log, _, err := newLogger(cfg.Log, os.Stderr)
		if err != nil {
			return err
		}
		st, err := state.Open(cmd.Context(), cfg.State, cfg.Database, true)
		if err != nil {
			return err
		}
		defer st.Close()
		readings, err := openSeen(cfg, st.Key) // a picture that was read needs no OCR for new rules
		if err != nil {
			log.Warn("readings are not kept on disk", "error", err)
		}
		eng, err := newEngine(engineOptions{Seen: readings, Site: cfg.Site, NoOCR: cfg.OCR.Off, Workers: orCPUs(cfg.OCR.Workers), Key: st.Key,
			PDFCache: filepath.Join(cfg.State, "cache", "pdf"), DeepTime: time.Duration(cfg.Gateway.DeepBudget), Limits: document.Limits{}})
		if err != nil {
			return err
		}
		defer eng.Close()
		files := &shares.Keeper{Log: log}
		if shares.AnySeized(cfg) {
			if files.Service, err = st.Service(cmd.Context(), state.Keeping{Recipients: cfg.Vault.Recipients, Units: cfg.DPO.Units, UnitsFile: cfg.DPO.UnitsFile}, nil, log); err != nil {
				return err
			}
		}
		w := shares.Worker{Pipeline: eng.pipeline, Files: files, Version: version, Log: log, Letters: letters.Judge}
		return do(cmd.Context(), cmd, &helper{file: file, cfg: cfg, worker: w, key: st.Key}, args)
	}}
	console.ConfigFlag(cmd, &file)
	return cmd
}
