package ocr

import (
	"image"
	"testing"

	"brevvagt/document/ocr/spots"
)

// drawn puts n bars of this height on white, step pixels apart.
func drawn(n, height, step int) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, 40+n*step, height+60))
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	for i := range n {
		for y := 30; y < 30+height; y++ {
			for x := 20 + i*step; x < 26+i*step; x++ {
				g.Pix[y*g.Stride+x] = 0
			}
		}
	}
	return g
}

func TestCombs(t *testing.T) {
	runs := spots.Combs(spots.In(drawn(10, 20, 40)))
	if len(runs) != 1 || len(runs[0]) != 10 {
		t.Fatalf("ten signs apart: %v", runs)
	}
	if b := runs[0][9]; b.Min.X > 20+9*40 || b.Max.X < 26+9*40 || b.Dx() > 12 {
		t.Errorf("the last one at %v", b)
	}
	for what, g := range map[string]*image.Gray{"a word": drawn(10, 20, 10), "four signs": drawn(4, 20, 40), "a dotted line": drawn(40, 20, 40)} {
		if runs := spots.Combs(spots.In(g)); len(runs) != 0 {
			t.Errorf("%s: %v", what, runs)
		}
	}
}

func TestText(t *testing.T) {
	for n, want := range map[int]bool{6: false, 8: false, 11: true} {
		if l := spots.LettersOf(drawn(n, 20, 12)); l.Text() != want || l.Longest != n {
			t.Errorf("%d letters: %+v, text %v", n, l, l.Text())
		}
	}
}

// TestPiecesOnce: a ring is one piece, though its sides are joined late.
func TestPiecesOnce(t *testing.T) {
	const w, h = 12, 12
	ink := make([]uint8, w*h)
	for i := range 10 {
		ink[1*w+1+i], ink[10*w+1+i], ink[(1+i)*w+1], ink[(1+i)*w+10] = 1, 1, 1, 1
	}
	ink[1*w+5] = 0 // open above, so that both sides begin apart
	if p := spots.Pieces(ink, w, h); len(p) != 1 || p[0].Box != image.Rect(1, 1, 11, 11) || p[0].Area != 35 {
		t.Errorf("%+v", p)
	}
}
