package hold

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"slices"

	"brevvagt/detectors"
	"brevvagt/document"
	"brevvagt/document/ocr/picture"
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
		byPage := boxesOn(out, p.Path)
		for _, page := range slices.Sorted(maps.Keys(byPage)) {
			if len(list) == maxPictures {
				return list
			}
			img, err := load(p.Data, page)
			if err != nil {
				continue
			}
			var buf bytes.Buffer
			if png.Encode(&buf, marked(img, byPage[page])) == nil {
				list = append(list, quarantine.Picture{Path: detectors.RedactNumbers(p.Path), Page: page, PNG: buf.Bytes()})
			}
		}
	}
	return list
}

// load decodes a page of a file with many, and the only picture of one that shows
// a page of something else, such as a PDF's third.
func load(data []byte, page int) (image.Image, error) {
	if img, err := picture.DecodePage(data, page); err == nil {
		return img, nil
	}
	return picture.Decode(data)
}

// boxesOn are the found places on one picture, by page.
func boxesOn(out *scanner.Outcome, path string) map[int][]document.Box {
	boxes := make(map[int][]document.Box)
	for i := range out.Findings {
		if at := &out.Findings[i].At; at.Path == path && at.Box != nil {
			boxes[at.Page] = append(boxes[at.Page], *at.Box)
		}
	}
	return boxes
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
