// Package console holds what the commands share on the terminal: how they write,
// and the flag that names their configuration.
package console

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
)

// Printf writes to a command's output, where a failed write (a closed pipe) is no
// reason to stop: the exit code still tells the result.
func Printf(w io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(w, format, args...)
}

// Clean takes out of a text what a terminal would obey or hide: a server's words and
// the names of files may hold anything. Lines and tabs stay.
func Clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && !unicode.IsGraphic(r) || unicode.In(r, unicode.Zl, unicode.Zp) {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
}

// ConfigFlag adds --config, from which the state folder is read.
func ConfigFlag(cmd *cobra.Command, path *string) {
	cmd.Flags().StringVar(path, "config", "/etc/brevvagt/brevvagt.yaml", "konfigurationsfil")
}
