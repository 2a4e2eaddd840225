package ocr

import (
	"image"

	"brevvagt/document"
	"brevvagt/document/ocr/codes"
)

// codedSegments gives what codes say to machines: hidden text, read surely or not at all.
func codedSegments(g *image.Gray) (out []document.Segment) {
	for _, c := range codes.Read(g) {
		out = append(out, document.Segment{Text: c.Text, At: document.Location{Layer: document.Hidden, Box: (*document.Box)(&c.Box)}})
	}
	return out
}
