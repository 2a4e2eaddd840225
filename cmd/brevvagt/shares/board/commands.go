package board

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/console"
	"brevvagt/cmd/brevvagt/shares"
	keeping "brevvagt/cmd/brevvagt/state"
	"brevvagt/internal/safefile"
	"brevvagt/scanner/source/share/report"
)

type do func(ctx context.Context, cmd *cobra.Command, s *shares.Shares, names []string) error

// looking is a command that only looks into the database of the scans.
func looking(use, short string, do do) *cobra.Command {
	var file string
	cmd := &cobra.Command{Use: use, Short: short, RunE: func(cmd *cobra.Command, args []string) error {
		cfg, err := config.Load(file)
		if err != nil {
			return err
		}
		s, err := shares.Open(cmd.Context(), cfg, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		defer s.Close()
		return do(cmd.Context(), cmd, s, args)
	}}
	console.ConfigFlag(cmd, &file)
	return cmd
}

// Commands are those that look at the shares and pause them.
func Commands() []*cobra.Command {
	return []*cobra.Command{
		looking("status", "vis hvor langt hvert fællesdrev er", func(ctx context.Context, cmd *cobra.Command, s *shares.Shares, _ []string) error {
			return s.Status(ctx, cmd.OutOrStdout())
		}),
		looking("pause [NAVN...]", "stop scanningen, i alle processer", func(ctx context.Context, cmd *cobra.Command, s *shares.Shares, names []string) error {
			return s.Pause(ctx, names, true, cmd.OutOrStdout())
		}),
		looking("resume [NAVN...]", "fortsæt scanningen", func(ctx context.Context, cmd *cobra.Command, s *shares.Shares, names []string) error {
			return s.Pause(ctx, names, false, cmd.OutOrStdout())
		}),
		newSummary(),
	}
}

// newSummary shows the mails that would be sent now.
func newSummary() *cobra.Command {
	var file string
	cmd := &cobra.Command{Use: "summary", Short: "vis de mails om fællesdrevene, der ville blive sendt nu; sender intet", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		cfg, err := config.Load(file)
		if err != nil {
			return err
		}
		if cfg.Summaries.When == "" {
			return errors.New("the configuration has no summaries.when: no mails are sent")
		}
		st, err := keeping.Open(cmd.Context(), cfg.State, cfg.Database, true)
		if err != nil {
			return err
		}
		defer st.Close()
		s, err := shares.Open(cmd.Context(), cfg, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		defer s.Close()
		sum := &Summaries{Shares: s, Config: cfg, Store: st.DB, Key: st.Key}
		letters, err := sum.Letters(cmd.Context(), time.Now(), sum.people())
		if err != nil {
			return err
		}
		for _, l := range letters {
			console.Printf(cmd.OutOrStdout(), "Til: %s\nEmne: %s\n\n%s\n", l.To, l.Subject, l.Text)
		}
		console.Printf(cmd.OutOrStdout(), "%d mails\n", len(letters))
		return nil
	}}
	console.ConfigFlag(cmd, &file)
	return cmd
}

// NewReport is the command that tells what lies on the shares.
func NewReport() *cobra.Command {
	var format, file string
	cmd := looking("report [NAVN...]", "hvad ligger der på fællesdrevene: hvor mange personer, hvem kan læse det, hvad er nyt", func(ctx context.Context, cmd *cobra.Command, s *shares.Shares, names []string) error {
		r, err := s.Report(ctx, names, report.Want{})
		if err != nil {
			return err
		}
		write := map[string]func(io.Writer) error{"table": r.Table, "csv": r.CSV, "xlsx": r.XLSX}[format]
		switch {
		case write == nil:
			return fmt.Errorf("--format %q is none of table, csv, xlsx", format)
		case file == "" && format == "xlsx":
			return fmt.Errorf("--format xlsx needs -o FILE")
		case file == "":
			return write(cmd.OutOrStdout())
		}
		var out bytes.Buffer
		if err := write(&out); err != nil {
			return err
		}
		_, err = safefile.Write(file, &out)
		return err
	})
	cmd.Long = `Viser, hvad der ligger på fællesdrevene efter den seneste scanning. Det værste står
øverst: antal personer gange hvem der kan læse filen gange hvor gammel den er.
Numre er maskeret.

  brevvagt report                                  # overblik
  brevvagt report --format xlsx -o faellesdrev.xlsx
  brevvagt report --format csv -o faellesdrev.csv  # til dansk Excel`
	cmd.Flags().StringVar(&format, "format", "table", "table, csv eller xlsx")
	cmd.Flags().StringVarP(&file, "output", "o", "", "skriv til denne fil")
	return cmd
}
