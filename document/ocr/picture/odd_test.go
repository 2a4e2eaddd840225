package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"slices"
	"testing"
)

// ramp is a picture in which every pixel tells its place.
func ramp(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, color.RGBA{uint8(255 * x / w), uint8(255 * y / h), 128, 255})
		}
	}
	return img
}

// bmp16 writes 565 bits a pixel with masks.
func bmp16(img *image.RGBA) []byte {
	le := binary.LittleEndian
	w, h := img.Rect.Dx(), img.Rect.Dy()
	head := make([]byte, 66)
	copy(head, "BM")
	le.PutUint32(head[10:], 66)
	le.PutUint32(head[14:], 40)
	le.PutUint32(head[18:], uint32(w))
	le.PutUint32(head[22:], uint32(h))
	le.PutUint16(head[26:], 1)
	le.PutUint16(head[28:], 16)
	le.PutUint32(head[30:], 3)
	for i, m := range []uint32{0xf800, 0x7e0, 0x1f} {
		le.PutUint32(head[54+4*i:], m)
	}
	for y := h - 1; y >= 0; y-- {
		for x := range w {
			c := img.RGBAAt(x, y)
			head = le.AppendUint16(head, uint16(c.R>>3)<<11|uint16(c.G>>2)<<5|uint16(c.B>>3))
		}
		for range (4 - w*2%4) % 4 {
			head = append(head, 0)
		}
	}
	return head
}

// jpegInTIFF writes strips of rows lines, each a JPEG of its own.
func jpegInTIFF(tb testing.TB, img *image.RGBA, rows int) []byte {
	tb.Helper()
	le := binary.LittleEndian
	out := []byte("II*\x00\x00\x00\x00\x00")
	var at, size []byte
	n := uint32(0)
	for y := 0; y < img.Rect.Dy(); y += rows {
		var buf bytes.Buffer
		if err := jpeg.Encode(&buf, img.SubImage(image.Rect(0, y, img.Rect.Dx(), min(y+rows, img.Rect.Dy()))), nil); err != nil {
			tb.Fatal(err)
		}
		at = le.AppendUint32(at, uint32(len(out)))
		size = le.AppendUint32(size, uint32(buf.Len()))
		out = append(out, buf.Bytes()...)
		n++
	}
	atPos := uint32(len(out))
	out = append(out, at...)
	sizePos := uint32(len(out))
	out = append(out, size...)
	if n == 1 { // one value stands in the entry itself
		atPos, sizePos = le.Uint32(at), le.Uint32(size)
	}
	le.PutUint32(out[4:], uint32(len(out)))
	tags := [][4]uint32{{256, 4, 1, uint32(img.Rect.Dx())}, {257, 4, 1, uint32(img.Rect.Dy())}, {259, 3, 1, 7}, {262, 3, 1, 6},
		{273, 4, n, atPos}, {278, 4, 1, uint32(rows)}, {279, 4, n, sizePos}}
	out = le.AppendUint16(out, uint16(len(tags)))
	for _, t := range tags {
		out = le.AppendUint16(out, uint16(t[0]))
		out = le.AppendUint16(out, uint16(t[1]))
		out = le.AppendUint32(out, t[2])
		out = le.AppendUint32(out, t[3])
	}
	return append(out, 0, 0, 0, 0)
}

// animated puts the still picture into an animation of so many frames.
func animated(still []byte, w, h, frames int) []byte {
	size := func(b []byte, n int) []byte { return append(b, byte(n-1), byte((n-1)>>8), byte((n-1)>>16)) }
	head := size(size([]byte{2, 0, 0, 0}, w), h)
	body := appendChunk([]byte("WEBP"), chunk{"VP8X", head})
	body = appendChunk(body, chunk{"ANIM", make([]byte, 6)})
	for range frames {
		f := size(size(make([]byte, 6), w), h)
		f = append(f, 100, 0, 0, 0)
		body = appendChunk(body, chunk{"ANMF", append(f, still[12:]...)})
	}
	return slices.Concat([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, uint32(len(body))), body)
}

func TestOddPictures(t *testing.T) {
	img := ramp(101, 70)
	for name, data := range map[string][]byte{"16 bits": bmp16(img), "JPEG in TIFF": jpegInTIFF(t, img, 16), "one strip": jpegInTIFF(t, img, 70)} {
		got, err := Decode(data)
		if err != nil || got.Bounds() != img.Bounds() {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, at := range []image.Point{{0, 0}, {100, 0}, {50, 35}, {0, 69}, {100, 69}} {
			r, g, _, _ := got.At(at.X, at.Y).RGBA()
			want := img.RGBAAt(at.X, at.Y)
			if d := int(r>>8) - int(want.R); d < -12 || d > 12 {
				t.Errorf("%s: red at %v is off by %d", name, at, d)
			}
			if d := int(g>>8) - int(want.G); d < -12 || d > 12 {
				t.Errorf("%s: green at %v is off by %d", name, at, d)
			}
		}
		if _, err := Decode(data[:len(data)*2/3]); err == nil && name == "16 bits" {
			t.Errorf("%s: a cut file was decoded", name)
		}
	}
	still, err := os.ReadFile("../testdata/line.webp")
	if err != nil {
		t.Fatal(err)
	}
	first, err := Decode(still)
	if err != nil {
		t.Fatal(err)
	}
	moving := animated(still, first.Bounds().Dx(), first.Bounds().Dy(), 30)
	for _, k := range Kinds() {
		if k.Name == "webp" {
			if n, all := k.Pages(moving); n != maxFrames || all {
				t.Errorf("%d pages, all %v", n, all)
			}
		}
	}
	for _, page := range []int{1, maxFrames} {
		if got, err := DecodePage(moving, page); err != nil || got.Bounds() != first.Bounds() {
			t.Errorf("frame %d: %v", page, err)
		}
	}
}
