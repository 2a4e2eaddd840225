package breach

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"

	"brevvagt/quarantine/register"
	"brevvagt/quarantine/register/workbook"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/paper"
	"brevvagt/quarantine/review/words"
)

// ImportLimit is the largest workbook that is taken, in bytes.
const ImportLimit = 8 << 20

type importView struct {
	Done         bool
	Added        int
	Taken        []string
	Wrong        []string
	Problem      string
	WrongSkipped int
	Said         []saidAs // titles in other words, and as what they are read
}

// saidAs is how a title was understood.
type saidAs struct{ Title, As string }

// understood is what a person is asked to look at before rows under titles in other words
// are taken: an entry's number is given for good.
func understood(l words.Lang, said []workbook.Said) []saidAs {
	var out []saidAs
	for _, t := range said {
		as := words.Text(l, "import.leftout")
		if t.Column > 0 {
			as = register.Columns()[t.Column-1]
		}
		out = append(out, saidAs{words.Clean(t.Title, words.Short), as})
	}
	return out
}

// ImportForm asks for a workbook.
func (s *Pages) ImportForm(w http.ResponseWriter, r *http.Request) {
	s.importPage(w, r, http.StatusOK, importView{})
}

func (s *Pages) importPage(w http.ResponseWriter, r *http.Request, status int, v importView) {
	u, _ := s.User(r)
	p := s.NewPage(r, &u, words.Text(frame.Language(r), "import.title"))
	p.Path = "/fortegnelse/importer"
	p.Data = v
	s.Render(w, status, "import", p)
}

// Import reads an existing register from a workbook.
func (s *Pages) Import(w http.ResponseWriter, r *http.Request) {
	u, _ := s.User(r)
	l := frame.Language(r)
	file, _, err := r.FormFile("fil")
	if err != nil {
		s.importPage(w, r, http.StatusUnprocessableEntity, importView{Problem: words.Text(l, "import.nofile")})
		return
	}
	defer file.Close()
	drafts, wrong, said, err := workbook.Read(s.Register, file)
	if err != nil {
		key := "import.unreadable"
		if errors.Is(err, workbook.ErrNoRegister) {
			key = "import.notitles"
		}
		s.importPage(w, r, http.StatusUnprocessableEntity, importView{Problem: words.Text(l, key)})
		return
	}
	if len(said) > 0 && r.PostFormValue("passer") == "" {
		s.importPage(w, r, http.StatusUnprocessableEntity, importView{Said: understood(l, said), Problem: words.Text(l, "import.again")})
		return
	}
	v := importView{Done: true}
	if v.Added, v.Taken, err = s.Desk.Import(r.Context(), u.Name, drafts); err != nil {
		s.Broken(w, r, "import a register", err)
		return
	}
	for i, e := range wrong {
		if i == 50 {
			v.WrongSkipped = len(wrong) - i
			break
		}
		_, why := s.problem(l, e.Err)
		if errors.Is(e.Err, register.ErrExists) {
			why = words.Text(l, "import.twice")
		}
		if errors.Is(e.Err, register.ErrNumber) {
			why = words.Text(l, "import.number")
		}
		if why == "" {
			why = words.Text(l, "import.unread")
		}
		line := words.Text(l, "import.row", e.Row, why)
		if e.Sheet > 0 {
			line = words.Text(l, "import.sheet", e.Sheet, line)
		}
		v.Wrong = append(v.Wrong, line)
	}
	s.Log.Info("register imported", "user", u.Name, "added", v.Added, "left out", len(wrong)+len(v.Taken))
	s.importPage(w, r, http.StatusOK, v)
}

// Export sends the register of a year as a file of the wished kind, or an error
// page when it cannot be made whole.
func (s *Pages) Export(w http.ResponseWriter, r *http.Request) {
	ext := r.PathValue("slags")
	writers := map[string]struct {
		contentType string
		write       func(io.Writer, []*register.Draft) error
	}{
		"csv":  {"text/csv; charset=utf-8", s.Register.WriteCSV},
		"xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", s.Register.WriteXLSX},
		"json": {"application/json", func(w io.Writer, d []*register.Draft) error {
			head, err := s.Head(r.Context())
			if err != nil {
				return err
			}
			return s.Register.WriteJSON(w, d, head)
		}},
		"pdf": {"application/pdf", func(w io.Writer, d []*register.Draft) error {
			head, err := s.Head(r.Context())
			if err != nil {
				return err
			}
			return paper.Register(w, paper.About{Lang: words.Danish, Organisation: s.Organisation, Head: head, Now: s.Now()}, s.Register, d)
		}},
	}
	kind, ok := writers[ext]
	if !ok {
		s.Fail(w, r, http.StatusNotFound)
		return
	}
	drafts, err := s.Register.List(r.Context(), yearOf(r))
	if err != nil {
		s.Broken(w, r, "list the register", err)
		return
	}
	var b bytes.Buffer
	err = kind.write(&b, drafts)
	if errors.Is(err, paper.ErrTooMany) {
		s.FailWith(w, r, http.StatusRequestEntityTooLarge, "error.year")
		return
	}
	if err != nil {
		s.Broken(w, r, "export the register", err)
		return
	}
	u, _ := s.User(r)
	s.Log.Info("register exported", "user", u.Name, "format", ext, "entries", len(drafts))
	name := "fortegnelse-over-brud-" + s.Now().In(words.Zone()).Format("2006-01-02") + "." + ext
	s.file(w, r, name, kind.contentType, b.Bytes())
}

type printView struct {
	Titles []string
	Rows   [][]string
	Made   string
	Head   string
}

// Print is the register as one table for paper or for the browser's PDF.
func (s *Pages) Print(w http.ResponseWriter, r *http.Request) {
	u, _ := s.User(r)
	l := frame.Language(r)
	drafts, err := s.Register.List(r.Context(), yearOf(r))
	if err != nil {
		s.Broken(w, r, "list the register", err)
		return
	}
	v := printView{Titles: register.Columns(), Made: words.LongTime(l, s.Now())}
	for _, d := range drafts {
		cells := slices.Clone(s.Register.Row(d))
		for i := range cells {
			cells[i] = words.CleanLines(cells[i], 10*words.Long)
		}
		v.Rows = append(v.Rows, cells)
	}
	if v.Head, err = s.Head(r.Context()); err != nil {
		s.Broken(w, r, "read the ledger's head", err)
		return
	}
	p := s.NewPage(r, &u, words.Text(l, "register.title"))
	p.Data = v
	s.Render(w, http.StatusOK, "print", p)
}
