package glance_test

import (
	"strings"
	"testing"

	"brevvagt/internal/glance"
)

func TestLook(t *testing.T) {
	var table glance.Table
	table.Add(glance.A, "abc\xff")
	table.Add(glance.C, "abc\x00\xff")
	table.Add(glance.B, "b7")
	all := strings.Repeat("xa7b\x00c\xff.Ab", 20)
	for size := range len(all) {
		text := all[:size]
		for at := range size + 1 {
			a, b, c := table.Look(text, at)
			for i := range glance.Block {
				has := func(list string) uint64 {
					if at+i < size && strings.IndexByte(list, text[at+i]) >= 0 {
						return 1
					}
					return 0
				}
				if a>>i&1 != has("abc\xff") || b>>i&1 != has("b7") || c>>i&1 != has("abc\x00\xff") {
					t.Fatalf("%q at %d, byte %d: %d %d %d", text, at, i, a>>i&1, b>>i&1, c>>i&1)
				}
			}
		}
	}
}

func BenchmarkLook(b *testing.B) {
	var table glance.Table
	table.Add(glance.A, "abcdefghijklmnopqrstuvwxyz")
	table.Add(glance.B, "b7")
	text := strings.Repeat("Kommunalbestyrelsen har besluttet det.\n", 1000)
	b.SetBytes(int64(len(text)))
	var sum uint64
	for b.Loop() {
		for at := 0; at < len(text); at += glance.Block {
			x, y, z := table.Look(text, at)
			sum += x ^ y ^ z
		}
	}
	_ = sum
}

func TestWindow(t *testing.T) {
	all := strings.Repeat("0123456789abcdefghijk", 12)
	var room glance.Window
	for size := range len(all) {
		text := all[:size]
		for at := range size + 1 {
			w := glance.At(text, at)
			if room.Copy(text, at); w == nil {
				w = &room
			} else if *w != room {
				t.Fatalf("%d bytes, at %d: %q in the text, %q copied", size, at, *w, room)
			}
			for i := range w {
				want := byte(0)
				if k := at - glance.Around + i; k >= 0 && k < size {
					want = text[k]
				}
				if w[i] != want {
					t.Fatalf("%d bytes, at %d, byte %d: %q, want %q", size, at, i, w[i], want)
				}
			}
			if w.From(5)[7] != w[20] || w.To(64)[7] != w[71] || w.To(1)[0] != w[1] {
				t.Fatal("eight bytes from elsewhere")
			}
		}
	}
}
