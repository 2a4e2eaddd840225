package ocr

import (
	"image"
	"image/color"
	"image/draw"
	"testing"

	"brevvagt/document/ocr/prepare"
)

func TestColoured(t *testing.T) {
	page := func(c color.Color, r image.Rectangle) *image.RGBA {
		img := image.NewRGBA(image.Rect(0, 0, 800, 600))
		draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(img, image.Rect(100, 100, 500, 140), image.Black, image.Point{}, draw.Src)
		draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
		return img
	}
	red := color.RGBA{190, 30, 40, 255}
	g, at := prepare.Coloured(page(red, image.Rect(300, 300, 420, 340)))
	if g == nil {
		t.Fatal("a red stamp was not seen")
	}
	if in := image.Pt(310, 310).Sub(at); g.GrayAt(in.X, in.Y).Y > 20 {
		t.Errorf("the stamp is not dark: %d", g.GrayAt(in.X, in.Y).Y)
	}
	if in := image.Pt(310, 290).Sub(at); g.GrayAt(in.X, in.Y).Y < 240 {
		t.Errorf("paper is not white: %d", g.GrayAt(in.X, in.Y).Y)
	}
	over, at := prepare.Coloured(page(red, image.Rect(100, 150, 220, 190)))
	if in := image.Pt(110, 135).Sub(at); over == nil || !in.In(over.Rect) || over.GrayAt(in.X, in.Y).Y < 240 {
		t.Errorf("black print beside the stamp was kept (at %v)", at)
	}
	for what, img := range map[string]image.Image{
		"black print only": page(color.Black, image.Rect(300, 300, 420, 340)),
		"a poster":         page(red, image.Rect(0, 200, 800, 600)),
		"specks":           page(red, image.Rect(300, 300, 302, 302)),
		"grey":             image.NewGray(image.Rect(0, 0, 800, 600)),
	} {
		if g, _ := prepare.Coloured(img); g != nil {
			t.Errorf("%s was taken for a stamp", what)
		}
	}
}

// TestGround: white letters on nothing are flattened on black, all else on white.
func TestGround(t *testing.T) {
	letters := func(ink, around color.NRGBA) *image.Gray {
		img := image.NewNRGBA(image.Rect(0, 0, 60, 20))
		for y := range 20 {
			for x := range 60 {
				c := around
				if x%10 < 3 {
					c = ink
				}
				img.SetNRGBA(x, y, c)
			}
		}
		return prepare.Gray(img)
	}
	white, black, none := color.NRGBA{255, 255, 255, 255}, color.NRGBA{A: 255}, color.NRGBA{}
	for _, c := range []struct {
		why         string
		ink, around color.NRGBA
		want        [2]uint8
	}{
		{"white on nothing", white, none, [2]uint8{255, 0}},
		{"black on nothing", black, none, [2]uint8{0, 255}},
		{"white on black", white, black, [2]uint8{255, 0}},
		{"a white sheet with holes", none, white, [2]uint8{255, 255}},
	} {
		if g := letters(c.ink, c.around); g.Pix[0] != c.want[0] || g.Pix[5] != c.want[1] {
			t.Errorf("%s: ink %d, around %d", c.why, g.Pix[0], g.Pix[5])
		}
	}
}

// TestUncoloured: print below a stamp stays, the stamp over it goes.
func TestUncoloured(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 800, 600))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(300, 300, 420, 340), image.NewUniform(color.RGBA{190, 30, 40, 255}), image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(320, 310, 380, 320), image.NewUniform(color.RGBA{30, 5, 5, 255}), image.Point{}, draw.Src)
	g, at := prepare.Uncoloured(img)
	if g == nil {
		t.Fatal("no stamp was seen")
	}
	if ink := image.Pt(350, 315).Sub(at); g.GrayAt(ink.X, ink.Y).Y > 60 {
		t.Errorf("the print is not dark: %d", g.GrayAt(ink.X, ink.Y).Y)
	}
	if over := image.Pt(310, 305).Sub(at); g.GrayAt(over.X, over.Y).Y < 240 {
		t.Errorf("the stamp was kept: %d", g.GrayAt(over.X, over.Y).Y)
	}
	if g, _ := prepare.Uncoloured(image.NewGray(img.Rect)); g != nil {
		t.Error("a grey picture has a stamp")
	}
}
