package arch_test

import (
	"go/build"
	"path/filepath"
	"strings"
	"testing"
)

// TestCloudStaysOutside: rclone with its hundred modules belongs to the helper alone;
// linked into brevvagt it would cost start, memory and trust.
func TestCloudStaysOutside(t *testing.T) {
	root := moduleRoot(t)
	for _, dir := range packageDirs(t, root) {
		pkg, err := build.ImportDir(filepath.Join(root, dir), 0)
		if err != nil {
			continue
		}
		for _, imp := range pkg.Imports {
			if strings.HasPrefix(imp, "github.com/rclone/") && dir != "scanner/source/share/cloud/rclone" {
				t.Errorf("%s imports %s", dir, imp)
			}
			if imp == module+"scanner/source/share/cloud/rclone" && dir != "cmd/brevvagt-cloud" {
				t.Errorf("%s imports %s", dir, imp)
			}
		}
	}
}
