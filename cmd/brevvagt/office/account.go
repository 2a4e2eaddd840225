package office

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/console"
	"brevvagt/cmd/brevvagt/state"
	"brevvagt/quarantine/account"
)

// NewAccount is the command that makes and lists accounts.
func NewAccount() *cobra.Command {
	cmd := &cobra.Command{Use: "account", Short: "DPO'ens og andres konti til siden"}
	cmd.AddCommand(newAccountAdd(), newAccountList(), newAccountDisable())
	return cmd
}

func newAccountAdd() *cobra.Command {
	var file, display, role string
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "opret en konto; adgangssætningen læses fra terminalen eller standard input",
		Long: `Opretter en konto. En DPO eller sagsbehandler (reviewer) får sin egen nøgle til
karantænen: det, der sættes i karantæne herefter, kan åbnes med kontoens
adgangssætning og ikke uden. Mist den ikke, og opret mindst to.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := config.Load(file)
			if err != nil {
				return err
			}
			phrase, err := readPassphrase(cmd.InOrStdin(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			st, err := state.Open(cmd.Context(), cfg.State, true)
			if err != nil {
				return err
			}
			defer st.Close()
			if _, err := st.Accounts.Create(cmd.Context(), args[0], display, account.Role(role), phrase); err != nil {
				return err
			}
			console.Printf(cmd.OutOrStdout(), "Konto %s (%s) er oprettet.\n", args[0], role)
			if account.Role(role).HasKey() {
				console.Printf(cmd.OutOrStdout(), "Det, der sættes i karantæne fra nu af, kan den åbne. Det ældre først efter \"brevvagt vault rewrap\".\n")
			}
			return nil
		},
	}
	console.ConfigFlag(cmd, &file)
	cmd.Flags().StringVar(&display, "display", "", "navn, der vises")
	cmd.Flags().StringVar(&role, "role", string(account.DPO), "dpo, reviewer, auditor eller operator")
	return cmd
}

func newAccountList() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use: "list", Short: "vis konti", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(file)
			if err != nil {
				return err
			}
			st, err := state.Open(cmd.Context(), cfg.State, true)
			if err != nil {
				return err
			}
			defer st.Close()
			list, err := st.Accounts.List(cmd.Context())
			if err != nil {
				return err
			}
			for _, a := range list {
				console.Printf(cmd.OutOrStdout(), "%-20s %-10s %s\n", a.Name, a.Role, a.Display)
			}
			return nil
		},
	}
	console.ConfigFlag(cmd, &file)
	return cmd
}

// readPassphrase reads one line without echo from a terminal, or the first line
// of any other input.
func readPassphrase(in io.Reader, prompt io.Writer) (string, error) {
	if f, ok := in.(*os.File); ok && isTerminal(f) {
		console.Printf(prompt, "Adgangssætning: ")
		b, err := term.ReadPassword(int(f.Fd()))
		console.Printf(prompt, "\n")
		return string(b), err
	}
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", fmt.Errorf("no passphrase on standard input")
	}
	return line, nil
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
