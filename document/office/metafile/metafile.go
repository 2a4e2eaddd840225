// Package metafile reads the text and the bitmaps of Windows metafiles (EMF, EMF+
// and WMF): the pictures of charts, tables and embedded objects in office files.
package metafile

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"unicode/utf16"

	"brevvagt/document"
	"brevvagt/document/office/fields"
	"brevvagt/document/office/ole"
)

var errShort = errors.New("metafile is cut off")

// IsEMF tells an enhanced metafile by its header ([MS-EMF] 2.3.4.2).
func IsEMF(head []byte) bool {
	return len(head) >= 44 && binary.LittleEndian.Uint32(head) == 1 && string(head[40:44]) == " EMF"
}

// IsWMF tells a metafile of 16 bits by its header, with or without the placeable
// one in front ([MS-WMF] 2.3.2).
func IsWMF(head []byte) bool {
	return bytes.HasPrefix(head, []byte{0xd7, 0xcd, 0xc6, 0x9a}) ||
		len(head) >= 18 && (head[0] == 1 || head[0] == 2) && head[1] == 0 && head[2] == 9 && head[3] == 0 && (head[5] == 1 || head[5] == 3)
}

// reader puts together the texts that stand on one line.
type reader struct {
	out     *document.Builder
	line    []byte
	x, y    int // where the line's text ends
	glyphs  bool
	bitmaps int
}

// maxBitmaps bounds the children of one metafile.
const maxBitmaps = 1000

func i32(b []byte, at int) int { return int(int32(uint32(fields.U32(b, at)))) }

// put adds a text at a place. Programs draw a line in pieces: a piece that
// begins where the last ended continues its word.
func (r *reader) put(text string, x, y, width int) {
	if text == "" {
		return
	}
	each := max(1, width/max(1, len(text)))
	if y != r.y && brokenOff(r.line, text) {
		r.line = append(append(r.line, '\n'), text...)
		r.x, r.y = x+width, y
		return
	}
	if y != r.y || x < r.x-4*each || len(r.line) > 64<<10 {
		r.flush()
	} else if len(r.line) > 0 && x > r.x+each/2 {
		r.line = append(r.line, ' ')
	}
	r.line = append(r.line, text...)
	r.x, r.y = x+width, y
}

// brokenOff tells a line that ends within a number, behind its dash.
func brokenOff(line []byte, next string) bool {
	n := len(line)
	return n > 1 && n < 64<<10 && line[n-1] == '-' && isDigit(line[n-2]) && isDigit(next[0])
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func (r *reader) flush() {
	r.out.Text(string(r.line))
	r.line = r.line[:0]
}

func (r *reader) end(short bool) error {
	r.flush()
	if r.glyphs {
		r.out.Gap(document.Gap{Why: document.NoText, Detail: "text is stored as shapes of letters"})
	}
	if short {
		return errShort
	}
	return nil
}

func (r *reader) child(name string, data []byte) {
	if r.bitmaps++; r.bitmaps <= maxBitmaps {
		r.out.ChildBytes(name, data, document.Input{})
	} else if r.bitmaps == maxBitmaps+1 {
		r.out.Gap(document.Gap{Why: document.TooMany, Detail: "too many bitmaps"})
	}
}

// bitmap hands on a device-independent bitmap as a BMP file.
func (r *reader) bitmap(info, bits []byte) {
	if len(info) < 40 || len(bits) == 0 {
		return
	}
	switch fields.U32(info, 16) { // the bits are a file of their own
	case 4:
		r.child("billede.jpg", bits)
		return
	case 5:
		r.child("billede.png", bits)
		return
	}
	bmp := append([]byte("BM"), make([]byte, 12)...)
	binary.LittleEndian.PutUint32(bmp[2:], uint32(14+len(info)+len(bits)))
	binary.LittleEndian.PutUint32(bmp[10:], uint32(14+len(info)))
	r.child("billede.bmp", append(append(bmp, info...), bits...))
}

func utf16Text(b []byte) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = binary.LittleEndian.Uint16(b[i*2:])
	}
	return string(utf16.Decode(u))
}

// ReadWMF reads a metafile of 16 bits.
func ReadWMF(ctx context.Context, in document.Input, out *document.Builder) error {
	r := &reader{out: out}
	b := in.Data
	if bytes.HasPrefix(b, []byte{0xd7, 0xcd, 0xc6, 0x9a}) {
		b = b[min(len(b), 22):]
	}
	b = b[min(len(b), 18):]
	for len(b) >= 6 {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		size, kind := fields.U32(b, 0)*2, fields.U16(b, 4)
		if size < 6 || size > len(b) {
			return r.end(true)
		}
		rec := b[6:size]
		b = b[size:]
		switch kind {
		case 0:
			return r.end(false)
		case 0x0a32: // ExtTextOut
			at := 8
			if fields.U16(rec, 6)&6 != 0 {
				at = 16
			}
			n := fields.U16(rec, 4)
			r.put(ole.Decode(fields.Sub(rec, at, n), 1252), int(int16(fields.U16(rec, 2))), int(int16(fields.U16(rec, 0))), sum(fields.Sub(rec, at+(n+1)&^1, n*2), 2))
		case 0x0521: // TextOut
			n := fields.U16(rec, 0)
			at := 2 + (n+1)&^1
			r.put(ole.Decode(fields.Sub(rec, 2, n), 1252), int(int16(fields.U16(rec, at+2))), int(int16(fields.U16(rec, at))), 0)
		case 0x0f43: // StretchDIB
			r.dib(fields.Sub(rec, 22, len(rec)))
		case 0x0b41: // DIBStretchBlt
			r.dib(fields.Sub(rec, 20, len(rec)))
		}
	}
	return r.end(true)
}

// dib splits a bitmap into its header with colours and its bits.
func (r *reader) dib(b []byte) {
	if len(b) < 40 {
		return
	}
	n := fields.U32(b, 0)
	if bits := fields.U16(b, 14); bits <= 8 {
		colours := fields.U32(b, 32)
		if colours == 0 || colours > 256 {
			colours = 1 << bits
		}
		n += colours * 4
	} else if fields.U32(b, 16) == 3 {
		n += 12
	}
	if n > 40 || n == 40 {
		r.bitmap(fields.Sub(b, 0, n), fields.Sub(b, n, len(b)))
	}
}

// sum adds up the distances between characters.
func sum(b []byte, width int) int {
	n := 0
	for i := 0; i+width <= len(b); i += width {
		if width == 2 {
			n += int(int16(fields.U16(b, i)))
		} else {
			n += i32(b, i)
		}
	}
	return n
}
