package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/console"
	"brevvagt/cmd/brevvagt/mailbox"
	"brevvagt/cmd/brevvagt/office"
	"brevvagt/cmd/brevvagt/state"
	"brevvagt/scanner"
	source "brevvagt/scanner/source/mailbox"
)

// judgeMailbox is the handler of mailboxes.
func (d *daemon) judgeMailbox(ctx context.Context, it scanner.Item) (scanner.Outcome, error) {
	out, err := mailbox.Judge(ctx, *d.live.Load().pipeline, d.service, it)
	if err != nil {
		return out, err
	}
	d.count(it, out)
	d.log.Info("scanned", "source", it.Source, "verdict", out.Verdict.Action, "rule", ruleID(out), "case", out.CaseID,
		"persons", len(out.Subjects), "gaps", len(out.Gaps), "bytes", len(it.Content), "ms", out.Took.Milliseconds())
	return out, nil
}

func newMailbox() *cobra.Command {
	cmd := &cobra.Command{Use: "mailbox", Short: "postkasser, der overvåges over IMAP: kontrol og tilstand"}
	cmd.AddCommand(newMailboxSub("check", "log ind i hver postkasse og vis, hvilke mapper der overvåges; ændrer intet", mailbox.Check),
		newMailboxSub("status", "vis, hvordan det går med hver postkasse", mailbox.Status))
	return cmd
}

func newMailboxSub(use, short string, run func(context.Context, *source.Watch) ([]mailbox.Line, error)) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use: use, Short: short, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return office.WithState(cmd, file, func(cfg config.Config, st *state.State) error {
				w, err := mailbox.Open(cfg, st.DB, st.Key, slog.New(slog.DiscardHandler))
				if err != nil {
					return err
				}
				if len(w.Accounts) == 0 {
					console.Printf(cmd.OutOrStdout(), "ingen postkasser er sat op (mailboxes i %s)\n", file)
					return nil
				}
				lines, err := run(cmd.Context(), w)
				if err != nil {
					return err
				}
				if bad := mailbox.Print(cmd.OutOrStdout(), lines); bad > 0 {
					return fmt.Errorf("%d af %d postkasser skal ses efter", bad, len(lines))
				}
				return nil
			})
		},
	}
	console.ConfigFlag(cmd, &file)
	return cmd
}

// mailboxes checks each account.
func (d *doctor) mailboxes(ctx context.Context, cfg config.Config, st *state.State) {
	w, err := mailbox.Open(cfg, st.DB, st.Key, slog.New(slog.DiscardHandler))
	var lines []mailbox.Line
	if err == nil {
		lines, err = mailbox.Check(ctx, w)
	}
	if err != nil {
		d.say(bad, "postkasser", err.Error(), "docs/postkasser.md")
	}
	for _, l := range lines {
		m := good
		if l.Bad {
			m = bad
		}
		d.say(m, "postkasse "+l.Account, l.Text, "docs/postkasser.md")
	}
}
