package shares

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/scanner/source/share/move"
	"brevvagt/scanner/source/share/seal"
)

// Move carries the database of the scans from the state folder into the PostgreSQL of
// the configuration, and writes the counts to w.
func Move(ctx context.Context, cfg config.Config, dryRun bool, w io.Writer) error {
	if cfg.Database == "" {
		return errors.New("the configuration has no database: add its address (database: postgres://…) first")
	}
	keys, err := seal.OpenKeys(filepath.Join(cfg.State, "scan.key"))
	if err != nil {
		return err
	}
	counts, err := move.Run(ctx, move.Options{From: filepath.Join(cfg.State, "scan.db"), To: cfg.Database, Keys: keys, DryRun: dryRun})
	if err != nil {
		return err
	}
	verb := "flyttet"
	if dryRun {
		verb = "ville blive flyttet"
	}
	for _, c := range counts {
		fmt.Fprintf(w, "%-16s %9d rækker %s\n", c.Table, c.Rows, verb)
	}
	if !dryRun {
		fmt.Fprintln(w, "Antallene er talt efter i PostgreSQL. Start brevvagt igen.")
	}
	return nil
}
