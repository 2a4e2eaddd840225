package metafile

import (
	"bytes"
	"context"

	"brevvagt/document"
	"brevvagt/document/office/fields"
	"brevvagt/document/office/ole"
)

// Record types of [MS-EMF] 2.1.1 and [MS-EMFPLUS] 2.1.1.1.
const (
	emrEOF        = 14
	emrComment    = 70
	emrBitBlt     = 76
	emrStretchBlt = 77
	emrToDevice   = 80
	emrStretchDIB = 81
	emrTextA      = 83
	emrTextW      = 84
	emrSmallText  = 108
	plusObject    = 0x4008
	plusString    = 0x401c
	plusDriver    = 0x4036
)

// ReadEMF reads an enhanced metafile.
func ReadEMF(ctx context.Context, in document.Input, out *document.Builder) error {
	r := &reader{out: out}
	for b := in.Data; len(b) >= 8; {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		kind, size := fields.U32(b, 0), fields.U32(b, 4)
		if size < 8 || size > len(b) {
			return r.end(true)
		}
		rec := b[:size]
		b = b[size:]
		switch kind {
		case emrEOF:
			return r.end(false)
		case emrTextA, emrTextW:
			r.text(rec, kind == emrTextW)
		case emrSmallText:
			r.small(rec)
		case emrStretchDIB, emrToDevice:
			r.bitmap(fields.Sub(rec, fields.U32(rec, 48), fields.U32(rec, 52)), fields.Sub(rec, fields.U32(rec, 56), fields.U32(rec, 60)))
		case emrBitBlt, emrStretchBlt:
			r.bitmap(fields.Sub(rec, fields.U32(rec, 84), fields.U32(rec, 88)), fields.Sub(rec, fields.U32(rec, 92), fields.U32(rec, 96)))
		case emrComment:
			if data := fields.Sub(rec, 12, fields.U32(rec, 8)); bytes.HasPrefix(data, []byte("EMF+")) {
				r.plus(data[4:])
			}
		}
	}
	return r.end(true)
}

func (r *reader) text(rec []byte, wide bool) {
	n := fields.U32(rec, 44)
	if n > len(rec) {
		return
	}
	if fields.U32(rec, 52)&0x10 != 0 { // glyph numbers instead of characters
		r.glyphs = r.glyphs || n > 0
		return
	}
	width := sum(fields.Sub(rec, fields.U32(rec, 72), n*4), 4)
	if wide {
		r.put(utf16Text(fields.Sub(rec, fields.U32(rec, 48), n*2)), i32(rec, 36), i32(rec, 40), width)
	} else {
		r.put(ole.Decode(fields.Sub(rec, fields.U32(rec, 48), n), 1252), i32(rec, 36), i32(rec, 40), width)
	}
}

func (r *reader) small(rec []byte) {
	n, options, at := fields.U32(rec, 16), fields.U32(rec, 20), 36
	if n > len(rec) {
		return
	}
	if options&0x100 == 0 {
		at += 16
	}
	if options&0x200 != 0 {
		r.put(ole.Decode(fields.Sub(rec, at, n), 1252), i32(rec, 8), i32(rec, 12), 0)
	} else {
		r.put(utf16Text(fields.Sub(rec, at, n*2)), i32(rec, 8), i32(rec, 12), 0)
	}
}

// plus reads the EMF+ records within a comment.
func (r *reader) plus(b []byte) {
	for len(b) >= 12 {
		kind, size := fields.U16(b, 0), fields.U32(b, 4)
		if size < 12 || size > len(b) {
			return
		}
		data := fields.Sub(b, 12, min(fields.U32(b, 8), size-12))
		b = b[size:]
		switch kind {
		case plusString:
			r.flush()
			r.out.Text(utf16Text(fields.Sub(data, 28, fields.U32(data, 8)*2)))
		case plusDriver:
			if fields.U32(data, 4)&1 != 0 {
				r.flush()
				r.out.Text(utf16Text(fields.Sub(data, 16, fields.U32(data, 12)*2)))
			} else {
				r.glyphs = true
			}
		case plusObject:
			for _, magic := range []string{"\x89PNG", "\xff\xd8\xff"} {
				if i := bytes.Index(data[:min(len(data), 64)], []byte(magic)); i >= 0 {
					r.child("billede", data[i:])
					break
				}
			}
		}
	}
}
