package main

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"brevvagt/cmd/brevvagt/cases"
	"brevvagt/cmd/brevvagt/console"
	"brevvagt/cmd/brevvagt/report"
	"brevvagt/detectors"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
)

func newPolicy() *cobra.Command {
	var site string
	cmd := &cobra.Command{Use: "policy", Short: "reglerne: se dem, og prøv dem på en tabel af mails"}
	cmd.PersistentFlags().StringVar(&site, "site", "", "fil med oplysninger om organisationen (YAML eller JSON)")
	cmd.AddCommand(&cobra.Command{
		Use: "list", Short: "de regler, der gælder, med handling", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, _, err := scanOptions{Site: site}.resolve()
			if err != nil {
				return err
			}
			j, err := newJudging(s, detectors.RandomKey())
			if err != nil {
				return placed(site, "", err)
			}
			listRules(cmd.OutOrStdout(), j.rules)
			return nil
		},
	}, &cobra.Command{
		Use: "test FILE", Short: "prøv reglerne på en tabel af mails; 1, når én ikke går som ventet", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, _, err := scanOptions{Site: site}.resolve()
			if err != nil {
				return err
			}
			return placed(site, "", runPolicyTest(cmd, s, args[0]))
		},
	})
	return cmd
}

func listRules(w io.Writer, rules []policy.Definition) {
	for _, r := range rules {
		note := ""
		if r.Approvers > 1 {
			note = fmt.Sprintf("  (%d godkender)", r.Approvers)
		}
		if r.DryRun {
			note += "  (prøvekørsel)"
		}
		console.Printf(w, "%-10s %-22s %s%s\n", report.ActionWord(r.Action), r.ID, r.Title, note)
	}
}

// ruleIDs are the ids of rules, sorted, each once.
func ruleIDs(rules []policy.Definition) []string {
	var ids []string
	for _, r := range rules {
		ids = append(ids, r.ID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func runPolicyTest(cmd *cobra.Command, site policy.Site, path string) error {
	table, err := cases.Load(path)
	if err != nil {
		return err
	}
	o := engineOptions{Site: site, Workers: 1}
	if table.AsOf != "" {
		if o.AsOf, err = time.Parse(time.DateOnly, table.AsOf); err != nil {
			return err // Load has looked
		}
	}
	eng, err := newEngine(o)
	if err != nil {
		return err
	}
	defer eng.Close()
	if err := table.CheckRules(ruleIDs(eng.pipeline.Rules)); err != nil {
		return err
	}
	failed := 0
	for i := range table.Cases {
		c := &table.Cases[i]
		raw, err := table.Message(c)
		if err != nil {
			return fmt.Errorf("case %q: %w", c.Name, err)
		}
		out, err := eng.pipeline.Handle(cmd.Context(), scanner.Item{ID: c.Name, Name: c.Name + ".eml", From: c.From, To: c.To, Content: raw})
		if err != nil {
			return err
		}
		word, wrong := "ok", c.Wrong(out.Verdict)
		if wrong != "" {
			word = "FEJL"
			failed++
		}
		console.Printf(cmd.OutOrStdout(), "%-5s %-10s %s\n", word, report.ActionWord(out.Verdict.Action), c.Name)
		if wrong != "" {
			console.Printf(cmd.OutOrStdout(), "      %s\n", wrong)
			for _, r := range out.Verdict.Rules {
				console.Printf(cmd.OutOrStdout(), "      - %s (%s)\n", r.Text, r.ID)
			}
		}
	}
	console.Printf(cmd.OutOrStdout(), "\n%d af %d gik som ventet\n", len(table.Cases)-failed, len(table.Cases))
	if failed > 0 {
		return exitStopped
	}
	return nil
}
