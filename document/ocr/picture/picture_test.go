package picture

import (
	"bytes"
	"encoding/binary"
	"os"
	"testing"
)

// twoPages is a TIFF of two bilevel pages, 8 by 1 and 16 by 1 pixels.
func twoPages() []byte {
	le := binary.LittleEndian
	out := []byte("II*\x00\x00\x00\x00\x00")
	link := 4
	for page := range uint32(2) {
		strip := uint32(len(out))
		out = append(out, 0xaa, 0x55)
		le.PutUint32(out[link:], uint32(len(out)))
		tags := [][3]uint32{{256, 4, 8 + 8*page}, {257, 4, 1}, {258, 3, 1}, {259, 3, 1}, {262, 3, 1}, {273, 4, strip}, {277, 3, 1}, {278, 4, 1}, {279, 4, 1 + page}}
		out = le.AppendUint16(out, uint16(len(tags)))
		for _, t := range tags {
			out = le.AppendUint16(out, uint16(t[0]))
			out = le.AppendUint16(out, uint16(t[1]))
			out = le.AppendUint32(out, 1)
			out = le.AppendUint32(out, t[2])
		}
		link = len(out)
		out = le.AppendUint32(out, 0)
	}
	return out
}

func TestTIFFPages(t *testing.T) {
	data := twoPages()
	for page, width := range []int{8, 16} {
		img, err := DecodePage(data, page+1)
		if err != nil || img.Bounds().Dx() != width {
			t.Errorf("page %d: %v, want %d wide", page+1, err, width)
		}
	}
	if _, err := DecodePage(data, 3); err == nil {
		t.Error("a third page was decoded")
	}
	// A chain that comes back to itself ends.
	loop := bytes.Clone(data)
	all := tiffIFDs(loop)
	binary.LittleEndian.PutUint32(loop[len(loop)-4:], uint32(all[0]))
	if n := len(tiffIFDs(loop)); n != 2 {
		t.Errorf("%d pages in a loop of 2", n)
	}
}

func TestTurnedEightWays(t *testing.T) {
	// Where the stored pixel 0, 0 of a picture of 3 by 2 is shown.
	want := map[int][2]int{1: {0, 0}, 2: {2, 0}, 3: {2, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 2}, 8: {0, 2}}
	for o, at := range want {
		if x, y := turned(o, at[0], at[1], 3, 2); x != 0 || y != 0 {
			t.Errorf("orientation %d: %d, %d is stored at %d, %d", o, at[0], at[1], x, y)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, name := range []string{"line.png", "line.jpg", "line.webp"} {
		data, err := os.ReadFile("../testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add(twoPages())
	f.Add(bmp16(ramp(5, 3)))
	f.Add(jpegInTIFF(f, ramp(20, 20), 16))
	if still, err := os.ReadFile("../testdata/line.webp"); err == nil {
		f.Add(animated(still, 400, 60, 2))
	}
	f.Add([]byte("GIF89a\x00\x01\x00\x01\x00\x00\x00!\xf9\x04\x00\x00\x00\x00\x00,\x00\x00\x00\x00\xff\x00\xff\x00\x00\x02\x02D\x01\x00,\x00\x00\x00\x00\xff\x00\xff\x00\x00\x02\x02D\x01\x00;"))
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"))
	f.Add([]byte("BM\x1e\x00\x00\x00\x00\x00\x00\x00\x1a\x00\x00\x00\x0c\x00\x00\x00\x01\x00\x01\x00\x01\x00\x18\x00\x00\x00\xff\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		img, err := Decode(data)
		if (img == nil) == (err == nil) {
			t.Errorf("img %v, err %v", img != nil, err)
		}
		for _, k := range Kinds() {
			if k.Match(data) {
				if n, _ := k.Pages(data); n > 1 {
					_, _ = DecodePage(data, n)
				}
			}
		}
	})
}
