// Package fields reads the little-endian fields of binary records. A field that lies
// outside its record is zero or empty: damaged files are read as far as they go.
package fields

import (
	"encoding/binary"
	"math"
)

// U16 is the number of two bytes at an offset.
func U16(b []byte, at int) int {
	if at < 0 || at+2 > len(b) {
		return 0
	}
	return int(binary.LittleEndian.Uint16(b[at:]))
}

// U32 is the number of four bytes at an offset.
func U32(b []byte, at int) int {
	if at < 0 || at+4 > len(b) {
		return 0
	}
	return int(binary.LittleEndian.Uint32(b[at:]))
}

// Sub is n bytes from an offset on, or as many as there are.
func Sub(b []byte, at, n int) []byte {
	if at < 0 || n <= 0 || at >= len(b) {
		return nil
	}
	return b[at:min(len(b), at+n)]
}

// RK unpacks a spreadsheet's number of four bytes ([MS-XLS] 2.5.217, [MS-XLSB]
// 2.5.122).
func RK(v int) float64 {
	var n float64
	if v&2 != 0 {
		n = float64(int32(uint32(v)) >> 2)
	} else {
		n = math.Float64frombits(uint64(uint32(v)&^3) << 32)
	}
	if v&1 != 0 {
		n /= 100
	}
	return n
}
