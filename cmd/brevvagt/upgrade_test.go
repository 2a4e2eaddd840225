package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestUpgradeReadsNoPictureAgain: another program (other bytes, another time) judges
// every file anew, as new rules want it, and reads no picture and no PDF again.
func TestUpgradeReadsNoPictureAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("reads pictures")
	}
	t.Parallel()
	dir := t.TempDir()
	for _, sample := range []string{"ocr/testdata/line.png", "ocr/testdata/line.jpg", "pdf/testdata/writer.pdf"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "document", filepath.FromSlash(sample)))
		if err != nil {
			t.Fatal(err)
		}
		write(t, dir, filepath.Base(sample), string(data))
	}
	config := sharesConfig(t, "  - {name: sager, path: "+dir+"}\n")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(filepath.Dir(config), "tilstand")
	write(t, filepath.Dir(config), filepath.Base(config), strings.Replace(string(text), "ocr: {off: true}\n", "", 1))
	ran := func(program string) string {
		t.Helper()
		var log bytes.Buffer
		cmd := programAt(program, &log, "shares", "run", "--config", config)
		if err := cmd.Run(); err != nil {
			t.Fatalf("%v\n%s", err, log.String())
		}
		return log.String()
	}
	ran(os.Args[0])
	before := readings(t, state)
	if len(before) < 3 {
		t.Fatalf("%d readings are kept of three files", len(before))
	}
	// What a linker adds behind an ELF file changes nothing that it does.
	self, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	upgraded := filepath.Join(t.TempDir(), "brevvagt")
	if err := os.WriteFile(upgraded, append(self, "a later build"...), 0o700); err != nil {
		t.Fatal(err)
	}
	if out := ran(upgraded); !strings.Contains(out, "3 læst") {
		t.Errorf("the other program did not judge all files again:\n%s", out)
	}
	after := readings(t, state)
	for name, when := range after {
		if !before[name].Equal(when) {
			t.Errorf("read again: %s", name)
		}
	}
	if len(after) != len(before) {
		t.Errorf("%d readings after the upgrade, %d before", len(after), len(before))
	}
}

// readings are the files of the cache of readings, with their times.
func readings(t *testing.T, state string) map[string]time.Time {
	t.Helper()
	list := make(map[string]time.Time)
	err := filepath.WalkDir(seenDir(state), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			list[path] = info.ModTime()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
