package office

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"brevvagt/cmd/brevvagt/console"
	"brevvagt/cmd/brevvagt/state"
	"brevvagt/internal/safefile"
	"brevvagt/quarantine"
	"brevvagt/quarantine/handout"
)

func newCaseExport() *cobra.Command {
	var file, by, reason, receiver, to, output string
	var phrase bool
	cmd := &cobra.Command{
		Use: "export ID", Short: "udlever en sag som krypteret pakke, fx til politiet eller Datatilsynet", Args: cobra.ExactArgs(1),
		Long: `Laver en krypteret pakke (age) med originalen, fundene (sløret), kladden i fortegnelsen,
sagens linjer i revisionssporet med bevis og et manifest med SHA-256. Modtageren åbner den
med programmerne age og tar: age -d -i noegle.txt sag-ID.tar.age | tar xf -

--to er modtagerens offentlige nøgle (age1…). Med --passphrase lukkes pakken i stedet med
en adgangssætning: den læses fra terminalen eller som anden linje på standard input.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if phrase == (to != "") {
				return errors.New("either --to or --passphrase is required")
			}
			in := bufio.NewReader(cmd.InOrStdin())
			login, err := passphraseOf(cmd, in, "Adgangssætning: ")
			if err != nil {
				return err
			}
			secret := ""
			if phrase {
				if secret, err = passphraseOf(cmd, in, "Adgangssætning til pakken: "); err != nil {
					return err
				}
			}
			lock, err := handout.NewLock(to, secret)
			if err != nil {
				return err
			}
			return WithService(cmd, file, func(ctx context.Context, st *state.State, svc *quarantine.Service) error {
				who, opener, err := rewrapper(ctx, st, by, "", login)
				if err != nil {
					return err
				}
				signer, err := st.Signer()
				if err != nil {
					return err
				}
				if output == "" {
					output = handout.FileName(args[0])
				}
				if _, err := os.Stat(output); err == nil {
					return errors.New(output + " is there already and is not written over")
				}
				f, err := safefile.Create(output)
				if err != nil {
					return err
				}
				defer f.Abort()
				order := handout.Order{Case: args[0], By: who, Reason: reason, Receiver: receiver, Lock: lock, Opener: opener, Sign: signer, Now: time.Now()}
				if err := handout.Write(ctx, svc, order, f); err != nil {
					return err
				}
				if err := f.Commit(); err != nil {
					return err
				}
				console.Printf(cmd.OutOrStdout(), "Sagen ligger krypteret i %s\n", output)
				return nil
			})
		},
	}
	console.ConfigFlag(cmd, &file)
	cmd.Flags().StringVar(&by, "by", "", "DPO'ens konto")
	cmd.Flags().StringVar(&reason, "reason", "", "begrundelse, skrives i revisionssporet")
	cmd.Flags().StringVar(&receiver, "receiver", "", "hvem der får sagen, fx \"Datatilsynet\"")
	cmd.Flags().StringVar(&to, "to", "", "modtagerens offentlige nøgle, age1…")
	cmd.Flags().BoolVar(&phrase, "passphrase", false, "luk med en adgangssætning i stedet for en nøgle")
	cmd.Flags().StringVarP(&output, "output", "o", "", "fil; ellers sag-ID.tar.age")
	return cmd
}

func newCaseVerify() *cobra.Command {
	var identity, public string
	cmd := &cobra.Command{
		Use: "verify PAKKE|MAPPE", Short: "kontrollér en udleveret sag: filer, revisionsspor og underskrift", Args: cobra.ExactArgs(1),
		Long: `Kontrollerer en udleveret sag hos den, der har fået den: krypteret (med --identity, eller
adgangssætning fra terminalen eller standard input), som tar-fil eller pakket ud i en mappe.
--public-key er udstederens nøgle ("brevvagt ledger head --public-key"), hentet ad en anden
vej; uden den siger kontrollen kun, at pakken passer med sig selv.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			key := ""
			if public != "" {
				b, err := os.ReadFile(public)
				if err != nil {
					return err
				}
				key = string(b)
			}
			rep, err := verifyPackage(cmd, args[0], identity, key)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			console.Printf(out, "%d filer er dem, der blev udleveret\n%d linjer i revisionssporet er uændrede (af %d)\nunderskrevet med %s\n", rep.Files, rep.Lines, rep.Size, rep.Key)
			if key == "" {
				console.Printf(out, "Sammenlign nøglen med udstederens, eller giv den med --public-key.\n")
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&identity, "identity", "", "fil med age-nøglen, der åbner pakken")
	cmd.Flags().StringVar(&public, "public-key", "", "fil med udstederens offentlige nøgle")
	return cmd
}

func verifyPackage(cmd *cobra.Command, name, identity, public string) (handout.Report, error) {
	info, err := os.Stat(name)
	if err != nil {
		return handout.Report{}, err
	}
	if info.IsDir() {
		return handout.VerifyFolder(os.DirFS(name), public)
	}
	f, err := os.Open(name)
	if err != nil {
		return handout.Report{}, err
	}
	defer f.Close()
	r := io.Reader(f)
	if strings.HasSuffix(name, ".age") {
		var keys io.Reader
		phrase := ""
		if identity != "" {
			b, err := os.ReadFile(identity)
			if err != nil {
				return handout.Report{}, err
			}
			keys = bytes.NewReader(b)
		} else if phrase, err = passphraseOf(cmd, bufio.NewReader(cmd.InOrStdin()), "Adgangssætning til pakken: "); err != nil {
			return handout.Report{}, err
		}
		if r, err = handout.Open(f, phrase, keys); err != nil {
			return handout.Report{}, err
		}
	}
	return handout.Verify(r, public)
}
