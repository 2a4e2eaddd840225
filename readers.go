// Package brevvagt knows the readers of pictures and PDF by their sources, so that
// what they once read is known again by every program that would read it the same way.
package brevvagt

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"go/scanner"
	"go/token"
	"hash"
	"io/fs"
	"path"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

// sources are the packages that readings depend on. They travel in the program, so
// that no number has to be raised by hand when one of them changes; a test holds the
// list against what the readers import.
//
//go:embed document/*.go document/isolate/*.go document/seen/*.go
//go:embed document/ocr/*.go document/ocr/*/*.go document/pdf/*.go document/pdf/*/*.go
//go:embed internal/bigfile/*.go internal/coded/*.go internal/columns/*.go internal/glance/*.go internal/seam/*.go internal/spoken/*.go
var sources embed.FS

// modules are the foreign modules that the readers link, by their paths.
func modules() []string {
	return []string{
		"github.com/ebitengine/purego", "github.com/google/uuid", "github.com/jolestar/go-commons-pool/v2",
		"github.com/klippa-app/go-pdfium", "github.com/landlock-lsm/go-landlock", "github.com/makiuchi-d/gozxing",
		"github.com/otiai10/gosseract/v2", "github.com/tetratelabs/wazero", "golang.org/x/crypto", "golang.org/x/image",
		"golang.org/x/net", "golang.org/x/sys", "golang.org/x/text", "golang.org/x/xerrors",
		"kernel.org/pub/linux/libs/security/libcap/psx",
	}
}

// Readers names the code that reads pictures and PDF: 32 hexadecimal digits that
// change when its sources, a module it links or the release of Go (1.26, not 1.26.1)
// do, and not with the rest of the program, with comments or with when and where the
// program was built. It takes some 20 ms.
func Readers() (string, error) {
	h := sha256.New()
	if err := digest(h, sources); err != nil {
		return "", fmt.Errorf("cannot name the readers: %w", err)
	}
	fmt.Fprintln(h, release(runtime.Version()))
	if info, ok := debug.ReadBuildInfo(); ok {
		linked(h, info.Deps, modules())
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}

// digest writes what the Go files of a tree say to a compiler.
func digest(h hash.Hash, tree fs.FS) error {
	return fs.WalkDir(tree, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		data, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		fmt.Fprintln(h, name)
		return tokens(h, data)
	})
}

// tokens writes the tokens of a Go file, of comments those that a compiler reads.
func tokens(h hash.Hash, data []byte) error {
	var s scanner.Scanner
	var wrong error
	file := token.NewFileSet().AddFile("", -1, len(data))
	s.Init(file, data, func(at token.Position, msg string) { wrong = fmt.Errorf("line %d: %s", at.Line, msg) }, scanner.ScanComments)
	for {
		_, tok, text := s.Scan()
		switch {
		case tok == token.EOF:
			return wrong
		case tok == token.COMMENT && !strings.HasPrefix(text, "//go:"):
		default:
			fmt.Fprintf(h, "%d %q\n", tok, text)
		}
	}
}

// release is the part of Go's version that changes when the language and its library
// do: go1.26 of go1.26.4.
func release(version string) string {
	parts := strings.SplitN(version, ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}

// linked writes the versions of modules.
func linked(h hash.Hash, deps []*debug.Module, wanted []string) {
	for _, m := range deps {
		if slices.Contains(wanted, m.Path) {
			for ; m.Replace != nil; m = m.Replace {
				fmt.Fprintln(h, m.Path, m.Version)
			}
			fmt.Fprintln(h, m.Path, m.Version, m.Sum)
		}
	}
}
