package picture

import (
	"image"
	"os"
	"testing"

	"golang.org/x/image/ccitt"
)

func bright(img image.Image, x, y int) uint32 {
	r, _, _, _ := img.At(x, y).RGBA()
	return r
}

// TestFaxRows reads the same line of text in the codings of Group 3, rows filled up and
// bits in either order, and of Group 4.
func TestFaxRows(t *testing.T) {
	load := func(name string) []byte {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	want, err := Decode(load("g4.tif"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"g3.tif", "g3-lsb.tif"} {
		data := load(name)
		got, err := Decode(data)
		if err != nil || got.Bounds() != want.Bounds() {
			t.Errorf("%s: %v", name, err)
			continue
		}
		b, off := want.Bounds(), 0
		for y := range b.Dy() {
			for x := range b.Dx() {
				if bright(got, x, y) != bright(want, x, y) {
					off++
				}
			}
		}
		if off > 0 {
			t.Errorf("%s: %d pixels differ", name, off)
		}
		for i := 0; i < len(data); i += 13 { // broken anywhere: a picture, or an error
			broken := append([]byte(nil), data...)
			broken[i] ^= 0x55
			if img, err := Decode(broken); err == nil && img == nil {
				t.Fatalf("byte %d: neither picture nor error", i)
			}
		}
	}
}

func TestFaxWithoutRows(t *testing.T) {
	f := faxTIFF{w: 100, h: 50, rows: 50, order: ccitt.MSB, strips: [][]byte{make([]byte, 300)}}
	if _, err := f.draw(); err == nil {
		t.Error("nothing was taken for a page")
	}
}
