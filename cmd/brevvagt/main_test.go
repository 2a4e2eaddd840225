package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/quarantine/account"
)

// TestMain lets the test binary be brevvagt: a daemon or a worker that a test
// starts is this binary with a subcommand.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-") {
		os.Exit(run(hasty(context.Background()), os.Args[1:]))
	}
	os.Exit(m.Run())
}

// hasty lets passphrases cost next to nothing, for no test here is about guessing them,
// and a daemon look after a second at what it looks at every minute.
func hasty(ctx context.Context) context.Context {
	ctx = account.WithCost(ctx, account.Cost{Memory: 64, Passes: 1, Vault: 4})
	return context.WithValue(ctx, roundKey{}, time.Second)
}

// command runs brevvagt in this process and returns what it printed and its exit
// code.
func command(t *testing.T, stdin string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(strings.NewReader(stdin))
	root.SetOut(&out)
	root.SetErr(&errs)
	ctx, cancel := context.WithTimeout(hasty(t.Context()), 2*patience)
	defer cancel()
	err := root.ExecuteContext(ctx)
	switch e := err.(type) {
	case nil:
	case exitCode:
		code = int(e)
	default:
		code = int(exitUsage)
		errs.WriteString(err.Error())
	}
	return out.String(), errs.String(), code
}

func write(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
