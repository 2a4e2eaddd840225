package main

import (
	"github.com/spf13/cobra"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/console"
	"brevvagt/cmd/brevvagt/shares"
	"brevvagt/cmd/brevvagt/state"
)

func newDB() *cobra.Command {
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
			return shares.Move(cmd.Context(), cfg, dry, cmd.OutOrStdout())
		},
	}
	move.Flags().BoolVar(&dry, "dry-run", false, "tæl og se efter, skriv intet")
	console.ConfigFlag(move, &file)
	cmd.AddCommand(move)
	return cmd
}
