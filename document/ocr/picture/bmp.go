package picture

import (
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"io"
	"math/bits"

	"golang.org/x/image/bmp"
)

// masked is a BMP whose pixels are 16 or 32 bits with a mask for each colour, which
// the library does not read: what "565" and "RGBA" exports write.
type masked struct {
	w, h, bpp int
	flipped   bool // the first row is the top one
	offset    int
	mask      [3]uint32 // red, green, blue
}

var errMasked = errors.New("not a BMP with masks")

// parseMasked reads the header; ok for uncompressed 16 and 32 bits only.
func parseMasked(data []byte) (m masked, err error) {
	le := binary.LittleEndian
	if len(data) < 54 || le.Uint32(data[14:]) < 40 {
		return m, errMasked
	}
	m.w, m.h = int(int32(le.Uint32(data[18:]))), int(int32(le.Uint32(data[22:])))
	if m.h < 0 {
		m.h, m.flipped = -m.h, true
	}
	m.bpp, m.offset = int(le.Uint16(data[28:])), int(le.Uint32(data[10:]))
	if m.bpp != 16 && m.bpp != 32 || m.w <= 0 || m.h <= 0 || m.w > 1<<20 || m.h > 1<<20 {
		return m, errMasked
	}
	switch le.Uint32(data[30:]) {
	case 0: // none given: five bits each, or eight
		m.mask = [3]uint32{0x7c00, 0x3e0, 0x1f}
		if m.bpp == 32 {
			m.mask = [3]uint32{0xff0000, 0xff00, 0xff}
		}
	case 3, 6: // after a header of 40 bytes, or within a longer one: the same place
		if len(data) < 66 {
			return m, io.ErrUnexpectedEOF
		}
		for i := range m.mask {
			m.mask[i] = le.Uint32(data[54+4*i:])
		}
	default:
		return m, errMasked
	}
	if m.mask[0] == 0 || m.mask[1] == 0 || m.mask[2] == 0 {
		return m, errMasked
	}
	return m, nil
}

func bmpConfig(r reader) (image.Config, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return image.Config{}, err
	}
	if m, err := parseMasked(data); err == nil {
		return image.Config{ColorModel: color.RGBAModel, Width: m.w, Height: m.h}, nil
	}
	return config(bmp.DecodeConfig)(data)
}

// bmpDecode reads what has masks itself, alpha left out: many programs leave it at
// zero and show the picture all the same.
func bmpDecode(r reader) (image.Image, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	m, err := parseMasked(data)
	if err != nil {
		return decode(bmp.Decode)(data)
	}
	step := m.bpp / 8
	stride := (m.w*step + 3) &^ 3
	if m.offset < 0 || m.offset > len(data) || len(data)-m.offset < stride*m.h {
		return nil, io.ErrUnexpectedEOF
	}
	out := image.NewRGBA(image.Rect(0, 0, m.w, m.h))
	for y := range m.h {
		row := m.h - 1 - y
		if m.flipped {
			row = y
		}
		src := data[m.offset+row*stride:]
		dst := out.Pix[y*out.Stride:]
		for x := range m.w {
			v := uint32(binary.LittleEndian.Uint16(src[x*step:]))
			if step == 4 {
				v = binary.LittleEndian.Uint32(src[x*step:])
			}
			for c, mask := range m.mask {
				dst[4*x+c] = channel(v, mask)
			}
			dst[4*x+3] = 255
		}
	}
	return out, nil
}

// channel gives the masked bits as 0 to 255.
func channel(v, mask uint32) uint8 {
	low := bits.TrailingZeros32(mask)
	top := uint64(mask >> low)
	return uint8(uint64(v&mask>>low) * 255 / top)
}
