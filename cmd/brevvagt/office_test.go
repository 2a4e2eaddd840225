package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/xuri/excelize/v2"

	"brevvagt/cmd/brevvagt/office"
	"brevvagt/cmd/brevvagt/state"
	"brevvagt/quarantine/account"
)

const dpoPhrase = "en lang adgangssætning"

// terminal runs commands on a fresh installation with one DPO account, "dpo", and
// an auditor, "revisor".
func terminal(t *testing.T) (config string, run func(stdin string, args ...string) (string, error)) {
	t.Helper()
	dir := t.TempDir()
	ctx := account.WithCost(t.Context(), account.Cost{Memory: 64, Passes: 1, Vault: 4})
	config = filepath.Join(dir, "brevvagt.yaml")
	if err := os.WriteFile(config, []byte("state: "+filepath.Join(dir, "state")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	st, err := state.Open(ctx, filepath.Join(dir, "state"), "", false)
	if err != nil {
		t.Fatal(err)
	}
	for name, role := range map[string]account.Role{"dpo": account.DPO, "revisor": account.Auditor} {
		if _, err := st.Accounts.Create(ctx, name, name, role, dpoPhrase); err != nil {
			t.Fatal(err)
		}
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	return config, func(stdin string, args ...string) (string, error) {
		t.Helper()
		cmd := &cobra.Command{Use: "brevvagt", SilenceUsage: true, SilenceErrors: true}
		cmd.AddCommand(office.NewRegister(), office.NewLedger(), office.NewVault(), office.NewAccount(), office.NewCase())
		var out bytes.Buffer
		cmd.SetOut(&out)
		cmd.SetErr(&out)
		cmd.SetIn(strings.NewReader(stdin))
		if !slices.Contains(args, "verify") || args[0] != "case" {
			args = append(args, "--config", config)
		}
		cmd.SetArgs(args)
		err := cmd.ExecuteContext(ctx)
		return out.String(), err
	}
}

func TestRegisterOnTheTerminal(t *testing.T) {
	_, run := terminal(t)
	form, err := run("", "register", "form")
	if err != nil || !strings.Contains(form, "hvad:") {
		t.Fatal(form, err)
	}
	file := filepath.Join(t.TempDir(), "skema.yaml")
	fill := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	fill("tilstand: muligt brud\nhvad: Brev til Anna Testesen\nregistreret: 24.11.2025\nstart: 23.11.2025\n")
	if out, err := run(dpoPhrase, "register", "new", "--by", "dpo", "--file", file); err == nil || strings.Contains(out+err.Error(), "Testesen") {
		t.Errorf("a name was kept or quoted: %s %v", out, err)
	}
	fill("tilstand: muligt brud\nhvad: Brev til forkert borger\nregistreret: 24.11.2025\nstart: 23.11.2025\ntype: Menneskelige fejl\noplysninger: [Navn, Adresse]\n")
	if _, err := run(dpoPhrase, "register", "new", "--by", "revisor", "--file", file); err == nil {
		t.Error("an auditor wrote in the register")
	}
	if out, err := run(dpoPhrase, "register", "new", "--by", "dpo", "--file", file); err != nil || !strings.Contains(out, "2025-01") {
		t.Fatal(out, err)
	}
	if out, err := run(dpoPhrase, "register", "confirm", "2025-01", "--by", "dpo", "--aware", "24.11.2025 10.15"); err != nil || !strings.Contains(out, "27.11.2025 kl. 10.15") {
		t.Fatal(out, err)
	}
	if form, err = run("", "register", "form", "2025-01"); err != nil || !strings.Contains(form, "Brev til forkert borger") {
		t.Fatal(form, err)
	}
	fill(regexp.MustCompile(`(?m)^anmeldes: .*$`).ReplaceAllString(form, "anmeldes: Nej"))
	if out, err := run(dpoPhrase, "register", "edit", "2025-01", "--by", "dpo", "--file", file); err != nil {
		t.Fatal(out, err)
	}
	out, err := run("", "register", "export", "--format", "json", "--year", "2025")
	if err != nil || !strings.Contains(out, `"notify": "Nej"`) || !strings.Contains(out, "brevvagt ledger") {
		t.Fatal(out, err)
	}
	book := filepath.Join(t.TempDir(), "f.xlsx")
	if out, err := run("", "register", "export", "--format", "xlsx", "-o", book); err != nil {
		t.Fatal(out, err)
	}
	if out, err := run(dpoPhrase, "register", "import", book, "--by", "dpo"); err != nil || !strings.Contains(out, "2025-01 findes allerede") {
		t.Fatal(out, err)
	}
	f, err := excelize.OpenFile(book)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := errors.Join(f.SetCellValue("Fortegnelse", "B1", "Beskrivelse"), f.SetCellValue("Fortegnelse", "A2", "2025-07"), f.Save()); err != nil {
		t.Fatal(err)
	}
	if out, err := run(dpoPhrase, "register", "import", book, "--by", "dpo"); err == nil || !strings.Contains(out, `overskriften "Beskrivelse" er læst som: Hvad er der sket?`) {
		t.Errorf("titles in other words: %s %v", out, err)
	}
	if out, err := run(dpoPhrase, "register", "import", book, "--by", "dpo", "--titles-fit"); err != nil || !strings.Contains(out, "1 rækker er indlæst") {
		t.Errorf("titles that were looked at: %s %v", out, err)
	}
}

func TestLedgerOnTheTerminal(t *testing.T) {
	_, run := terminal(t)
	head, err := run("", "ledger", "head")
	if err != nil || !strings.HasPrefix(head, "brevvagt ledger\n2\n") {
		t.Fatal(head, err)
	}
	file := filepath.Join(t.TempDir(), "hoved")
	if err := os.WriteFile(file, []byte("Gemt af revisionen\n# 2026-11-24\n"+head+"# 2026-11-25\n"+head), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := run("", "ledger", "verify", "--head", file); err != nil || strings.Count(out, "de første 2 linjer") != 2 {
		t.Error(out, err)
	}
	_, other := terminal(t)
	if out, err := other("", "ledger", "verify", "--head", file); err == nil {
		t.Error("another installation's head was taken:", out)
	}
}
