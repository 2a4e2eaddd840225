package review

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"time"

	"brevvagt/quarantine/register"
)

// column is one of the 13 columns of a draft. Proposal marks what the DPO decides.
type column struct {
	No           int
	Title, Value string
	Proposal     bool
}

// columns puts a draft into the 13 columns. The titles are the register's own and
// stay Danish, as the register itself does.
func (s *server) columns(d *register.Draft) []column {
	values, titles := s.Service.Register().Row(d), register.Columns()
	out := make([]column, 0, len(titles))
	for i := range min(len(titles), len(values)) {
		v := values[i]
		open := strings.HasSuffix(v, "[forslag]") || strings.HasPrefix(v, "[DPO afgør]")
		out = append(out, column{No: i + 1, Title: titles[i], Value: clean(v, 2*longRunes), Proposal: open})
	}
	return out
}

// date is dd.mm.åååå, as the register has it, or "" for the zero time.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(copenhagen()).Format("02.01.2006")
}

type registerView struct {
	Rows  []registerRow
	Pages pager
}

type registerRow struct {
	No, What, Date, Types, CaseID string
	Status                        register.Status
	Colour, Deadline              string
	Columns                       []column
}

// showRegister lists the drafts, the newest first.
func (s *server) showRegister(w http.ResponseWriter, r *http.Request) {
	u, _ := s.user(r)
	l := language(r)
	drafts, err := s.Service.Register().List(r.Context(), 0)
	if err != nil {
		s.broken(w, r, "list the register", err)
		return
	}
	view := registerView{Pages: newPager(r, len(drafts), "/fortegnelse?")}
	first := (view.Pages.Page - 1) * pageSize
	for i := first; i < min(first+pageSize, len(drafts)); i++ {
		view.Rows = append(view.Rows, s.registerRow(l, drafts[len(drafts)-1-i]))
	}
	p := s.newPage(r, &u, text(l, "register.title"))
	p.Data = view
	s.render(w, http.StatusOK, "register", p)
}

func (s *server) registerCSV(w http.ResponseWriter, r *http.Request) {
	s.export(w, r, "csv", "text/csv; charset=utf-8", s.Service.Register().WriteCSV)
}

func (s *server) registerXLSX(w http.ResponseWriter, r *http.Request) {
	s.export(w, r, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", s.Service.Register().WriteXLSX)
}

// export sends the whole register as a file, or an error page when it cannot be
// made whole.
func (s *server) export(w http.ResponseWriter, r *http.Request, ext, contentType string, write func(io.Writer, []*register.Draft) error) {
	drafts, err := s.Service.Register().List(r.Context(), 0)
	if err != nil {
		s.broken(w, r, "list the register", err)
		return
	}
	var b bytes.Buffer
	if err := write(&b, drafts); err != nil {
		s.broken(w, r, "export the register", err)
		return
	}
	u, _ := s.user(r)
	s.Log.Info("register exported", "user", u.Name, "format", ext, "entries", len(drafts))
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Disposition", `attachment; filename="fortegnelse-over-brud-`+s.Now().In(copenhagen()).Format("2006-01-02")+`.`+ext+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b.Bytes()))
}

func (s *server) registerRow(l lang, d *register.Draft) registerRow {
	row := registerRow{
		No: clean(d.No, shortRunes), What: clean(d.What, longRunes), Date: date(d.Registered), CaseID: d.CaseID,
		Types: clean(strings.Join(d.DataTypes, ", "), longRunes), Status: d.Status, Colour: "success", Columns: s.columns(d),
	}
	switch d.Status {
	case register.Possible:
		row.Colour = "warning"
	case register.Breach:
		row.Colour = "error"
	}
	if d.Status != register.Averted && !d.Deadline.IsZero() {
		row.Deadline = text(l, "register.deadline", shortTime(l, d.Deadline))
		if left := d.Deadline.Sub(s.Now()); left > 0 {
			row.Deadline += " (" + text(l, "register.left", waited(l, s.Now(), d.Deadline)) + ")"
		}
	}
	return row
}
