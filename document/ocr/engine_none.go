//go:build !cgo

package ocr

import (
	"fmt"
	"image"

	"brevvagt/document"
)

// engine is absent: this program was built without cgo, and every picture becomes
// a gap that says so.
type engine struct {
	unread bool
	left   int
}

// dataDirs are none: there is no engine to use them.
func dataDirs() []string { return nil }

func dataDir([]string) (string, error) { return "", Available() }

func (*engine) recognise(*image.Gray, int, int) ([]word, error) { return nil, Available() }

// Available returns an error that wraps document.ErrNoEngine: this program was
// built without cgo.
func Available() error {
	return fmt.Errorf("%w: this program was built without it", document.ErrNoEngine)
}
