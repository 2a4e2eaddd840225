// Package codes reads what a picture says to machines alone, in QR codes. A card or a letter
// may show a number that nobody sees, and everybody's telephone reads it.
package codes

import (
	"image"
	"strings"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/detector"
)

// Code is what one code says, and where it stands in pixels of the picture: its left and
// upper end, width and height.
type Code struct {
	Text string
	Box  [4]int
}

const (
	most     = 4  // QR codes of one picture that are read
	leastRow = 20 // pixels that the library needs either way
)

// Read gives the QR codes of a picture, four at most. g has no gap between its rows and is
// left as it is. The library may panic on a picture that is made to break it: the caller's
// caller recovers (document.Format).
func Read(g *image.Gray) []Code {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if w < leastRow || h < leastRow || len(g.Pix) < w*h || g.Stride != w {
		return nil
	}
	source, err := gozxing.NewPlanarYUVLuminanceSource(g.Pix, w, h, 0, 0, w, h, false)
	if err != nil {
		return nil
	}
	bitmap, err := gozxing.NewBinaryBitmap(gozxing.NewHybridBinarizer(source))
	if err != nil {
		return nil
	}
	black, err := bitmap.GetBlackMatrix()
	if err != nil {
		return nil
	}
	var found []Code
	for range most {
		code, ok := square(black)
		if !ok {
			break
		}
		if code.Text != "" {
			found = append(found, code)
		}
	}
	return found
}

// square reads one QR code and wipes it out, so that the next one is found. A code that is
// found and cannot be read has no text.
func square(black *gozxing.BitMatrix) (c Code, ok bool) {
	corners := corners(black)
	if corners == nil {
		return c, false
	}
	bl, tl, tr := gozxing.ResultPoint_OrderBestPatterns(corners[0], corners[1], corners[2])
	info := detector.NewFinderPatternInfo(bl.(*detector.FinderPattern), tl.(*detector.FinderPattern), tr.(*detector.FinderPattern))
	box := around(corners).Intersect(image.Rect(0, 0, black.GetWidth(), black.GetHeight()))
	c.Box = [4]int{box.Min.X, box.Min.Y, box.Dx(), box.Dy()}
	if bits, err := detector.NewDetector(black).ProcessFinderPatternInfo(info); err == nil {
		if result, err := decoder.NewDecoder().Decode(bits.GetBits(), nil); err == nil {
			c.Text = strings.ToValidUTF8(result.GetText(), "\ufffd")
		}
	}
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			black.Unset(x, y)
		}
	}
	return c, true
}

// around is a rectangle around the code whose three corners are given by their middles.
func around(corners []*detector.FinderPattern) image.Rectangle {
	var box image.Rectangle
	for _, p := range corners {
		x, y, r := int(p.GetX()), int(p.GetY()), int(4*p.GetEstimatedModuleSize())+1
		box = box.Union(image.Rect(x-r, y-r, x+r, y+r))
	}
	// A turned code has its fourth corner outside of the others: opposite the second.
	_, tl, _ := gozxing.ResultPoint_OrderBestPatterns(corners[0], corners[1], corners[2])
	var sx, sy float64
	for _, p := range corners {
		sx, sy = sx+p.GetX(), sy+p.GetY()
	}
	x, y, r := int(sx-2*tl.GetX()), int(sy-2*tl.GetY()), int(4*corners[0].GetEstimatedModuleSize())+1
	return box.Union(image.Rect(x-r, y-r, x+r, y+r))
}
