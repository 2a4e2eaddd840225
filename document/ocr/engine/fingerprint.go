package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// Fingerprint names what a recognition depends on beside the picture and this
// program: the language data by content, the engine's library by file. It changes
// when one of them is updated, so that what was remembered is read anew. It looks
// at files only and takes about 50 ms.
func Fingerprint() string {
	h := sha256.New()
	dir, err := DataDir(DataDirs())
	if err != nil {
		return "no-engine"
	}
	for _, name := range []string{Language, "osd"} {
		f, err := os.Open(filepath.Join(dir, name+".traineddata"))
		if err != nil {
			return "no-engine"
		}
		_, err = io.Copy(h, f)
		f.Close()
		if err != nil {
			return "no-engine"
		}
	}
	for _, place := range []string{"/usr/lib/*", "/usr/lib", "/usr/local/lib"} {
		libraries, _ := filepath.Glob(place + "/libtesseract.so*") // the pattern is sound
		slices.Sort(libraries)
		for _, l := range libraries {
			if info, err := os.Stat(l); err == nil {
				fmt.Fprintln(h, l, info.Size(), info.ModTime().UnixNano())
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
