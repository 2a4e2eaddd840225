package arch_test

import (
	"go/build"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "brevvagt/"

// combs are rows of siblings that must not know each other.
var combs = []string{"document", "detectors", "scanner/source", "scanner/action"}

// combLists are the thin lists above a row: they alone name all siblings.
var combLists = []string{"document/all", "detectors/all"}

// TestImports holds ARCHITECTURE.md against the real imports.
func TestImports(t *testing.T) {
	root := moduleRoot(t)
	floors := readTable(t, filepath.Join(root, "ARCHITECTURE.md"))
	seen := make(map[string]bool)
	for _, dir := range packageDirs(t, root) {
		pkg, err := build.ImportDir(filepath.Join(root, dir), 0)
		if err != nil || len(pkg.GoFiles) == 0 {
			continue // tests only
		}
		floor, listed := floors[dir]
		if !listed {
			t.Errorf("package %s is not in ARCHITECTURE.md", dir)
			continue
		}
		seen[dir] = true
		if len(pkg.Doc) == 0 {
			t.Errorf("package %s has no package sentence", dir)
		}
		for _, imp := range pkg.Imports {
			checkImport(t, dir, floor, strings.TrimPrefix(imp, module), floors, strings.HasPrefix(imp, module))
		}
	}
	for dir := range floors {
		if !seen[dir] {
			t.Errorf("ARCHITECTURE.md lists %s, which is no package", dir)
		}
	}
}

func checkImport(t *testing.T, dir string, floor int, imp string, floors map[string]int, ours bool) {
	t.Helper()
	if !ours {
		return
	}
	below, ok := floors[imp]
	if ok && below >= floor {
		t.Errorf("%s (floor %d) imports %s (floor %d): imports only go down", dir, floor, imp, below)
	}
	if strings.HasPrefix(dir, "quarantine") && strings.HasPrefix(imp, "scanner") {
		t.Errorf("%s imports %s: the keeping wing never knows the watching wing", dir, imp)
	}
	if strings.HasPrefix(dir, "scanner") && strings.HasPrefix(imp, "quarantine") && !strings.HasPrefix(dir, "scanner/action/hold") {
		t.Errorf("%s imports %s: scanner/action/hold is the only bridge", dir, imp)
	}
	if slices.Contains(combLists, dir) {
		return
	}
	for _, comb := range combs {
		a, okA := sibling(dir, comb)
		b, okB := sibling(imp, comb)
		if okA && okB && a != b {
			t.Errorf("%s imports its sibling %s in the comb %s", dir, imp, comb)
		}
	}
}

// sibling is the name of the tooth of a comb that a package belongs to.
func sibling(pkg, comb string) (string, bool) {
	rest, ok := strings.CutPrefix(pkg, comb+"/")
	if !ok {
		return "", false
	}
	tooth, _, _ := strings.Cut(rest, "/")
	return tooth, true
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// packageDirs are the folders with Go files, relative to the root.
func packageDirs(t *testing.T, root string) []string {
	t.Helper()
	var dirs []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		if d.IsDir() {
			if rel != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "tmpdeps" || d.Name() == "bin") {
				return filepath.SkipDir
			}
			return nil
		}
		dir := filepath.ToSlash(filepath.Dir(rel))
		if strings.HasSuffix(path, ".go") && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}

// readTable reads the package table: package → floor.
func readTable(t *testing.T, path string) map[string]int {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	floors := make(map[string]int)
	for line := range strings.SplitSeq(string(text), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			continue
		}
		floor, err := strconv.Atoi(strings.TrimSpace(cells[1]))
		if err != nil {
			continue
		}
		floors[strings.Trim(strings.TrimSpace(cells[2]), "`")] = floor
	}
	if len(floors) == 0 {
		t.Fatal("no package table in ARCHITECTURE.md")
	}
	return floors
}
