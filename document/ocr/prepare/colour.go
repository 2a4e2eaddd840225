package prepare

import (
	"image"
)

// How much of a picture coloured ink covers where it is a stamp or a pen, in thousandths.
const (
	leastColour = 1
	mostColour  = 120
	vivid       = 60  // difference of the channels from which on a pixel is coloured
	palestPrint = 180 // brightness of black print's palest pixels; ink over paper is brighter
	colourCell  = 64  // pixels of the squares in which coloured ink is counted
)

// Coloured draws what is coloured dark on white and leaves black ink out, on the part of
// the picture around it: a stamp over a letter, a blue pen on a printed form. nil where a
// picture is grey, or so colourful that it is no paper with ink on it.
func Coloured(img image.Image) (g *image.Gray, at image.Point) {
	by, ok := channels(img)
	if !ok {
		return nil, at
	}
	part := colouredPart(img, by)
	if part.Empty() {
		return nil, at
	}
	g = image.NewGray(image.Rect(0, 0, part.Dx(), part.Dy()))
	for y := range part.Dy() {
		for x := range part.Dx() {
			g.Pix[y*g.Stride+x] = uint8(255 - min(255, 2*by(part.Min.X+x, part.Min.Y+y)))
		}
	}
	return g, part.Min
}

// Uncoloured is the opposite of Coloured, on the same part: black print without the stamp
// over it. Coloured ink is bright in one channel at least, black in none.
func Uncoloured(img image.Image) (g *image.Gray, at image.Point) {
	by, ok := channels(img)
	if !ok {
		return nil, at
	}
	part := colouredPart(img, by)
	if part.Empty() {
		return nil, at
	}
	from := img.Bounds().Min.Add(part.Min)
	g = image.NewGray(image.Rect(0, 0, part.Dx(), part.Dy()))
	for y := range part.Dy() {
		for x := range part.Dx() {
			red, green, blue, _ := img.At(from.X+x, from.Y+y).RGBA()
			g.Pix[y*g.Stride+x] = uint8(min(255, max(red, green, blue)>>8*255/palestPrint))
		}
	}
	return g, part.Min
}

// colouredPart is the part of a picture with coloured ink, from its corner on, empty
// where there is none or too much. by tells by how much the channels of a pixel differ.
func colouredPart(img image.Image, by func(x, y int) int) (part image.Rectangle) {
	b := img.Bounds()
	cols, rows := (b.Dx()+colourCell-1)/colourCell, (b.Dy()+colourCell-1)/colourCell
	count := make([]int, cols*rows)
	all := 0
	for y := 0; y < b.Dy(); y += 2 {
		for x := 0; x < b.Dx(); x += 2 {
			if by(x, y) >= vivid {
				count[y/colourCell*cols+x/colourCell]++
				all++
			}
		}
	}
	if share := all * 4000 / (b.Dx() * b.Dy()); share < leastColour || share > mostColour {
		return part
	}
	for i, n := range count {
		if n*100 > colourCell*colourCell/4 { // more than specks
			x, y := i%cols*colourCell, i/cols*colourCell
			part = part.Union(image.Rect(x, y, x+colourCell, y+colourCell))
		}
	}
	return part.Intersect(image.Rect(0, 0, b.Dx(), b.Dy()))
}

// channels gives by how much the channels of a pixel differ; false for a grey picture.
func channels(img image.Image) (func(x, y int) int, bool) {
	b := img.Bounds()
	switch src := img.(type) {
	case *image.Gray, *image.Gray16:
		return nil, false
	case *image.YCbCr:
		return func(x, y int) int {
			i := src.COffset(b.Min.X+x, b.Min.Y+y)
			return 3 * max(abs(int(src.Cb[i])-128), abs(int(src.Cr[i])-128))
		}, true
	case *image.RGBA:
		return func(x, y int) int { return apart(src.Pix[src.PixOffset(b.Min.X+x, b.Min.Y+y):][:3]) }, true
	case *image.NRGBA:
		return func(x, y int) int { return apart(src.Pix[src.PixOffset(b.Min.X+x, b.Min.Y+y):][:3]) }, true
	}
	return nil, false
}

func apart(p []uint8) int {
	return int(max(p[0], p[1], p[2])) - int(min(p[0], p[1], p[2]))
}
