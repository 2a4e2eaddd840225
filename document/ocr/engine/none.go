//go:build !cgo

package engine

import (
	"fmt"
	"image"

	"brevvagt/document"
)

// Engine is absent: this program was built without cgo, and every picture becomes
// a gap that says so.
type Engine struct{}

// DataDirs are none: there is no engine to use them.
func DataDirs() []string { return nil }

func DataDir([]string) (string, error) { return "", absent() }

// Recognise fails with document.ErrNoEngine.
func (*Engine) Recognise(*image.Gray, int, Mode) ([]Word, error) { return nil, absent() }

// absent is an error that wraps document.ErrNoEngine.
func absent() error {
	return fmt.Errorf("%w: this program was built without it", document.ErrNoEngine)
}
