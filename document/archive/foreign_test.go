package archive

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
)

// TestForeignSevenZips reads the archives that the 7z module brings for its own
// tests, where they lie in the module cache.
func TestForeignSevenZips(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/bodgit/sevenzip").Output()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "testdata", "*.7z"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no archives found: %v", err)
	}
	read := 0
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if testing.Short() && len(data) > 500_000 {
			continue // two, which take longer than the other thirty
		}
		base := filepath.Base(name)
		d := documenttest.Read(t, formats(), base, data)
		if documenttest.HasGap(d, document.Crashed) {
			t.Errorf("%s: %v", base, d.Gaps)
		}
		if encrypted := strings.Contains(" aes7z.7z t2.7z t3.7z t4.7z 7zcracker.7z pr472.7z ", " "+base+" "); encrypted != documenttest.HasGap(d, document.Encrypted) {
			t.Errorf("%s: gaps %v", base, d.Gaps)
		}
		if len(d.Parts) > 1 {
			read++
		}
	}
	if read*2 < len(files) {
		t.Errorf("only %d of %d archives opened", read, len(files))
	}
}
