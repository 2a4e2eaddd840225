package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"brevvagt/internal/danishcsv"
	"brevvagt/scanner/source/share/walk"
)

// sheet is one table with its heading; a number in it stays a number.
type sheet struct {
	title  string
	header []string
	rows   [][]any
}

func breadthDa(b walk.Breadth) string {
	return map[walk.Breadth]string{walk.Owner: "kun ejeren", walk.Group: "en gruppe", walk.Everyone: "alle", walk.Unknown: "ukendt"}[b]
}

func whyDa(word string) string {
	words := map[string]string{walk.TroubleAccess: "ingen adgang", walk.TroubleRead: "læsefejl", walk.TroubleMany: "for mange filer i mappen",
		walk.TroubleChanging: "ændres hele tiden", walk.TroubleScan: "scanningen mislykkedes", walk.TroubleCrash: "fik scanningen til at gå ned",
		walk.TroubleName: "navnet kan ikke åbnes", walk.TroubleMount: "ikke monteret", walk.TroubleElse: "ligger et andet sted",
		Partly + "encrypted": "ikke læst helt: krypteret", Partly + "damaged": "ikke læst helt: beskadiget", Partly + "crashed": "ikke læst helt: læseren gik ned",
		Partly + "too-big": "ikke læst helt: for stor", Partly + "out-of-time": "ikke læst helt: tog for lang tid", Partly + "too-deep": "ikke læst helt: for dybt indlejret",
		Partly + "too-many": "ikke læst helt: for mange dele", Partly + "no-engine": "ikke læst helt: tekstgenkendelse mangler", Partly + "no-text": "ikke læst helt: ingen tekst fundet",
		Partly + "unknown-type": "ikke læst: ukendt filtype"}
	if da, ok := words[word]; ok {
		return da
	}
	return word
}

func yes(b bool) string {
	if b {
		return "ja"
	}
	return ""
}

func day(t time.Time) string { return t.Local().Format(time.DateOnly) }

func (r *Report) groupSheet() sheet {
	s := sheet{"Ejere", []string{"Fællesdrev", "Mappens ejer", "Alvor", "Score", "Filer", "Nye", "Personer", "Alle kan læse", "Ældste fil"}, nil}
	for _, g := range r.Groups {
		s.rows = append(s.rows, []any{g.Share, g.Owner, Severity(g.Score), g.Score, g.Files, g.New, g.Persons, g.Everyone, day(g.Oldest)})
	}
	return s
}

func (r *Report) fileSheet() sheet {
	s := sheet{"Filer", []string{"Alvor", "Score", "Fællesdrev", "Fil", "Mappens ejer", "Personer", "Kan læses af", "Sidst ændret", "Ny", "Regler", "Sag i karantæne"}, nil}
	for _, f := range r.Files {
		s.rows = append(s.rows, []any{Severity(f.Score), f.Score, f.Share, f.Path, f.Owner, f.Persons, breadthDa(f.Breadth), day(f.Modified), yes(f.New), strings.Join(f.Rules, " "), f.Case})
	}
	return s
}

func (r *Report) nightSheet() sheet {
	s := sheet{"Nætter", []string{"Fællesdrev", "Nat", "Filer", "Med fund", "Nye fund", "Forsvundne fund", "Personer", "Ikke læst"}, nil}
	for _, n := range r.Nights {
		s.rows = append(s.rows, []any{n.Share, n.At.Local().Format("2006-01-02 15:04"), n.Files, n.Hits, n.New, n.Closed, n.Persons, n.Unread})
	}
	return s
}

func (r *Report) unreadSheet() sheet {
	s := sheet{"Ikke læst", []string{"Fællesdrev", "Fil eller mappe", "Hvorfor"}, nil}
	for _, u := range r.Unread {
		s.rows = append(s.rows, []any{u.Share, u.Path, whyDa(u.Why)})
	}
	return s
}

// tableRows is how many rows of a sheet the table for a terminal shows.
const tableRows = 20

// Table writes a summary for people, the worst first.
func (r *Report) Table(w io.Writer) error {
	for _, s := range []sheet{r.heatTable(), r.groupSheet(), r.fileSheet(), r.nightSheet(), r.unreadSheet()} {
		if _, err := fmt.Fprintf(w, "%s (%d)\n", s.title, len(s.rows)); err != nil {
			return err
		}
		tw := tabwriter.NewWriter(w, 2, 4, 2, ' ', 0)
		fmt.Fprintln(tw, "  "+strings.Join(s.header, "\t"))
		for _, row := range s.rows[:min(len(s.rows), tableRows)] {
			cells := texts(row)
			for i := range cells {
				cells[i] = short(cells[i])
			}
			fmt.Fprintln(tw, "  "+strings.Join(cells, "\t"))
		}
		if err := tw.Flush(); err != nil {
			return err
		}
		if more := len(s.rows) - tableRows; more > 0 {
			if _, err := fmt.Fprintf(w, "  og %d mere; --format xlsx eller csv viser alle\n", more); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
	}
	return nil
}

// widest is how many characters of a cell the table for a terminal shows: one very long
// path would push every other column out of sight.
const widest = 100

// short leaves out the middle of a long text, since the end of a path says most.
func short(text string) string {
	if utf8.RuneCountInString(text) <= widest {
		return text
	}
	r := []rune(text)
	return string(r[:widest/3]) + "…" + string(r[len(r)-(widest-widest/3-1):])
}

// CSV writes the files with findings for a Danish Excel.
func (r *Report) CSV(w io.Writer) error {
	s, out := r.fileSheet(), danishcsv.New(w)
	out.Row(s.header...)
	for _, row := range s.rows {
		out.Row(texts(row)...)
	}
	return out.Flush()
}

func texts(row []any) []string {
	cells := make([]string, len(row))
	for i, c := range row {
		cells[i] = fmt.Sprint(c)
	}
	return cells
}

// XLSX writes everything as a workbook, a sheet a table. Text cells are strings,
// which Excel never calculates.
func (r *Report) XLSX(w io.Writer) error {
	f := excelize.NewFile()
	defer f.Close()
	for i, s := range []sheet{r.groupSheet(), r.heatSheet(), r.fileSheet(), r.nightSheet(), r.unreadSheet()} {
		if i == 0 {
			if err := f.SetSheetName("Sheet1", s.title); err != nil {
				return fmt.Errorf("cannot name a sheet: %w", err)
			}
		} else if _, err := f.NewSheet(s.title); err != nil {
			return fmt.Errorf("cannot make a sheet: %w", err)
		}
		if err := fill(f, s); err != nil {
			return fmt.Errorf("cannot fill sheet %s: %w", s.title, err)
		}
	}
	if _, err := f.WriteTo(w); err != nil {
		return fmt.Errorf("cannot write the workbook: %w", err)
	}
	return nil
}

// width is what a column needs for its widest cell, in characters, within bounds.
func (s *sheet) width(column int) int {
	widest := utf8.RuneCountInString(s.header[column]) + 2
	for _, row := range s.rows {
		if text, ok := row[column].(string); ok {
			widest = max(widest, utf8.RuneCountInString(text)+2)
		}
	}
	return min(widest, 80)
}

// maxSheetRows is Excel's own limit, with the header.
const maxSheetRows = 1 << 20

func fill(f *excelize.File, s sheet) error {
	sw, err := f.NewStreamWriter(s.title)
	if err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	for i := range s.header {
		if err := sw.SetColWidth(i+1, i+1, float64(s.width(i))); err != nil {
			return err
		}
	}
	if err := sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, len(s.header))
	for i, h := range s.header {
		head[i] = excelize.Cell{StyleID: bold, Value: h}
	}
	if err := sw.SetRow("A1", head); err != nil {
		return err
	}
	for i, row := range s.rows[:min(len(s.rows), maxSheetRows-1)] {
		if err := sw.SetRow("A"+strconv.Itoa(i+2), row); err != nil {
			return err
		}
	}
	return sw.Flush()
}
