package large

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"brevvagt/document"
)

// TestLargeFiles reads files above the bound: lines of text to their end, others from a
// file, up to the limit, and in memory where there is no room for one.
func TestLargeFiles(t *testing.T) {
	lines := func(head []byte, name string) bool { return strings.HasSuffix(name, ".txt") }
	number := "CPR 610172-1234\n"
	text := strings.Repeat("en linje tekst, som der er mange af i en stor fil, og intet andet\n", 90_000) + number // the first 4 MB are kept as they are
	mixed := text + "\x00" + number
	for name, c := range map[string]struct {
		data  string
		asIs  bool
		limit int64
		want  func(b Content) error
	}{
		"lines.txt": {data: text, limit: 1 << 20, want: func(b Content) error {
			if b.Cut != 0 || !bytes.HasSuffix(b.Data, []byte(number)) || len(b.Data) > len(text)*9/10 {
				return fmt.Errorf("%d bytes, %d cut", len(b.Data), b.Cut)
			}
			return nil
		}},
		"taken.txt": {data: text, asIs: true, limit: 8 << 20, want: same(text, 0)},
		// Too large to be taken as it is: it is read to its end all the same.
		"beyond.txt": {data: text, asIs: true, limit: 1 << 20, want: func(b Content) error {
			if b.Cut != 0 || !b.Lines || !bytes.HasSuffix(b.Data, []byte(number)) {
				return fmt.Errorf("%d bytes, %d cut, lines %v", len(b.Data), b.Cut, b.Lines)
			}
			return nil
		}},
		"mixed.txt": {data: mixed, limit: 8 << 20, want: same(mixed, 0)},
		"film.avi":  {data: mixed, limit: 5 << 20, want: same(mixed[:5<<20], int64(len(mixed)-5<<20))},
		"small.avi": {data: number, limit: 5, want: same(number[:5], int64(len(number)-5))},
	} {
		r := Reader{Dir: t.TempDir(), Lines: lines, from: document.HeadBytes}
		b, err := r.Read(strings.NewReader(c.data), name, int64(len(c.data)), c.limit, c.asIs)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := c.want(b); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		b.Done()
		if left, _ := os.ReadDir(r.Dir); len(left) != 0 {
			t.Errorf("%s: %d files are left", name, len(left))
		}
		if _, err := r.Read(strings.NewReader(c.data[:len(number)-1]), name, int64(len(c.data)), c.limit, c.asIs); !errors.Is(err, ErrShort) && c.limit > 5 {
			t.Errorf("%s, shorter than it was: %v", name, err)
		}
		r.Dir += "/none"
		if _, err := r.Read(strings.NewReader(c.data), name, int64(len(c.data)), c.limit, c.asIs); len(c.data) > document.HeadBytes && !errors.Is(err, ErrNoRoom) {
			t.Errorf("%s without room: %v", name, err)
		}
	}
}

func same(want string, cut int64) func(Content) error {
	return func(b Content) error {
		if string(b.Data) != want || b.Cut != cut || b.Lines {
			return fmt.Errorf("%d bytes, %d cut", len(b.Data), b.Cut)
		}
		return nil
	}
}
