package review

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"brevvagt/quarantine/register"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/words"
)

// column is one of the 13 columns of a draft. Mark is the key of a note on what the
// DPO has still to decide, "" for none.
type column struct {
	No                 int
	Title, Value, Mark string
}

// columns puts a draft into the 13 columns. The titles are the register's own and
// stay Danish, as the register itself does.
func (s *server) columns(d *register.Draft) []column {
	values, titles := s.Service.Register().Row(d), register.Columns()
	out := make([]column, 0, len(titles))
	for i := range min(len(titles), len(values)) {
		c := column{No: i + 1, Title: titles[i], Value: words.Clean(values[i], 2*words.Long)}
		switch {
		case strings.HasSuffix(values[i], "[forslag]"):
			c.Mark = "register.proposal"
		case strings.HasPrefix(values[i], "[DPO afgør]"):
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

type registerView struct {
	Rows  []registerRow
	Pages frame.Pager
}

type registerRow struct {
	No, What, Date, Types, CaseID string
	Status                        register.Status
	Colour, Deadline              string
	Columns                       []column
}

// showRegister lists the drafts, the newest first.
func (s *server) showRegister(w http.ResponseWriter, r *http.Request) {
	u, _ := s.User(r)
	l := frame.Language(r)
	drafts, err := s.Service.Register().List(r.Context(), 0)
	if err != nil {
		s.Broken(w, r, "list the register", err)
		return
	}
	view := registerView{Pages: frame.NewPager(r, len(drafts), "/fortegnelse?")}
	first := (view.Pages.Page - 1) * frame.PageSize
	for i := first; i < min(first+frame.PageSize, len(drafts)); i++ {
		view.Rows = append(view.Rows, s.registerRow(l, drafts[len(drafts)-1-i]))
	}
	p := s.NewPage(r, &u, words.Text(l, "register.title"))
	p.Data = view
	s.Render(w, http.StatusOK, "register", p)
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
		s.Broken(w, r, "list the register", err)
		return
	}
	var b bytes.Buffer
	if err := write(&b, drafts); err != nil {
		s.Broken(w, r, "export the register", err)
		return
	}
	u, _ := s.User(r)
	s.Log.Info("register exported", "user", u.Name, "format", ext, "entries", len(drafts))
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Disposition", `attachment; filename="fortegnelse-over-brud-`+s.Now().In(words.Zone()).Format("2006-01-02")+`.`+ext+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b.Bytes()))
}

func (s *server) registerRow(l words.Lang, d *register.Draft) registerRow {
	row := registerRow{
		No: words.Clean(d.No, words.Short), What: words.Clean(d.What, words.Long), Date: date(d.Registered), CaseID: d.CaseID,
		Types: words.Clean(strings.Join(d.DataTypes, ", "), words.Long), Status: d.Status, Colour: "success", Columns: s.columns(d),
	}
	switch d.Status {
	case register.Possible:
		row.Colour = "warning"
	case register.Breach:
		row.Colour = "error"
	}
	if d.Status != register.Averted && !d.Deadline.IsZero() {
		row.Deadline = words.Text(l, "register.deadline", words.ShortTime(l, d.Deadline))
		if left := d.Deadline.Sub(s.Now()); left > 0 {
			row.Deadline += " (" + words.Text(l, "register.left", words.Waited(l, s.Now(), d.Deadline)) + ")"
		}
	}
	return row
}

// nearest is the deadline that is due first among the confirmed breaches that are
// not settled yet.
func (s *server) nearest(ctx context.Context) (*frame.Clock, error) {
	running, err := s.Service.Register().Running(ctx)
	if err != nil || len(running) == 0 {
		return nil, err
	}
	return &frame.Clock{No: running[0].No, Deadline: running[0].Deadline, More: len(running) - 1}, nil
}
