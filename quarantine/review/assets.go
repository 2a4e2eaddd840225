package review

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed static
var staticFiles embed.FS

//go:embed templates/*.html
var templateFiles embed.FS

// newAssets serves the embedded files with an ETag, since embedded files carry no
// time. They are the same for everybody and may be cached.
func newAssets() (http.Handler, error) {
	etags := make(map[string]string)
	err := fs.WalkDir(staticFiles, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := staticFiles.ReadFile(name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(b)
		etags["/"+name] = `"` + hex.EncodeToString(sum[:12]) + `"`
		return nil
	})
	if err != nil {
		return nil, err
	}
	types := map[string]string{".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".md": "text/plain; charset=utf-8", ".txt": "text/plain; charset=utf-8"}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		etag, ok := etags[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		b, err := staticFiles.ReadFile(strings.TrimPrefix(r.URL.Path, "/"))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("ETag", etag)
		w.Header().Set("Cache-Control", "public, max-age=3600")
		w.Header().Set("Content-Type", types[path.Ext(r.URL.Path)])
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
	}), nil
}

// pages are the parsed templates by name.
type pages map[string]*template.Template

func parsePages() (pages, error) {
	out := make(pages)
	for _, name := range []string{"login", "queue", "case", "register", "status", "error"} {
		t, err := template.New(name).Option("missingkey=error").Funcs(template.FuncMap{"dict": dict}).
			ParseFS(templateFiles, "templates/base.html", "templates/columns.html", "templates/pages.html", "templates/"+name+".html")
		if err != nil {
			return nil, err
		}
		out[name] = t
	}
	return out, nil
}

// dict hands several values to a template: key, value, key, value.
func dict(pairs ...any) map[string]any {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		if key, ok := pairs[i].(string); ok {
			m[key] = pairs[i+1]
		}
	}
	return m
}
