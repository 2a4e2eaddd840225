package office_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/richardlehane/mscfb"

	"brevvagt/document/office/ole"
)

func oleSample(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "testdata", "office", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestAgainstMSCFB compares every stream with another reader's.
func TestAgainstMSCFB(t *testing.T) {
	for _, name := range []string{"brev.doc", "liste.xls"} {
		data := oleSample(t, name)
		f, err := ole.Open(data)
		if err != nil || f.Short {
			t.Fatalf("%s: %v, short %v", name, err, f != nil && f.Short)
		}
		r, err := mscfb.New(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, e := range r.File {
			if e.FileInfo().IsDir() {
				continue
			}
			want, err := io.ReadAll(e)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(f.Streams[n].Data, want) {
				t.Errorf("%s: stream %q differs", name, e.Name)
			}
			n++
		}
		if n != len(f.Streams) || n == 0 {
			t.Errorf("%s: %d streams, want %d", name, len(f.Streams), n)
		}
	}
}

// TestCutOff: what is left of a file is read, and said to be short.
func TestCutOff(t *testing.T) {
	data := oleSample(t, "brev.doc")
	for n := 0; n < len(data)-512; n += 300 {
		if f, err := ole.Open(data[:n]); err == nil && !f.Short {
			t.Errorf("cut to %d of %d bytes: not told", n, len(data))
		}
	}
}

// TestChainLeadsBack: a sector that is followed by itself is told, wherever in the file it is.
func TestChainLeadsBack(t *testing.T) {
	whole := oleSample(t, "brev.doc")
	fat := 512 * (1 + int(binary.LittleEndian.Uint32(whole[76:])))
	tried := 0
	for n := range 128 {
		at := fat + 4*n
		if binary.LittleEndian.Uint32(whole[at:]) > 0xfffffff0 {
			continue // the end of a chain, free, or the table itself
		}
		data := bytes.Clone(whole)
		binary.LittleEndian.PutUint32(data[at:], uint32(n))
		if f, err := ole.Open(data); err == nil && !f.Crossed {
			t.Errorf("sector %d follows itself: not told", n)
		}
		tried++
	}
	if tried == 0 {
		t.Error("no chain was bent")
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(oleSample(f, "brev.doc"))
	f.Add(oleSample(f, "liste.xls"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := ole.Open(data)
		if err != nil {
			return
		}
		n := 0
		for _, s := range file.Streams {
			n += len(s.Data)
			ole.Properties(s.Data)
		}
		if n > 2*len(data)+1<<20 {
			t.Errorf("%d bytes of streams from %d", n, len(data))
		}
	})
}
