package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"math"
	"slices"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"brevvagt/document"
)

const (
	pixelBudget    = 25e6 // of one page picture
	minDPI, maxDPI = 150, 300
	usualDPI       = 200 // where no picture on the page says otherwise
	coverage       = 0.5 // share of the page above which a picture is the page
	minPictureW    = 90  // pixels; smaller ones hold no readable number
	minPictureH    = 16
	maxObjects     = 20_000 // looked at on one page
	maxForms       = 8      // drawings within each other
)

// drawn is what stands on a page.
type drawn struct {
	objects int
	shapes  int // paths and shadings: letters may be drawn as such
	images  []placed
	rest    bool // some were not looked at
}

type placed struct {
	ref           references.FPDF_PAGEOBJECT
	width, height int     // own pixels
	dpi           float64 // as placed
	share         float64 // of the page's area
	packed        int     // bytes in the file
	unpacked      float64 // bytes that its dictionary claims
	sum           [32]byte
}

// pictures renders a page that has no usable text or is covered by a picture, and
// hands on the pictures of other pages one by one.
func (r *reader) pictures(page requests.Page, index int, usable bool) error {
	size, err := r.p.FPDF_GetPageSizeByIndex(&requests.FPDF_GetPageSizeByIndex{Document: r.doc, Index: index})
	if err != nil {
		return fmt.Errorf("cannot measure page %d: %w", index+1, err)
	}
	var d drawn
	if usable && r.plain && !r.drawn {
		return nil
	}
	r.look(page, nil, size.Width*size.Height, 0, &d)
	if d.objects == 0 && !r.drawn {
		r.empty++
		return nil
	}
	render := !usable || r.drawn || d.rest // a page that is drawn shows what was not looked at, too
	hides := d.shapes > 0 || r.layered || r.cropped(page)
	dpi := 0.0
	var small []placed
	for _, i := range d.images {
		dpi = max(dpi, i.dpi)
		if i.share < coverage {
			small = append(small, i)
		} else if !r.seen[i.sum] { // the same letterhead on every page is read once
			render = true
			if hides { // a black bar over a scan hides a number and does not take it away
				r.embedded(i, index, len(small)+1000)
			}
		}
		r.seenIf(i.share >= coverage, i.sum)
	}
	if render {
		return r.render(page, index, size.Width, size.Height, dpi, d.images)
	}
	for n, i := range small {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		if !r.seen[i.sum] {
			r.seenIf(true, i.sum)
			r.embedded(i, index, n)
		}
	}
	return nil
}

// cropped tells that the page shows less than it has.
func (r *reader) cropped(page requests.Page) bool {
	crop, err := r.p.FPDFPage_GetCropBox(&requests.FPDFPage_GetCropBox{Page: page})
	if err != nil {
		return false // it has none
	}
	all, err := r.p.FPDFPage_GetMediaBox(&requests.FPDFPage_GetMediaBox{Page: page})
	if err != nil {
		return false
	}
	return (crop.Right-crop.Left)*(crop.Top-crop.Bottom) < 0.95*(all.Right-all.Left)*(all.Top-all.Bottom)
}

func (r *reader) seenIf(yes bool, sum [32]byte) {
	if yes {
		r.seen[sum] = true
	}
}

// look walks the objects of a page, or of a form within it.
func (r *reader) look(page requests.Page, form *references.FPDF_PAGEOBJECT, area float64, depth int, d *drawn) {
	count := 0
	if form == nil {
		n, err := r.p.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: page})
		if err != nil {
			return
		}
		count = n.Count
	} else if n, err := r.p.FPDFFormObj_CountObjects(&requests.FPDFFormObj_CountObjects{PageObject: *form}); err == nil {
		count = n.Count
	}
	for i := range count {
		if d.objects++; d.objects > maxObjects {
			d.rest = true
			return
		}
		ref, ok := r.object(page, form, i)
		if !ok {
			continue
		}
		kind, err := r.p.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: ref})
		if err != nil {
			continue
		}
		switch kind.Type {
		case enums.FPDF_PAGEOBJ_PATH, enums.FPDF_PAGEOBJ_SHADING:
			d.shapes++
		case enums.FPDF_PAGEOBJ_FORM:
			if depth >= maxForms {
				d.rest = true
				continue
			}
			r.look(page, &ref, area, depth+1, d)
		case enums.FPDF_PAGEOBJ_IMAGE:
			if p, ok := r.place(page, ref, area); ok {
				d.images = append(d.images, p)
			}
		}
	}
}

func (r *reader) object(page requests.Page, form *references.FPDF_PAGEOBJECT, i int) (references.FPDF_PAGEOBJECT, bool) {
	if form == nil {
		o, err := r.p.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: page, Index: i})
		if err != nil {
			return "", false
		}
		return o.PageObject, true
	}
	o, err := r.p.FPDFFormObj_GetObject(&requests.FPDFFormObj_GetObject{PageObject: *form, Index: uint64(i)})
	if err != nil {
		return "", false
	}
	return o.PageObject, true
}

// place measures a picture; ok is false for one too small to hold a number.
func (r *reader) place(page requests.Page, ref references.FPDF_PAGEOBJECT, area float64) (placed, bool) {
	m, err := r.p.FPDFImageObj_GetImageMetadata(&requests.FPDFImageObj_GetImageMetadata{ImageObject: ref, Page: page})
	if err != nil {

		return placed{}, false
	}
	w, h := int(m.ImageMetadata.Width), int(m.ImageMetadata.Height)
	b, err := r.p.FPDFPageObj_GetBounds(&requests.FPDFPageObj_GetBounds{PageObject: ref})
	if err != nil || area <= 0 {
		return placed{}, false
	}
	p := placed{ref: ref, width: w, height: h, dpi: float64(max(m.ImageMetadata.HorizontalDPI, m.ImageMetadata.VerticalDPI))}
	p.unpacked = float64(w) * float64(h) * float64(max(1, m.ImageMetadata.BitsPerPixel)) / 8
	p.share = float64((b.Right-b.Left)*(b.Top-b.Bottom)) / area
	// A scan is often cut into strips, each of them low: those count by their area.
	if (w < minPictureW || h < minPictureH) && p.share < 0.01 {
		return placed{}, false
	}
	raw, err := r.p.FPDFImageObj_GetImageDataRaw(&requests.FPDFImageObj_GetImageDataRaw{ImageObject: ref})
	if err == nil {
		p.sum, p.packed = sha256.Sum256(raw.Data), len(raw.Data)
		r.placed[p.sum] = true
	} else {
		p.sum = sha256.Sum256([]byte(ref))
	}
	return p, true
}

// render hands the page on as a grey picture.
func (r *reader) render(page requests.Page, index int, w, h, dpi float64, images []placed) error {
	if dpi == 0 || math.IsNaN(dpi) || math.IsInf(dpi, 0) {
		dpi = usualDPI
	}
	dpi = max(minDPI, min(maxDPI, dpi))
	if inches := w / 72 * h / 72; inches*dpi*dpi > pixelBudget {
		dpi = math.Floor(math.Sqrt(pixelBudget / inches))
	}
	if dpi < 20 {
		r.out.Gap(document.Gap{At: document.Location{Page: index + 1}, Why: document.TooBig, Detail: "the page is too large to be drawn"})
		return nil
	}
	pic, err := r.p.RenderPageInDPI(&requests.RenderPageInDPI{
		Page: page, DPI: int(dpi), ImageFormat: requests.RenderImageFormatGrayscale,
		RenderFlags: enums.FPDF_RENDER_FLAG_ANNOT, RenderForm: true, Document: &r.doc,
	})
	if err != nil {
		return fmt.Errorf("cannot draw page %d: %w", index+1, err)
	}
	defer pic.Cleanup()
	r.overlarge(images, index+1)
	for _, p := range images[:min(len(images), 100)] { // a scan in strips has some dozen
		r.undrawn(pic.Result.RenderedImage, p, index+1)
	}
	data, err := encode(pic.Result.RenderedImage, dpi)
	if err != nil {
		return fmt.Errorf("cannot encode page %d: %w", index+1, err)
	}
	r.child(fmt.Sprintf("side-%d.png", index+1), data, document.Input{Page: index + 1, Written: r.written})
	return nil
}

// embedded hands on one picture of a page that has text of its own.
func (r *reader) embedded(p placed, index, n int) {
	name, at := fmt.Sprintf("side-%d-billede-%d.png", index+1, n+1), document.Location{Page: index + 1}
	if p.width < minPictureW || p.height < minPictureH {
		return
	}
	if float64(p.width)*float64(p.height) > pixelBudget {
		r.out.Gap(document.Gap{At: at, Why: document.TooBig, Detail: "a picture on the page has too many pixels"})
		return
	}
	img, err := r.bitmap(p.ref)
	if err != nil {
		r.incomplete(index+1, "a picture on the page")
		return
	}
	r.undrawn(img, p, index+1)
	// Scans keep their resolution; a screenshot's comes from its size on the page
	// and means nothing.
	dpi := 0.0
	if p.share > 0.3 && p.dpi > 140 {
		dpi = p.dpi
	}
	data, err := encode(img, dpi)
	if err != nil {
		r.incomplete(index+1, "a picture on the page")
		return
	}
	r.child(name, data, document.Input{Page: index + 1})
}

// bitmap copies the pixels of a picture out of pdfium.
func (r *reader) bitmap(ref references.FPDF_PAGEOBJECT) (image.Image, error) {
	b, err := r.p.FPDFImageObj_GetBitmap(&requests.FPDFImageObj_GetBitmap{ImageObject: ref})
	if err != nil {
		return nil, err
	}
	bm := b.Bitmap
	format, err1 := r.p.FPDFBitmap_GetFormat(&requests.FPDFBitmap_GetFormat{Bitmap: bm})
	width, err2 := r.p.FPDFBitmap_GetWidth(&requests.FPDFBitmap_GetWidth{Bitmap: bm})
	height, err3 := r.p.FPDFBitmap_GetHeight(&requests.FPDFBitmap_GetHeight{Bitmap: bm})
	stride, err4 := r.p.FPDFBitmap_GetStride(&requests.FPDFBitmap_GetStride{Bitmap: bm})
	buf, err5 := r.p.FPDFBitmap_GetBuffer(&requests.FPDFBitmap_GetBuffer{Bitmap: bm})
	for _, err := range []error{err1, err2, err3, err4, err5} {
		if err != nil {
			return nil, err
		}
	}
	img, err := pixels(format.Format, width.Width, height.Height, stride.Stride, buf.Buffer)
	if err != nil {
		return nil, err
	}
	_, err = r.p.FPDFBitmap_Destroy(&requests.FPDFBitmap_Destroy{Bitmap: bm})
	return img, err
}

// pixels makes a picture of pdfium's bytes.
func pixels(format enums.FPDF_BITMAP_FORMAT, w, h, stride int, buf []byte) (image.Image, error) {
	step := map[enums.FPDF_BITMAP_FORMAT]int{
		enums.FPDF_BITMAP_FORMAT_GRAY: 1, enums.FPDF_BITMAP_FORMAT_BGR: 3,
		enums.FPDF_BITMAP_FORMAT_BGRX: 4, enums.FPDF_BITMAP_FORMAT_BGRA: 4,
	}[format]
	if step == 0 || w <= 0 || h <= 0 || stride < w*step || len(buf) < stride*h {
		return nil, fmt.Errorf("bitmap of format %d, %d by %d", format, w, h)
	}
	if step == 1 {
		g := image.NewGray(image.Rect(0, 0, w, h))
		for y := range h {
			copy(g.Pix[y*w:][:w], buf[y*stride:])
		}
		return g, nil
	}
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			s, d := buf[y*stride+x*step:][:step], out.Pix[y*out.Stride+4*x:][:4]
			d[0], d[1], d[2], d[3] = s[2], s[1], s[0], 255
			if format == enums.FPDF_BITMAP_FORMAT_BGRA {
				d[3] = s[3]
			}
		}
	}
	return out, nil
}

// encode writes a PNG; dpi goes into it when it is known.
func encode(img image.Image, dpi float64) ([]byte, error) {
	var buf bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := enc.Encode(&buf, img); err != nil {
		return nil, err
	}
	data := buf.Bytes()
	const header = 8 + 25 // signature and IHDR
	if dpi <= 0 || len(data) < header {
		return data, nil
	}
	perMetre := uint32(dpi/0.0254 + 0.5)
	chunk := binary.BigEndian.AppendUint32([]byte("pHYs"), perMetre)
	chunk = append(binary.BigEndian.AppendUint32(chunk, perMetre), 1)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk))
	return slices.Concat(data[:header], []byte{0, 0, 0, 9}, chunk, data[header:]), nil
}
