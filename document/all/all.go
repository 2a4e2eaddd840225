// Package all is the list of formats, in the order in which they are asked:
// what is told by content comes before what is told by name, containers that are
// documents before plain containers, then text, and last what nobody knows.
package all

import (
	"slices"

	"brevvagt/document"
	"brevvagt/document/archive"
	"brevvagt/document/mail"
	"brevvagt/document/ocr"
	"brevvagt/document/office"
	"brevvagt/document/pdf"
	"brevvagt/document/plain"
	"brevvagt/document/stray"
)

// Options choose how the hostile formats are run.
type Options struct {
	// Isolate wraps a format so that it runs in a worker process. Nil runs it in
	// this process, which is for the worker itself.
	Isolate func(document.Format) document.Format
	// NoOCR leaves pictures unread; they are then gaps with the reason no-engine.
	NoOCR bool
	// PDFCache is a folder for the PDF engine's compiled code, "" for none.
	PDFCache string
}

// Formats lists every format.
func Formats(o Options) []document.Format {
	hostile := Hostile(o)
	if o.Isolate != nil {
		for i, f := range hostile {
			hostile[i] = o.Isolate(f)
		}
	}
	if o.NoOCR {
		for _, f := range ocr.Formats() {
			hostile = append(hostile, unread{f})
		}
	}
	zips := slices.Concat(office.Formats(), archive.Formats())
	for i, f := range hostile {
		if f.Name() == "pdf" {
			f = stray.Packed{Format: f, Mark: "%PDF-", Ext: ".pdf", In: slices.Clone(zips)}
		}
		hostile[i] = stray.Beside{Format: f, Appended: true, Sweep: f.Name() != "pdf"}
	}
	for i, f := range zips {
		zips[i] = stray.Beside{Format: f}
	}
	return slices.Concat(hostile, zips, mail.Formats(), plain.Formats(),
		[]document.Format{stray.Unknown{}})
}

// Hostile lists the formats whose readers belong in a worker process.
func Hostile(o Options) []document.Format {
	list := pdf.Formats(pdf.Config{CacheDir: o.PDFCache})
	if !o.NoOCR {
		list = append(list, ocr.Formats()...)
	}
	return list
}
