package office

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"brevvagt/cmd/brevvagt/console"
	"brevvagt/cmd/brevvagt/state"
	"brevvagt/quarantine"
	"brevvagt/quarantine/account"
	"brevvagt/quarantine/register"
	"brevvagt/quarantine/register/desk"
	"brevvagt/quarantine/register/workbook"
)

// keeper is a command that writes in the register: it needs a DPO's account.
type keeper struct{ config, by, file string }

func (k *keeper) flags(cmd *cobra.Command) *cobra.Command {
	console.ConfigFlag(cmd, &k.config)
	cmd.Flags().StringVar(&k.by, "by", "", "DPO'ens konto")
	return cmd
}

// run asks for the passphrase and works as the DPO.
func (k *keeper) run(cmd *cobra.Command, f func(ctx context.Context, d *desk.Desk, by string) error) error {
	phrase, err := readPassphrase(cmd)
	if err != nil {
		return err
	}
	return WithService(cmd, k.config, func(ctx context.Context, st *state.State, svc *quarantine.Service) error {
		acc, _, err := st.Accounts.Login(ctx, k.by, phrase)
		if err != nil {
			return err
		}
		if acc.Role != account.DPO {
			return fmt.Errorf("%s is %s: %w", k.by, acc.Role, quarantine.ErrNotAllowed)
		}
		return f(ctx, st.Desk(svc), acc.Name)
	})
}

func newRegisterForm() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use: "form [NR]", Short: "skriv et skema til udfyldning (YAML), tomt eller med en kladdes felter", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return WithService(cmd, file, func(ctx context.Context, st *state.State, svc *quarantine.Service) error {
				e := desk.Entry{Status: register.Possible, Registered: time.Now(), Fields: register.Fields{Type: register.HumanError}}
				if len(args) == 1 {
					d, err := svc.Register().Get(ctx, args[0])
					if err != nil {
						return fmt.Errorf("%s: %w", args[0], err)
					}
					e = desk.EntryOf(d)
				}
				return st.Desk(svc).WriteForm(cmd.OutOrStdout(), e)
			})
		},
	}
	console.ConfigFlag(cmd, &file)
	return cmd
}

func newRegisterNew() *cobra.Command {
	var k keeper
	cmd := &cobra.Command{
		Use: "new", Short: "opret en kladde fra et udfyldt skema", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			form, err := os.ReadFile(k.file)
			if err != nil {
				return err
			}
			return k.run(cmd, func(ctx context.Context, d *desk.Desk, by string) error {
				e, err := d.ReadForm(bytes.NewReader(form), desk.Entry{})
				if err != nil {
					return err
				}
				draft, err := d.Create(ctx, by, e)
				return saved(cmd.OutOrStdout(), d.Register, draft, err)
			})
		},
	}
	cmd.Flags().StringVar(&k.file, "file", "", "det udfyldte skema")
	return k.flags(cmd)
}

func newRegisterEdit() *cobra.Command {
	var k keeper
	cmd := &cobra.Command{
		Use: "edit NR", Short: "ret en kladde fra et udfyldt skema", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			form, err := os.ReadFile(k.file)
			if err != nil {
				return err
			}
			return k.run(cmd, func(ctx context.Context, d *desk.Desk, by string) error {
				before, err := d.Register.Get(ctx, args[0])
				if err != nil {
					return fmt.Errorf("%s: %w", args[0], err)
				}
				e, err := d.ReadForm(bytes.NewReader(form), desk.EntryOf(before))
				if err != nil {
					return err
				}
				draft, err := d.Edit(ctx, by, args[0], e)
				return saved(cmd.OutOrStdout(), d.Register, draft, err)
			})
		},
	}
	cmd.Flags().StringVar(&k.file, "file", "", "det udfyldte skema")
	return k.flags(cmd)
}

func newRegisterConfirm() *cobra.Command {
	var k keeper
	var aware string
	cmd := &cobra.Command{
		Use: "confirm NR", Short: "bekræft et brud; de 72 timer løber fra --aware", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return k.run(cmd, func(ctx context.Context, d *desk.Desk, by string) error {
				at, err := d.Register.ReadTime(aware)
				if err != nil {
					return fmt.Errorf("--aware: %w", err)
				}
				draft, err := d.Confirm(ctx, by, args[0], at)
				return saved(cmd.OutOrStdout(), d.Register, draft, err)
			})
		},
	}
	cmd.Flags().StringVar(&aware, "aware", "", "bekendt med bruddet, fx \"24.11.2026 10.15\"")
	return k.flags(cmd)
}

func newRegisterImport() *cobra.Command {
	var k keeper
	var fits bool
	cmd := &cobra.Command{
		Use: "import FIL.xlsx", Short: "indlæs en fortegnelse fra Excel", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			book, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer book.Close()
			return k.run(cmd, func(ctx context.Context, d *desk.Desk, by string) error {
				drafts, wrong, said, err := workbook.Read(d.Register, book)
				if err != nil {
					return err
				}
				for _, t := range said {
					as := "sprunget over"
					if t.Column > 0 {
						as = register.Columns()[t.Column-1]
					}
					console.Printf(cmd.OutOrStdout(), "overskriften %q er læst som: %s\n", t.Title, as)
				}
				if len(said) > 0 && !fits {
					return errors.New("the titles are in other words than the register's: nothing was imported. If they are read rightly above, run it again with --titles-fit")
				}
				added, taken, err := d.Import(ctx, by, drafts)
				if err != nil {
					return err
				}
				out := cmd.OutOrStdout()
				console.Printf(out, "%d rækker er indlæst\n", added)
				for _, no := range taken {
					console.Printf(out, "%s findes allerede\n", no)
				}
				for i := range wrong {
					if wrong[i].Sheet > 0 {
						console.Printf(out, "ark %d, ", wrong[i].Sheet)
					}
					console.Printf(out, "række %d er ikke indlæst: %v\n", wrong[i].Row, wrong[i].Err)
				}
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&fits, "titles-fit", false, "overskrifter med andre ord er læst rigtigt")
	return k.flags(cmd)
}

func saved(w io.Writer, reg *register.Register, d *register.Draft, err error) error {
	if err != nil {
		return err
	}
	console.Printf(w, "Nr. %s er gemt (%s)\n", d.No, d.Status)
	if !d.Deadline.IsZero() && d.Status == register.Breach {
		console.Printf(w, "Frist for anmeldelse: %s\n", d.Deadline.In(reg.Zone()).Format("02.01.2006 kl. 15.04"))
	}
	return nil
}
