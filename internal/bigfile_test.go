package internal_test

import (
	"bytes"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/internal/bigfile"
)

func TestWhatWasWrittenIsRead(t *testing.T) {
	dir := t.TempDir()
	f, err := bigfile.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := bytes.Repeat([]byte("0123456789abcdef"), 1<<18)
	for chunk := want; len(chunk) > 0; chunk = chunk[min(len(chunk), 65_000):] {
		if _, err := f.Write(chunk[:min(len(chunk), 65_000)]); err != nil {
			t.Fatal(err)
		}
	}
	content, done, err := f.Map()
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Reader()
	if err != nil {
		t.Fatal(err)
	}
	if all, err := io.ReadAll(r); err != nil || !bytes.Equal(all, want) || f.Size() != int64(len(want)) {
		t.Errorf("read %d bytes, %v", len(all), err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for range 5 { // while pages are given back
		if sha256.Sum256(content) != sha256.Sum256(want) {
			t.Fatal("shown content differs")
		}
		time.Sleep(15 * time.Millisecond)
	}
	done()
	done()
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%d files are left", len(left))
	}
}

// TestResidentMemory: what is shown does not stay in memory.
func TestResidentMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "big")
	const size = 64 << 20
	if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
		t.Fatal(err)
	}
	content, done, err := bigfile.Map(path)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	sum := 0
	for i := 0; i < len(content); i += 4096 {
		sum += int(content[i])
	}
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		kb := mappedKB(t, path)
		if kb < 1024 && sum == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d kB of the file stay in memory", kb)
		}
	}
}

// mappedKB is how much of a mapped file is in our memory.
func mappedKB(t *testing.T, path string) int {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(maps), path)
	if !ok {
		t.Fatal("not mapped")
	}
	_, rest, _ = strings.Cut(rest, "Rss:")
	kb := 0
	for _, c := range strings.TrimSpace(rest[:20]) {
		if c < '0' || c > '9' {
			break
		}
		kb = kb*10 + int(c-'0')
	}
	return kb
}

func TestEmptyAndMissing(t *testing.T) {
	f, err := bigfile.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	content, done, err := f.Map()
	if err != nil || len(content) != 0 {
		t.Errorf("%d bytes, %v", len(content), err)
	}
	done()
	if _, err := bigfile.Create(filepath.Join(t.TempDir(), "gone")); err == nil {
		t.Error("made a file in no folder")
	}
	if _, _, err := bigfile.Map(filepath.Join(t.TempDir(), "gone")); err == nil {
		t.Error("showed no file")
	}
}
