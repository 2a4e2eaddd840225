package brevvagt

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os/exec"
	"path"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// deps are what the readers of pictures and PDF import, as the go command lists it.
func deps(t *testing.T, format string) []string {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", "-f", format, "./document/pdf", "./document/ocr", "./document/isolate", "./document/seen").Output()
	if err != nil {
		t.Fatal(err)
	}
	list := strings.Fields(string(out))
	slices.Sort(list)
	return slices.Compact(list)
}

// TestNothingForgotten holds the two lists against what the readers really import.
func TestNothingForgotten(t *testing.T) {
	var have []string
	err := fs.WalkDir(sources, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasSuffix(name, "_test.go") {
			return err
		}
		have = append(have, "brevvagt/"+path.Dir(name))
		data, err := fs.ReadFile(sources, name)
		if strings.Contains(string(data), "\nimport \"C\"") || strings.Contains(string(data), "\n//go:embed") {
			t.Errorf("%s: what it says in C, or in another file, is not looked at", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(have)
	if have, want := slices.Compact(have), deps(t, `{{if .Module}}{{if .Module.Main}}{{.ImportPath}}{{end}}{{end}}`); !slices.Equal(have, want) {
		t.Errorf("embedded: %s\nimported: %s", have, want)
	}
	have = modules()
	slices.Sort(have)
	if want := deps(t, `{{if .Module}}{{if not .Module.Main}}{{.Module.Path}}{{end}}{{end}}`); !slices.Equal(have, want) {
		t.Errorf("modules: %s\nimported: %s", have, want)
	}
}

// TestReadersChange tells what another name is given for.
func TestReadersChange(t *testing.T) {
	name := func(file, text string) string {
		h := sha256.New()
		if err := digest(h, fstest.MapFS{file: {Data: []byte(text)}}); err != nil {
			t.Fatal(err)
		}
		return hex.EncodeToString(h.Sum(nil))
	}
	const was = "package a\n\n// F counts.\nfunc F() int { return 1 }\n"
	for text, same := range map[string]bool{
		was: true,
		"// Package a has a sentence.\npackage a\n\n/* F does\nmuch. */\nfunc F() int {  return 1 } // one\n": true,
		"package a\n\n// F counts.\nfunc F() int { return 2 }\n":                                              false,
		"package a\n\n// F counts.\nfunc F() string { return `1` }\n":                                         false,
		"//go:build linux\n\npackage a\n\n// F counts.\nfunc F() int { return 1 }\n":                          false,
	} {
		if got := name("a/a.go", text) == name("a/a.go", was); got != same {
			t.Errorf("the same: %v\n%s", got, text)
		}
	}
	if name("a/b.go", was) == name("a/a.go", was) {
		t.Error("a file of another name counts as the same")
	}
	if name("a/a_test.go", was) != name("a/c_test.go", "package a\n") {
		t.Error("a test counts")
	}
}

// TestReadersLinked gives another name for another version of what is linked.
func TestReadersLinked(t *testing.T) {
	name := func(m ...*debug.Module) string {
		h := sha256.New()
		linked(h, m, []string{"pdf"})
		return hex.EncodeToString(h.Sum(nil))
	}
	one := &debug.Module{Path: "pdf", Version: "v1", Sum: "s"}
	if name(one) != name(one, &debug.Module{Path: "mail", Version: "v1"}) {
		t.Error("a module that no reader links counts")
	}
	for _, other := range []*debug.Module{{Path: "pdf", Version: "v2", Sum: "s"}, {Path: "pdf", Version: "v1", Sum: "s", Replace: &debug.Module{Path: "own", Version: "v1"}}} {
		if name(one) == name(other) {
			t.Errorf("%+v is taken for the same", other)
		}
	}
	for in, want := range map[string]string{"go1.26.4": "go1.26", "go1.26": "go1.26", "devel": "devel"} {
		if got := release(in); got != want {
			t.Errorf("release(%q) = %q", in, got)
		}
	}
}

// TestReadersName proves that the name of this program's readers can be had, and that
// it holds what they link.
func TestReadersName(t *testing.T) {
	name, err := Readers()
	if err != nil || len(name) != 32 {
		t.Fatalf("%q, %v", name, err)
	}
}
