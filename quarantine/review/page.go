package review

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"brevvagt/detectors"
	"brevvagt/quarantine/review/words"
)

// page is what every template is given.
type page struct {
	Lang         words.Lang
	Title        string
	Organisation string
	User         *user
	Nav          []navItem
	Path         string // where the language switch returns to
	Notice       *notice
	Data         any
}

type navItem struct {
	Path, Key string
	Current   bool
}

// notice is a message at the top of a page. Kind is an alert kind of the design
// system: info, success, warning, error.
type notice struct{ Kind, Heading, Text string }

// T is the text for key in the page's language.
func (p page) T(key string, args ...any) string { return words.Text(p.Lang, key, args...) }

// Plural picks the form for n.
func (p page) Plural(key string, n int) string { return words.Plural(p.Lang, key, n) }

// Known puts a value of the program, such as a state or a detector, into words.
func (p page) Known(key string, value any) string { return words.Known(p.Lang, key, fmt.Sprint(value)) }

const languageCookie = "sprog"

// language is the one chosen with the switch, Danish until then.
func language(r *http.Request) words.Lang {
	if c, err := r.Cookie(languageCookie); err == nil && c.Value == string(words.English) {
		return words.English
	}
	return words.Danish
}

// newPage fills in what all pages have. It must run inside the session for the
// user to be known; outside it the page is shown without one.
func (s *server) newPage(r *http.Request, u *user, title string) page {
	p := page{Lang: language(r), Title: title, Organisation: words.Clean(s.Organisation, words.Short), User: u, Path: localPath(r.URL.RequestURI())}
	if r.Method != http.MethodGet {
		p.Path = "/"
	}
	if u != nil {
		p.Nav = s.nav(r, u)
	}
	return p
}

// nav lists the pages that a role may open, by the route table.
func (s *server) nav(r *http.Request, u *user) []navItem {
	var items []navItem
	for _, it := range []navItem{{"/", "nav.queue", false}, {"/fortegnelse", "nav.register", false}, {"/drift", "nav.status", false}} {
		if it.Path == "/" && !mayRead(u) || !s.may(u, "GET", it.Path) {
			continue
		}
		it.Current = r.URL.Path == it.Path || it.Path == "/" && strings.HasPrefix(r.URL.Path, "/sag/")
		items = append(items, it)
	}
	return items
}

// render writes a page, or the bare error when a template fails. Nothing is sent
// before the whole page stands.
func (s *server) render(w http.ResponseWriter, status int, name string, p page) {
	var b bytes.Buffer
	if err := s.pages[name].ExecuteTemplate(&b, "base", p); err != nil {
		s.Log.Error("cannot show page", "page", name, "err", err)
		http.Error(w, words.Text(p.Lang, "error.500"), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if _, err := b.WriteTo(w); err != nil {
		s.Log.Debug("page not delivered", "page", name, "err", err)
	}
}

// fail shows the error page for a status.
func (s *server) fail(w http.ResponseWriter, r *http.Request, status int) {
	key := map[int]string{http.StatusBadRequest: "400", http.StatusForbidden: "403", http.StatusNotFound: "404", http.StatusMethodNotAllowed: "405"}[status]
	if key == "" {
		key = "500"
	}
	s.failWith(w, r, status, "error."+key)
}

func (s *server) failWith(w http.ResponseWriter, r *http.Request, status int, key string) {
	l := language(r)
	p := s.newPage(r, nil, words.Text(l, key))
	p.Path = "/"
	p.Data = words.Text(l, key+".text")
	s.render(w, status, "error", p)
}

func (s *server) denyOrigin(w http.ResponseWriter, r *http.Request) {
	s.Log.Warn("request from another site refused", "method", r.Method)
	s.failWith(w, r, http.StatusForbidden, "error.origin")
}

// broken logs an error and shows the page for it. Errors never quote content.
func (s *server) broken(w http.ResponseWriter, r *http.Request, doing string, err error) {
	s.Log.Error("page failed", "doing", doing, "err", detectors.Redact(err.Error()))
	s.fail(w, r, http.StatusInternalServerError)
}

//go:embed templates/*.html
var templateFiles embed.FS

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
