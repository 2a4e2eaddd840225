package prepare

import (
	"image"
	"image/color"
	"image/draw"
	"testing"
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
	g, at := Coloured(page(red, image.Rect(300, 300, 420, 340)))
	if g == nil {
		t.Fatal("a red stamp was not seen")
	}
	if in := image.Pt(310, 310).Sub(at); g.GrayAt(in.X, in.Y).Y > 20 {
		t.Errorf("the stamp is not dark: %d", g.GrayAt(in.X, in.Y).Y)
	}
	if in := image.Pt(310, 290).Sub(at); g.GrayAt(in.X, in.Y).Y < 240 {
		t.Errorf("paper is not white: %d", g.GrayAt(in.X, in.Y).Y)
	}
	over, at := Coloured(page(red, image.Rect(100, 150, 220, 190)))
	if in := image.Pt(110, 135).Sub(at); over == nil || !in.In(over.Rect) || over.GrayAt(in.X, in.Y).Y < 240 {
		t.Errorf("black print beside the stamp was kept (at %v)", at)
	}
	for what, img := range map[string]image.Image{
		"black print only": page(color.Black, image.Rect(300, 300, 420, 340)),
		"a poster":         page(red, image.Rect(0, 200, 800, 600)),
		"specks":           page(red, image.Rect(300, 300, 302, 302)),
		"grey":             image.NewGray(image.Rect(0, 0, 800, 600)),
	} {
		if g, _ := Coloured(img); g != nil {
			t.Errorf("%s was taken for a stamp", what)
		}
	}
}
