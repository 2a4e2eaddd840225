package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/draw"
	"io"
)

type reader = io.Reader

// facts is what a JPEG says of itself beside its pixels.
type facts struct {
	dpiX, dpiY  float64
	orientation int // EXIF, 1 to 8; 1 is upright
	camera      bool
}

// jpegFacts walks the segments before the picture data. What it cannot follow it
// leaves at the default.
func jpegFacts(data []byte) facts {
	f := facts{orientation: 1}
	for i := 2; i+4 <= len(data) && data[i] == 0xff; {
		marker, size := data[i+1], int(binary.BigEndian.Uint16(data[i+2:]))
		if marker == 0xda || size < 2 || i+2+size > len(data) {
			break
		}
		body := data[i+4 : i+2+size]
		switch {
		case marker == 0xe0 && len(body) >= 12 && string(body[:5]) == "JFIF\x00":
			x, y := float64(binary.BigEndian.Uint16(body[8:])), float64(binary.BigEndian.Uint16(body[10:]))
			switch body[7] {
			case 1:
				f.dpiX, f.dpiY = x, y
			case 2:
				f.dpiX, f.dpiY = x*2.54, y*2.54
			}
		case marker == 0xe1 && len(body) > 14 && string(body[:6]) == "Exif\x00\x00":
			exif(body[6:], &f)
		}
		i += 2 + size
	}
	return f
}

// exif reads the first directory of a TIFF structure.
func exif(t []byte, f *facts) {
	order, first, ok := tiffHead(t)
	if !ok {
		return
	}
	p := readTIFFPage(t, order, first)
	f.orientation = p.orientation
	f.camera = p.camera
	if f.dpiX == 0 {
		f.dpiX, f.dpiY = p.dpiX, p.dpiY
	}
}

// pngResolution reads the pHYs chunk.
func pngResolution(data []byte) (x, y float64) {
	pngChunks(data, func(kind string, body []byte) bool {
		if kind == "pHYs" && len(body) == 9 && body[8] == 1 {
			x, y = perMetre(binary.BigEndian.Uint32(body)), perMetre(binary.BigEndian.Uint32(body[4:]))
		}
		return kind != "pHYs" && kind != "IDAT"
	})
	return x, y
}

func bmpResolution(data []byte) (x, y float64) {
	if len(data) < 46 || data[14] < 40 {
		return 0, 0
	}
	return perMetre(binary.LittleEndian.Uint32(data[38:])), perMetre(binary.LittleEndian.Uint32(data[42:]))
}

func perMetre(n uint32) float64 { return float64(n) * 0.0254 }

// tiffPage is what one directory of a TIFF says.
type tiffPage struct {
	dpiX, dpiY  float64
	orientation int
	camera      bool
}

func tiffHead(t []byte) (order binary.ByteOrder, first int64, ok bool) {
	if len(t) < 8 {
		return nil, 0, false
	}
	switch {
	case bytes.HasPrefix(t, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(t, []byte("MM\x00*")):
		order = binary.BigEndian
	default:
		return nil, 0, false
	}
	return order, int64(order.Uint32(t[4:])), true
}

// maxIFDs bounds the chain of pages; the format's own page limit is lower.
const maxIFDs = 10_000

// tiffIFDs gives the offsets of the pages' directories. A chain that loops or
// leaves the file ends there.
func tiffIFDs(t []byte) []int64 {
	order, at, ok := tiffHead(t)
	if !ok {
		return nil
	}
	var all []int64
	seen := map[int64]bool{}
	for at > 0 && at+2 <= int64(len(t)) && !seen[at] && len(all) < maxIFDs {
		seen[at] = true
		all = append(all, at)
		next := at + 2 + int64(order.Uint16(t[at:]))*12
		if next+4 > int64(len(t)) {
			break
		}
		at = int64(order.Uint32(t[next:]))
	}
	return all
}

// tiffPageOf gives a file whose first page is the wanted one: the decoder reads
// page one only, so a copy's header is pointed at the other directory.
func tiffPageOf(t []byte, page int) ([]byte, tiffPage, error) {
	all := tiffIFDs(t)
	if page < 1 || page > len(all) {
		return nil, tiffPage{orientation: 1}, io.ErrUnexpectedEOF
	}
	order, _, _ := tiffHead(t)
	if page > 1 {
		t = bytes.Clone(t)
		order.PutUint32(t[4:], uint32(all[page-1]))
	}
	return t, readTIFFPage(t, order, all[page-1]), nil
}

func readTIFFPage(t []byte, order binary.ByteOrder, at int64) tiffPage {
	p := tiffPage{orientation: 1}
	if at < 0 || at+2 > int64(len(t)) {
		return p
	}
	unit := 2.0
	for i := range int64(order.Uint16(t[at:])) {
		e := at + 2 + i*12
		if e+12 > int64(len(t)) {
			break
		}
		value := t[e+8 : e+12]
		switch order.Uint16(t[e:]) {
		case 0x10f: // Make
			p.camera = true
		case 0x112: // Orientation
			if o := int(order.Uint16(value)); o >= 1 && o <= 8 {
				p.orientation = o
			}
		case 0x11a:
			p.dpiX = rational(t, order, value)
		case 0x11b:
			p.dpiY = rational(t, order, value)
		case 0x128:
			if order.Uint16(value) == 3 {
				unit = 3
			} else if order.Uint16(value) == 1 {
				unit = 1
			}
		}
	}
	switch unit {
	case 1: // a ratio without a unit says nothing about dots per inch
		p.dpiX, p.dpiY = 0, 0
	case 3:
		p.dpiX, p.dpiY = p.dpiX*2.54, p.dpiY*2.54
	}
	return p
}

func rational(t []byte, order binary.ByteOrder, value []byte) float64 {
	at := int64(order.Uint32(value))
	if at+8 > int64(len(t)) {
		return 0
	}
	n, d := order.Uint32(t[at:]), order.Uint32(t[at+4:])
	if d == 0 {
		return 0
	}
	return float64(n) / float64(d)
}

// Oriented turns and mirrors a picture as its EXIF orientation asks.
func Oriented(img image.Image, orientation int) image.Image {
	if orientation <= 1 || orientation > 8 {
		return img
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	src := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(src, src.Bounds(), img, b.Min, draw.Src)
	dw, dh := w, h
	if orientation >= 5 {
		dw, dh = h, w
	}
	dst := image.NewRGBA(image.Rect(0, 0, dw, dh))
	for y := range dh {
		for x := range dw {
			sx, sy := turned(orientation, x, y, w, h)
			copy(dst.Pix[y*dst.Stride+4*x:][:4], src.Pix[sy*src.Stride+4*sx:][:4])
		}
	}
	return dst
}

// turned gives the stored pixel that is shown at x, y; w and h are the stored size.
func turned(orientation, x, y, w, h int) (int, int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	case 8:
		return w - 1 - y, x
	}
	return x, y
}
