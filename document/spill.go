package document

import (
	"bytes"
	"io"

	"brevvagt/internal/bigfile"
)

// This file keeps what is large on a disk while an item is read: a film of 250 MB in a zip
// would cost its size twice, in the archive and out of it.

// spillFile makes a file for a large part; nil where there is to be none or none can be
// made, as in a worker that may write nothing.
func (w *walk) spillFile() *bigfile.File {
	if w.spill == "" || w.emit != nil {
		return nil
	}
	f, err := bigfile.Create(w.spill)
	if err != nil {
		return nil // memory has to do
	}
	return f
}

// spillRest puts data and what follows it in r into f, up to limit bytes in all, and shows
// them until the walk ends. What could be written comes back beside an error.
func (w *walk) spillRest(f *bigfile.File, data []byte, r io.Reader, limit int64) ([]byte, error) {
	defer f.Close()
	_, err := f.Write(data)
	if err == nil {
		_, err = io.Copy(f, io.LimitReader(r, limit-int64(len(data))))
	}
	shown, done, wrong := f.Map()
	if wrong != nil {
		return data, wrong
	}
	w.spilled = append(w.spilled, done)
	return shown, err
}

// giveBack ends what spillRest showed: nothing of the document may point there.
func (w *walk) giveBack() {
	for _, done := range w.spilled {
		done()
	}
}

// picture keeps the bytes of a picture in which text was recognised, so that the
// place of a finding can be shown; it shares the input's memory where that stays.
func (w *walk) picture(in Input, s Segment) {
	if w.emit != nil || !s.At.OCR || len(s.Words) == 0 {
		return
	}
	if n := len(w.doc.Pictures); n > 0 && w.doc.Pictures[n-1].Path == in.Path {
		return
	}
	data := in.Data
	if len(w.spilled) > 0 {
		data = bytes.Clone(data) // it may lie in a file that is given back after the walk, or be a piece of one
	}
	w.doc.Pictures = append(w.doc.Pictures, Picture{Path: in.Path, Data: data})
}
