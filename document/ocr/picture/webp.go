package picture

import (
	"encoding/binary"
	"io"
)

// chunk is one piece of a WebP (RIFF) file.
type chunk struct {
	kind string
	body []byte
}

// chunks gives the pieces of a RIFF list; one that is cut off ends it.
func chunks(data []byte) (all []chunk) {
	for len(data) >= 8 && len(all) < 100_000 {
		size := int(binary.LittleEndian.Uint32(data[4:]))
		if size < 0 || size > len(data)-8 {
			return all
		}
		all = append(all, chunk{string(data[:4]), data[8 : 8+size]})
		data = data[min(len(data), 8+size+size%2):]
	}
	return all
}

// webpFrames gives the frames of an animation that draw a good part of the canvas,
// of a long one evenly many; nothing for a still picture. all is false when some
// were left out.
func webpFrames(data []byte) (frames [][]byte, all bool) {
	if len(data) < 30 || string(data[12:16]) != "VP8X" || data[20]&2 == 0 {
		return nil, true
	}
	canvas := (1 + uint24(data[24:])) * (1 + uint24(data[27:]))
	for _, c := range chunks(data[12:]) {
		if c.kind != "ANMF" || len(c.body) < 24 {
			continue
		}
		w, h := 1+uint24(c.body[6:]), 1+uint24(c.body[9:])
		if len(frames) == 0 || w >= MinWidth && h >= MinHeight && w*h*minFrameArea >= canvas {
			frames = append(frames, c.body)
		}
	}
	if len(frames) <= maxFrames {
		return frames, true
	}
	var some [][]byte
	for i := range maxFrames {
		some = append(some, frames[i*(len(frames)-1)/(maxFrames-1)])
	}
	return some, false
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

// webpPageOf gives a file with the wanted frame alone; a still picture is its own.
func webpPageOf(data []byte, page int) ([]byte, error) {
	frames, _ := webpFrames(data)
	if len(frames) == 0 {
		return data, nil
	}
	if page < 1 || page > len(frames) {
		return nil, io.ErrUnexpectedEOF
	}
	f := frames[page-1]
	var body []byte
	alpha := byte(0)
	for _, c := range chunks(f[16:]) {
		switch c.kind {
		case "ALPH":
			alpha = 0x10
			body = appendChunk(body, c)
		case "VP8 ", "VP8L":
			body = appendChunk(body, c)
		}
	}
	if alpha != 0 {
		head := append([]byte{alpha, 0, 0, 0}, f[6:12]...) // its size is written the same way
		body = append(appendChunk(nil, chunk{"VP8X", head}), body...)
	}
	out := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body)+4))
	return append(append(out, "WEBP"...), body...), nil
}

func appendChunk(out []byte, c chunk) []byte {
	out = binary.LittleEndian.AppendUint32(append(out, c.kind...), uint32(len(c.body)))
	out = append(out, c.body...)
	if len(c.body)%2 == 1 {
		out = append(out, 0)
	}
	return out
}
