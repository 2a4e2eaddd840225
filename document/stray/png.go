package stray

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
)

// Limits of the packed remarks of one picture.
const (
	maxRemarks = 100
	maxRemark  = 1 << 20 // bytes, unpacked
)

// remarks unpacks the texts of a PNG (PNG 11.3.3): those that are not packed stand in
// the file in clear.
//
// cut tells that there is more than is unpacked.
func remarks(data []byte) (texts [][]byte, cut bool) {
	data, ok := bytes.CutPrefix(data, []byte("\x89PNG\r\n\x1a\n"))
	for ok && len(data) >= 12 && len(texts) < maxRemarks {
		size := int64(binary.BigEndian.Uint32(data))
		if size > int64(len(data))-12 {
			return texts, cut
		}
		kind, body := string(data[4:8]), data[8:8+size]
		data = data[12+size:]
		if kind != "zTXt" && kind != "iTXt" && kind != "iCCP" {
			continue
		}
		_, body, _ = bytes.Cut(body, []byte{0})
		if kind == "iTXt" { // flag, method, language and translated keyword come first
			if len(body) < 2 || body[0] == 0 {
				continue
			}
			_, body, _ = bytes.Cut(body[2:], []byte{0})
			_, body, _ = bytes.Cut(body, []byte{0})
		} else if len(body) > 0 {
			body = body[1:]
		}
		r, err := zlib.NewReader(bytes.NewReader(body))
		if err != nil {
			continue
		}
		text, _ := io.ReadAll(io.LimitReader(r, maxRemark+1)) // what stands before an error counts
		if len(text) > maxRemark {
			text, cut = text[:maxRemark], true
		}
		texts = append(texts, text)
	}
	return texts, cut || len(texts) == maxRemarks
}
