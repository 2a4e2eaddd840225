package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// version is set by the linker.
var version = "dev"

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
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return fmt.Errorf("%w (see brevvagt help)", err)
	})
	root.AddCommand(newScan(), newServe(), newDemo(), newCase(), newRegister(), newAccount(),
		newDoctor(), newConfig(), newWorker())
	return root
}

// printf writes to a command's output, where a failed write (a closed pipe) is no
// reason to stop: the exit code still tells the result.
func printf(w io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(w, format, args...)
}
