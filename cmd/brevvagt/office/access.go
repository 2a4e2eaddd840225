package office

import (
	"bufio"
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/console"
	"brevvagt/cmd/brevvagt/state"
	"brevvagt/quarantine/account"
	"brevvagt/quarantine/rekey"
)

func newAccountLink() *cobra.Command {
	var login string
	cmd := &cobra.Command{}
	keyKeeper(cmd, "link NAVN", "forbind en konto med kommunens login (OIDC)", 1, func(ctx context.Context, _ *bufio.Reader, _ *rekey.Keys, st *state.State, by string, args []string) error {
		if login == "" {
			return errors.New("--login LOGIN is required, the name that is typed at the municipality's sign-in")
		}
		if err := st.Accounts.Link(ctx, args[0], login, by); err != nil {
			return err
		}
		console.Printf(cmd.OutOrStdout(), "Kontoen %s venter på %s. Den bindes til den første, der logger ind med det navn: gør det med det samme.\n", args[0], login)
		return nil
	})
	cmd.Long = `Den næste, der logger ind med kommunens login under navnet, får kontoen, og siden
kun den person. Kontoens egen rolle og den, loginet giver, gælder begge: den laveste af
dem. Adgangssætningen låser stadig nøglen til karantænen op.`
	cmd.Flags().StringVar(&login, "login", "", "loginnavn, fx anna@kommune.example")
	return cmd
}

func newAccountMail() *cobra.Command {
	cmd := &cobra.Command{}
	keyKeeper(cmd, "mail NAVN ADRESSE[,ADRESSE]", "sæt de mailadresser, som kontoens ejer skriver fra", 2, func(ctx context.Context, _ *bufio.Reader, _ *rekey.Keys, st *state.State, by string, args []string) error {
		list := strings.FieldsFunc(args[1], func(r rune) bool { return r == ',' })
		if err := st.Accounts.SetMail(ctx, args[0], list, by); err != nil {
			return err
		}
		if len(list) == 0 {
			console.Printf(cmd.OutOrStdout(), "Kontoen %s har ingen mailadresser mere.\n", args[0])
			return nil
		}
		console.Printf(cmd.OutOrStdout(), "Kontoen %s kan ikke frigive mail fra %s.\n", args[0], args[1])
		return nil
	})
	cmd.Long = `Ingen godkender sin egen mail. brevvagt kender den på kontoens navn og på navnet hos
kommunens login; hedder postkassen noget andet, så skriv den her. De nye adresser
træder i stedet for de gamle. Sine egne kan man føje til, men kun en kollega kan tage
dem bort.`
	return cmd
}

func newAccountKey() *cobra.Command {
	cmd := &cobra.Command{}
	keyKeeper(cmd, "key NAVN", "giv en konto fra kommunens login en adgangssætning og en nøgle til karantænen", 1, func(ctx context.Context, in *bufio.Reader, _ *rekey.Keys, st *state.State, by string, args []string) error {
		phrase, err := passphraseOf(cmd, in, "Ny adgangssætning for "+args[0]+": ")
		if err != nil {
			return err
		}
		recipient, err := st.Accounts.GiveKey(ctx, args[0], phrase, by)
		if err != nil {
			return err
		}
		console.Printf(cmd.OutOrStdout(), "Kontoen %s har nu en adgangssætning.\n", args[0])
		if recipient != "" {
			console.Printf(cmd.OutOrStdout(), "Nøglen åbner det, der sættes i karantæne fra nu af.\n"+afterKeys)
		}
		return nil
	})
	cmd.Long = `Kommunens login giver aldrig en nøgle til karantænen. Den laves her, hvor personen
selv skriver sin nye adgangssætning (anden linje på standard input, eller fra
terminalen); den første er din egen.`
	return cmd
}

func newAccountPasskeys() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use: "passkeys NAVN", Short: "vis en kontos adgangsnøgler", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return WithState(cmd, file, func(_ config.Config, st *state.State) error {
				if _, err := st.Accounts.Get(cmd.Context(), args[0]); err != nil {
					return err
				}
				list, err := st.Accounts.Passkeys(cmd.Context(), args[0])
				for _, k := range list {
					used, note := "aldrig", ""
					if !k.Used.IsZero() {
						used = k.Used.Local().Format("2006-01-02 15:04")
					}
					if k.Copied {
						note = "  SPÆRRET: kan være kopieret"
					}
					console.Printf(cmd.OutOrStdout(), "%s  tilføjet %s  brugt %s  %s%s\n", k.ID, k.Created.Local().Format("2006-01-02 15:04"), used, k.Label, note)
				}
				return err
			})
		},
	}
	console.ConfigFlag(cmd, &file)
	cmd.AddCommand(newPasskeyRemove())
	return cmd
}

func newPasskeyRemove() *cobra.Command {
	cmd := &cobra.Command{}
	return keyKeeper(cmd, "remove NAVN ID", "fjern en kontos adgangsnøgle, for eksempel når enheden er mistet", 2, func(ctx context.Context, _ *bufio.Reader, _ *rekey.Keys, st *state.State, by string, args []string) error {
		err := st.Accounts.RemovePasskey(ctx, args[0], args[1], by)
		if errors.Is(err, account.ErrNotFound) {
			return errors.New("the account has no such passkey")
		}
		if err != nil {
			return err
		}
		console.Printf(cmd.OutOrStdout(), "Adgangsnøglen er fjernet.\n")
		return nil
	})
}
