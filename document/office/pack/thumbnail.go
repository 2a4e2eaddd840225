package pack

import (
	"bytes"
	"image/jpeg"
	"image/png"
	"strings"
)

// maxThumbnail is the longest side, in pixels, of the picture of page one that
// office programs put into a file for folder views: LibreOffice writes 256, Word
// 512.
const maxThumbnail = 512

// IsThumbnail tells that small picture. Letters are a few pixels high in it: what
// recognition makes of them is another number than the page has, which the file
// holds as text anyway.
func IsThumbnail(name string, data []byte) bool {
	name = strings.ToLower(name)
	if !strings.HasPrefix(name, "thumbnails/thumbnail") && !strings.HasPrefix(name, "docprops/thumbnail") {
		return false
	}
	c, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		c, err = jpeg.DecodeConfig(bytes.NewReader(data))
	}
	return err == nil && c.Width <= maxThumbnail && c.Height <= maxThumbnail
}
