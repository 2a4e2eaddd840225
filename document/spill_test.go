package document

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"testing"
	"testing/iotest"
)

// What is large lies on a disk while the item is read, and nothing of it stays.
func TestLargePartsLieOnADisk(t *testing.T) {
	const size = condenseFrom + 5<<20
	film := bytes.Repeat([]byte("\x00\xffRIFF\x01\x80"), size/8)
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		spill string
		limit int64
		from  io.Reader
		want  []byte
		cut   bool
		err   error
		files int
	}{
		"whole":       {t.TempDir(), 2 * size, bytes.NewReader(film), film, false, nil, 1},
		"cut":         {t.TempDir(), condenseFrom + 10, bytes.NewReader(film), film[:condenseFrom+10], true, nil, 1},
		"broken":      {t.TempDir(), 2 * size, io.MultiReader(bytes.NewReader(film), iotest.ErrReader(broken)), film, false, broken, 1},
		"small":       {t.TempDir(), 2 * size, bytes.NewReader(film[:1000]), film[:1000], false, nil, 0},
		"no folder":   {"", 2 * size, bytes.NewReader(film), film, false, nil, 0},
		"gone folder": {filepath.Join(t.TempDir(), "gone"), 2 * size, bytes.NewReader(film), film, false, nil, 0},
	} {
		w := &walk{budget: budget{limits: Limits{PartBytes: c.limit, Bytes: 1 << 30}}, doc: &Document{}, spill: c.spill}
		b := &Builder{walk: w, ctx: t.Context()}
		data, cut, err := b.Gather("film.avi", c.from)
		if !bytes.Equal(data, c.want) || cut != c.cut || !errors.Is(err, c.err) || len(w.spilled) != c.files {
			t.Errorf("%s: %d bytes, %v, %v, %d files", name, len(data), cut, err, len(w.spilled))
		}
		read := Segment{Words: []Word{{}}, At: Location{OCR: true}}
		w.picture(Input{Path: name, Data: data}, read)
		w.picture(Input{Path: "within", Data: data[:8]}, read) // a mail's or a presentation's, shown as it lies there
		w.giveBack()
		for i, want := range [][]byte{c.want, c.want[:8]} {
			if got := w.doc.Pictures[i].Data; !bytes.Equal(got, want) {
				t.Errorf("%s: picture %d that is kept has %d bytes", name, i, len(got))
			}
		}
	}
}
