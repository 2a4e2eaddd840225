// Package picture decodes PNG, JPEG, GIF, BMP, WebP and TIFF into pages as a viewer
// shows them: within a budget of pixels that is kept before anything is decoded,
// upright as EXIF asks, with the resolution where the file tells it. It is plain
// Go, so the review page may use it to draw on.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/webp"
)

// MaxPixels is the pixel budget of one picture: the header is asked before any
// pixel is decoded. 50 million are an A3 page at 600 dpi.
const MaxPixels = 50_000_000

// Below these pixels no number can be read, and a picture is passed over.
const (
	MinWidth  = 48
	MinHeight = 9
)

// ErrTooBig is returned for pictures above MaxPixels.
var ErrTooBig = fmt.Errorf("picture over %d million pixels", MaxPixels/1_000_000)

// errKind is returned for what is none of the six kinds of picture.
var errKind = errors.New("not a picture of a known kind")

// Kind is how one kind of picture is told and decoded.
type Kind struct {
	Name   string
	Match  func(head []byte) bool
	config func([]byte) (image.Config, error)
	decode func([]byte) (image.Image, error)
}

func Kinds() []Kind {
	return []Kind{
		{"png", prefix("\x89PNG\r\n\x1a\n"), config(png.DecodeConfig), decode(png.Decode)},
		{"jpeg", prefix("\xff\xd8\xff"), config(jpeg.DecodeConfig), decode(jpeg.Decode)},
		{"gif", func(h []byte) bool { return prefix("GIF87a")(h) || prefix("GIF89a")(h) }, config(gif.DecodeConfig), decode(gif.Decode)},
		{"bmp", isBMP, config(bmpConfig), decode(bmpDecode)},
		{"webp", isWebP, config(webp.DecodeConfig), decode(webp.Decode)},
		{"tiff", isTIFF, config(tiffConfig), decode(tiffDecode)},
	}
}

func prefix(p string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(p)) }
}

// isBMP wants the header's size too: two letters alone begin many a text.
func isBMP(h []byte) bool {
	if len(h) < 18 || h[0] != 'B' || h[1] != 'M' || h[15] != 0 || h[16] != 0 || h[17] != 0 {
		return false
	}
	switch h[14] {
	case 12, 40, 52, 56, 64, 108, 124:
		return true
	}
	return false
}

func isWebP(h []byte) bool {
	return len(h) >= 12 && string(h[:4]) == "RIFF" && string(h[8:12]) == "WEBP"
}

func isTIFF(h []byte) bool { return prefix("II*\x00")(h) || prefix("MM\x00*")(h) }

func config(f func(r reader) (image.Config, error)) func([]byte) (image.Config, error) {
	return func(data []byte) (image.Config, error) { return f(bytes.NewReader(data)) }
}

func decode(f func(r reader) (image.Image, error)) func([]byte) (image.Image, error) {
	return func(data []byte) (image.Image, error) { return f(bytes.NewReader(data)) }
}

// Page is one page of a file, as a viewer shows it.
type Page struct {
	Image      image.Image
	DPIX, DPIY float64 // 0 when the file does not say
	Camera     bool    // a camera's name stands in the file
	Lossy      bool    // JPEG: photographs and scans more than screens
}

// Decode gives the picture in data as a viewer shows it: its EXIF orientation is
// applied, so the boxes of package ocr's segments fit onto it. Of a TIFF with
// many pages it gives the first. It returns ErrTooBig before decoding when the
// picture has more than MaxPixels, and any error of the decoder.
func Decode(data []byte) (image.Image, error) { return DecodePage(data, 1) }

// DecodePage is Decode for the page of that number, from 1.
func DecodePage(data []byte, page int) (image.Image, error) {
	for _, k := range Kinds() {
		if k.Match(data) {
			p, err := k.Load(data, page)
			return p.Image, err
		}
	}
	return nil, errKind
}

// Load decodes one page.
func (k Kind) Load(data []byte, page int) (p Page, err error) {
	defer func() {
		// The decoders are good, but this runs in the daemon too, for the review page.
		if r := recover(); r != nil {
			p, err = Page{}, fmt.Errorf("decoder of %s panicked (%T)", k.Name, r)
		}
	}()
	turn := 1
	switch k.Name {
	case "tiff":
		var t tiffPage
		if data, t, err = tiffPageOf(data, page); err != nil {
			return p, err
		}
		p.DPIX, p.DPIY, turn = t.dpiX, t.dpiY, t.orientation
	case "gif":
		if data, err = gifPageOf(data, page); err != nil {
			return p, err
		}
	case "webp":
		if data, err = webpPageOf(data, page); err != nil {
			return p, err
		}
	case "jpeg":
		p.Lossy = true
		m := jpegFacts(data)
		p.DPIX, p.DPIY, p.Camera, turn = m.dpiX, m.dpiY, m.camera, m.orientation
	case "png":
		if data, err = pngPageOf(data, page); err != nil {
			return p, err
		}
		p.DPIX, p.DPIY = pngResolution(data)
	case "bmp":
		p.DPIX, p.DPIY = bmpResolution(data)
	}
	c, err := k.config(data)
	if err != nil {
		return p, fmt.Errorf("cannot read the header of a %s: %w", k.Name, err)
	}
	if c.Width <= 0 || c.Height <= 0 {
		return p, fmt.Errorf("a %s without pixels", k.Name)
	}
	if int64(c.Width)*int64(c.Height) > MaxPixels {
		return p, ErrTooBig
	}
	img, err := k.decode(data)
	if err != nil {
		return p, fmt.Errorf("cannot decode a %s: %w", k.Name, err)
	}
	p.Image = Oriented(img, turn)
	if turn >= 5 {
		p.DPIX, p.DPIY = p.DPIY, p.DPIX
	}
	return p, nil
}

// Pages is the number of pages in the file to be read; all is false when it has
// more that differ.
func (k Kind) Pages(data []byte) (n int, all bool) {
	switch k.Name {
	case "tiff":
		return max(1, len(tiffIFDs(data))), true
	case "gif":
		pages, _, all := gifPages(data)
		return max(1, len(pages)), all
	case "png":
		frames, all := apngFrames(data)
		return 1 + len(frames), all
	case "webp":
		pages, all := webpFrames(data)
		return max(1, len(pages)), all
	}
	return 1, true
}
