package document

import (
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
