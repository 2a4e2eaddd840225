//go:build norclone

// Command brevvagt-cloud was built without what it needs to read cloud storage.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "brevvagt-cloud: built without cloud storage (tag norclone)")
	os.Exit(1)
}
