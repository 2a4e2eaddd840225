package sender

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"brevvagt/detectors"
	"brevvagt/quarantine"
	"brevvagt/quarantine/register"
	"brevvagt/quarantine/review/static"
	"brevvagt/quarantine/review/words"
)

// Bounds of what a browser may send, in bytes and runes.
const (
	bodyLimit   = 16 << 10
	reasonLimit = 1000
)

//go:embed templates/page.html
var templates embed.FS

// desk is the handler.
type desk struct {
	Config
	page   *template.Template
	static http.Handler
	wrong  *limiter // of clients with links that nobody made
	often  *limiter // of one link
}

// New makes the handler of the senders' page.
func New(cfg Config) (http.Handler, error) {
	if cfg.Cases == nil || cfg.Sender == nil || cfg.Store == nil || cfg.Work == nil || cfg.Check == nil || len(cfg.Links.Key) < 16 {
		return nil, errors.New("the senders' page needs the cases, their senders, a store, the work on cases, a check of texts and a key")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	files, err := static.Handler()
	if err != nil {
		return nil, fmt.Errorf("cannot read the page's static files: %w", err)
	}
	page, err := template.ParseFS(templates, "templates/page.html")
	if err != nil {
		return nil, fmt.Errorf("cannot read the senders' page: %w", err)
	}
	d := &desk{Config: cfg, page: page, static: files,
		wrong: newLimiter(20, cfg.Links.now), often: newLimiter(60, cfg.Links.now)}
	mux := http.NewServeMux()
	mux.Handle("GET "+static.Prefix, files)
	mux.HandleFunc("GET "+Path+"{token}", d.show)
	mux.HandleFunc("POST "+Path+"{token}", d.post)
	mux.HandleFunc("GET /sund", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { d.say(w, r, http.StatusNotFound, "unknown") })
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { d.say(w, r, http.StatusForbidden, "unknown") }))
	return d.guarded(origin.Handler(mux)), nil
}

// guarded sets what every answer carries, and turns a panic into an error page.
func (d *desk) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if recover() != nil {
				d.Log.Error("senders' page crashed", "method", r.Method, "pattern", r.Pattern)
				d.say(w, r, http.StatusInternalServerError, "broken")
			}
		}()
		static.Guard(w.Header(), static.NoScript, d.TLS)
		w.Header().Set("Referrer-Policy", "no-referrer") // the address is the key
		w.Header().Set("X-Robots-Tag", "noindex, nofollow")
		r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
		next.ServeHTTP(w, r)
	})
}

// view is what the page shows.
type view struct {
	Lang                  words.Lang
	Organisation, Contact string
	Title, Lead, Kind     string // Kind is the colour of the lead: info, success, warning, error
	Other                 string // address of the page in the other language
	Problem, Written      string
	facts
}

// facts is what is told of a case that still waits.
type facts struct {
	Sent, Reference, Until string
	Recipients             string
	Found, Why             []string
	Secure, Release        bool
	Limit                  int
}

// T is a text of the page.
func (v view) T(key string, args ...any) string { return text(v.Lang, key, args...) }

func language(r *http.Request) words.Lang {
	if r.URL.Query().Get("sprog") == "en" {
		return words.English
	}
	return words.Danish
}

// show is the page. It changes nothing, whoever asks for it and how often.
func (d *desk) show(w http.ResponseWriter, r *http.Request) {
	if k, ok := d.open(w, r); ok {
		d.render(w, r, http.StatusOK, d.viewOf(r, k))
	}
}

// open finds the case of a request, or answers why there is none.
func (d *desk) open(w http.ResponseWriter, r *http.Request) (known, bool) {
	client := d.Proxies.Address(r)
	if !d.wrong.within(client) || !d.often.take(r.PathValue("token")) {
		d.say(w, r, http.StatusTooManyRequests, "often")
		return known{}, false
	}
	k, err := d.find(r.Context(), r.PathValue("token"))
	switch {
	case err == nil:
		return k, true
	case errors.Is(err, ErrExpired):
		d.say(w, r, http.StatusGone, "expired")
	case errors.Is(err, ErrLink):
		d.wrong.take(client)
		d.say(w, r, http.StatusNotFound, "unknown")
	default:
		d.broken(w, r, err)
	}
	return known{}, false
}

// post does what the sender chose.
func (d *desk) post(w http.ResponseWriter, r *http.Request) {
	k, ok := d.open(w, r)
	if !ok {
		return
	}
	if err := r.ParseForm(); err != nil {
		d.say(w, r, http.StatusBadRequest, "unknown")
		return
	}
	reason := strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get("begrundelse"), "\r\n", "\n"))
	if utf8.RuneCountInString(reason) > reasonLimit {
		d.refuse(w, r, k, "problem.long", reason)
		return
	}
	// What was begun must not stop halfway because the browser went away.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), 2*time.Minute)
	defer cancel()
	done, err := d.act(ctx, k, Act(r.PostForm.Get("handling")), reason)
	switch {
	case err == nil:
		d.Log.Info("a sender used his link", "case", k.ID, "act", string(done))
		http.Redirect(w, r, r.URL.RequestURI(), http.StatusSeeOther)
	case errors.Is(err, ErrUsed), errors.Is(err, ErrOver), errors.Is(err, quarantine.ErrState):
		http.Redirect(w, r, r.URL.RequestURI(), http.StatusSeeOther) // the page tells what became of it
	case errors.Is(err, quarantine.ErrReason):
		d.refuse(w, r, k, "problem.empty", reason)
	case errors.Is(err, register.ErrPersonalData):
		d.refuse(w, r, k, "problem.personal", reason)
	case errors.Is(err, ErrAct):
		d.refuse(w, r, k, "problem.act", reason)
	default:
		d.broken(w, r, err)
	}
}

func (d *desk) broken(w http.ResponseWriter, r *http.Request, err error) {
	d.Log.Error("senders' page failed", "error", detectors.Redact(err.Error()))
	d.say(w, r, http.StatusInternalServerError, "broken")
}

// refuse shows the page again with what was written and what is wrong with it.
func (d *desk) refuse(w http.ResponseWriter, r *http.Request, k known, key, reason string) {
	v := d.viewOf(r, k)
	v.Problem, v.Written = v.T(key, reasonLimit), words.CleanLines(reason, reasonLimit)
	d.render(w, r, http.StatusUnprocessableEntity, v)
}

// say is a page with a few words and no case.
func (d *desk) say(w http.ResponseWriter, r *http.Request, status int, key string) {
	v := d.plain(r)
	v.Title, v.Lead, v.Kind = v.T(key+".title"), v.T(key+".text"), "warning"
	d.render(w, r, status, v)
}

func (d *desk) plain(r *http.Request) view {
	v := view{Lang: language(r), Organisation: words.Clean(d.Organisation, words.Short), Contact: words.Clean(d.Contact, words.Short)}
	if strings.HasPrefix(r.URL.Path, Path) {
		v.Other = r.URL.EscapedPath()
		if v.Lang == words.Danish {
			v.Other += "?sprog=en"
		}
	}
	return v
}

// viewOf tells of a case: the ways on while it waits, else what became of it.
func (d *desk) viewOf(r *http.Request, k known) view {
	v := d.plain(r)
	if k.used == "" && k.State == quarantine.Held {
		v.Title, v.Lead, v.Kind = v.T("wait.title"), v.T("wait.text"), "info"
		v.facts = d.factsOf(v.Lang, k)
		return v
	}
	key, kind := "over", "info"
	switch {
	case k.used == Secure && (k.State == quarantine.Releasing || k.State == quarantine.Released):
		key, kind = "used.sikker.sent", "success"
	case k.used == Release && k.State == quarantine.Held:
		key = "used.begrund" // the mail server did not take it; a person looks at it
	case k.used != "":
		key, kind = "used."+string(k.used), "success"
	case k.State == quarantine.Released || k.State == quarantine.Releasing:
		key = "over.released"
	case k.State == quarantine.Rejected || k.State == quarantine.Rejecting:
		key = "over.rejected"
	}
	v.Title, v.Lead, v.Kind = v.T(key+".title"), v.T(key+".text"), kind
	return v
}

// factsOf is what kind and how many were found, and why that stopped the mail. The
// sentences of the shipped rules name files and initials, so their titles stand here
// instead; the site's own rules say what the site wrote.
func (d *desk) factsOf(l words.Lang, k known) facts {
	f := facts{Sent: words.LongTime(l, k.Received), Reference: k.ID, Until: words.LongTime(l, k.until), Limit: reasonLimit,
		Recipients: words.Plural(l, "sender.to", len(k.To)), Secure: d.offersSecure(k.Case), Release: d.mayRelease(k.Case)}
	if k.Numbers > 0 {
		f.Found = append(f.Found, words.Plural(l, "numbers", k.Numbers))
	}
	if k.Persons > 0 {
		f.Found = append(f.Found, words.Plural(l, "persons", k.Persons))
	}
	for _, t := range k.DataTypes {
		if t != "CPR-nr." || k.Numbers == 0 {
			f.Found = append(f.Found, words.Clean(t, words.Short))
		}
	}
	for _, rule := range k.Rules {
		if words.Has("rule." + rule.ID) {
			f.Why = append(f.Why, words.Known(l, "rule", rule.ID))
		} else {
			f.Why = append(f.Why, words.Clean(detectors.Redact(words.Rule(l, rule)), words.Long))
		}
	}
	return f
}

// render writes a page once it stands whole.
func (d *desk) render(w http.ResponseWriter, r *http.Request, status int, v view) {
	var b bytes.Buffer
	if err := d.page.Execute(&b, v); err != nil {
		d.Log.Error("cannot show the senders' page", "error", err)
		http.Error(w, "500", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = b.WriteTo(w)
	}
}
