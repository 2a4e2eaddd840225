package bars

import (
	"image"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/requests"
)

// looks draws a page as a viewer shows it, in grey, at most once with and once without
// its notes.
type looks struct {
	p           Page
	with, bare  *image.Gray
	drew, drewB bool
}

// hides tells that a place is dark, and a note's that it is so by notes alone.
func (l *looks) hides(at place) bool {
	if at.sure {
		return true
	}
	if !l.drew {
		l.with, l.drew = l.p.draw(enums.FPDF_RENDER_FLAG_ANNOT), true
	}
	if l.darkness(l.with, at.at) < minShare {
		return false
	}
	if at.note && !l.drewB {
		l.bare, l.drewB = l.p.draw(0), true
	}
	return !at.note || l.darkness(l.bare, at.at) < minShare/2
}

// draw gives the page's picture, nil where it cannot be drawn.
func (p Page) draw(flags enums.FPDF_RENDER_FLAG) *image.Gray {
	size, err := p.Engine.GetPageSize(&requests.GetPageSize{Page: p.Page})
	if err != nil || size.Width*size.Height > maxPixels {
		return nil
	}
	pic, err := p.Engine.RenderPageInDPI(&requests.RenderPageInDPI{Page: p.Page, DPI: dpi, ImageFormat: requests.RenderImageFormatGrayscale, RenderFlags: flags})
	if err != nil {
		return nil
	}
	defer pic.Cleanup()
	grey, ok := pic.Result.RenderedImage.(*image.Gray)
	if !ok {
		return nil
	}
	return &image.Gray{Pix: append([]byte(nil), grey.Pix...), Stride: grey.Stride, Rect: grey.Rect}
}

// darkness is the share of dark pixels of a part of the page, 0 where it is not known.
func (l *looks) darkness(img *image.Gray, at rect) float64 {
	if img == nil {
		return 0
	}
	a, ok := l.pixel(img, at.left, at.top)
	b, ok2 := l.pixel(img, at.right, at.bottom)
	if !ok || !ok2 {
		return 0
	}
	area := image.Rectangle{Min: a, Max: b}.Canon().Intersect(img.Rect)
	if area.Dx() > 4 {
		area.Min.X, area.Max.X = area.Min.X+1, area.Max.X-1
	}
	if area.Dy() > 4 {
		area.Min.Y, area.Max.Y = area.Min.Y+1, area.Max.Y-1
	}
	n := 0
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			if img.GrayAt(x, y).Y <= inkLimit {
				n++
			}
		}
	}
	return float64(n) / float64(max(1, area.Dx()*area.Dy()))
}

func (l *looks) pixel(img *image.Gray, x, y float64) (image.Point, bool) {
	b := img.Rect
	p, err := l.p.Engine.FPDF_PageToDevice(&requests.FPDF_PageToDevice{Page: l.p.Page, SizeX: b.Dx(), SizeY: b.Dy(), PageX: x, PageY: y})
	if err != nil {
		return image.Point{}, false
	}
	return image.Pt(p.DeviceX, p.DeviceY), true
}
