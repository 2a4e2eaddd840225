package ocr

import (
	"image"
	"image/color"
	"image/draw"
	"testing"
)

// TestOnlyWideLettersAreMadeSlim draws a page of boxes as wide as letters.
func TestOnlyWideLettersAreMadeSlim(t *testing.T) {
	for width, want := range map[int]bool{18: true, 12: false, 0: false} {
		g := image.NewGray(image.Rect(0, 0, 1000, 900))
		draw.Draw(g, g.Rect, image.White, image.Point{}, draw.Src)
		for y := 20; y < 880 && width > 0; y += 60 {
			for x := 40; x < 940; x += 26 {
				draw.Draw(g, image.Rect(x, y, x+width, y+20), image.NewUniform(color.Gray{Y: 30}), image.Point{}, draw.Src)
				draw.Draw(g, image.Rect(x+4, y+4, x+width-4, y+16), image.White, image.Point{}, draw.Src)
			}
		}
		if got := slimmable(g); got != want {
			t.Errorf("letters %d wide of 20: slim %v", width, got)
		}
	}
}
