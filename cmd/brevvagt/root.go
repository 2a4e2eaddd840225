package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"brevvagt/cmd/brevvagt/office"
	"brevvagt/cmd/brevvagt/shares"
	"brevvagt/cmd/brevvagt/shares/board"
)

// version is set by the linker.
var version = "dev"

// usage is cobra's template in Danish.
const usage = `Brug:{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} [kommando]

Kommandoer:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Valg:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableSubCommands}}

"{{.CommandPath}} [kommando] --help" fortæller mere om en kommando.{{end}}
`

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "brevvagt",
		Short: "brevvagt standser personoplysninger, før de forlader kommunen ved en fejl",
		Long: `brevvagt ("letter guard") læser det, der er på vej ud - mail, vedhæftninger,
billeder, arkiver - finder CPR-numre og siger, om det må sendes.

  brevvagt scan PATH...          læs filer, mapper og mails (.eml) og sig, hvad der ville ske
  brevvagt serve --config FILE   kør som mailgateway med karantæne og DPO-side
  brevvagt demo                  hele systemet på denne maskine med prøvetrafik`,
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetUsageTemplate(usage)
	root.SetHelpCommand(&cobra.Command{Hidden: true})
	root.PersistentFlags().BoolP("help", "h", false, "vis denne hjælp")
	root.Flags().Bool("version", false, "vis versionen")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return fmt.Errorf("%w (see brevvagt --help)", err)
	})
	root.AddCommand(newScan(), newServe(), newDemo(), office.NewCase(), office.NewRegister(), office.NewLedger(), office.NewAccount(), office.NewVault(),
		newDoctor(), newConfig(), newPolicy(), newWorker(), newOfficeWorker(), newCanary(), newTransport(), newMailbox(), newShares(), board.NewReport(), shares.NewDB())
	return root
}
