package walk

import (
	"os"
	"path/filepath"
	"testing"
)

// TestMounted: the root of a mounted file system is told from a folder.
func TestMounted(t *testing.T) {
	plain := filepath.Join(t.TempDir(), "mappe")
	if err := os.Mkdir(plain, 0o755); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]bool{plain: false, "/proc": true} {
		l, err := OpenLocal(dir)
		if err != nil {
			t.Fatal(err)
		}
		if list, err := l.List(t.Context(), ""); err != nil || list.Mount != want {
			t.Errorf("%s: mounted %v, %v", dir, list.Mount, err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
