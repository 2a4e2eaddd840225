// Package legacy reads what lies in compound files and is no mail: Word, Excel
// and PowerPoint from before 2007, and embedded objects.
package legacy

import (
	"bytes"
	"context"
	"strings"

	"brevvagt/document"
	"brevvagt/document/office/biff"
	"brevvagt/document/office/flow"
	"brevvagt/document/office/ole"
	"brevvagt/internal/sweep"
)

// Kind tells what a compound file is by the streams of its root storage: "doc",
// "xls", "ppt", "msg", "encrypted" or "ole" for any other.
func Kind(f *ole.File) string {
	for _, k := range []struct{ stream, kind string }{
		{"EncryptedPackage", "encrypted"},
		{"WordDocument", "doc"},
		{"Workbook", "xls"},
		{"Book", "xls"},
		{"PowerPoint Document", "ppt"},
		{"__properties_version1.0", "msg"},
	} {
		if f.Get(k.stream) != nil {
			return k.kind
		}
	}
	return "ole"
}

// Read reads a compound file of any kind but mail.
func Read(ctx context.Context, f *ole.File, out *document.Builder) error {
	r := &reader{ctx: ctx, out: out, sink: &flow.Sink{Out: out}, file: f}
	var err error
	switch Kind(f) {
	case "encrypted":
		return document.ErrEncrypted
	case "doc":
		err = r.doc()
	case "xls":
		err = r.workbook()
	case "ppt":
		err = r.ppt()
	case "ole":
		if kind := unread(f); kind != "" {
			r.gap(document.UnknownType, kind)
		} else if len(f.Streams) == 0 && !f.Short && !f.Crossed {
			r.gap(document.Damaged, "no stream in it")
		}
	}
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if err == document.ErrEncrypted {
		return err
	}
	r.rest()
	if err == nil {
		r.broken()
	}
	return err
}

// broken tells streams that are not whole, or not their own.
func (r *reader) broken() {
	if r.file.Short {
		r.gap(document.Damaged, "the file ends before its streams do")
	}
	if r.file.Crossed {
		r.gap(document.Damaged, "two streams of the file lie in the same place, or one leads back to itself")
	}
}

// unread names the programs whose files are compound files with streams that are
// packed or laid out in ways that nobody here reads: a sweep finds some of it only.
func unread(f *ole.File) string {
	for _, k := range []struct{ stream, kind string }{
		{"VisioDocument", "Visio drawing (vsd)"}, {"MatOST", "Works document (wps)"}, {"!_StringPool", "Windows installer (msi)"},
	} {
		if f.Get(k.stream) != nil {
			return k.kind
		}
	}
	class := f.Get("\x01CompObj")
	for _, k := range []struct{ mark, kind string }{
		{"Visio", "Visio drawing (vsd)"}, {"MSProject", "Project plan (mpp)"}, {"Publisher", "Publisher document (pub)"}, {"Works", "Works document (wps)"},
	} {
		if bytes.Contains(class, []byte(k.mark)) {
			return k.kind
		}
	}
	for i := range f.Streams {
		if strings.HasPrefix(f.Streams[i].Storage, "Quill") {
			return "Publisher document (pub)"
		}
	}
	return ""
}

// workbook reads the records of an Excel file; Excel 5 and 95 call them Book.
func (r *reader) workbook() error {
	data := r.file.Get("Workbook")
	if data == nil {
		data = r.file.Get("Book")
	}
	return biff.Read(r.ctx, data, r.sink)
}

type reader struct {
	ctx  context.Context
	out  *document.Builder
	sink *flow.Sink
	file *ole.File

	objects int // embedded ones so far
}

func (r *reader) gap(why document.Reason, detail string) {
	r.out.Gap(document.Gap{Why: why, Detail: detail})
}

func (r *reader) add(text, label string, at document.Location) {
	r.sink.Add(document.Segment{Text: text, Label: label, At: at})
}

// Sweep takes the readable runs of bytes that no reader understands.
func Sweep(data []byte, sink *flow.Sink) {
	texts, cut := sweep.Texts(data)
	for _, t := range texts {
		sink.Add(document.Segment{Text: t, At: document.Location{Layer: document.Hidden}})
	}
	if cut {
		sink.Out.Gap(document.Gap{Why: document.TooBig, Detail: "more text than a sweep keeps"})
	}
}
