package picture

import (
	"encoding/binary"
	"io"
	"slices"
)

// span is a piece of a file.
type span struct{ from, to int }

// gifFrames finds the frames of a GIF, each with the blocks that belong to it. A
// file that is cut off ends with the last whole frame.
func gifFrames(data []byte) (head span, frames []span) {
	if len(data) < 13 {
		return span{}, nil
	}
	at := 13 + colours(data[10])
	head = span{0, at}
	for start := at; at < len(data); {
		switch data[at] {
		case 0x21: // an extension belongs to the frame that follows
			at = subBlocks(data, at+2)
		case 0x2c:
			if at+10 > len(data) {
				return head, frames
			}
			at = subBlocks(data, at+10+colours(data[at+9])+1)
			if at <= len(data) {
				frames = append(frames, span{start, at})
			}
			start = at
		default: // the end, or something else
			return head, frames
		}
	}
	return head, frames
}

// colours is the size of the colour table that a GIF's flag byte announces.
func colours(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

// subBlocks gives the place after a chain of sub-blocks, beyond the file when it
// is cut off.
func subBlocks(data []byte, at int) int {
	for at < len(data) && data[at] != 0 {
		at += 1 + int(data[at])
	}
	return at + 1
}

// minFrameArea is the share of the canvas, one in so many, below which a frame is
// a movement and no new page.
const minFrameArea = 4

// maxFrames is how many frames of one animation are read.
const maxFrames = 12

// gifPages gives the frames worth reading: the first, and later ones that draw a
// good part of the canvas anew; of a long animation evenly many. all is false when
// some of those were left out.
func gifPages(data []byte) (pages []span, head span, all bool) {
	head, frames := gifFrames(data)
	if len(frames) == 0 {
		return nil, head, true
	}
	canvas := int(binary.LittleEndian.Uint16(data[6:])) * int(binary.LittleEndian.Uint16(data[8:]))
	pages = []span{frames[0]}
	for _, f := range frames[1:] {
		if w, h := frameSize(data, f); w >= MinWidth && h >= MinHeight && w*h*minFrameArea >= canvas {
			pages = append(pages, f)
		}
	}
	if len(pages) < maxFrames { // room for what is drawn over a part of the picture, such as a line of text
		for _, f := range frames[1:] {
			w, h := frameSize(data, f)
			if len(pages) < maxFrames && w >= MinWidth && h >= MinHeight && w*h*minFrameArea < canvas {
				pages = append(pages, f)
			}
		}
	}
	if len(pages) <= maxFrames {
		return pages, head, true
	}
	var some []span
	for i := range maxFrames {
		some = append(some, pages[i*(len(pages)-1)/(maxFrames-1)])
	}
	return some, head, false
}

func frameSize(data []byte, f span) (w, h int) {
	at := f.from
	for at < f.to && data[at] == 0x21 {
		at = subBlocks(data, at+2)
	}
	if at+10 > f.to {
		return 0, 0
	}
	return int(binary.LittleEndian.Uint16(data[at+5:])), int(binary.LittleEndian.Uint16(data[at+7:]))
}

// gifPageOf gives a file with the wanted frame alone. The first page is the file
// itself, so that the decoder judges it as it came.
func gifPageOf(data []byte, page int) ([]byte, error) {
	if page == 1 {
		return data, nil
	}
	pages, head, _ := gifPages(data)
	if page < 1 || page > len(pages) {
		return nil, io.ErrUnexpectedEOF
	}
	f := pages[page-1]
	return slices.Concat(data[head.from:head.to], data[f.from:f.to], []byte{0x3b}), nil
}
