package main

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"brevvagt/cmd/brevvagt/shares"
	"brevvagt/internal/safefile"
)

func newReport() *cobra.Command {
	var format, file string
	cmd := sharesCommand("report [NAVN...]", "hvad ligger der på fællesdrevene: hvor mange personer, hvem kan læse det, hvad er nyt", func(ctx context.Context, cmd *cobra.Command, s *shares.Shares, names []string) error {
		r, err := s.Report(ctx, names)
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
