// Package heif decodes HEIC and AVIF, the pictures of telephones, with the libheif
// that the system has. Its licence is the LGPL, so the program neither contains nor
// needs it: it is opened when the first such picture comes, and without it these
// pictures are gaps. It is C and belongs into a worker process (package isolate).
package heif

import (
	"errors"
	"fmt"
	"image"
	"math"
	"runtime"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"

	"brevvagt/document"
	"brevvagt/document/ocr/picture"
)

// maxPages bounds the pictures of one file: a telephone writes one, or a short burst.
const maxPages = 50

// Kind tells and decodes the pictures.
type Kind struct{ lib func() (*library, error) }

// New opens nothing yet.
func New() Kind { return Kind{lib: sync.OnceValues(open)} }

// Installed reports whether the library can be opened, for people who ask.
func Installed() bool {
	_, err := open()
	return err == nil
}

// Match wants the box "ftyp" with one of the brands of HEIF's pictures.
func (Kind) Match(head []byte) bool {
	if len(head) < 12 || string(head[4:8]) != "ftyp" {
		return false
	}
	switch string(head[8:12]) {
	case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis":
		return true
	}
	return false
}

// Pages is the number of pictures in the file; all is false when there are more
// than are read. A file that cannot be opened has one, which says why.
func (k Kind) Pages(data []byte) (n int, all bool) {
	lib, err := k.lib()
	if err != nil {
		return 1, true
	}
	f, err := lib.read(data)
	if err != nil {
		return 1, true
	}
	defer f.close()
	n = len(f.ids)
	return min(n, maxPages), n <= maxPages
}

// Load decodes one picture, from 1, upright. It returns document.ErrNoEngine without
// the library, and picture.ErrTooBig before anything is decoded.
func (k Kind) Load(data []byte, page int) (p picture.Page, err error) {
	lib, err := k.lib()
	if err != nil {
		return p, err
	}
	f, err := lib.read(data)
	if err != nil {
		return p, err
	}
	defer f.close()
	if page < 1 || page > len(f.ids) {
		return p, fmt.Errorf("a HEIF file without picture %d", page)
	}
	img, err := f.picture(f.ids[page-1])
	return picture.Page{Image: img, Camera: string(data[8:11]) == "hei", Lossy: true}, err // AVIF is the web's
}

// library has the functions of libheif. Each that fails returns a structure of two
// numbers and a text; only the numbers are read, the first of which is 0 for success.
type library struct {
	alloc   func() uintptr
	free    func(ctx uintptr)
	threads func(ctx uintptr, n int32)
	readMem func(ctx uintptr, data unsafe.Pointer, size uintptr, options uintptr) uint64
	count   func(ctx uintptr) int32
	list    func(ctx uintptr, ids unsafe.Pointer, n int32) int32
	handle  func(ctx uintptr, id uint32, handle *uintptr) uint64
	width   func(handle uintptr) int32
	height  func(handle uintptr) int32
	decode  func(handle uintptr, img *uintptr, space, chroma int32, options uintptr) uint64
	plane   func(img uintptr, channel int32, stride *int32) unsafe.Pointer
	imgW    func(img uintptr, channel int32) int32
	imgH    func(img uintptr, channel int32) int32
	freeImg func(img uintptr)
	freeHdl func(handle uintptr)
}

// Numbers of libheif's interface (heif.h).
const (
	spaceRGB        = 1
	chromaRGBA      = 11
	channelTogether = 10
)

var errMissing = fmt.Errorf("%w: libheif is not installed", document.ErrNoEngine)

func open() (*library, error) {
	so, err := purego.Dlopen("libheif.so.1", purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, errMissing
	}
	var l library
	for name, f := range map[string]any{
		"heif_context_alloc":                           &l.alloc,
		"heif_context_free":                            &l.free,
		"heif_context_set_max_decoding_threads":        &l.threads,
		"heif_context_read_from_memory_without_copy":   &l.readMem,
		"heif_context_get_number_of_top_level_images":  &l.count,
		"heif_context_get_list_of_top_level_image_IDs": &l.list,
		"heif_context_get_image_handle":                &l.handle,
		"heif_image_handle_get_width":                  &l.width,
		"heif_image_handle_get_height":                 &l.height,
		"heif_decode_image":                            &l.decode,
		"heif_image_get_plane_readonly":                &l.plane,
		"heif_image_get_width":                         &l.imgW,
		"heif_image_get_height":                        &l.imgH,
		"heif_image_release":                           &l.freeImg,
		"heif_image_handle_release":                    &l.freeHdl,
	} {
		sym, err := purego.Dlsym(so, name)
		if err != nil {
			return nil, errMissing // from before 2019
		}
		purego.RegisterFunc(f, sym)
	}
	// Newer ones keep their decoders in files of their own, which this loads.
	if sym, err := purego.Dlsym(so, "heif_init"); err == nil {
		var start func(params uintptr) uint64
		purego.RegisterFunc(&start, sym)
		start(0)
	}
	return &l, nil
}

// file is an opened file. Its bytes stay where they are until it is closed.
type file struct {
	lib *library
	ctx uintptr
	ids []uint32
	pin runtime.Pinner
}

var errDamaged = errors.New("a HEIF picture that libheif cannot read")

func failed(code uint64) bool { return uint32(code) != 0 }

func (l *library) read(data []byte) (*file, error) {
	f := &file{lib: l, ctx: l.alloc()}
	if f.ctx == 0 || len(data) == 0 {
		return nil, errDamaged
	}
	l.threads(f.ctx, 1)
	f.pin.Pin(&data[0])
	if failed(l.readMem(f.ctx, unsafe.Pointer(&data[0]), uintptr(len(data)), 0)) {
		f.close()
		return nil, errDamaged
	}
	n := l.count(f.ctx)
	if n < 1 || n > math.MaxInt16 {
		f.close()
		return nil, errDamaged
	}
	f.ids = make([]uint32, n)
	f.ids = f.ids[:max(0, min(n, l.list(f.ctx, unsafe.Pointer(&f.ids[0]), n)))]
	return f, nil
}

func (f *file) close() {
	f.lib.free(f.ctx)
	f.pin.Unpin()
}

func (f *file) picture(id uint32) (image.Image, error) {
	l := f.lib
	var handle, img uintptr
	if failed(l.handle(f.ctx, id, &handle)) {
		return nil, errDamaged
	}
	defer l.freeHdl(handle)
	if w, h := int64(l.width(handle)), int64(l.height(handle)); w < 1 || h < 1 {
		return nil, errDamaged
	} else if w*h > picture.MaxPixels {
		return nil, picture.ErrTooBig
	}
	if failed(l.decode(handle, &img, spaceRGB, chromaRGBA, 0)) {
		return nil, errDamaged
	}
	defer l.freeImg(img)
	w, h := int(l.imgW(img, channelTogether)), int(l.imgH(img, channelTogether))
	var stride int32
	pixels := l.plane(img, channelTogether, &stride)
	if pixels == nil || w < 1 || h < 1 || int64(w)*int64(h) > picture.MaxPixels || int(stride) < 4*w {
		return nil, errDamaged
	}
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	from := unsafe.Slice((*byte)(pixels), (h-1)*int(stride)+4*w)
	for y := range h {
		copy(out.Pix[y*out.Stride:y*out.Stride+4*w], from[y*int(stride):])
	}
	return out, nil
}
