package ocr

import (
	"image"
	"math"
	"testing"

	"brevvagt/document"
	"brevvagt/document/ocr/prepare"
)

// printed is a page of rows of dark blocks.
func printed() *image.Gray {
	g := image.NewGray(image.Rect(0, 0, 700, 600))
	for i := range g.Pix {
		x, y := i%700, i/700
		g.Pix[i] = 255
		if y > 40 && y < 560 && x > 40 && x < 640 && y%24 < 10 && x*7%50 < 35 {
			g.Pix[i] = 0
		}
	}
	return g
}

// TestLean: a page turned by any angle is measured so that turning it back sets it
// upright; what a feeder does is not taken for more.
func TestLean(t *testing.T) {
	for _, degrees := range []float64{12, -25, 33} {
		g := printed()
		s := prepare.Shape{SX: 1, SY: 1, W: 700, H: 600, Angle: degrees * math.Pi / 180}
		if got := prepare.Lean(s.Turn(g)) * 180 / math.Pi; math.Abs(got+degrees) > 1 {
			t.Errorf("turned by %v: %.1f", degrees, got)
		}
		if got := prepare.Skew(s.Turn(g)) * 180 / math.Pi; math.Abs(got) > 8.5 {
			t.Errorf("turned by %v: skew %.1f", degrees, got)
		}
	}
	if got := prepare.Lean(printed()); got != 0 {
		t.Errorf("upright: %v", got)
	}
}

func TestForeIsTheWayBack(t *testing.T) {
	g := printed()
	for _, angle := range []float64{0, 0.1, -0.4} {
		s := prepare.Shape{SX: 0.5, SY: 0.7, W: 350, H: 420, Origin: image.Pt(30, 20), Limit: image.Rect(0, 0, 2000, 2000)}
		scaled := prepare.Scaled(g, s.W, s.H)
		if s.Angle = angle; angle != 0 {
			scaled = s.Turn(scaled)
		}
		s.Framed(scaled, 20)
		b := document.Box{200, 180, 90, 20}
		back := s.Back(s.Fore(b))
		if back[0] > b[0] || back[1] > b[1] || back[0]+back[2] < b[0]+b[2] || back[1]+back[3] < b[1]+b[3] || angle == 0 && (back[2] > 96 || back[3] > 26) {
			t.Errorf("angle %v: %v came back as %v", angle, b, back)
		}
	}
}
