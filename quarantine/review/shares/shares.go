// Package shares is the page of the shares: what is scanned and how far it is, what
// lies there, as a heat map of persons by who may read and by age, and the files
// behind each of its fields. Operations see how it goes and may pause a share; paths
// and folder owners are for those who may read cases.
package shares

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"brevvagt/detectors"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/words"
)

// Path is where the page is.
const Path = "/drev"

// ErrUnknown says that no share has that name.
var ErrUnknown = errors.New("no such share")

// Pages are the handlers. A nil Source is an installation without shares.
type Pages struct {
	*frame.Frame
	Source *Source
}

// nightsShown is how many nights of a share the trend shows.
const nightsShown = 14

// Any reports whether there is anything to show.
func (s *Pages) Any() bool { return s.Source != nil && s.Source.Any() }

type view struct {
	Shares    []shareView
	MaySwitch bool
	MayRead   bool
	Lead      string
	Columns   []column // of the heat map
	Sums      []sumView
	Owners    []sumView
	Pages     frame.Pager
	Trend     []trendView
	Shown     string // the share whose owners alone are shown, "" for all
	Query     string // of the exports
}

// shareView is a share in words.
type shareView struct {
	Name, Raw, Stage, Colour string // Raw is the name as a form gives it back
	Next, Completed          string
	Dirty, Live, Paused      bool
	DueHelp                  bool
	Progress                 *progressView
	Problem, Detail          string
	factsView
}

// factsView is what lay on a share after its last scan.
type factsView struct {
	Facts              []string
	New, NewHref       string
	Unread, UnreadHref string
}

type progressView struct {
	Done, Of int64 // of a bar; Of is 0 while nobody can tell
	Text     []string
}

type trendView struct {
	Name string
	Rows []trendRow
	Most int64
}

type trendRow struct {
	When                                   string
	Persons                                int64
	Files, Hits, New, Closed, Unread, Text string
}

// Show is the page. One that renews itself is told of the scans alone: what lies on
// the shares is counted only when somebody asks.
func (s *Pages) Show(w http.ResponseWriter, r *http.Request) {
	u, _ := s.User(r)
	l := frame.Language(r)
	v := view{MaySwitch: s.May(u.Role, "POST", Path+"/pause"), MayRead: u.MayRead(), Lead: words.Text(l, "drive.lead.operator")}
	var list []Share
	if s.Source != nil {
		var err error
		if list, err = s.Source.Standing(r.Context()); err != nil {
			s.Broken(w, r, "look at the shares", err)
			return
		}
	}
	for i := range list {
		v.Shares = append(v.Shares, s.share(l, &list[i], v.MayRead))
		if t := trend(l, &list[i]); len(t.Rows) > 0 {
			v.Trend = append(v.Trend, t)
		}
	}
	if v.MayRead && len(list) > 0 && !frame.Live(r) {
		if err := s.heat(r, l, &v); err != nil {
			s.Broken(w, r, "count what lies on the shares", err)
			return
		}
	}
	p := s.NewPage(r, &u, words.Text(l, "drive.title"))
	p.Data = v
	s.Render(w, http.StatusOK, "shares", p)
}

func (s *Pages) share(l words.Lang, sh *Share, full bool) shareView {
	v := shareView{Name: words.Clean(sh.Name, words.Short), Raw: sh.Name, DueHelp: sh.Stage == "due", Stage: words.Known(l, "drive.stage", sh.Stage), Dirty: sh.Dirty, Live: sh.Live, Paused: sh.Stage == "paused",
		Completed: words.ShortTime(l, sh.Completed)}
	v.Colour = map[string]string{"running": "success", "due": "info", "waiting": "info", "paused": "warning", "outside": "info", "failed": "error"}[sh.Stage]
	if sh.Stage == "waiting" || sh.Stage == "outside" || sh.Stage == "failed" {
		v.Next = words.ShortTime(l, sh.Next)
	}
	if sh.Run != nil {
		v.Progress = progress(l, sh.Run, sh)
	}
	if sh.Problem.Kind != "" {
		v.Problem = words.Known(l, "drive.problem", sh.Problem.Kind)
		if full {
			v.Detail = words.Clean(sh.Problem.Text, words.Long)
		}
	}
	if !sh.Completed.IsZero() {
		v.Facts = append(v.Facts, count(l, "drive.files", sh.Files), count(l, "drive.hits", sh.Hits), count(l, "persons", sh.Persons))
		if sh.Totals.New > 0 {
			v.New, v.NewHref = count(l, "drive.new", sh.Totals.New), Pick{Share: sh.Name, New: true}.href()
		}
		if sh.Totals.Unread > 0 {
			v.Unread, v.UnreadHref = count(l, "drive.unread", sh.Totals.Unread), Pick{Share: sh.Name}.href()+"&vis=ulaest"
		}
	}
	return v
}

// count is a number with its noun, its thousands apart.
func count(l words.Lang, key string, n int64) string {
	if n < 1000 {
		return words.Plural(l, key, int(n))
	}
	return strings.Replace(words.Text(l, key+".many"), "%d", words.Count(l, n), 1)
}

func progress(l words.Lang, r *Run, sh *Share) *progressView {
	p := &progressView{Done: min(r.Done, r.Planned), Of: r.Planned}
	add := func(key string, args ...any) { p.Text = append(p.Text, words.Text(l, key, args...)) }
	if r.Planning {
		add("drive.run.planning", words.Count(l, r.Seen))
	}
	add("drive.run.files", words.Count(l, r.Done), words.Count(l, r.Planned))
	add("drive.run.bytes", words.Size(l, r.Bytes), words.Size(l, r.PlannedBytes))
	add("drive.run.hits", words.Count(l, r.Hits))
	if sh.Stage == "running" {
		switch {
		case r.Left <= 0 || r.Planning:
			add("drive.run.unclear")
		case r.Left < time.Minute:
			add("drive.run.soon")
		default:
			add("drive.run.left", words.TimeLeft(l, r.Left.Round(time.Minute)))
		}
		p.Text = append(p.Text, words.Plural(l, "drive.workers", sh.Workers))
	}
	add("drive.run.started", words.ShortTime(l, r.Started))
	return p
}

func trend(l words.Lang, sh *Share) trendView {
	t := trendView{Name: words.Clean(sh.Name, words.Short)}
	for _, n := range sh.Nights[:min(len(sh.Nights), nightsShown)] {
		t.Most = max(t.Most, n.Persons)
		num := func(v int64) string { return words.Count(l, v) }
		t.Rows = append(t.Rows, trendRow{When: words.ShortTime(l, n.At), Persons: n.Persons, Text: num(n.Persons), Files: num(n.Files), Hits: num(n.Hits),
			New: num(n.New), Closed: num(n.Closed), Unread: num(n.Unread)})
	}
	t.Most = max(t.Most, 1)
	return t
}

// Switch pauses or resumes a share.
func (s *Pages) Switch(paused bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		u, _ := s.User(r)
		name := r.PostFormValue("drev")
		err := ErrUnknown
		if s.Source != nil && name != "" {
			err = s.Source.Pause(r.Context(), name, paused, u.Name)
		}
		if errors.Is(err, ErrUnknown) {
			s.Fail(w, r, http.StatusNotFound)
			return
		}
		if err != nil {
			s.Broken(w, r, "pause a share", err)
			return
		}
		s.Log.Info("share switched", "user", u.Name, "share", detectors.RedactNumbers(name), "paused", paused)
		key := "flash.drive.resumed"
		if paused {
			key = "flash.drive.paused"
		}
		s.Tell(r, key)
		http.Redirect(w, r, Path, http.StatusSeeOther)
	}
}

// exportMost is how many files an export from the page holds, the worst first; the
// command has no such bound. It is some 100 MB while it is made.
const exportMost = 200_000

// Export is the report as a file.
func (s *Pages) Export(w http.ResponseWriter, r *http.Request) {
	kind := r.PathValue("slags")
	if s.Source == nil || !slices.Contains([]string{"csv", "xlsx"}, kind) {
		s.Fail(w, r, http.StatusNotFound)
		return
	}
	f, err := s.Source.Findings(r.Context(), pickOf(r), exportMost)
	if err != nil {
		s.Broken(w, r, "gather the report", err)
		return
	}
	total := 0
	for i := range f.Shares {
		total += f.Shares[i].Files
	}
	if total > exportMost {
		s.FailWith(w, r, http.StatusRequestEntityTooLarge, "error.drive.many")
		return
	}
	write, kindOf := f.CSV, "text/csv; charset=utf-8"
	if kind == "xlsx" {
		write, kindOf = f.XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	u, _ := s.User(r)
	s.Log.Info("report of the shares given out", "user", u.Name, "format", kind, "files", total)
	w.Header().Set("Content-Type", kindOf)
	w.Header().Set("Content-Disposition", `attachment; filename="delte-drev-`+s.Now().In(words.Zone()).Format(time.DateOnly)+`.`+kind+`"`)
	if err := write(w); err != nil {
		s.Log.Debug("report not delivered", "err", detectors.Redact(err.Error()))
	}
}

// colourOf is a severity's colour of the design system.
func colourOf(severity int) string {
	return cmp.Or(map[int]string{1: "info", 2: "warning", 3: "error"}[severity], "success")
}
