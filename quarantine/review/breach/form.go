package breach

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"brevvagt/internal/store"
	"brevvagt/quarantine/register"
	"brevvagt/quarantine/register/desk"
	"brevvagt/quarantine/register/fieldcheck"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/words"
)

// formView is the form of an entry; the texts are as they were typed, so that a
// refused form comes back filled in.
type formView struct {
	No, Action, Seen    string
	Patterns, Statuses  []choice
	Types, DataTypes    []choice
	OtherTypes          string
	WrongField, Problem string
	formColumns
	formDates
	formExtra
}

// formColumns are the columns of free text and the two decisions, by field name.
type formColumns struct {
	Text      map[string]string
	Decisions map[string][]choice
	Proposals map[string]string // of the program, "" for none
	Titles    map[string]string // the register's own
	Limit     int               // characters of a text
}

// RegisteredOn is the day of an entry that exists, as it is read.
type formDates struct{ Registered, RegisteredOn, Start, Aware, Notified, Told string }

type formExtra struct{ Persons, Records, LateReason string }

// textLimit is how much a column takes, in characters.
const textLimit = 4000

// Names of the form's fields by column.
const (
	fieldWhat, fieldStart, fieldType, fieldTypes                  = "hvad", "start", "type", "oplysninger"
	fieldConsequences, fieldNotify, fieldNotifyWhy, fieldMeasures = "konsekvenser", "anmeldes", "anmeldes-hvorfor", "foranstaltninger"
	fieldInformed, fieldInformedWhy, fieldRuling                  = "underrettet", "underrettet-hvorfor", "afgoerelse"
)

func fieldOf(column int) string {
	return [...]string{"antal", "", fieldWhat, "registreret", fieldStart, fieldType, fieldTypes, fieldConsequences, fieldNotify, fieldNotifyWhy,
		fieldMeasures, fieldInformed, fieldInformedWhy, fieldRuling}[column]
}

// titles are the register's own titles by field name.
func titles() map[string]string {
	m := make(map[string]string)
	for i, title := range register.Columns() {
		m[fieldOf(i+1)] = title
	}
	return m
}

// New is an empty form, or one filled in from the pattern that ?forbillede= names.
func (s *Pages) New(w http.ResponseWriter, r *http.Request) {
	e := desk.Entry{Status: register.Possible, Registered: s.Now()}
	l := frame.Language(r)
	var patterns []choice
	for _, p := range register.Patterns() {
		label := p.Danish
		if l == words.English {
			label = p.English
		}
		chosen := r.URL.Query().Get("forbillede") == p.ID
		if chosen {
			e.Fields = p.Fields
		}
		patterns = append(patterns, choice{p.ID, label, chosen})
	}
	v := s.formOf(l, "", e)
	v.Patterns = patterns
	s.form(w, r, http.StatusOK, v)
}

// Edit is the form of an entry that exists.
func (s *Pages) Edit(w http.ResponseWriter, r *http.Request) {
	d, ok := s.entry(w, r)
	if !ok {
		return
	}
	s.form(w, r, http.StatusOK, s.formOf(frame.Language(r), d.No, desk.EntryOf(d)))
}

func (s *Pages) form(w http.ResponseWriter, r *http.Request, status int, v formView) {
	u, _ := s.User(r)
	l := frame.Language(r)
	title := words.Text(l, "form.new")
	if v.No != "" {
		title = words.Text(l, "form.edit", v.No)
	}
	p := s.NewPage(r, &u, title)
	if v.Problem != "" {
		p.Path = v.Action
		p.Notice = &frame.Notice{Kind: "error", Heading: words.Text(l, "form.unsaved"), Text: v.Problem}
	}
	p.Data = v
	s.Render(w, status, "entryform", p)
}

func (s *Pages) formOf(l words.Lang, no string, e desk.Entry) formView {
	v := formView{No: no, Action: "/fortegnelse/ny", Statuses: statuses(l, e.Status),
		formDates: formDates{day(e.Registered), date(e.Registered), day(e.Start), stamp(e.Aware), stamp(e.Extra.Notified), stamp(e.Extra.Told)},
		formExtra: formExtra{e.Extra.Persons, e.Extra.Records, e.Extra.LateReason},
		formColumns: formColumns{Limit: textLimit, Titles: titles(),
			Text: map[string]string{fieldWhat: e.What, fieldConsequences: e.Consequences, fieldNotifyWhy: e.NotifyReason, fieldMeasures: e.Measures,
				fieldInformedWhy: e.InformedReason, fieldRuling: e.Ruling},
			Proposals: map[string]string{fieldNotify: proposal(e.Notify), fieldInformed: proposal(e.Informed)},
			Decisions: map[string][]choice{fieldNotify: decisions(l, e.Notify), fieldInformed: decisions(l, e.Informed)}}}
	if no != "" {
		v.Action = "/fortegnelse/" + no + "/ret"
		v.Seen = strconv.FormatInt(store.Millis(e.Seen), 10)
	}
	for _, t := range register.Types() {
		v.Types = append(v.Types, choice{t, t, t == e.Type})
	}
	if e.Type != "" && !slices.Contains(register.Types(), e.Type) {
		v.Types = append(v.Types, choice{e.Type, e.Type, true})
	}
	for _, t := range register.DataTypeValues() {
		v.DataTypes = append(v.DataTypes, choice{t, t, slices.Contains(e.DataTypes, t)})
	}
	var others []string
	for _, t := range e.DataTypes {
		if !slices.Contains(register.DataTypeValues(), t) {
			others = append(others, t)
		}
	}
	v.OtherTypes = strings.Join(others, ", ")
	return v
}

// decisions offers what the DPO may say; a proposal of the program is kept as it is
// until then.
func decisions(l words.Lang, now string) []choice {
	return []choice{{"", words.Text(l, "form.undecided"), !register.Decided(now)}, {"Ja", "Ja", now == "Ja"}, {"Nej", "Nej", now == "Nej"}}
}

// proposal is what the program proposes for a decision, "" when nothing or decided.
func proposal(now string) string {
	if register.Decided(now) || now == "" {
		return ""
	}
	return words.Clean(now, words.Long)
}

// Create stores a new entry.
func (s *Pages) Create(w http.ResponseWriter, r *http.Request) {
	s.save(w, r, "", register.Draft{})
}

// Save stores a changed entry.
func (s *Pages) Save(w http.ResponseWriter, r *http.Request) {
	if d, ok := s.entry(w, r); ok {
		s.save(w, r, d.No, *d)
	}
}

func (s *Pages) save(w http.ResponseWriter, r *http.Request, no string, before register.Draft) {
	u, _ := s.User(r)
	l := frame.Language(r)
	if err := r.ParseForm(); err != nil {
		s.Fail(w, r, http.StatusBadRequest)
		return
	}
	e, err := readForm(r, before)
	var d *register.Draft
	if err == nil && no == "" {
		d, err = s.Desk.Create(r.Context(), u.Name, e)
	} else if err == nil {
		d, err = s.Desk.Edit(r.Context(), u.Name, no, e)
	}
	if err != nil {
		status, problem := s.problem(l, err)
		if status == http.StatusInternalServerError {
			s.Broken(w, r, "save a register entry", err)
			return
		}
		v := s.formOf(l, no, e)
		s.asTyped(r, &v)
		v.Problem = problem
		var wrong *register.FieldError
		if errors.As(err, &wrong) {
			v.WrongField = fieldOf(wrong.Column)
		}
		s.form(w, r, status, v)
		return
	}
	s.Log.Info("register entry saved", "user", u.Name, "entry", d.No)
	s.Tell(r, "flash.saved")
	http.Redirect(w, r, "/fortegnelse/"+d.No, http.StatusSeeOther)
}

// asTyped puts dates back as they were typed, and leaves a number out of what the
// page repeats: a refused text is shown again, cleaned.
func (s *Pages) asTyped(r *http.Request, v *formView) {
	const whole = 2 * textLimit // what is too long comes back as well
	for name, text := range v.Text {
		v.Text[name] = words.CleanLines(text, whole)
	}
	v.OtherTypes = words.Clean(v.OtherTypes, whole)
	v.Persons, v.Records, v.LateReason = words.Clean(v.Persons, whole), words.Clean(v.Records, whole), words.CleanLines(v.LateReason, whole)
	for field, at := range map[string]*string{"registreret": &v.Registered, fieldStart: &v.Start, "bekendt": &v.Aware, "anmeldt": &v.Notified, "fortalt": &v.Told} {
		if typed := r.PostForm.Get(field); typed != "" {
			*at = words.Clean(typed, 40)
		}
	}
}

// readForm reads what was posted; a proposal stays where nothing was decided.
func readForm(r *http.Request, before register.Draft) (desk.Entry, error) {
	f := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get(name), "\r\n", "\n"))
	}
	e := desk.Entry{Status: statusOf(f("tilstand")), Fields: register.Fields{What: f(fieldWhat), Type: f(fieldType), Consequences: f(fieldConsequences),
		Notify: f(fieldNotify), NotifyReason: f(fieldNotifyWhy), Measures: f(fieldMeasures), Informed: f(fieldInformed), InformedReason: f(fieldInformedWhy), Ruling: f(fieldRuling)},
		Extra: before.Extra}
	e.Extra.Persons, e.Extra.Records, e.Extra.LateReason = f("antal"), f("poster"), f("forsinket")
	for _, c := range []struct{ now, was *string }{{&e.Notify, &before.Notify}, {&e.Informed, &before.Informed}} {
		if *c.now == "" && !register.Decided(*c.was) {
			*c.now = *c.was
		}
	}
	e.DataTypes = append(e.DataTypes, r.PostForm[fieldTypes]...)
	for _, t := range strings.FieldsFunc(f("andre"), func(c rune) bool { return c == ',' || c == ';' || c == '\n' }) {
		if t = strings.Join(strings.Fields(t), " "); t != "" {
			e.DataTypes = append(e.DataTypes, t)
		}
	}
	if ms, err := strconv.ParseInt(f("set"), 10, 64); err == nil {
		e.Seen = store.Time(ms)
	}
	var errs [5]error
	e.Registered, errs[0] = parseDay(f("registreret"))
	e.Start, errs[1] = parseDay(f(fieldStart))
	e.Aware, errs[2] = parseStamp(f("bekendt"))
	e.Extra.Notified, errs[3] = parseStamp(f("anmeldt"))
	e.Extra.Told, errs[4] = parseStamp(f("fortalt"))
	return e, errors.Join(errs[:]...)
}

// problem puts what is wrong with an entry into words; 500 is a fault of ours.
func (s *Pages) problem(l words.Lang, err error) (int, string) {
	column := ""
	var wrong *register.FieldError
	if errors.As(err, &wrong) {
		column = words.Text(l, "form.extra")
		if wrong.Column > 0 {
			column = register.Columns()[wrong.Column-1]
		}
	}
	switch {
	case errors.Is(err, fieldcheck.ErrName):
		return http.StatusUnprocessableEntity, words.Text(l, "problem.field.name", column)
	case errors.Is(err, fieldcheck.ErrContact):
		return http.StatusUnprocessableEntity, words.Text(l, "problem.field.contact", column)
	case errors.Is(err, register.ErrPersonalData):
		return http.StatusUnprocessableEntity, words.Text(l, "problem.field.cpr", column)
	case wrong != nil:
		return http.StatusUnprocessableEntity, words.Text(l, "problem.field.long", column)
	case errors.Is(err, register.ErrConflict):
		return http.StatusConflict, words.Text(l, "problem.conflict")
	case errors.Is(err, register.ErrDates):
		return http.StatusUnprocessableEntity, words.Text(l, "problem.dates")
	case errors.Is(err, register.ErrAware):
		return http.StatusUnprocessableEntity, words.Text(l, "problem.aware")
	case errors.Is(err, register.ErrLate):
		return http.StatusUnprocessableEntity, words.Text(l, "problem.late")
	case errors.Is(err, register.ErrEmpty):
		return http.StatusUnprocessableEntity, words.Text(l, "problem.empty")
	case errors.Is(err, register.ErrDecided):
		return http.StatusUnprocessableEntity, words.Text(l, "problem.decision")
	}
	return http.StatusInternalServerError, ""
}

// The forms of dates that browsers send: type=date and type=datetime-local.
const (
	dayLayout   = "2006-01-02"
	stampLayout = "2006-01-02T15:04"
)

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(words.Zone()).Format(dayLayout)
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(words.Zone()).Format(stampLayout)
}

// parseDay takes a day at noon, which is on that day in every season. Browsers
// without a date picker leave it to people to type, who write 24.11.2026.
func parseDay(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{dayLayout, "2.1.2006", "2/1/2006", "2-1-2006"} {
		if t, err := time.ParseInLocation(layout, s, words.Zone()); err == nil && t.Year() > 1900 {
			return t.Add(12 * time.Hour).UTC(), nil
		}
	}
	return time.Time{}, register.ErrDates
}

func parseStamp(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{stampLayout, "2006-01-02T15:04:05", "2.1.2006 15.04", "2.1.2006 15:04", "2.1.2006 kl. 15.04"} {
		if t, err := time.ParseInLocation(layout, s, words.Zone()); err == nil && t.Year() > 1900 {
			return register.Earlier(t).UTC(), nil
		}
	}
	return time.Time{}, register.ErrDates
}
