package office

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/console"
	"brevvagt/cmd/brevvagt/state"
	"brevvagt/internal/safefile"
	"brevvagt/quarantine"
	"brevvagt/quarantine/account"
	"brevvagt/quarantine/rekey"
	"brevvagt/quarantine/vault"
)

// NewVault is the command that works on the keys of the quarantine.
func NewVault() *cobra.Command {
	cmd := &cobra.Command{Use: "vault", Short: "nøgler til karantænen: hvem kan åbne, gendannelsesnøgler, forsegl igen"}
	recovery := &cobra.Command{Use: "recovery", Short: "gendannelsesnøgler, der ligger uden for maskinen"}
	recovery.AddCommand(newRecoveryNew(), newRecoveryAdd(), newRecoveryRemove())
	cmd.AddCommand(newVaultSetUp(), newVaultKeys(), newVaultRewrap(), recovery)
	return cmd
}

func newVaultKeys() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use: "keys", Short: "vis, hvis nøgler der åbner det, der ligger i karantæne", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return WithState(cmd, file, func(cfg config.Config, st *state.State) error {
				list, err := st.KeyHolders(cmd.Context(), cfg.Vault.Recipients)
				if err != nil {
					return err
				}
				left, kept, err := st.Stale(cmd.Context(), cfg.Vault.Recipients)
				if err != nil {
					return err
				}
				out := cmd.OutOrStdout()
				for _, h := range list {
					if h.Kind == rekey.Out && left == 0 {
						continue
					}
					console.Printf(out, "%s  %-9s %s\n", h.Key, h.Kind, h.Name)
				}
				console.Printf(out, "%d sager har indhold; %d af dem skal forsegles igen til disse nøgler\n", kept, left)
				for _, l := range rekey.Lacking(list) {
					console.Printf(out, "obs: %s\n", l)
				}
				return nil
			})
		},
	}
	console.ConfigFlag(cmd, &file)
	return cmd
}

func newVaultSetUp() *cobra.Command {
	var file, public string
	var w state.Wanted
	var names []string
	cmd := &cobra.Command{
		Use: "setup", Short: "giv karantænen de nøgler, den skal have: to DPO'er og en gendannelsesnøgle", Args: cobra.NoArgs,
		Long: `Opretter de DPO-konti, der mangler, laver gendannelsesnøglen og forsegler det, der
allerede ligger i karantæne, til dem. Uden to DPO-nøgler og en gendannelsesnøgle starter
brevvagt ikke. Har installationen en DPO, skal en, der kan åbne, nævnes først.

Hver DPO's adgangssætning er en linje på standard input eller læses fra terminalen, i den
rækkefølge, de er nævnt; den sidste er gendannelsesnøglens. Flyt dens fil væk fra
maskinen, fx til et pengeskab, og opbevar adgangssætningen et andet sted. Er nøglen lavet
på en anden maskine, nævnes filen med den offentlige halvdel: --public FIL.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			in := bufio.NewReader(cmd.InOrStdin())
			for _, n := range names {
				phrase, err := passphraseOf(cmd, in, "Adgangssætning for "+n+": ")
				if err != nil {
					return err
				}
				w.DPOs = append(w.DPOs, state.Person{Name: n, Passphrase: phrase})
			}
			if err := recoveryOf(cmd, in, public, &w); err != nil {
				return err
			}
			return WithState(cmd, file, func(cfg config.Config, st *state.State) error {
				p, err := st.SetUp(cmd.Context(), cfg.Vault.Recipients, w)
				if err == nil {
					console.Printf(cmd.OutOrStdout(), "Karantænen har de nøgler, den skal have; %d sager er forseglet til dem.\n", p.Done)
				}
				if err == nil && w.File != "" {
					console.Printf(cmd.OutOrStdout(), "Gendannelsesnøglen ligger i %s. Flyt filen væk fra maskinen.\n", w.File)
				}
				if p.Failed > 0 {
					console.Printf(cmd.OutOrStdout(), "%d sager kunne ikke åbnes med denne nøgle og er, som de var\n", p.Failed)
				}
				return err
			})
		},
	}
	console.ConfigFlag(cmd, &file)
	cmd.Flags().StringArrayVar(&names, "dpo", nil, "DPO'ens konto; nævn to")
	cmd.Flags().StringVar(&w.Place, "name", "pengeskab", "hvor gendannelsesnøglen skal ligge")
	cmd.Flags().StringVarP(&w.File, "output", "o", "", "fil til gendannelsesnøglen, når den mangler")
	cmd.Flags().StringVar(&public, "public", "", "fil med den offentlige halvdel af en, der er lavet på en anden maskine")
	return cmd
}

// recoveryOf reads what the recovery key needs.
func recoveryOf(cmd *cobra.Command, in *bufio.Reader, public string, w *state.Wanted) (err error) {
	if public != "" {
		text, err := os.ReadFile(public)
		w.Public, w.File = string(text), ""
		return err
	}
	if w.File != "" {
		w.Recovery, err = passphraseOf(cmd, in, "Ny adgangssætning til gendannelsesnøglen: ")
	}
	return err
}

// spare is an error when the key of an account or a recovery key must not go yet.
func spare(ctx context.Context, st *state.State, file, kind, what string) error {
	cfg, err := config.Load(file)
	if err != nil {
		return err
	}
	list, err := st.KeyHolders(ctx, cfg.Vault.Recipients)
	if err != nil {
		return err
	}
	for _, h := range list {
		if h.Kind == kind && (h.Name == what || h.Key == what) {
			return rekey.Spare(list, kind, h.Key)
		}
	}
	return nil
}

func newVaultRewrap() *cobra.Command {
	var file, by, recovery string
	cmd := &cobra.Command{
		Use: "rewrap", Short: "forsegl alt indhold igen til de nøgler, der gælder nu", Args: cobra.NoArgs,
		Long: `Åbner hver sag og forsegler den igen til de nøgler, der gælder nu. Kør det, når en
nøgle er kommet til (så den også åbner det ældre) eller er taget bort (så den intet
åbner mere). Kommandoen kan afbrydes, og den kan dø midt i; kør den blot igen.

Med --by åbnes med en DPO's adgangssætning. Kan ingen DPO åbne mere, åbnes med en
gendannelsesnøgle: --recovery FIL.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			phrase, err := readPassphrase(cmd)
			if err != nil {
				return err
			}
			return WithService(cmd, file, func(ctx context.Context, st *state.State, svc *quarantine.Service) error {
				actor, opener, err := rewrapper(ctx, st, by, recovery, phrase)
				if err != nil {
					return err
				}
				out := cmd.OutOrStdout()
				p, err := svc.Rekey().Run(ctx, actor, opener, func(p rekey.Progress) {
					if p.Done+p.Failed == p.Total || (p.Done+p.Failed)%50 == 0 {
						console.Printf(out, "%d af %d sager\n", p.Done+p.Failed, p.Total)
					}
				})
				console.Printf(out, "%d sager er forseglet til de nøgler, der gælder nu\n", p.Done)
				if p.Failed > 0 {
					console.Printf(out, "%d sager kunne ikke åbnes med denne nøgle og er, som de var\n", p.Failed)
				}
				return err
			})
		},
	}
	console.ConfigFlag(cmd, &file)
	cmd.Flags().StringVar(&by, "by", "", "DPO'ens konto")
	cmd.Flags().StringVar(&recovery, "recovery", "", "fil med en gendannelsesnøgle, i stedet for en konto")
	return cmd
}

// rewrapper is who seals anew, and the key that opens.
func rewrapper(ctx context.Context, st *state.State, by, recovery, phrase string) (string, *vault.Opener, error) {
	if recovery != "" {
		blob, err := os.ReadFile(recovery)
		if err != nil {
			return "", nil, err
		}
		o, err := vault.Unlock(blob, phrase)
		if err != nil {
			return "", nil, fmt.Errorf("%s: %w", recovery, err)
		}
		return "gendannelse-" + vault.Fingerprint(o.Recipient()), o, nil
	}
	acc, o, err := st.Accounts.Login(ctx, by, phrase)
	if err != nil {
		return "", nil, err
	}
	if acc.Role != account.DPO {
		return "", nil, fmt.Errorf("%s is %s: %w", by, acc.Role, quarantine.ErrNotAllowed)
	}
	return acc.Name, o, nil
}

// keyKeeper is a command that changes who can open: it needs a DPO's account.
func keyKeeper(cmd *cobra.Command, use, short string, args int, f func(ctx context.Context, in *bufio.Reader, k *rekey.Keys, st *state.State, by string, args []string) error) *cobra.Command {
	var file, by string
	cmd.Use, cmd.Short, cmd.Args = use, short, cobra.ExactArgs(args)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		in := bufio.NewReader(cmd.InOrStdin())
		phrase, err := passphraseOf(cmd, in, "Adgangssætning: ")
		if err != nil {
			return err
		}
		return WithService(cmd, file, func(ctx context.Context, st *state.State, svc *quarantine.Service) error {
			who, _, err := rewrapper(ctx, st, by, "", phrase)
			if err != nil {
				return err
			}
			return f(ctx, in, svc.Rekey(), st, who, args)
		})
	}
	console.ConfigFlag(cmd, &file)
	cmd.Flags().StringVar(&by, "by", "", "DPO'ens konto")
	return cmd
}

const afterKeys = "Kør \"brevvagt vault rewrap\", så det også gælder det, der allerede ligger i karantæne.\n"

func newRecoveryNew() *cobra.Command {
	var name, output string
	cmd := &cobra.Command{}
	cmd.Long = `Laver en gendannelsesnøgle. Filen er låst med sin egen adgangssætning (anden linje på
standard input, eller fra terminalen). Flyt filen væk fra maskinen, fx til et pengeskab,
og opbevar adgangssætningen et andet sted. Den kan også bruges med programmet age 1.3.`
	keyKeeper(cmd, "new", "lav en gendannelsesnøgle", 0, func(ctx context.Context, in *bufio.Reader, k *rekey.Keys, _ *state.State, by string, _ []string) error {
		if output == "" || strings.TrimSpace(name) == "" {
			return errors.New("--name and -o FILE are required")
		}
		if _, err := os.Stat(output); err == nil {
			return fmt.Errorf("%s is there already and is not written over", output)
		}
		phrase, err := passphraseOf(cmd, in, "Ny adgangssætning til gendannelsesnøglen: ")
		if err != nil {
			return err
		}
		if len([]rune(phrase)) < account.MinPassphrase {
			return account.ErrPassphrase
		}
		id, err := vault.NewIdentity()
		if err != nil {
			return err
		}
		blob, err := id.Protect(phrase)
		if err != nil {
			return err
		}
		if _, err := safefile.Write(output, bytes.NewReader(blob)); err != nil {
			return err
		}
		if err := k.Add(ctx, by, name, id.Recipient()); err != nil {
			return err
		}
		console.Printf(cmd.OutOrStdout(), "Gendannelsesnøglen %s (%s) ligger i %s. Flyt filen væk fra maskinen.\n"+afterKeys, vault.Fingerprint(id.Recipient()), name, output)
		return nil
	})
	cmd.Flags().StringVar(&name, "name", "", "hvor nøglen skal ligge, fx \"pengeskab på rådhuset\"")
	cmd.Flags().StringVarP(&output, "output", "o", "", "fil til nøglen")
	return cmd
}

func newRecoveryAdd() *cobra.Command {
	var name string
	cmd := &cobra.Command{}
	keyKeeper(cmd, "add FIL", "tag en offentlig nøgle (age1pq1…) i brug, der er lavet på en anden maskine", 1, func(ctx context.Context, _ *bufio.Reader, k *rekey.Keys, _ *state.State, by string, args []string) error {
		text, err := os.ReadFile(args[0])
		if err != nil {
			return err
		}
		if err := k.Add(ctx, by, name, string(text)); err != nil {
			return fmt.Errorf("%s: %w", args[0], err)
		}
		console.Printf(cmd.OutOrStdout(), "Gendannelsesnøglen er taget i brug.\n"+afterKeys)
		return nil
	})
	cmd.Flags().StringVar(&name, "name", "", "hvor nøglen ligger")
	return cmd
}

func newRecoveryRemove() *cobra.Command {
	cmd := &cobra.Command{}
	return keyKeeper(cmd, "remove NØGLE", "tag en gendannelsesnøgle ud af brug (fingeraftryk fra \"vault keys\")", 1, func(ctx context.Context, _ *bufio.Reader, k *rekey.Keys, st *state.State, by string, args []string) error {
		if err := spare(ctx, st, cmd.Flag("config").Value.String(), "recovery", args[0]); err != nil {
			return err
		}
		if err := k.Remove(ctx, by, args[0]); err != nil {
			return err
		}
		console.Printf(cmd.OutOrStdout(), "Gendannelsesnøglen gælder ikke længere.\n"+afterKeys)
		return nil
	})
}

func newAccountRole() *cobra.Command {
	cmd := &cobra.Command{}
	return keyKeeper(cmd, "role NAVN ROLLE", "giv en konto en anden rolle: dpo, reviewer, auditor eller operator", 2, func(ctx context.Context, _ *bufio.Reader, _ *rekey.Keys, st *state.State, by string, args []string) error {
		if args[0] == by {
			return errors.New("nobody can change his own role")
		}
		if account.Role(args[1]) != account.DPO {
			if err := spare(ctx, st, cmd.Flag("config").Value.String(), "dpo", args[0]); err != nil {
				return err
			}
		}
		if err := st.Accounts.SetRole(ctx, args[0], account.Role(args[1]), by); err != nil {
			return err
		}
		console.Printf(cmd.OutOrStdout(), "Kontoen %s er nu %s.\n"+afterKeys, args[0], args[1])
		return nil
	})
}

func newAccountDisable() *cobra.Command {
	cmd := &cobra.Command{}
	return keyKeeper(cmd, "disable NAVN", "luk en konto; dens nøgle bruges ikke mere", 1, func(ctx context.Context, _ *bufio.Reader, _ *rekey.Keys, st *state.State, by string, args []string) error {
		if args[0] == by {
			return errors.New("nobody can close the account he uses")
		}
		if err := spare(ctx, st, cmd.Flag("config").Value.String(), "dpo", args[0]); err != nil {
			return err
		}
		if err := st.Accounts.Disable(ctx, args[0], by); err != nil {
			return err
		}
		console.Printf(cmd.OutOrStdout(), "Kontoen %s er lukket.\n"+afterKeys, args[0])
		return nil
	})
}
