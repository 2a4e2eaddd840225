package office

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"brevvagt/cmd/brevvagt/console"
	"brevvagt/cmd/brevvagt/state"
	"brevvagt/quarantine"
	"brevvagt/quarantine/register"
	"brevvagt/quarantine/review/paper"
)

// NewRegister is the command that works on the register of breaches.
func NewRegister() *cobra.Command {
	cmd := &cobra.Command{Use: "register", Short: "fortegnelse over brud: kladder og udtræk"}
	cmd.AddCommand(newRegisterList(), newRegisterShow(), newRegisterExport(), newRegisterYear(), newRegisterForm(), newRegisterNew(), newRegisterEdit(), newRegisterConfirm(), newRegisterImport())
	return cmd
}

func newRegisterList() *cobra.Command {
	var file string
	var year int
	cmd := &cobra.Command{
		Use: "list", Short: "vis kladderne", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return WithService(cmd, file, func(ctx context.Context, _ *state.State, svc *quarantine.Service) error {
				drafts, err := svc.Register().List(ctx, year)
				if err != nil {
					return err
				}
				for _, d := range drafts {
					console.Printf(cmd.OutOrStdout(), "%s  %s  %-18s %s\n", d.No, d.Registered.Local().Format("02.01.2006"), d.Status, oneLine(d.What))
				}
				return nil
			})
		},
	}
	console.ConfigFlag(cmd, &file)
	cmd.Flags().IntVar(&year, "year", 0, "år; 0 er alle")
	return cmd
}

func newRegisterShow() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use: "show NR", Short: "vis en kladde med alle 13 kolonner", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return WithService(cmd, file, func(ctx context.Context, _ *state.State, svc *quarantine.Service) error {
				d, err := svc.Register().Get(ctx, args[0])
				if err != nil {
					return fmt.Errorf("%s: %w", args[0], err)
				}
				printDraft(cmd.OutOrStdout(), svc.Register(), d)
				return nil
			})
		},
	}
	console.ConfigFlag(cmd, &file)
	return cmd
}

func printDraft(w io.Writer, reg *register.Register, d *register.Draft) {
	row := reg.Row(d)
	for i, title := range register.Columns() {
		console.Printf(w, "  %2d %-58s %s\n", i+1, title, oneLine(row[i]))
	}
}

func newRegisterExport() *cobra.Command {
	var file, format, output string
	var year int
	cmd := &cobra.Command{
		Use: "export", Short: "skriv fortegnelsen som XLSX, CSV (dansk Excel), PDF eller JSON", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !slices.Contains([]string{"csv", "xlsx", "json", "pdf"}, format) {
				return fmt.Errorf("--format %q is none of csv, xlsx, json, pdf", format)
			}
			if output == "" && (format == "xlsx" || format == "pdf") {
				return fmt.Errorf("-o FILE is required for %s", format)
			}
			return WithService(cmd, file, func(ctx context.Context, st *state.State, svc *quarantine.Service) error {
				drafts, err := svc.Register().List(ctx, year)
				if err != nil {
					return err
				}
				return writeTo(output, cmd.OutOrStdout(), func(w io.Writer) error {
					if format == "xlsx" {
						return svc.Register().WriteXLSX(w, drafts)
					}
					if format == "pdf" {
						about, err := aboutOf(ctx, file, st, svc)
						if err != nil {
							return err
						}
						return paper.Register(w, about, svc.Register(), drafts)
					}
					if format == "json" {
						head, err := st.SignedHead(ctx, svc)
						if err != nil {
							return err
						}
						return svc.Register().WriteJSON(w, drafts, head)
					}
					return svc.Register().WriteCSV(w, drafts)
				})
			})
		},
	}
	console.ConfigFlag(cmd, &file)
	cmd.Flags().StringVar(&format, "format", "csv", "csv, xlsx, json eller pdf")
	cmd.Flags().StringVarP(&output, "output", "o", "", "fil; ellers standard output")
	cmd.Flags().IntVar(&year, "year", 0, "år; 0 er alle")
	return cmd
}

// writeTo writes to a file, or to out when no path is given.
func writeTo(path string, out io.Writer, write func(io.Writer) error) error {
	if path == "" {
		return write(out)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
