package review

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"brevvagt/quarantine/review/static"
)

// onDisk are the files that must be in the program.
var onDisk = os.DirFS("static")

func TestFiles(t *testing.T) {
	h, err := static.Handler()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	err = fs.WalkDir(onDisk, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, ".go") {
			return err
		}
		n++
		w := get(h, static.Prefix+name, "")
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") == "" || w.Header().Get("ETag") == "" {
			t.Errorf("%s: status %d, %v", name, w.Code, w.Header())
		}
		if w.Body.Len() > 1<<20 {
			t.Errorf("%s has %d bytes", name, w.Body.Len())
		}
		if again := get(h, static.Prefix+name, w.Header().Get("ETag")); again.Code != http.StatusNotModified {
			t.Errorf("%s with its ETag: status %d", name, again.Code)
		}
		if b := w.Body.String(); strings.HasSuffix(name, ".css") && (strings.Contains(b, "url(data:") || strings.Contains(b, "url(http") || strings.Contains(b, "url(//") || strings.Contains(b, "@import")) {
			t.Errorf("%s asks for what the content policy refuses", name)
		}
		return nil
	})
	if err != nil || n < 10 {
		t.Fatal(n, err)
	}
	for _, p := range []string{"/static/", "/static/css", "/static/../static.go", "/static/static.go", "/static//css/dkfds.css", "/static/css/none.css"} {
		if w := get(h, p, ""); w.Code != http.StatusNotFound {
			t.Errorf("%s: status %d", p, w.Code)
		}
	}
}

// TestNotices holds a file that was taken over unchanged against the sum that its notice
// tells, and the pages to a htmx that runs no text as code.
func TestNotices(t *testing.T) {
	h, err := static.Handler()
	if err != nil {
		t.Fatal(err)
	}
	notices := get(h, static.Prefix+"NOTICES.md", "").Body.String()
	script := get(h, static.Prefix+"js/htmx.min.js", "").Body
	told := between(notices, "`js/htmx.min.js` | htmx ", " |")
	if sum := fmt.Sprintf("SHA-256 `%x`", sha256.Sum256(script.Bytes())); !strings.Contains(told, sum) {
		t.Errorf("htmx has %s, its notice says %s", sum, told)
	}
	if version := strings.Fields(told)[0]; !strings.Contains(script.String(), `version:"`+version+`"`) || !strings.Contains(notices, "## Zero-Clause BSD") {
		t.Errorf("htmx is not %s, or its licence is missing", version)
	}
	_, body := newRig(t).as(t, "dpo").get("/")
	contains(t, body, `<meta name="htmx-config" content='{"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false,"selfRequestsOnly":true,"historyCacheSize":0}'>`, ourScripts)
}

func get(h http.Handler, path, etag string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "/", nil)
	r.URL.Path = path
	if etag != "" {
		r.Header.Set("If-None-Match", etag)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestReferences finds every file that a template or the fonts of the style sheet
// name.
func TestReferences(t *testing.T) {
	ref := regexp.MustCompile(`/static/([a-z0-9/._-]+\.[a-z0-9]+)`)
	font := regexp.MustCompile(`url\(\.\./(fonts/[A-Za-z0-9./_-]+)\)`)
	var names []string
	templates, err := filepath.Glob("frame/templates/*.html")
	if err != nil || len(templates) == 0 {
		t.Fatal(templates, err)
	}
	for _, f := range templates {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range ref.FindAllStringSubmatch(string(b), -1) {
			names = append(names, m[1])
		}
	}
	css, err := fs.ReadFile(onDisk, "css/dkfds.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range font.FindAllStringSubmatch(string(css), -1) {
		names = append(names, m[1])
	}
	for _, kind := range []string{"info", "success", "warning", "error"} { // of alerts
		names = append(names, "img/svg-icons/"+kind+".svg")
	}
	for _, name := range names {
		if _, err := fs.ReadFile(onDisk, name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
