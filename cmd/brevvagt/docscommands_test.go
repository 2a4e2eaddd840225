package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/internal/dovecottest"
	"brevvagt/internal/peertest"
)

// documented are the commands of ours in the text blocks of a guide, in their order.
func documented(t *testing.T, guide string) [][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", guide))
	if err != nil {
		t.Fatal(err)
	}
	var list [][]string
	for i, block := range strings.Split(string(text), "```") {
		if i%2 == 0 || strings.HasPrefix(block, "yaml") {
			continue
		}
		for line := range strings.SplitSeq(block, "\n") {
			line, _, _ = strings.Cut(strings.TrimPrefix(line, "$ "), " #")
			if args, ok := strings.CutPrefix(line, "brevvagt "); ok {
				list = append(list, strings.Fields(args))
			}
		}
	}
	return list
}

// TestDocumentedCommands runs the commands that the guides to shares, mailboxes and
// growth show, one after another, on an installation as they describe it.
func TestDocumentedCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers")
	}
	t.Parallel()
	user := "sagsbehandler@kommune.example"
	d := dovecottest.Start(t, dovecottest.Config{Users: []string{user}})
	in := withMailboxesOf(t, d, []string{user}, "")
	share := t.TempDir()
	write(t, share, "sag.txt", "CPR-nr. "+sample.Number(1))
	in.change(func(text string) string {
		return text + fmt.Sprintf("shares:\n  - {name: fælles, path: %s, every: 1000h}\nsummaries: {when: weekly}\ndpo: {mail: dpo@kommune.example}\n", share)
	})
	ran := 0
	for _, guide := range []string{"delte-drev.md", "postkasser.md", "vaekst.md"} {
		if guide == "vaekst.md" {
			where := peertest.Postgres(t)
			in.change(func(text string) string { return "database: " + where + "\n" + text })
		}
		for _, args := range documented(t, guide) {
			in.documented(guide, args)
			ran++
		}
	}
	if ran < 15 {
		t.Errorf("only %d commands were found in the guides", ran)
	}
	if out := in.must("", "shares", "summary", "--config", in.config); !strings.Contains(out, "Til: dpo@kommune.example") || !strings.Contains(out, "1 fil om 1 person") || strings.Contains(out, "sag.txt") {
		t.Errorf("the mail about it:\n%s", out)
	}
	for _, name := range []string{"faellesdrev.xlsx", "faellesdrev.csv"} {
		if info, err := os.Stat(filepath.Join(in.dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if out := in.must("", "report", "--format", "csv", "--config", in.config); !strings.Contains(out, "sag.txt") {
		t.Errorf("the report after all of it:\n%s", out)
	}
}

// change rewrites the configuration.
func (in *installation) change(f func(string) string) {
	in.t.Helper()
	text, err := os.ReadFile(in.config)
	if err != nil {
		in.t.Fatal(err)
	}
	if err := os.WriteFile(in.config, []byte(f(string(text))), 0o600); err != nil {
		in.t.Fatal(err)
	}
}

// documented runs a command of a guide in the installation's folder; one that would run
// until it is stopped is stopped once it has begun.
func (in *installation) documented(guide string, args []string) {
	in.t.Helper()
	for i, a := range args {
		if strings.HasSuffix(a, "brevvagt.yaml") {
			args[i] = in.config
		}
	}
	if !slices.Contains(args, in.config) {
		args = append(args, "--config", in.config)
	}
	what := guide + ": brevvagt " + strings.Join(args, " ")
	var out lockedBuffer
	cmd := program(&out, args...)
	cmd.Dir = in.dir
	if err := cmd.Start(); err != nil {
		in.t.Fatal(err)
	}
	if args[0] == "serve" {
		in.eventually(what, func() bool {
			return strings.Contains(out.String(), "brevvagt is running") || strings.Contains(out.String(), "helping with")
		})
		if !slices.Contains(args, "--only=worker") { // what comes next asks how it goes
			in.eventually(what+": the mailbox", func() bool {
				_, err := in.run("", "mailbox", "status", "--config", in.config)
				return err == nil
			})
		}
		_ = cmd.Process.Signal(syscall.SIGTERM)
	}
	err, late := ended(cmd, &out)
	if late != nil {
		in.t.Fatalf("%s: %v", what, late)
	}
	if args[0] == "doctor" {
		// It finds this machine wanting in much; our share is there all the same.
		if text := out.String(); !strings.Contains(text, "fælles") {
			in.t.Errorf("%s:\n%s", what, text)
		}
		return
	}
	if err != nil {
		in.t.Errorf("%s: %v\n%s", what, err, tail(out.String(), 2000))
	}
}
