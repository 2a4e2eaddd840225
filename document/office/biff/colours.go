package biff

import (
	"brevvagt/document/office/fields"
	"brevvagt/internal/paint"
)

// colours is what the formats of cells say of letters and ground, in Excel 97 and later
// ([MS-XLS] 2.4.122, 2.4.353).
type colours struct {
	fonts []paint.Colour
	cells []cellColours // by format
}

type cellColours struct {
	font int
	fill paint.Colour
}

const maxColours = 70_000

func (c *colours) font(rec []byte) {
	if len(rec) >= 6 && len(c.fonts) < maxColours {
		c.fonts = append(c.fonts, indexed(fields.U16(rec, 4)))
	}
}

func (c *colours) format(rec []byte) {
	if len(c.cells) >= maxColours {
		return
	}
	at := cellColours{fields.U16(rec, 0), paint.Unsaid}
	if len(rec) >= 20 && fields.U32(rec, 14)>>26&63 == 1 { // one colour
		at.fill = indexed(fields.U16(rec, 18) & 0x7f)
	}
	if at.font > 4 { // there is no fifth font
		at.font--
	}
	c.cells = append(c.cells, at)
}

// indexed is a colour of the palette: the second eight are those of the user, whose first
// is black unless a file says otherwise; 64 and 0x7fff are the program's own for letters.
func indexed(n int) paint.Colour {
	switch n {
	case 0, 8:
		return paint.Black
	case 64, 0x7fff:
		return paint.Unsaid
	}
	return paint.Other
}

// crossedOut reports whether a cell of this format has black letters on black.
func (c *colours) crossedOut(format int) bool {
	if format < 0 || format >= len(c.cells) {
		return false
	}
	at, ink := c.cells[format], paint.Unsaid
	if at.font < len(c.fonts) {
		ink = c.fonts[at.font]
	}
	return paint.Hides(at.fill, ink, paint.Black)
}
