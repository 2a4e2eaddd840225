package ocr

import (
	"image"
	"image/draw"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"brevvagt/document"
)

// onPaper draws codes on white paper.
func onPaper(t *testing.T, at map[image.Point]string, writer gozxing.Writer, kind gozxing.BarcodeFormat, w, h int) *image.Gray {
	t.Helper()
	g := image.NewGray(image.Rect(0, 0, 900, 500))
	draw.Draw(g, g.Rect, image.White, image.Point{}, draw.Src)
	for p, text := range at {
		code, err := writer.Encode(text, kind, w, h, nil)
		if err != nil {
			t.Fatal(err)
		}
		draw.Draw(g, image.Rectangle{Min: p, Max: p.Add(image.Pt(w, h))}, code, image.Point{}, draw.Src)
	}
	return g
}

func TestCodesAreRead(t *testing.T) {
	const number = "CPR:2206457026"
	squares := map[image.Point]string{{X: 100, Y: 60}: number, {X: 560, Y: 200}: "Testperson Eksempel"}
	for name, g := range map[string]*image.Gray{
		"two QR codes": onPaper(t, squares, qrcode.NewQRCodeWriter(), gozxing.BarcodeFormat_QR_CODE, 220, 220),
		"one QR code":  onPaper(t, map[image.Point]string{{X: 100, Y: 60}: number}, qrcode.NewQRCodeWriter(), gozxing.BarcodeFormat_QR_CODE, 120, 120),
	} {
		before := string(g.Pix)
		segs := codedSegments(g)
		if want := map[string]int{"two QR codes": 2, "one QR code": 1}[name]; len(segs) != want || string(g.Pix) != before {
			t.Errorf("%s: %d read, want %d, or the picture was changed", name, len(segs), want)
			continue
		}
		found := false
		for _, s := range segs {
			b := s.At.Box
			found = found || s.Text == number && s.At.Layer == document.Hidden && !s.At.OCR && b[0] >= 90 && b[0] < 160 && b[1] >= 50 && b[0]+b[2] <= 510 && b[1]+b[3] <= 290
		}
		if !found {
			t.Errorf("%s: the number was not read where it stands", name)
		}
	}
}

// TestCornersEverywhere: a picture full of what looks like a code's corner is given up, and
// not tried in every three of them.
func TestCornersEverywhere(t *testing.T) {
	g := onPaper(t, nil, nil, 0, 0, 0)
	for x := 6; x < 870; x += 30 {
		for y := 6; y < 470; y += 30 {
			for i := range 21 * 21 {
				a, b := i%21/3, i/21/3
				if a == 0 || a == 6 || b == 0 || b == 6 || a >= 2 && a <= 4 && b >= 2 && b <= 4 {
					g.Pix[(y+i/21)*g.Stride+x+i%21] = 0
				}
			}
		}
	}
	if segs := codedSegments(g); len(segs) != 0 {
		t.Errorf("%d codes", len(segs))
	}
}
