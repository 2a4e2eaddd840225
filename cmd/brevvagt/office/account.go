package office

import (
	"bufio"
	"errors"
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
	cmd.AddCommand(newAccountAdd(), newAccountList(), newAccountDisable(), newAccountRole(), newAccountLink(), newAccountMail(), newAccountKey(), newAccountPasskeys())
	return cmd
}

func newAccountAdd() *cobra.Command {
	var file, display, role, login string
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "opret en konto; adgangssætningen læses fra terminalen eller standard input",
		Long: `Opretter en konto. En DPO eller sagsbehandler (reviewer) får sin egen nøgle til
karantænen: det, der sættes i karantæne herefter, kan åbnes med kontoens
adgangssætning og ikke uden. Mist den ikke, og opret mindst to.

Med --login får kontoen hverken adgangssætning eller nøgle: den bruges af den, der logger
ind med det navn hos kommunens login. Det er kun nødvendigt, når kontoen ikke kan hedde
det, der står før @; ellers oprettes den af sig selv.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return WithState(cmd, file, func(_ config.Config, st *state.State) error {
				if login != "" {
					if err := st.Accounts.CreateExternal(cmd.Context(), args[0], display, account.Role(role), login, args[0]); err != nil {
						return err
					}
					console.Printf(cmd.OutOrStdout(), "Konto %s (%s) er oprettet og venter på %s.\n", args[0], role, login)
					return nil
				}
				phrase, err := readPassphrase(cmd)
				if err != nil {
					return err
				}
				if _, err := st.Accounts.Create(cmd.Context(), args[0], display, account.Role(role), phrase); err != nil {
					return err
				}
				console.Printf(cmd.OutOrStdout(), "Konto %s (%s) er oprettet.\n", args[0], role)
				if account.Role(role).HasKey() {
					console.Printf(cmd.OutOrStdout(), "Det, der sættes i karantæne fra nu af, kan den åbne. Det ældre først efter \"brevvagt vault rewrap\".\n")
				}
				return nil
			})
		},
	}
	console.ConfigFlag(cmd, &file)
	cmd.Flags().StringVar(&display, "display", "", "navn, der vises")
	cmd.Flags().StringVar(&login, "login", "", "loginnavn hos kommunens login, i stedet for adgangssætning")
	cmd.Flags().StringVar(&role, "role", string(account.DPO), "dpo, reviewer, auditor eller operator")
	return cmd
}

func newAccountList() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use: "list", Short: "vis konti", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return WithState(cmd, file, func(_ config.Config, st *state.State) error {
				list, err := st.Accounts.List(cmd.Context())
				if err != nil {
					return err
				}
				logins, waiting, err := st.Accounts.Linked(cmd.Context())
				if err != nil {
					return err
				}
				mail, err := st.Accounts.Mail(cmd.Context())
				for _, a := range list {
					console.Printf(cmd.OutOrStdout(), "%-20s %-10s %s%s\n", a.Name, a.Role, a.Display, accountNote(a, logins[a.Name], waiting[a.Name], mail[a.Name]))
				}
				return err
			})
		},
	}
	console.ConfigFlag(cmd, &file)
	return cmd
}

// accountNote says what is special about an account.
func accountNote(a *account.Account, login string, waiting bool, mail []string) string {
	note := ""
	if a.Disabled {
		note += "  [lukket]"
	}
	if !a.Passphrase {
		note += "  [uden adgangssætning og nøgle]"
	}
	switch {
	case waiting:
		note += "  [venter på " + login + "]"
	case login != "":
		note += "  [" + login + "]"
	}
	if len(mail) > 0 {
		note += "  [skriver fra " + strings.Join(mail, ", ") + "]"
	}
	return note
}

// readPassphrase reads one line without echo from a terminal, or the first line of any
// other input.
func readPassphrase(cmd *cobra.Command) (string, error) {
	return passphraseOf(cmd, bufio.NewReader(cmd.InOrStdin()), "Adgangssætning: ")
}

// passphraseOf reads from a terminal without echo, or the next line of in.
func passphraseOf(cmd *cobra.Command, in *bufio.Reader, prompt string) (string, error) {
	if f, ok := cmd.InOrStdin().(*os.File); ok && isTerminal(f) {
		console.Printf(cmd.ErrOrStderr(), "%s", prompt)
		b, err := term.ReadPassword(int(f.Fd()))
		console.Printf(cmd.ErrOrStderr(), "\n")
		return string(b), err
	}
	line, err := in.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", errors.New("no passphrase on standard input")
	}
	return line, nil
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
