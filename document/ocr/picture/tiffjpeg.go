package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"io"
	"slices"

	"golang.org/x/image/tiff"
)

// jpegTIFF is a TIFF directory whose strips or tiles are JPEG streams (compression
// 7, and 6 where a whole stream is named), which scanners write for colour and the
// library does not read.
type jpegTIFF struct {
	w, h, rows, tileW int
	tables            []byte
	strips            [][]byte
}

var errNoJPEG = errors.New("not a TIFF with JPEG in it")

// values reads an entry's whole numbers, at most as many as a file can hold.
func values(t []byte, order binary.ByteOrder, entry []byte) (out []int) {
	size := map[uint16]int{1: 1, 3: 2, 4: 4, 7: 1}[order.Uint16(entry[2:])]
	n := int64(order.Uint32(entry[4:]))
	if size == 0 || n < 0 || n > int64(len(t)) {
		return nil
	}
	data := entry[8:12]
	if total := n * int64(size); total > 4 {
		at := int64(order.Uint32(entry[8:]))
		if at+total > int64(len(t)) {
			return nil
		}
		data = t[at : at+total]
	}
	for i := range int(n) {
		switch size {
		case 1:
			out = append(out, int(data[i]))
		case 2:
			out = append(out, int(order.Uint16(data[2*i:])))
		case 4:
			out = append(out, int(order.Uint32(data[4*i:])))
		}
	}
	return out
}

// tiffTags reads the wanted entries of the first directory; one gives the first value of
// an entry, 0 where it has none. A file without a directory is the error none.
func tiffTags(t []byte, none error, wanted ...uint16) (one func(tag uint16) int, tags map[uint16][]int, err error) {
	order, at, ok := tiffHead(t)
	if !ok || at+2 > int64(len(t)) {
		return nil, nil, none
	}
	tags = map[uint16][]int{}
	for i := range int64(order.Uint16(t[at:])) {
		e := at + 2 + i*12
		if e+12 > int64(len(t)) {
			break
		}
		if tag := order.Uint16(t[e:]); slices.Contains(wanted, tag) {
			tags[tag] = values(t, order, t[e:e+12])
		}
	}
	one = func(tag uint16) int {
		if v := tags[tag]; len(v) > 0 {
			return v[0]
		}
		return 0
	}
	return one, tags, nil
}

func parseJPEGTIFF(t []byte) (j jpegTIFF, err error) {
	one, tags, err := tiffTags(t, errNoJPEG, 256, 257, 259, 273, 278, 279, 322, 323, 324, 325, 347, 513, 514)
	if err != nil {
		return j, err
	}
	if c := one(259); c != 7 && c != 6 {
		return j, errNoJPEG
	}
	j.w, j.h, j.rows = one(256), one(257), one(278)
	offsets, sizes := tags[273], tags[279]
	if one(322) > 0 {
		j.tileW, j.rows, offsets, sizes = one(322), one(323), tags[324], tags[325]
	}
	if whole := one(513); one(259) == 6 && whole > 0 {
		offsets, sizes, j.rows = []int{whole}, []int{one(514)}, j.h
	}
	if j.rows <= 0 || j.rows > j.h {
		j.rows = max(j.h, 1)
	}
	for _, v := range tags[347] {
		j.tables = append(j.tables, byte(v))
	}
	for i, o := range offsets {
		if i >= len(sizes) || o < 0 || sizes[i] < 4 || o > len(t)-sizes[i] {
			return j, io.ErrUnexpectedEOF
		}
		j.strips = append(j.strips, t[o:o+sizes[i]])
	}
	if j.w <= 0 || j.h <= 0 || len(j.strips) == 0 || len(j.strips) > 100_000 {
		return j, errNoJPEG
	}
	return j, nil
}

func tiffConfig(r reader) (image.Config, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return image.Config{}, err
	}
	if j, err := parseJPEGTIFF(data); err == nil {
		return image.Config{Width: j.w, Height: j.h}, nil
	}
	return config(tiff.DecodeConfig)(data)
}

func tiffDecode(r reader) (image.Image, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if f, err := parseFaxTIFF(data); err == nil {
		return f.draw()
	}
	j, err := parseJPEGTIFF(data)
	if errors.Is(err, errNoJPEG) {
		return decode(tiff.Decode)(data)
	}
	if err != nil {
		return nil, err
	}
	return j.draw()
}

// draw puts the pieces together. A piece may be larger than its place, by what the
// format rounds up, and no more.
func (j jpegTIFF) draw() (image.Image, error) {
	out := image.NewRGBA(image.Rect(0, 0, j.w, j.h))
	across := 1
	if j.tileW > 0 {
		across = (j.w + j.tileW - 1) / j.tileW
	}
	for i, s := range j.strips {
		if len(j.tables) > 4 { // what all pieces share stands once: put it behind the mark of the start
			s = slices.Concat(s[:2], j.tables[2:len(j.tables)-2], s[2:])
		}
		c, err := jpeg.DecodeConfig(bytes.NewReader(s))
		if err != nil {
			return nil, err
		}
		if c.Width > j.w+max(j.tileW, 64) || c.Height > j.rows+64 {
			return nil, fmt.Errorf("piece %d is larger than its place", i)
		}
		img, err := jpeg.Decode(bytes.NewReader(s))
		if err != nil {
			return nil, err
		}
		at := image.Pt(i%across*j.tileW, i/across*j.rows)
		draw.Draw(out, img.Bounds().Sub(img.Bounds().Min).Add(at), img, img.Bounds().Min, draw.Src)
	}
	return out, nil
}
