package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"testing"
)

// pngAnimation writes an animated PNG of single-colour frames, the first shown by every viewer.
func pngAnimation(t *testing.T, frames []image.Rectangle) []byte {
	t.Helper()
	var out []byte
	for i, r := range frames {
		img := image.NewRGBA(r)
		draw.Draw(img, r, image.NewUniform(color.RGBA{uint8(10 * i), 0, 0, 255}), image.Point{}, draw.Src)
		var buf bytes.Buffer
		if err := png.Encode(&buf, img); err != nil {
			t.Fatal(err)
		}
		control := make([]byte, 26)
		binary.BigEndian.PutUint32(control[4:], uint32(r.Dx()))
		binary.BigEndian.PutUint32(control[8:], uint32(r.Dy()))
		pngChunks(buf.Bytes(), func(kind string, body []byte) bool {
			switch {
			case kind == "IHDR" && i == 0:
				out = append(appendPNG([]byte("\x89PNG\r\n\x1a\n"), kind, body), appendPNG(nil, "acTL", make([]byte, 8))...)
			case kind == "IDAT" && i == 0:
				out = appendPNG(appendPNG(out, "fcTL", control), kind, body)
			case kind == "IDAT":
				out = appendPNG(appendPNG(out, "fcTL", control), "fdAT", append(make([]byte, 4), body...))
			}
			return true
		})
	}
	return appendPNG(out, "IEND", nil)
}

func TestFramesOfAnAnimatedPNG(t *testing.T) {
	whole, half, dot := image.Rect(0, 0, 80, 60), image.Rect(0, 0, 80, 30), image.Rect(0, 0, 8, 8)
	data := pngAnimation(t, []image.Rectangle{whole, dot, half, whole})
	k := Kinds()[0]
	if n, all := k.Pages(data); n != 3 || !all {
		t.Errorf("%d pages, all %v", n, all)
	}
	for page, want := range map[int]struct {
		size image.Rectangle
		red  uint8
	}{1: {whole, 0}, 2: {half, 20}, 3: {whole, 30}} {
		p, err := k.Load(data, page)
		if err != nil {
			t.Fatal(err)
		}
		if r, _, _, _ := p.Image.At(5, 5).RGBA(); p.Image.Bounds() != want.size || uint8(r>>8) != want.red {
			t.Errorf("page %d: %v, red %d", page, p.Image.Bounds(), r>>8)
		}
	}
	if _, err := k.Load(data, 4); err == nil {
		t.Error("a page that is not there")
	}
	many := make([]image.Rectangle, 30)
	for i := range many {
		many[i] = whole
	}
	if n, all := k.Pages(pngAnimation(t, many)); n != maxFrames || all {
		t.Errorf("of thirty frames: %d pages, all %v", n, all)
	}
	for i := range data { // cut off anywhere
		n, _ := k.Pages(data[:i])
		for page := 1; page <= n; page++ {
			if p, err := k.Load(data[:i], page); err == nil && p.Image == nil {
				t.Fatalf("cut at %d: neither picture nor error", i)
			}
		}
	}
}
