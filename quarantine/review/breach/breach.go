// Package breach holds the pages of the breach register: the list, an entry with
// its clock, the forms to make, edit and import entries, and the help for a
// notification: fields to copy from, questions about telling the persons, drafts of
// letters and the severity score. The pages propose; deciding is the DPO's.
package breach

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"brevvagt/internal/store"
	"brevvagt/quarantine/register"
	"brevvagt/quarantine/register/clock"
	"brevvagt/quarantine/register/desk"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/words"
)

// Contact is whom the authority and the citizens can turn to (GDPR Art. 33(3)(b)).
type Contact struct{ Name, Mail, Phone string }

// Pages are the handlers.
type Pages struct {
	*frame.Frame
	Register *register.Register
	Desk     *desk.Desk
	Contact  Contact
	// Head is the ledger's head for the exports, signed where a key is at hand.
	Head func(context.Context) (string, error)
}

// Nearest is the deadline that is due first among the confirmed breaches that are
// not settled.
func (s *Pages) Nearest(ctx context.Context) (*frame.Clock, error) {
	running, err := s.Register.Running(ctx)
	if err != nil || len(running) == 0 {
		return nil, err
	}
	return &frame.Clock{No: running[0].No, Deadline: running[0].Deadline, More: len(running) - 1}, nil
}

// Column is one of the 13 columns of a draft. Mark is the key of a note on what the
// DPO has still to decide, "" for none.
type Column struct {
	No                 int
	Title, Value, Mark string
}

// Columns puts a draft into the 13 columns. The titles are the register's own and
// stay Danish, as the register itself does.
func Columns(reg *register.Register, d *register.Draft) []Column {
	values, titles := reg.Row(d), register.Columns()
	out := make([]Column, 0, len(titles))
	for i := range min(len(titles), len(values)) {
		c := Column{No: i + 1, Title: titles[i], Value: words.CleanLines(values[i], 2*words.Long)}
		switch {
		case strings.Contains(values[i], "[forslag]") && !strings.HasPrefix(values[i], register.Undecided):
			c.Mark = "register.proposal"
		case strings.HasPrefix(values[i], register.Undecided):
			c.Mark = "register.pending"
		}
		out = append(out, c)
	}
	return out
}

// date is dd.mm.åååå, as the register has it, or "" for the zero time.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(words.Zone()).Format("02.01.2006")
}

type listView struct {
	Rows     []row
	Pages    frame.Pager
	Years    []choice
	Statuses []choice
	Query    string // of the export links, with "?" or empty
	Filtered bool
	CanEdit  bool
	Total    int
}

// choice is an option of a filter or form.
type choice struct {
	Value, Label string
	Chosen       bool
}

type row struct {
	No, What, Date, Types, CaseID string
	Mails                         int // cases of a run, 0 for none
	Status                        register.Status
	Colour, Deadline              string
	Columns                       []Column
}

// List shows the entries of a year and status, the newest first.
func (s *Pages) List(w http.ResponseWriter, r *http.Request) {
	u, _ := s.User(r)
	l := frame.Language(r)
	year, status := yearOf(r), statusOf(r.URL.Query().Get("tilstand"))
	_, total, err := s.Register.Page(r.Context(), year, status, 0, 0)
	if err != nil {
		s.Broken(w, r, "count the register", err)
		return
	}
	base := "/fortegnelse?"
	if year > 0 {
		base += "aar=" + strconv.Itoa(year) + "&"
	}
	if status != "" {
		base += "tilstand=" + statusID(status) + "&"
	}
	view := listView{Pages: frame.NewPager(r, total, base), Total: total, Filtered: year > 0 || status != "", CanEdit: s.May(u.Role, "GET", "/fortegnelse/ny")}
	if year > 0 {
		view.Query = "?aar=" + strconv.Itoa(year)
	}
	drafts, _, err := s.Register.Page(r.Context(), year, status, frame.PageSize, (view.Pages.Page-1)*frame.PageSize)
	if err != nil {
		s.Broken(w, r, "list the register", err)
		return
	}
	for _, d := range drafts {
		view.Rows = append(view.Rows, s.row(l, d))
	}
	if view.Years, err = s.years(r, year); err != nil {
		s.Broken(w, r, "list the register's years", err)
		return
	}
	view.Statuses = statuses(l, status)
	p := s.NewPage(r, &u, words.Text(l, "register.title"))
	p.Data = view
	s.Render(w, http.StatusOK, "register", p)
}

func (s *Pages) years(r *http.Request, chosen int) ([]choice, error) {
	list, err := s.Register.Years(r.Context())
	if err != nil {
		return nil, err
	}
	var out []choice
	for _, y := range list {
		out = append(out, choice{strconv.Itoa(y), strconv.Itoa(y), y == chosen})
	}
	return out, nil
}

func yearOf(r *http.Request) int {
	y, err := strconv.Atoi(r.URL.Query().Get("aar"))
	if err != nil || y < 1970 || y > 9999 {
		return 0
	}
	return y
}

// statusID is a status in an address and a form.
func statusID(s register.Status) string {
	switch s {
	case register.Averted:
		return "afvaerget"
	case register.Possible:
		return "muligt"
	case register.Breach:
		return "brud"
	}
	return ""
}

func statusOf(id string) register.Status {
	for _, s := range []register.Status{register.Averted, register.Possible, register.Breach} {
		if id == statusID(s) {
			return s
		}
	}
	return ""
}

func statuses(l words.Lang, chosen register.Status) []choice {
	var out []choice
	for _, s := range []register.Status{register.Averted, register.Possible, register.Breach} {
		out = append(out, choice{statusID(s), words.Known(l, "status", string(s)), s == chosen})
	}
	return out
}

func (s *Pages) row(l words.Lang, d *register.Draft) row {
	out := row{
		No: words.Clean(d.No, words.Short), What: words.Clean(d.What, words.Long), Date: date(d.Registered), CaseID: d.CaseID, Mails: mails(d),
		Types: words.Clean(strings.Join(d.DataTypes, ", "), words.Long), Status: d.Status, Colour: colour(d.Status), Columns: Columns(s.Register, d),
	}
	if d.Status != register.Averted && !d.Deadline.IsZero() && !d.Settled() {
		out.Deadline = words.Text(l, "register.deadline", words.ShortTime(l, d.Deadline)) + " (" + words.Text(l, "register.left", words.TimeLeft(l, d.Deadline.Sub(s.Now()))) + ")"
	}
	return out
}

// mails is how many cases an entry has where it is a run's, else 0.
func mails(d *register.Draft) int {
	if d.Extra.Run == nil || d.Extra.Run.Mails < 2 {
		return 0
	}
	return d.Extra.Run.Mails
}

func colour(s register.Status) string {
	switch s {
	case register.Possible:
		return "warning"
	case register.Breach:
		return "error"
	}
	return "success"
}

var entryNo = regexp.MustCompile(`^[0-9]{4}-[0-9]{2,6}$`)

// entry reads the entry that the address names, or answers that there is none.
func (s *Pages) entry(w http.ResponseWriter, r *http.Request) (*register.Draft, bool) {
	no := r.PathValue("nr")
	if !entryNo.MatchString(no) {
		s.Fail(w, r, http.StatusNotFound)
		return nil, false
	}
	d, err := s.Register.Get(r.Context(), no)
	if errors.Is(err, register.ErrNotFound) {
		s.Fail(w, r, http.StatusNotFound)
		return nil, false
	}
	if err != nil {
		s.Broken(w, r, "read a register entry", err)
		return nil, false
	}
	return d, true
}

// entryView is one entry with its clock.
type entryView struct {
	No, CaseID string
	Mails      int // cases of a run, 0 for none
	Status     register.Status
	Colour     string
	Columns    []Column
	clockPart
	CanEdit  bool
	Proposed string   // the version whose proposals can be agreed to, "" for none
	Extra    []Column // number, notification and the like, by title
	Severity *severityView
	Now      string // for the form that confirms
	Problem  string
}

// clockPart holds the three times apart, and the time left.
type clockPart struct {
	Discovered, Confirmed, Deadline, Left string
	Calendar                              string // what its calendar file does, "" for none
	Late, Running                         bool
}

// Show is the page of one entry.
func (s *Pages) Show(w http.ResponseWriter, r *http.Request) {
	if d, ok := s.entry(w, r); ok {
		s.show(w, r, d, http.StatusOK, "")
	}
}

func (s *Pages) show(w http.ResponseWriter, r *http.Request, d *register.Draft, status int, problem string) {
	u, _ := s.User(r)
	l := frame.Language(r)
	v := entryView{No: d.No, CaseID: d.CaseID, Mails: mails(d), Status: d.Status, Colour: colour(d.Status), Columns: Columns(s.Register, d), Problem: problem,
		CanEdit: s.May(u.Role, "GET", "/fortegnelse/ny"), Now: stamp(s.Now()), Extra: extras(l, d),
		clockPart: clockPart{Discovered: words.LongTime(l, d.Discovered), Confirmed: words.LongTime(l, d.Confirmed), Deadline: words.LongTime(l, d.Deadline),
			Late: d.Late(s.Now()), Running: d.Status == register.Breach && !d.Deadline.IsZero() && !d.Settled()}}
	if v.Running || d.Status == register.Possible && !d.Deadline.IsZero() {
		v.Left = words.TimeLeft(l, d.Deadline.Sub(s.Now()))
	}
	switch {
	case v.Running:
		v.Calendar = words.Text(l, "entry.calendar")
	case d.Status != register.Breach && !d.Extra.Withdrawn.IsZero():
		v.Calendar = words.Text(l, "entry.uncalendar")
	}
	if v.CanEdit && d.ProposesNo() {
		v.Proposed = strconv.FormatInt(store.Millis(d.Changed), 10)
	}
	if d.Extra.Severity != nil {
		sv := severityOf(l, *d.Extra.Severity)
		v.Severity = &sv
	}
	p := s.NewPage(r, &u, words.Text(l, "entry.title", d.No))
	if r.Method != http.MethodGet {
		p.Path = "/fortegnelse/" + d.No
	}
	if problem != "" {
		p.Notice = &frame.Notice{Kind: "error", Heading: words.Text(l, "problem.title"), Text: problem}
	}
	p.Data = v
	s.Render(w, status, "entry", p)
}

func extras(l words.Lang, d *register.Draft) []Column {
	var out []Column
	for _, c := range []Column{
		{Title: words.Text(l, "entry.persons"), Value: words.Clean(d.Extra.Persons, words.Long)},
		{Title: words.Text(l, "entry.records"), Value: words.Clean(d.Extra.Records, words.Long)},
		{Title: words.Text(l, "entry.notified"), Value: words.LongTime(l, d.Extra.Notified)},
		{Title: words.Text(l, "entry.late"), Value: words.Clean(d.Extra.LateReason, 2*words.Long)},
		{Title: words.Text(l, "entry.told"), Value: words.LongTime(l, d.Extra.Told)},
	} {
		if c.Value != "" {
			out = append(out, c)
		}
	}
	return out
}

// Confirm is the DPO's word that it is a breach; the clock starts.
func (s *Pages) Confirm(w http.ResponseWriter, r *http.Request) {
	d, ok := s.entry(w, r)
	if !ok {
		return
	}
	u, _ := s.User(r)
	l := frame.Language(r)
	aware, err := parseStamp(r.PostFormValue("bekendt"))
	if err == nil {
		_, err = s.Desk.Confirm(r.Context(), u.Name, d.No, aware)
	}
	if err != nil {
		status, problem := s.problem(l, err)
		if status == http.StatusInternalServerError {
			s.Broken(w, r, "confirm a breach", err)
			return
		}
		s.show(w, r, d, status, problem)
		return
	}
	s.Log.Info("breach confirmed", "user", u.Name, "entry", d.No)
	s.Tell(r, "flash.confirmed")
	http.Redirect(w, r, "/fortegnelse/"+d.No, http.StatusSeeOther)
}

// Calendar is the deadline as a file for a calendar program.
func (s *Pages) Calendar(w http.ResponseWriter, r *http.Request) {
	d, ok := s.entry(w, r)
	if !ok {
		return
	}
	text, ok := clock.ICS(d, s.Organisation, s.Now())
	if !ok {
		s.Fail(w, r, http.StatusNotFound)
		return
	}
	s.file(w, r, "frist-"+d.No+".ics", "text/calendar; charset=utf-8", []byte(text))
}

func (s *Pages) file(w http.ResponseWriter, r *http.Request, name, contentType string, content []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}
