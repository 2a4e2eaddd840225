package prose

import (
	"math/bits"
	"strings"
	"unicode/utf8"

	"brevvagt/internal/glance"
)

// This file reads what nearly every text is, UTF-8 with the lines of a mail, in one pass.

// The classes of bytes: the first byte of Danish letters, bytes that follow a first one, and
// what needs a look of its own.
const (
	danishByte = glance.A
	laterByte  = glance.B
	otherByte  = glance.C
)

var classes = func() *glance.Table {
	t := new(glance.Table)
	t.Add(otherByte, "\x00\r")
	for c := utf8.RuneSelf; c < 256; c++ {
		switch s := string([]byte{byte(c)}); {
		case c == 0xC3:
			t.Add(danishByte, s)
		case c < 0xC0:
			t.Add(laterByte, s)
		default:
			t.Add(otherByte, s)
		}
	}
	return t
}()

// quickly is the longest text, in bytes, that is read so: room is made for it before it is
// known to be UTF-8.
const quickly = 1 << 20

// plainLines gives data with every line end written as LF. ok is false for what is no UTF-8
// or has zero bytes, wide says that it may have letters to [fold].
func plainLines(data []byte) (text string, wide, ok bool) {
	var b strings.Builder
	b.Grow(len(data))
	done := 0       // what stands before is written
	var left uint64 // the bytes of the next block that belong to a character of the one before
	for at := 0; at < len(data); at += glance.Block {
		danish, later, other := classes.LookBytes(data, at)
		want := danish<<1 | left
		left = danish >> (glance.Block - 1)
		for ; other != 0; other &= other - 1 {
			bit := bits.TrailingZeros64(other)
			i := at + bit
			if data[i] == '\r' {
				b.Write(data[done:i])
				if done = i + 1; done == len(data) || data[done] != '\n' {
					b.WriteByte('\n')
				}
				continue
			}
			_, n := utf8.DecodeRune(data[i:])
			if n == 1 {
				return "", false, false
			}
			wide = wide || mayFold(data[i])
			follow := uint64(1)<<(n-1) - 1
			want |= follow << (bit + 1)
			left |= follow >> (glance.Block - 1 - bit)
		}
		if want != later {
			return "", false, false
		}
	}
	if left != 0 {
		return "", false, false
	}
	b.Write(data[done:])
	return b.String(), wide, true
}
