package shares

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/console"
	"brevvagt/internal/carry"
	"brevvagt/internal/store"
	"brevvagt/scanner/source/share/move"
	"brevvagt/scanner/source/share/seal"
	scans "brevvagt/scanner/source/share/state"
)

// Move carries the databases in the state folder into the PostgreSQL of the
// configuration, the cases first, and writes the counts to w.
func Move(ctx context.Context, cfg config.Config, dryRun bool, w io.Writer) error {
	if cfg.Database == "" {
		return errors.New("the configuration has no database: add its address (database: postgres://…) first")
	}
	counts, err := store.Move(ctx, filepath.Join(cfg.State, "brevvagt.db"), cfg.Database, dryRun, nil)
	if errors.Is(err, store.ErrMoved) {
		err = nil // an earlier run was cut off between the two
	}
	if err != nil {
		return fmt.Errorf("sager: %w", err)
	}
	scans, err := moveScans(ctx, cfg, dryRun)
	if err != nil {
		return fmt.Errorf("scanning: %w", err)
	}
	verb := "flyttet"
	if dryRun {
		verb = "ville blive flyttet"
	}
	for _, c := range append(counts, scans...) {
		fmt.Fprintf(w, "%-18s %9d rækker %s\n", c.Table, c.Rows, verb)
	}
	if !dryRun {
		fmt.Fprintln(w, "Antallene er talt efter i PostgreSQL. Start brevvagt igen.")
	}
	return nil
}

// moveScans carries the database of the scans, where there is one.
func moveScans(ctx context.Context, cfg config.Config, dryRun bool) ([]carry.Count, error) {
	from := filepath.Join(cfg.State, "scan.db")
	if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	keys, err := seal.OpenKeys(filepath.Join(cfg.State, "scan.key"))
	if err != nil {
		return nil, err
	}
	counts, err := move.Run(ctx, move.Options{From: from, To: cfg.Database, Keys: keys, DryRun: dryRun})
	if errors.Is(err, scans.ErrMoved) {
		err = nil
	}
	return counts, err
}

// NewDB is the command that looks after the databases.
func NewDB() *cobra.Command {
	cmd := &cobra.Command{Use: "db", Short: "databasen med sager og scanninger"}
	var file string
	var dry bool
	move := &cobra.Command{
		Use: "move", Short: "flyt sager og scanninger fra SQLite til PostgreSQL", Args: cobra.NoArgs,
		Long: `Flytter sager, fortegnelse, revisionsspor og konti (brevvagt.db) og det, scanningen af
fællesdrev ved (scan.db), fra state-mappen til den PostgreSQL, der står som database: i
konfigurationen. Hver database flyttes helt eller slet ikke, og antallene tælles efter
på begge sider. De forseglede originaler og nøglerne bliver i mappen. Stop brevvagt først.

  brevvagt db move --dry-run    # tæl og se efter, skriv intet
  brevvagt db move`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(file)
			if err != nil {
				return err
			}
			return Move(cmd.Context(), cfg, dry, cmd.OutOrStdout())
		},
	}
	move.Flags().BoolVar(&dry, "dry-run", false, "tæl og se efter, skriv intet")
	console.ConfigFlag(move, &file)
	cmd.AddCommand(move)
	return cmd
}
