package picture

import (
	"errors"
	"image"
	"io"

	"golang.org/x/image/ccitt"
)

// faxTIFF is a TIFF directory in the coding of fax machines (compression 3, one-
// dimensional). The library reads it only where rows follow each other without a gap,
// and most programs fill the rows up so that their end mark ends with a byte.
type faxTIFF struct {
	w, h   int
	rows   int // in a strip
	order  ccitt.Order
	strips [][]byte
}

var errNoFax = errors.New("not a TIFF in one-dimensional fax coding")

func parseFaxTIFF(t []byte) (f faxTIFF, err error) {
	one, tags, err := tiffTags(t, errNoFax, 256, 257, 259, 266, 273, 278, 279, 292)
	if err != nil {
		return f, err
	}
	f = faxTIFF{w: one(256), h: one(257), rows: one(278), order: ccitt.MSB}
	if one(266) == 2 {
		f.order = ccitt.LSB
	}
	at, size := tags[273], tags[279]
	const twoDimensional, uncompressed = 1, 2
	if one(259) != 3 || one(292)&(twoDimensional|uncompressed) != 0 || len(at) == 0 || len(at) != len(size) {
		return f, errNoFax
	}
	if f.w <= 0 || f.h <= 0 || int64(f.w)*int64(f.h) > MaxPixels {
		return f, errNoFax
	}
	if f.rows <= 0 || f.rows > f.h {
		f.rows = f.h
	}
	for i := range at {
		if at[i] < 0 || size[i] < 0 || at[i]+size[i] > len(t) {
			return f, errNoFax
		}
		f.strips = append(f.strips, t[at[i]:at[i]+size[i]])
	}
	return f, nil
}

// draw decodes row by row, from end mark to end mark; a row that is broken repeats the
// one above it, as fax machines do. Half of the rows must be whole.
func (f faxTIFF) draw() (image.Image, error) {
	out := image.NewGray(image.Rect(0, 0, f.w, f.h))
	packed := make([]byte, (f.w+7)/8)
	good := 0
	for i, s := range f.strips {
		y, end := i*f.rows, min((i+1)*f.rows, f.h)
		for at := endMark(s, 0, f.order); at >= 0 && y < end; y++ {
			next := endMark(s, at, f.order)
			if next == at+markBits {
				break // several in a row end the page
			}
			r := ccitt.NewReader(&shifted{data: s, at: at, order: f.order, mark: true}, ccitt.MSB, ccitt.Group3, f.w, 1, nil)
			if _, err := io.ReadFull(r, packed); err == nil {
				good++
			}
			for x := range f.w {
				if packed[x/8]>>(7-x%8)&1 == 1 {
					out.Pix[y*out.Stride+x] = 255
				}
			}
			at = next
		}
		for ; y < end; y++ { // nothing came: white
			for x := range f.w {
				out.Pix[y*out.Stride+x] = 255
			}
		}
	}
	if good*2 < f.h {
		return nil, io.ErrUnexpectedEOF
	}
	return out, nil
}

// markBits is the length of the mark at the end of each row: eleven zeros and a one.
const markBits = 12

// endMark gives the bit behind the next end mark, -1 where there is none.
func endMark(s []byte, at int, order ccitt.Order) int {
	zeros := 0
	for ; at < 8*len(s); at++ {
		switch {
		case bitAt(s, at, order) == 0:
			zeros++
		case zeros >= markBits-1:
			return at + 1
		default:
			zeros = 0
		}
	}
	return -1
}

func bitAt(s []byte, at int, order ccitt.Order) byte {
	if order == ccitt.LSB {
		return s[at/8] >> (at % 8) & 1
	}
	return s[at/8] >> (7 - at%8) & 1
}

// shifted reads bits from anywhere on as bytes, behind an end mark.
type shifted struct {
	data  []byte
	at    int
	order ccitt.Order
	mark  bool // still to be given: two bytes, of which four bits belong to the row
}

func (s *shifted) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if s.at >= 8*len(s.data) {
			return n, io.EOF
		}
		var b byte
		from := 0
		if s.mark {
			p[n], s.mark = 0, false
			if n++; n == len(p) {
				return n, errors.New("too small a buffer")
			}
			b, from = 1, 4
		}
		for ; from < 8; from++ {
			b <<= 1
			if s.at < 8*len(s.data) {
				b |= bitAt(s.data, s.at, s.order)
			}
			s.at++
		}
		p[n] = b
		n++
	}
	return n, nil
}
