package hold

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"brevvagt/detectors"
	"brevvagt/document"
	"brevvagt/document/ocr"
	"brevvagt/quarantine"
	"brevvagt/scanner"
)

// maxPictures bounds what one case keeps; a bundle of a thousand scans is shown
// by its first pictures with findings.
const maxPictures = 20

// pictures are the pictures with findings, each found place blacked out and
// framed. A picture that cannot be decoded here is left out: its findings are
// still listed.
func pictures(out *scanner.Outcome) []quarantine.Picture {
	var list []quarantine.Picture
	for _, p := range out.Document.Pictures {
		boxes := boxesOn(out, p.Path)
		if len(boxes) == 0 || len(list) == maxPictures {
			continue
		}
		img, err := ocr.Decode(p.Data)
		if err != nil {
			continue
		}
		var buf bytes.Buffer
		if png.Encode(&buf, marked(img, boxes)) == nil {
			list = append(list, quarantine.Picture{Path: detectors.RedactNumbers(p.Path), Page: 1, PNG: buf.Bytes()})
		}
	}
	return list
}

// marked draws the boxes: black inside, a red frame around.
func marked(src image.Image, boxes []document.Box) image.Image {
	b := src.Bounds()
	img := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(img, img.Bounds(), src, b.Min, draw.Src)
	frame := image.NewUniform(color.RGBA{R: 0xcc, A: 0xff})
	for _, box := range boxes {
		// Two pixels more than the word: the edges of its digits are digits too.
		inner := image.Rect(box[0]-2, box[1]-2, box[0]+box[2]+2, box[1]+box[3]+2)
		draw.Draw(img, inner.Inset(-3), frame, image.Point{}, draw.Src)
		draw.Draw(img, inner, image.Black, image.Point{}, draw.Src)
	}
	return img
}
