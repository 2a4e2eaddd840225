//go:build cgo

package ocr

import (
	"errors"
	"testing"

	"brevvagt/document"
)

func TestMissingLanguageIsNoEngine(t *testing.T) {
	if err := Available(); err != nil {
		t.Fatalf("the tests need tesseract with Danish: %v", err)
	}
	if _, err := dataDir([]string{t.TempDir()}); !errors.Is(err, document.ErrNoEngine) {
		t.Errorf("an empty folder: %v", err)
	}
}
