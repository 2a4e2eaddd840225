//go:build !norclone

// Command brevvagt-cloud is the helper with which brevvagt reads shares in somebody's
// cloud. brevvagt starts it and talks to it over its standard input and output; it
// takes no arguments and reads no configuration.
package main

import (
	"fmt"
	"os"

	"brevvagt/scanner/source/share/cloud/child"
	"brevvagt/scanner/source/share/cloud/rclone"
)

func main() {
	if err := child.Serve(os.Stdin, os.Stdout, rclone.Open); err != nil {
		fmt.Fprintln(os.Stderr, "brevvagt-cloud:", err)
		os.Exit(1)
	}
}
