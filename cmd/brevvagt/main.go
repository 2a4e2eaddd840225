// Command brevvagt ("letter guard") stops personal data from leaving a
// municipality by mistake. One file per subcommand, with those of the DPO and the
// case workers in package office; this one maps errors to exit codes.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"brevvagt/cmd/brevvagt/console"
	"brevvagt/scanner/source/share/night"
)

// exitCode is an error that only carries an exit code: what there was to say has
// been said.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// The exit codes of `brevvagt scan`; the other commands use 0 and 2.
const (
	exitStopped  exitCode = 1 // something would be stopped
	exitUsage    exitCode = 2 // wrong usage, or a command that failed
	exitUnopened exitCode = 3 // nothing would be stopped, but an item could not be opened
)

func main() { os.Exit(run(context.Background(), os.Args[1:])) }

func run(ctx context.Context, args []string) int {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	// Times are Danish on the pages; a server whose clock shows UTC must not have others
	// on its terminal.
	if place, err := night.Copenhagen(); err == nil {
		time.Local = place
	}
	root := newRoot()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var code exitCode
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	default:
		fmt.Fprintln(os.Stderr, "brevvagt:", console.Clean(err.Error()))
		return int(exitUsage)
	}
}
