package picture

import (
	"encoding/binary"
	"hash/crc32"
	"io"
)

// pngChunks walks the chunks of a PNG until visit says stop or the file ends.
func pngChunks(data []byte, visit func(kind string, body []byte) bool) {
	for i := 8; i+12 <= len(data); {
		size := int64(binary.BigEndian.Uint32(data[i:]))
		if size > int64(len(data)-i-12) || !visit(string(data[i+4:i+8]), data[i+8:i+8+int(size)]) {
			return
		}
		i += 12 + int(size)
	}
}

// apngFrame is one picture of an animation: its control chunk and its pieces.
type apngFrame struct {
	w, h   uint32
	pieces [][]byte
}

// apngFrames gives the later frames of an animated PNG that draw a good part of the
// canvas, of a long animation evenly many; the picture that every viewer shows is not
// among them. all is false when some were left out. Source: PNG, third edition, 11.3.6.
func apngFrames(data []byte) (frames []apngFrame, all bool) {
	var canvas int64
	var every []apngFrame
	animated := false
	pngChunks(data, func(kind string, body []byte) bool {
		switch {
		case kind == "IHDR" && len(body) == 13:
			canvas = int64(binary.BigEndian.Uint32(body)) * int64(binary.BigEndian.Uint32(body[4:]))
		case kind == "acTL":
			animated = true
		case kind == "IDAT" && !animated:
			return false
		case kind == "fcTL" && len(body) >= 12:
			every = append(every, apngFrame{w: binary.BigEndian.Uint32(body[4:]), h: binary.BigEndian.Uint32(body[8:])})
		case kind == "fdAT" && len(body) > 4 && len(every) > 0:
			f := &every[len(every)-1]
			f.pieces = append(f.pieces, body[4:])
		}
		return true
	})
	for _, f := range every {
		if len(f.pieces) > 0 && f.w >= MinWidth && f.h >= MinHeight && int64(f.w)*int64(f.h)*minFrameArea >= canvas {
			frames = append(frames, f)
		}
	}
	if len(frames) < maxFrames {
		for _, f := range every { // room for what is drawn over a part of the picture
			if len(frames) < maxFrames-1 && len(f.pieces) > 0 && f.w >= MinWidth && f.h >= MinHeight && int64(f.w)*int64(f.h)*minFrameArea < canvas {
				frames = append(frames, f)
			}
		}
		return frames, true
	}
	var some []apngFrame
	for i := range maxFrames - 1 {
		some = append(some, frames[i*(len(frames)-1)/(maxFrames-2)])
	}
	return some, false
}

// pngPageOf gives a file with the wanted frame alone. The first page is the file itself.
func pngPageOf(data []byte, page int) ([]byte, error) {
	if page == 1 {
		return data, nil
	}
	frames, _ := apngFrames(data)
	if page < 2 || page > len(frames)+1 {
		return nil, io.ErrUnexpectedEOF
	}
	f := frames[page-2]
	out := []byte("\x89PNG\r\n\x1a\n")
	pngChunks(data, func(kind string, body []byte) bool {
		switch kind {
		case "IHDR":
			if len(body) != 13 {
				return false
			}
			head := append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, f.w), f.h), body[8:]...)
			out = appendPNG(out, kind, head)
		case "PLTE", "tRNS", "pHYs":
			out = appendPNG(out, kind, body)
		case "IDAT":
			return false
		}
		return true
	})
	for _, p := range f.pieces {
		out = appendPNG(out, "IDAT", p)
	}
	return appendPNG(out, "IEND", nil), nil
}

func appendPNG(out []byte, kind string, body []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(body)))
	from := len(out)
	out = append(append(out, kind...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[from:]))
}
