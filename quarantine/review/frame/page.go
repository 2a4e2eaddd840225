// Package frame is what all pages of the review site share: who is signed in, the
// page around the content with its menu, language and notices, error pages, and
// lists that are turned page by page. The pages themselves stand in the packages
// above; who may open which is the route table of review.
package frame

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"

	"brevvagt/detectors"
	"brevvagt/quarantine/review/words"
)

// Page is what every template is given.
type Page struct {
	Lang         words.Lang
	Title        string
	Organisation string
	User         *User
	Nav          []NavItem
	Path         string // where the language switch returns to
	Clock        *ClockView
	Notice       *Notice
	Data         any
}

// NavItem is a line of the menu.
type NavItem struct {
	Path, Key string
	Current   bool
}

// Notice is a message at the top of a page. Kind is an alert kind of the design
// system: info, success, warning, error.
type Notice struct{ Kind, Heading, Text string }

// T is the text for key in the page's language.
func (p Page) T(key string, args ...any) string { return words.Text(p.Lang, key, args...) }

// Plural picks the form for n.
func (p Page) Plural(key string, n int) string { return words.Plural(p.Lang, key, n) }

// Known puts a value of the program, such as a state or a detector, into words.
func (p Page) Known(key string, value any) string { return words.Known(p.Lang, key, fmt.Sprint(value)) }

// LanguageCookie keeps the chosen language; it says nothing about who chose.
const LanguageCookie = "sprog"

// Language is the one chosen with the switch, Danish until then.
func Language(r *http.Request) words.Lang {
	if c, err := r.Cookie(LanguageCookie); err == nil && c.Value == string(words.English) {
		return words.English
	}
	return words.Danish
}

// NewPage fills in what all pages have. It must run inside the session for the
// user to be known; outside it the page is shown without one.
func (s *Frame) NewPage(r *http.Request, u *User, title string) Page {
	p := Page{Lang: Language(r), Title: title, Organisation: words.Clean(s.Organisation, words.Short), User: u, Path: LocalPath(r.URL.RequestURI())}
	if r.Method != http.MethodGet {
		p.Path = "/"
	}
	if u != nil {
		p.Nav = s.nav(r, u)
		p.Clock = s.clock(r, u)
	}
	if u != nil {
		p.Notice = s.takeNotice(r)
	}
	return p
}

// nav lists the pages that a role may open, by the route table.
func (s *Frame) nav(r *http.Request, u *User) []NavItem {
	var items []NavItem
	for _, it := range []NavItem{{"/", "nav.queue", false}, {"/fortegnelse", "nav.register", false}, {"/drev", "nav.drives", false}, {"/advarsler", "nav.warnings", false}, {"/undtagelser", "nav.exceptions", false}, {"/statistik", "nav.stats", false}, {"/noegler", "nav.keys", false}, {"/drift", "nav.status", false}} {
		if it.Path == "/" && !u.MayRead() || !s.May(u.Role, "GET", it.Path) {
			continue
		}
		it.Current = r.URL.Path == it.Path || it.Path == "/" && strings.HasPrefix(r.URL.Path, "/sag/") ||
			it.Path != "/" && strings.HasPrefix(r.URL.Path, it.Path+"/")
		items = append(items, it)
	}
	return items
}

// Render writes a page, or the bare error when a template fails. Nothing is sent
// before the whole page stands.
func (s *Frame) Render(w http.ResponseWriter, status int, name string, p Page) {
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

// Answer writes a value for a script of ours.
func (s *Frame) Answer(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		s.Log.Error("cannot answer a script", "err", err)
		status, b = http.StatusInternalServerError, []byte("{}")
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if _, err := w.Write(b); err != nil {
		s.Log.Debug("answer not delivered", "err", err)
	}
}

// Fail shows the error page for a status.
func (s *Frame) Fail(w http.ResponseWriter, r *http.Request, status int) {
	key := map[int]string{http.StatusBadRequest: "400", http.StatusForbidden: "403", http.StatusNotFound: "404", http.StatusMethodNotAllowed: "405"}[status]
	if key == "" {
		key = "500"
	}
	s.FailWith(w, r, status, "error."+key)
}

// FailWith shows an error page with the texts of a key.
func (s *Frame) FailWith(w http.ResponseWriter, r *http.Request, status int, key string) {
	l := Language(r)
	p := s.NewPage(r, nil, words.Text(l, key))
	p.Path = "/"
	p.Data = words.Text(l, key+".text")
	s.Render(w, status, "error", p)
}

// DenyOrigin answers a request that another site made the browser send.
func (s *Frame) DenyOrigin(w http.ResponseWriter, r *http.Request) {
	s.Log.Warn("request from another site refused", "method", r.Method)
	s.FailWith(w, r, http.StatusForbidden, "error.origin")
}

// Broken logs an error and shows the page for it. Errors never quote content.
func (s *Frame) Broken(w http.ResponseWriter, r *http.Request, doing string, err error) {
	s.Log.Error("page failed", "doing", doing, "err", detectors.Redact(err.Error()))
	s.Fail(w, r, http.StatusInternalServerError)
}

//go:embed templates/*.html
var templateFiles embed.FS

// pages are the parsed templates by name.
type pages map[string]*template.Template

// parsePages reads every template; files that begin with an underscore are parts
// that all pages may use.
func parsePages() (pages, error) {
	files, err := fs.Glob(templateFiles, "templates/[a-z]*.html")
	if err != nil {
		return nil, err
	}
	out := make(pages)
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "templates/"), ".html")
		t, err := template.New(name).Option("missingkey=error").Funcs(template.FuncMap{"dict": dict}).
			ParseFS(templateFiles, "templates/_*.html", file)
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

// ClockView is the nearest deadline in words.
type ClockView struct {
	No, Left, Deadline string
	Late               bool
	More               int
}

// clock is shown to those who may read the register. A page must not fail over it.
func (s *Frame) clock(r *http.Request, u *User) *ClockView {
	if s.Clock == nil || !u.MayRead() {
		return nil
	}
	c, err := s.Clock(r.Context())
	if err != nil {
		s.Log.Error("cannot read the deadlines", "err", detectors.Redact(err.Error()))
		return nil
	}
	if c == nil {
		return nil
	}
	l := Language(r)
	v := &ClockView{No: c.No, Deadline: words.ShortTime(l, c.Deadline), More: c.More, Late: !c.Deadline.After(s.Now())}
	v.Left = words.TimeLeft(l, c.Deadline.Sub(s.Now()))
	return v
}

// takeNotice returns the message that an action left for the next page, once.
func (s *Frame) takeNotice(r *http.Request) *Notice {
	key := s.Sessions.PopString(r.Context(), SessionNotice)
	if key == "" {
		return nil
	}
	return &Notice{Kind: "success", Text: words.Text(Language(r), key)}
}

// Tell leaves a message for the next page that the same person opens.
func (s *Frame) Tell(r *http.Request, key string) {
	s.Sessions.Put(r.Context(), SessionNotice, key)
}
