// Package engine drives tesseract: grey pixels go in, words with their boxes come out.
// Pictures never reach it as files. Without cgo it is absent and says so.
package engine

import "image"

// Language is the one model that is loaded: for Danish text it alone is better and
// faster than together with the English one.
const Language = "dan"

// Mode is how the engine takes a page apart: tesseract's page segmentation modes.
type Mode int

// The modes that are used.
const (
	Oriented Mode = 1 // columns and blocks, turned upright first
	Auto     Mode = 3
	Block    Mode = 6 // one block of rows
	Line     Mode = 7 // one row
	Number   Mode = Line + digitsOnly

	digitsOnly = 100 // added to a mode: nothing but digits is read
)

// Word is one word as the engine gave it, its box on the prepared picture.
type Word struct {
	Text        string
	Box         image.Rectangle
	Confidence  int // per cent
	Block, Line int // the engine's numbering
}
