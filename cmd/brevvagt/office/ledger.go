package office

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"brevvagt/cmd/brevvagt/console"
	"brevvagt/cmd/brevvagt/state"
	"brevvagt/quarantine"
	"brevvagt/quarantine/ledger"
)

// NewLedger is the command that checks the ledger and signs its head.
func NewLedger() *cobra.Command {
	cmd := &cobra.Command{Use: "ledger", Short: "revisionsspor: kontrollér det, og gem dets hoved uden for maskinen"}
	cmd.AddCommand(newLedgerVerify(), newLedgerHead())
	return cmd
}

func newLedgerHead() *cobra.Command {
	var file string
	var key bool
	cmd := &cobra.Command{
		Use: "head", Short: "skriv det underskrevne hoved", Args: cobra.NoArgs,
		Long: `skriv det underskrevne hoved: antal linjer, rod og underskrift.

Gem det uden for maskinen, for eksempel på DPO'ens eget drev eller på papir. Med
det kan "brevvagt ledger verify --head FIL" senere bevise, at ingen linje før det
er ændret, fjernet eller skudt ind.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return WithService(cmd, file, func(ctx context.Context, st *state.State, svc *quarantine.Service) error {
				if key {
					signer, err := st.Signer()
					if err != nil {
						return err
					}
					console.Printf(cmd.OutOrStdout(), "%s\n", signer.Public())
					return nil
				}
				text, err := st.SignedHead(ctx, svc)
				if err != nil {
					return err
				}
				console.Printf(cmd.OutOrStdout(), "%s", text)
				return nil
			})
		},
	}
	console.ConfigFlag(cmd, &file)
	cmd.Flags().BoolVar(&key, "public-key", false, "skriv den offentlige nøgle, som hovedet kontrolleres med")
	return cmd
}

func newLedgerVerify() *cobra.Command {
	var file, headFile, keyFile string
	cmd := &cobra.Command{
		Use: "verify", Short: "regn hele sporet efter, også mod et gemt hoved", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return WithService(cmd, file, func(ctx context.Context, st *state.State, svc *quarantine.Service) error {
				heads, err := st.ReadHeads(headFile, keyFile)
				if err != nil {
					return err
				}
				n, err := svc.Ledger().Verify(ctx, heads...)
				if err != nil {
					return wrapBad(err)
				}
				console.Printf(cmd.OutOrStdout(), "%d linjer er uændrede\n", n)
				back, err := svc.Ledger().TurnedBack(ctx)
				if len(back) > 0 {
					console.Printf(cmd.OutOrStdout(), "Maskinens ur er stillet tilbage %d gange; første gang før linje %d\n", len(back), back[0])
				}
				for _, h := range heads {
					console.Printf(cmd.OutOrStdout(), "de første %d linjer er dem, hovedet blev taget af\n", h.Size)
				}
				if headFile == "" {
					console.Printf(cmd.OutOrStdout(), "Et spor, der er klippet af eller skrevet om, ses kun sikkert med --head og et hoved, der er gemt uden for maskinen.\n")
				}
				return err
			})
		},
	}
	console.ConfigFlag(cmd, &file)
	cmd.Flags().StringVar(&headFile, "head", "", "fil med et eller flere gemte hoveder: den daglige fil, eller en mail med et hoved")
	cmd.Flags().StringVar(&keyFile, "public-key", "", "fil med den offentlige nøgle; ellers installationens egen")
	return cmd
}

// errLedger ends the command with failure; the line says where.
var errLedger = errors.New("the ledger was changed")

func wrapBad(err error) error {
	var bad *ledger.BadLine
	if errors.As(err, &bad) {
		return fmt.Errorf("%w: %w", errLedger, err)
	}
	return err
}
