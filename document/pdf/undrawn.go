package pdf

import (
	"bytes"
	"image"

	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"brevvagt/document"
)

// The engine draws nothing for a picture it cannot decode, and says nothing. What came
// out as one even area although its packed bytes are too many for that was not drawn.

// maxTrailer is how far before the end of a JPEG its last mark may stand, in bytes.
const maxTrailer = 4 << 10

// What the engine draws of a picture depends on its size in memory, in bytes: of pictures
// in grey, colour and bits those of 300 MB were drawn, those of 400 MB never (measured with
// its 512 MiB). An even area is no page of usual size beyond maxEven: A4 in colour at 600 dpi
// takes 105 MB.
const (
	maxDrawn = 300e6
	maxEven  = 128e6
)

// undrawn gives a gap when a picture came out empty, or ends before its end.
func (r *reader) undrawn(img image.Image, p placed, page int) {
	if r.brokenOff(p) || even(img) && (r.tooMuch(p) || p.unpacked > maxEven && p.unpacked <= maxDrawn) {
		r.out.Gap(document.Gap{At: document.Location{Page: page}, Why: document.Damaged, Detail: "a picture on the page could not be drawn"})
	}
}

// overlarge gives a gap when a picture is beyond what the engine has memory for: it leaves
// it out of the page without a word.
func (r *reader) overlarge(images []placed, page int) {
	for _, p := range images {
		if p.unpacked > maxDrawn {
			r.out.Gap(document.Gap{At: document.Location{Page: page}, Why: document.TooBig, Detail: "a picture on the page has too many pixels to be drawn"})
			return
		}
	}
}

// brokenOff tells a JPEG without its last mark.
func (r *reader) brokenOff(p placed) bool {
	if r.filter(p.ref) != "DCTDecode" {
		return false
	}
	data, err := r.jpeg(p.ref)
	return err == nil && !bytes.Contains(data[max(0, len(data)-maxTrailer):], []byte("\xff\xd9"))
}

// jpeg is the JPEG in a picture's stream, which may be packed once more, or in letters
// (ASCII85). What the engine calls decoded is what its last filter, the picture's own, is
// still to be asked of.
func (r *reader) jpeg(ref references.FPDF_PAGEOBJECT) ([]byte, error) {
	n, err := r.p.FPDFImageObj_GetImageFilterCount(&requests.FPDFImageObj_GetImageFilterCount{ImageObject: ref})
	if err == nil && n.Count > 1 {
		d, err := r.p.FPDFImageObj_GetImageDataDecoded(&requests.FPDFImageObj_GetImageDataDecoded{ImageObject: ref})
		if err != nil {
			return nil, err
		}
		return d.Data, nil
	}
	raw, err := r.p.FPDFImageObj_GetImageDataRaw(&requests.FPDFImageObj_GetImageDataRaw{ImageObject: ref})
	if err != nil {
		return nil, err
	}
	return raw.Data, nil
}

// tooMuch tells that a picture has more packed bytes than an even area needs.
func (r *reader) tooMuch(p placed) bool {
	need := p.height/2 + 500 // a line of two-dimensional fax is one bit
	switch r.filter(p.ref) {
	case "JBIG2Decode":
		need = 1000
	case "JPXDecode":
		need = 2000 + p.width*p.height/2000
	case "CCITTFaxDecode":
	default:
		return false
	}
	return p.packed > need
}

// filter is the last filter of a picture's stream, "" where it has none.
func (r *reader) filter(ref references.FPDF_PAGEOBJECT) string {
	n, err := r.p.FPDFImageObj_GetImageFilterCount(&requests.FPDFImageObj_GetImageFilterCount{ImageObject: ref})
	if err != nil || n.Count < 1 {
		return ""
	}
	f, err := r.p.FPDFImageObj_GetImageFilter(&requests.FPDFImageObj_GetImageFilter{ImageObject: ref, Index: n.Count - 1})
	if err != nil {
		return ""
	}
	return f.ImageFilter
}

// even tells a picture of one brightness.
func even(img image.Image) bool {
	var pix []byte
	stride, row := 0, img.Bounds().Dx()
	step := 1
	switch img := img.(type) {
	case *image.Gray:
		pix, stride = img.Pix, img.Stride
	case *image.NRGBA:
		pix, stride, row, step = img.Pix, img.Stride, 4*row, 4
	default:
		return false
	}
	if len(pix) < step {
		return false
	}
	for y := range img.Bounds().Dy() {
		for x, v := range pix[min(y*stride, len(pix)):min(y*stride+row, len(pix))] {
			if v != pix[x%step] {
				return false
			}
		}
	}
	return true
}
