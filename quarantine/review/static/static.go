// Package static holds the page's style sheets, fonts, icons and scripts and serves them.
// NOTICES.md says where they come from and under which licences.
package static

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed css fonts img js NOTICES.md
var files embed.FS

// Prefix is the path that Handler expects before every file name.
const Prefix = "/static/"

// Handler serves the files with an ETag, since embedded files carry no time. They
// are the same for everybody and may be cached for an hour.
func Handler() (http.Handler, error) {
	etags := make(map[string]string)
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(b)
		etags[Prefix+name] = `"` + hex.EncodeToString(sum[:12]) + `"`
		return nil
	})
	if err != nil {
		return nil, err
	}
	types := map[string]string{".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".js": "text/javascript; charset=utf-8", ".md": "text/plain; charset=utf-8", ".txt": "text/plain; charset=utf-8"}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		etag, ok := etags[r.URL.Path]
		b, err := files.ReadFile(strings.TrimPrefix(r.URL.Path, Prefix))
		if !ok || err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("ETag", etag)
		w.Header().Set("Cache-Control", "public, max-age=3600")
		w.Header().Set("Content-Type", types[path.Ext(r.URL.Path)])
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
	}), nil
}
