package office_test

import (
	"bytes"
	"testing"

	"brevvagt/document/office/fields"
)

func TestOutsideIsNothing(t *testing.T) {
	rec := []byte{1, 2, 3, 4, 5}
	if fields.U16(rec, 3) != 0x0504 || fields.U32(rec, 1) != 0x05040302 || !bytes.Equal(fields.Sub(rec, 3, 9), []byte{4, 5}) {
		t.Error("fields inside the record")
	}
	if fields.U16(rec, 4) != 0 || fields.U16(rec, -1) != 0 || fields.U32(rec, 2) != 0 || fields.Sub(rec, 5, 1) != nil || fields.Sub(rec, -1, 2) != nil || fields.Sub(rec, 1, -1) != nil {
		t.Error("fields outside it")
	}
}

// TestRK: the four kinds of packed numbers.
func TestRK(t *testing.T) {
	for v, want := range map[int]float64{1234<<2 | 2: 1234, 123456<<2 | 3: 1234.56, 0x3ff00000: 1, 0x40590000 | 1: 1} {
		if got := fields.RK(v); got != want {
			t.Errorf("%#x is %v, want %v", v, got, want)
		}
	}
}
