package engine

import (
	"encoding/binary"
	"image"
)

// encodeBMP writes 8-bit grey without compression: the engine's own decoder meets
// nothing from outside, and its resolution field tells the engine the dpi.
func encodeBMP(g *image.Gray, dpi int) []byte {
	const head, palette = 54, 256 * 4
	w, h := g.Rect.Dx(), g.Rect.Dy()
	stride := (w + 3) &^ 3
	out := make([]byte, head+palette+stride*h)
	le := binary.LittleEndian
	copy(out, "BM")
	le.PutUint32(out[2:], uint32(len(out)))
	le.PutUint32(out[10:], head+palette)
	le.PutUint32(out[14:], 40)
	le.PutUint32(out[18:], uint32(w))
	le.PutUint32(out[22:], uint32(h))
	le.PutUint16(out[26:], 1)
	le.PutUint16(out[28:], 8)
	le.PutUint32(out[34:], uint32(stride*h))
	perMetre := uint32(float64(dpi)/0.0254 + 0.5)
	le.PutUint32(out[38:], perMetre)
	le.PutUint32(out[42:], perMetre)
	le.PutUint32(out[46:], 256)
	for i := range 256 {
		copy(out[head+4*i:], []byte{byte(i), byte(i), byte(i)})
	}
	for y := range h { // bottom row first
		copy(out[head+palette+(h-1-y)*stride:], g.Pix[y*g.Stride:][:w])
	}
	return out
}
