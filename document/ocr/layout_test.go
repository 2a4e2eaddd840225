package ocr

import (
	"image"
	"testing"

	"brevvagt/document/ocr/engine"
)

// A hyphen is flat: the blank before it ends no cell.
func TestBlankBesideAHyphen(t *testing.T) {
	at := func(text string, x0, y0, x1, y1 int) word {
		r := image.Rect(x0, y0, x1, y1)
		return word{Word: engine.Word{Text: text, Box: r}, up: r}
	}
	l := line{words: []word{at("220645", 377, 335, 508, 363), at("-", 522, 350, 533, 354), at("7026", 546, 335, 632, 363), at("4", 760, 335, 780, 363)}}
	if got, want := l.text(), "220645 - 7026\t4"; got != want {
		t.Errorf("read %q, want %q", got, want)
	}
}
