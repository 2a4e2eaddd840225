package document

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"testing"
	"testing/iotest"
)

// Reading what a bomb unpacks to must not cost a multiple of it.
func TestReadOnIsFrugal(t *testing.T) {
	const size = 16 << 20
	start := bytes.Repeat([]byte("a"), size/8)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	data, err := readOn(start, io.LimitReader(zeros{}, 10*size), size)
	runtime.ReadMemStats(&after)
	if err != nil || len(data) != size || !bytes.HasPrefix(data, start) || data[size-1] != 0 {
		t.Fatalf("%d bytes, %v", len(data), err)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 2*size {
		t.Errorf("%d bytes were taken for %d", got, size)
	}
	if data, err = readOn([]byte("ab"), bytes.NewReader([]byte("cde")), 100); err != nil || string(data) != "abcde" {
		t.Errorf("%q, %v", data, err)
	}
	broken := errors.New("broken")
	if data, err = readOn([]byte("ab"), io.MultiReader(bytes.NewReader([]byte("c")), iotest.ErrReader(broken)), 100); !errors.Is(err, broken) || string(data) != "abc" {
		t.Errorf("%q, %v", data, err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }
