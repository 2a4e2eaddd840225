package legacy

import (
	"brevvagt/document/office/fields"
	"brevvagt/internal/paint"
)

// look is what property modifiers say of the colours of letters and their ground.
type look struct{ letters, ground paint.Colour }

func newLook() look { return look{paint.Unsaid, paint.Unsaid} }

// Property modifiers of colours ([MS-DOC] 2.6.1).
const (
	sprmHighlight = 0x2a0c
	sprmIndex     = 0x2a42
	sprmColour    = 0x6870
	sprmShade80   = 0x4866
	sprmShade     = 0xca71
)

// take reads one modifier with its operand.
func (l *look) take(op int, operand []byte) {
	switch op {
	case sprmHighlight:
		l.ground = indexed(int(operand[0]))
	case sprmIndex:
		l.letters = indexed(int(operand[0]))
	case sprmColour:
		l.letters = reference(operand)
	case sprmShade80:
		v := fields.U16(operand, 0)
		l.shade(indexed(v&31), indexed(v>>5&31), v>>10)
	case sprmShade:
		if len(operand) >= 11 {
			l.shade(reference(operand[1:]), reference(operand[5:]), fields.U16(operand, 9))
		}
	}
}

// shade takes the colours of a pattern: 0 shows its back alone, 1 its front.
func (l *look) shade(front, back paint.Colour, pattern int) {
	switch {
	case pattern == 1 && front == paint.Unsaid:
		l.ground = paint.Black
	case pattern == 1:
		l.ground = front
	case pattern == 0:
		l.ground = back
	}
}

// indexed is a colour by its number (Ico, 2.9.119): 0 is the program's own, 1 black.
func indexed(n int) paint.Colour {
	switch n {
	case 0:
		return paint.Unsaid
	case 1:
		return paint.Black
	}
	return paint.Other
}

// reference reads a COLORREF: red, green, blue, and 255 where it is left to the program.
func reference(b []byte) paint.Colour {
	if len(b) < 4 || b[3] == 0xff {
		return paint.Unsaid
	}
	return paint.Colour(b[0])<<16 | paint.Colour(b[1])<<8 | paint.Colour(b[2])
}
