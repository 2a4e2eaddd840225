package pdf

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
)

// TestPackedJPEG: a JPEG that is written in letters as well is whole or not, as any other.
func TestPackedJPEG(t *testing.T) {
	var photo bytes.Buffer
	grey := image.NewGray(image.Rect(0, 0, 200, 100))
	for i := range grey.Pix {
		grey.Pix[i] = byte(i * i)
	}
	if err := jpeg.Encode(&photo, grey, nil); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		filter string
		data   string
		gap    bool
	}{
		"whole":             {"/DCTDecode", photo.String(), false},
		"whole, in letters": {"[/ASCIIHexDecode/DCTDecode]", fmt.Sprintf("%x>", photo.Bytes()), false},
		"whole, deflated":   {"[/FlateDecode/DCTDecode]", flate(photo.String()), false},
		"cut":               {"/DCTDecode", photo.String()[:photo.Len()/2], true},
		"cut, in letters":   {"[/ASCIIHexDecode/DCTDecode]", fmt.Sprintf("%x>", photo.Bytes()[:photo.Len()/2]), true},
	} {
		d := read(t, onePage("595 0 0 842 0 0 cm /X1 Do", "", "", stream("/Type/XObject/Subtype/Image/Width 200/Height 100/ColorSpace/DeviceGray/BitsPerComponent 8/Filter"+c.filter, c.data)).bytes())
		if documenttest.HasGap(d, document.Damaged) != c.gap {
			t.Errorf("%s: %s", name, documenttest.Describe(d))
		}
	}
}
