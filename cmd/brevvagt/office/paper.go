package office

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/console"
	"brevvagt/cmd/brevvagt/state"
	"brevvagt/quarantine"
	"brevvagt/quarantine/register"
	"brevvagt/quarantine/review/paper"
	"brevvagt/quarantine/review/words"
	"brevvagt/quarantine/stats"
)

// aboutOf is what stands on every paper of an installation.
func aboutOf(ctx context.Context, file string, st *state.State, svc *quarantine.Service) (paper.About, error) {
	cfg, err := config.Load(file)
	if err != nil {
		return paper.About{}, err
	}
	head, err := st.SignedHead(ctx, svc)
	return paper.About{Lang: words.Danish, Organisation: cfg.Site.Organisation, Head: head, Now: time.Now()}, err
}

func newRegisterYear() *cobra.Command {
	var file, output string
	var year int
	cmd := &cobra.Command{
		Use: "report", Short: "årsrapporten som PDF: hvad der blev standset, afgjort og registreret", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if output == "" {
				return errors.New("-o FILE is required")
			}
			return WithService(cmd, file, func(ctx context.Context, st *state.State, svc *quarantine.Service) error {
				y, err := stats.Of(ctx, st.DB, year, svc.Register().Zone())
				if err != nil {
					return err
				}
				about, err := aboutOf(ctx, file, st, svc)
				if err != nil {
					return err
				}
				return writeTo(output, io.Discard, func(w io.Writer) error { return paper.Year(w, about, y) })
			})
		},
	}
	console.ConfigFlag(cmd, &file)
	cmd.Flags().IntVar(&year, "year", time.Now().Year(), "år")
	cmd.Flags().StringVarP(&output, "output", "o", "", "fil")
	return cmd
}

// printCase writes a case as PDF, masked as on the page.
func printCase(ctx context.Context, file string, st *state.State, svc *quarantine.Service, id, output string) error {
	c, err := svc.Get(ctx, id)
	if err != nil {
		return fmt.Errorf("%s: %w", id, err)
	}
	p := paper.CasePapers{Case: c}
	if p.History, err = svc.History(ctx, id); err != nil {
		return err
	}
	if p.Draft, err = svc.Register().ByCase(ctx, id); err != nil && !errors.Is(err, register.ErrNotFound) {
		return err
	}
	about, err := aboutOf(ctx, file, st, svc)
	if err != nil {
		return err
	}
	return writeTo(output, io.Discard, func(w io.Writer) error { return paper.Case(w, about, svc.Register(), p) })
}
