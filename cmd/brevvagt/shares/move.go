package shares

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/console"
	"brevvagt/cmd/brevvagt/state"
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

// NewDB is the command that looks after the database of the scans.
func NewDB() *cobra.Command {
	cmd := &cobra.Command{Use: "db", Short: "databasen for scanning af fællesdrev"}
	var file string
	var dry bool
	move := &cobra.Command{
		Use: "move", Short: "flyt scanningens database fra SQLite til PostgreSQL", Args: cobra.NoArgs,
		Long: `Flytter alt, hvad scanningen af fællesdrev ved, fra scan.db i state-mappen til den
PostgreSQL, der står som database: i konfigurationen. Alt flyttes eller intet, og
antallene tælles efter på begge sider. Stop brevvagt først.

  brevvagt db move --dry-run    # tæl og se efter, skriv intet
  brevvagt db move`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(file)
			if err != nil {
				return err
			}
			// Claimed alone, so that no daemon runs or starts meanwhile.
			st, err := state.Open(cmd.Context(), cfg.State, false)
			if err != nil {
				return err
			}
			defer st.Close()
			return Move(cmd.Context(), cfg, dry, cmd.OutOrStdout())
		},
	}
	move.Flags().BoolVar(&dry, "dry-run", false, "tæl og se efter, skriv intet")
	console.ConfigFlag(move, &file)
	cmd.AddCommand(move)
	return cmd
}
