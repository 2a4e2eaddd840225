//go:build cgo

package ocr

import (
	"errors"
	"testing"

	"brevvagt/document"
	"brevvagt/document/ocr/engine"
)

func TestMissingLanguageIsNoEngine(t *testing.T) {
	if _, err := engine.DataDir(engine.DataDirs()); err != nil {
		t.Fatalf("the tests need tesseract with Danish: %v", err)
	}
	if _, err := engine.DataDir([]string{t.TempDir()}); !errors.Is(err, document.ErrNoEngine) {
		t.Errorf("an empty folder: %v", err)
	}
}
