package night

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"brevvagt/document"
	"brevvagt/scanner"
	"brevvagt/scanner/source/share/walk"
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
		seize bool
		limit int64
		want  func(b bytesOf) error
	}{
		"lines.txt": {data: text, limit: 1 << 20, want: func(b bytesOf) error {
			if b.cut != 0 || !bytes.HasSuffix(b.data, []byte(number)) || len(b.data) > len(text)*9/10 {
				return fmt.Errorf("%d bytes, %d cut", len(b.data), b.cut)
			}
			return nil
		}},
		"taken.txt": {data: text, seize: true, limit: 8 << 20, want: same(text, 0)},
		"mixed.txt": {data: mixed, limit: 8 << 20, want: same(mixed, 0)},
		"film.avi":  {data: mixed, limit: 5 << 20, want: same(mixed[:5<<20], int64(len(mixed)-5<<20))},
		"small.avi": {data: number, limit: 5, want: same(number[:5], int64(len(number)-5))},
	} {
		sh := &Share{Limit: c.limit, Large: Large{Dir: t.TempDir(), Lines: lines, from: document.HeadBytes}}
		if c.seize {
			sh.Seize = nobody
		}
		b, err := sh.bytes(strings.NewReader(c.data), name, int64(len(c.data)), sh.Large)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := c.want(b); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		b.done()
		if left, _ := os.ReadDir(sh.Large.Dir); len(left) != 0 {
			t.Errorf("%s: %d files are left", name, len(left))
		}
		if _, err := sh.bytes(strings.NewReader(c.data[:len(number)-1]), name, int64(len(c.data)), sh.Large); !errors.Is(err, errChanging) && c.limit > 5 && name != "lines.txt" {
			t.Errorf("%s, shorter than it was: %v", name, err)
		}
		sh.Large.Dir += "/none"
		if _, err := sh.bytes(strings.NewReader(c.data), name, int64(len(c.data)), sh.Large); len(c.data) > document.HeadBytes && !errors.Is(err, errNoFile) {
			t.Errorf("%s without room: %v", name, err)
		}
	}
}

func same(want string, cut int64) func(bytesOf) error {
	return func(b bytesOf) error {
		if string(b.data) != want || b.cut != cut {
			return fmt.Errorf("%d bytes, %d cut", len(b.data), b.cut)
		}
		return nil
	}
}

func nobody(context.Context, scanner.Item, *scanner.Outcome, walk.Entry) (string, bool, error) {
	return "", false, nil
}
