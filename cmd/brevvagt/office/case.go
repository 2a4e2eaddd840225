// Package office is the work of the DPO and the case workers on the terminal: cases,
// the register of breaches, the ledger and their accounts.
package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/console"
	"brevvagt/cmd/brevvagt/lanes"
	"brevvagt/cmd/brevvagt/mailbox"
	"brevvagt/cmd/brevvagt/report"
	"brevvagt/cmd/brevvagt/state"
	"brevvagt/quarantine"
	"brevvagt/scanner/memory"
)

// NewCase is the command that shows and decides cases.
func NewCase() *cobra.Command {
	cmd := &cobra.Command{Use: "case", Short: "sager i karantæne: vis, frigiv, afvis"}
	cmd.AddCommand(newCaseList(), newCaseShow(), newCaseDecide("release", "frigiv en sag til modtagerne"),
		newCaseDecide("reject", "afvis en sag; afsender får besked"), newCaseForget(), newCaseExport(), newCaseVerify())
	return cmd
}

// WithState runs f on the state of a configuration, beside a daemon.
func WithState(cmd *cobra.Command, file string, f func(config.Config, *state.State) error) error {
	cfg, err := config.Load(file)
	if err != nil {
		return err
	}
	st, err := state.Open(cmd.Context(), cfg.State, cfg.Database, true)
	if err != nil {
		return err
	}
	defer st.Close()
	return f(cfg, st)
}

// WithService runs f on the quarantine of a configuration, beside a daemon.
func WithService(cmd *cobra.Command, file string, f func(context.Context, *state.State, *quarantine.Service) error) error {
	return WithState(cmd, file, func(cfg config.Config, st *state.State) error {
		log := slog.New(slog.DiscardHandler)
		ways, err := lanes.New(cfg, log)
		if err != nil {
			return err
		}
		ways.Stamp(cfg, st.Key)
		releasers := lanes.Remembering(ways.Releasers(cfg), func(ctx context.Context, c *quarantine.Case) {
			if !cfg.Memory.Off {
				_ = memory.MarkReleased(ctx, lanes.OpenMemory, lanes.MemoryPath(cfg), lanes.MemoryOptions(cfg, st.Key), c.MessageID, c.PlainSHA256)
			}
		})
		boxes, err := mailbox.Open(cfg, st.DB, st.Key, log)
		if err != nil {
			return err
		}
		svc, err := st.Service(cmd.Context(), state.Keeping{Recipients: cfg.Vault.Recipients}, mailbox.Releasing(releasers, boxes), log)
		if err != nil {
			return err
		}
		defer ways.Settle()
		return f(cmd.Context(), st, svc)
	})
}

func newCaseList() *cobra.Command {
	var file, format string
	var all bool
	cmd := &cobra.Command{
		Use: "list", Short: "vis det, der venter", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return WithService(cmd, file, func(ctx context.Context, _ *state.State, svc *quarantine.Service) error {
				filter := quarantine.Filter{States: []quarantine.State{quarantine.Held, quarantine.Releasing, quarantine.Rejecting}}
				if all {
					filter.States = nil
				}
				if format == "jsonl" {
					return listCasesJSON(ctx, svc, filter, cmd.OutOrStdout())
				}
				return listCases(ctx, svc, filter, cmd.OutOrStdout())
			})
		},
	}
	console.ConfigFlag(cmd, &file)
	cmd.Flags().BoolVar(&all, "all", false, "også afgjorte sager")
	cmd.Flags().StringVar(&format, "format", "table", "table eller jsonl")
	return cmd
}

func listCases(ctx context.Context, svc *quarantine.Service, filter quarantine.Filter, w io.Writer) error {
	cases, total, err := svc.List(ctx, filter)
	if err != nil {
		return err
	}
	for _, c := range cases {
		console.Printf(w, "%s  %-9s %s  %s -> %s  kladde %s  %s\n", c.ID, statusDa(c), c.HeldAt.Local().Format("02.01.2006 15:04"),
			report.Dash(c.From), report.Some(c.To, 2), c.DraftNo, firstRule(c))
	}
	console.Printf(w, "%d af %d sager\n", len(cases), total)
	return nil
}

// listCasesJSON writes every case as a line, for other programs.
func listCasesJSON(ctx context.Context, svc *quarantine.Service, filter quarantine.Filter, w io.Writer) error {
	filter.Limit = 1000
	for ; ; filter.Offset += filter.Limit {
		cases, _, err := svc.List(ctx, filter)
		if err != nil {
			return err
		}
		for _, c := range cases {
			line := map[string]any{"id": c.ID, "state": c.State, "source": c.Source, "item": c.ItemID, "from": c.From, "to": c.To,
				"held_at": c.HeldAt, "draft": c.DraftNo, "left": c.Left, "rules": c.Rules, "persons": c.Persons, "numbers": c.Numbers}
			if err := json.NewEncoder(w).Encode(line); err != nil {
				return err
			}
		}
		if len(cases) < filter.Limit {
			return nil
		}
	}
}

func firstRule(c *quarantine.Case) string {
	if len(c.Rules) == 0 {
		return ""
	}
	return c.Rules[0].Danish
}

// statusDa is the state of a case. A mail that had left before it was seen is in no
// quarantine: nothing of it is held back.
func statusDa(c *quarantine.Case) string {
	if c.Left && c.State == quarantine.Held {
		return "sendt"
	}
	return stateDa(c.State)
}

func stateDa(s quarantine.State) string {
	words := map[quarantine.State]string{
		quarantine.Held: "karantæne", quarantine.Releasing: "frigives", quarantine.Rejecting: "afvises",
		quarantine.Released: "frigivet", quarantine.Rejected: "afvist", quarantine.Expired: "udløbet", quarantine.Gone: "forsvundet",
	}
	if w, ok := words[s]; ok {
		return w
	}
	return string(s)
}

func newCaseShow() *cobra.Command {
	var file, pdf string
	cmd := &cobra.Command{
		Use: "show ID", Short: "vis en sag med fund, kladde og historik", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return WithService(cmd, file, func(ctx context.Context, st *state.State, svc *quarantine.Service) error {
				if pdf != "" {
					return printCase(ctx, file, st, svc, args[0], pdf)
				}
				return showCase(ctx, svc, args[0], cmd.OutOrStdout())
			})
		},
	}
	console.ConfigFlag(cmd, &file)
	cmd.Flags().StringVar(&pdf, "pdf", "", "skriv sagen som PDF til denne fil i stedet")
	return cmd
}

func showCase(ctx context.Context, svc *quarantine.Service, id string, w io.Writer) error {
	c, err := svc.Get(ctx, id)
	if err != nil {
		return fmt.Errorf("%s: %w", id, err)
	}
	console.Printf(w, "Sag %s: %s\n  fra %s til %s\n  emne: %s\n  modtaget %s\n", c.ID, statusDa(c), report.Dash(c.From), report.Some(c.To, 5),
		c.Subject, c.Received.Local().Format("02.01.2006 15:04:05"))
	sent, held, err := svc.Runs().Count(ctx, c.Runs)
	if err != nil {
		return err
	}
	if sent+held > 1 {
		console.Printf(w, "  del af en kørsel: %d sendt, %d tilbageholdt\n", sent, held)
	}
	for _, r := range c.Rules {
		console.Printf(w, "  - %s (%s)\n", r.Danish, r.ID)
	}
	for _, e := range c.Evidence {
		console.Printf(w, "    …%s[%s]%s…  %s\n", oneLine(e.Before), e.Match, oneLine(e.After), e.Path)
	}
	for _, g := range c.Gaps {
		console.Printf(w, "    ikke læst: %s\n", g)
	}
	if c.Canary {
		console.Printf(w, "\nEn prøvemail (kanarie): ingen kladde i fortegnelsen\n")
	} else {
		d, err := svc.Draft(ctx, id)
		if err != nil {
			return err
		}
		console.Printf(w, "\nKladde %s i fortegnelsen:\n", c.DraftNo)
		printDraft(w, svc.Register(), d)
	}
	history, err := svc.History(ctx, id)
	if err != nil {
		return err
	}
	console.Printf(w, "\nHistorik:\n")
	for _, h := range history {
		console.Printf(w, "  %s  %-12s %s\n", h.At.Local().Format("02.01.2006 15:04:05"), h.Actor, h.Verb)
	}
	return nil
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func newCaseForget() *cobra.Command {
	var file, by, reason string
	cmd := &cobra.Command{
		Use: "forget ID", Short: "slet en afgjort sags indhold og personoplysninger før tid", Args: cobra.ExactArgs(1),
		Long: `Sletter originalen, sidebillederne, fundene, adresserne, emnet, notaterne og navnene i
sagens linjer i loggen, fx når en borger har bedt om det. Regler, tal og kladden i
fortegnelsen bliver, og "brevvagt ledger verify" passer stadig. Det kan ikke fortrydes.
Sikkerhedskopier er uden for brevvagts rækkevidde.

Kræver en DPO's konto (--by), dens adgangssætning og en begrundelse (--reason).`,
		RunE: func(cmd *cobra.Command, args []string) error {
			phrase, err := readPassphrase(cmd)
			if err != nil {
				return err
			}
			return WithService(cmd, file, func(ctx context.Context, st *state.State, svc *quarantine.Service) error {
				who, _, err := rewrapper(ctx, st, by, "", phrase)
				if err != nil {
					return err
				}
				if err := svc.Forget(ctx, args[0], who, reason); err != nil {
					return err
				}
				console.Printf(cmd.OutOrStdout(), "Sag %s: indhold og personoplysninger er slettet\n", args[0])
				return nil
			})
		},
	}
	console.ConfigFlag(cmd, &file)
	cmd.Flags().StringVar(&by, "by", "", "DPO'ens konto")
	cmd.Flags().StringVar(&reason, "reason", "", "begrundelse")
	return cmd
}

func newCaseDecide(verb, short string) *cobra.Command {
	var file, by, reason string
	var every everyCase
	cmd := &cobra.Command{
		Use: verb + " ID", Short: short, Args: cobra.MaximumNArgs(1),
		Long: short + `.

Kræver en konto (--by) og dens adgangssætning (fra terminalen eller standard
input) og en begrundelse (--reason), som skrives i revisionssporet og kladden.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(reason) == "" || by == "" {
				return errors.New("--by and --reason are required")
			}
			if (len(args) == 1) == every.all {
				return errors.New("name one case, or all with --all")
			}
			phrase, err := readPassphrase(cmd)
			if err != nil {
				return err
			}
			return WithService(cmd, file, func(ctx context.Context, st *state.State, svc *quarantine.Service) error {
				acc, opener, err := st.Accounts.Login(ctx, by, phrase)
				if err != nil {
					return err
				}
				if !state.MayDecide(acc.Role) {
					return fmt.Errorf("%s is %s: %w", by, acc.Role, quarantine.ErrNotAllowed)
				}
				d := quarantine.Decision{By: acc.Name, Reason: reason, Opener: opener}
				decide := svc.Release
				if verb == "reject" {
					decide = svc.Reject
				}
				if every.all {
					return every.decide(ctx, svc, cmd.OutOrStdout(), func(id string) (*quarantine.Case, error) { return decide(ctx, id, d) })
				}
				c, err := decide(ctx, args[0], d)
				if err != nil {
					return fmt.Errorf("%s: %w", args[0], err)
				}
				console.Printf(cmd.OutOrStdout(), "Sag %s: %s (%s)\n", c.ID, stateDa(c.State), time.Now().Format("15:04:05"))
				return nil
			})
		},
	}
	console.ConfigFlag(cmd, &file)
	every.flags(cmd)
	cmd.Flags().StringVar(&by, "by", "", "konto, der afgør sagen")
	cmd.Flags().StringVar(&reason, "reason", "", "begrundelse")
	return cmd
}
