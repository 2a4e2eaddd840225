//go:build cgo

package engine

import (
	"errors"
	"testing"

	"brevvagt/document"
)

func TestMissingLanguageIsNoEngine(t *testing.T) {
	if _, err := dataDir(dataDirs()); err != nil {
		t.Fatalf("the tests need tesseract with Danish: %v", err)
	}
	if _, err := dataDir([]string{t.TempDir()}); !errors.Is(err, document.ErrNoEngine) {
		t.Errorf("an empty folder: %v", err)
	}
}
