// Package workbook reads an existing breach register from an Excel workbook, as
// municipalities keep theirs: one sheet or one a year, titles over several rows, dates as
// text or as Excel counts them, cells that are merged, columns that are hidden.
package workbook

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"brevvagt/quarantine/register"
)

// Limits of an imported workbook.
const (
	maxBytes   = 32 << 20 // as it comes, and unpacked
	maxRows    = 10_000
	maxColumns = 100
	maxTitle   = 30      // the row of titles is among the first of a sheet
	maxWhole   = 4 << 20 // of a sheet's own text that is read whole, for its merged cells
)

var (
	errSheet = errors.New("a sheet cannot be read")
	errFile  = errors.New("this is not an Excel workbook that can be read")
)

// ErrNoRegister says that a workbook has no row of titles that we know.
var ErrNoRegister = errors.New("no sheet has the register's titles in a row")

// RowError says what is wrong with a row of an imported workbook; the row is not
// imported. It never quotes the row.
type RowError struct {
	Sheet int // from 1, among those that have the register's titles; 0 where there is one
	Row   int // as the spreadsheet counts
	Err   error
}

func (e *RowError) Error() string {
	return fmt.Sprintf("sheet %d, row %d: %v", max(e.Sheet, 1), e.Row, e.Err)
}

// Unwrap gives the reason.
func (e *RowError) Unwrap() error { return e.Err }

// Read reads an existing register: a workbook in our own shape, or any with sheets whose
// titles spell the thirteen as Gladsaxe Kommune prints them, in any order, over several
// rows and with line breaks inside, or else say the same in other words; said is then how
// each title was understood, for somebody to look at. Hidden sheets are read only where no other has the
// titles. A register of the past has no clock; whether an entry is a breach is taken from
// its text ("ikke et brud") and else from column 8 being decided. Rows that cannot be kept
// are returned beside the good ones.
func Read(r *register.Register, in io.Reader) (drafts []register.Draft, wrong []RowError, said []Said, err error) {
	raw, err := io.ReadAll(io.LimitReader(in, maxBytes+1))
	if err != nil || len(raw) > maxBytes {
		return nil, nil, nil, errFile
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{UnzipSizeLimit: maxBytes, UnzipXMLSizeLimit: maxBytes})
	if err != nil {
		return nil, nil, nil, errFile
	}
	defer f.Close()
	found, err := sheets(f, smallSheets(raw), func(rows [][]string) (map[int][]int, []Said) { return titlesOf(rows), nil })
	if err == nil && len(found) == 0 {
		found, err = sheets(f, smallSheets(raw), func(rows [][]string) (map[int][]int, []Said) { return meantBy(rows[len(rows)-1]) })
	}
	if err != nil {
		return nil, nil, nil, err
	}
	if len(found) == 0 {
		return nil, nil, nil, ErrNoRegister
	}
	rows := reader{register: r, seen: map[string]bool{}}
	if p, err := f.GetWorkbookProps(); err == nil && p.Date1904 != nil {
		rows.from1904 = *p.Date1904
	}
	for i, s := range found {
		if len(found) > 1 {
			rows.sheet = i + 1
		}
		rows.read(s)
		for _, t := range s.said {
			if !slices.Contains(said, t) {
				said = append(said, t)
			}
		}
	}
	return rows.drafts, rows.wrong, said, nil
}

// smallSheets reports whether every sheet is small enough to be read whole.
func smallSheets(raw []byte) bool {
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return false
	}
	for _, part := range z.File {
		if strings.HasPrefix(part.Name, "xl/worksheets/") && part.UncompressedSize64 > maxWhole {
			return false
		}
	}
	return true
}

// sheets gives those that have the register's titles: the visible ones, or else the
// hidden ones.
func sheets(f *excelize.File, small bool, find func(rows [][]string) (map[int][]int, []Said)) ([]*sheet, error) {
	var seen, hidden []*sheet
	for _, name := range f.GetSheetList() {
		s, err := readSheet(f, name, find)
		if err != nil {
			return nil, err
		}
		if s.at == nil {
			continue
		}
		if small {
			s.visibleColumns(f)
			s.fillMerged(f)
		}
		if visible, err := f.GetSheetVisible(name); err == nil && !visible {
			hidden = append(hidden, s)
			continue
		}
		seen = append(seen, s)
	}
	if len(seen) == 0 {
		return hidden, nil
	}
	return seen, nil
}

// sheet is what was read of one.
type sheet struct {
	name  string
	at    map[int][]int // places of columns 1 to 13, nil without a row of titles
	rows  [][]string    // below the titles, with cells as they are stored
	first int           // the number of the first of them
	said  []Said        // how titles in other words were understood
}

// readSheet reads a sheet row by row. Rows are bounded as they come, because a small file
// can hold a sheet that is endless, or rows as wide as Excel allows. Cells come as they are
// stored: how Excel would show a date depends on the country of who made the file.
func readSheet(f *excelize.File, name string, find func(rows [][]string) (map[int][]int, []Said)) (*sheet, error) {
	stream, err := f.Rows(name)
	if err != nil {
		return nil, errSheet
	}
	defer stream.Close()
	s := &sheet{name: name}
	var titles [][]string
	bytes, cells := 0, 0
	for n := 1; stream.Next() && (s.at != nil || n <= maxTitle); n++ {
		row, err := stream.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, errSheet
		}
		cells += len(row) // a row is as long as its last cell is far out
		row = row[:min(len(row), maxColumns)]
		if s.at == nil {
			titles = append(titles, row)
			s.at, s.said = find(titles)
			s.first = n + 1
			continue
		}
		for _, cell := range row {
			bytes += len(cell)
		}
		if bytes > maxBytes || cells > maxRows*maxColumns {
			return nil, fmt.Errorf("more than %d cells or %d bytes of text", maxRows*maxColumns, maxBytes)
		}
		// Empty rows keep their place; those at the end are no rows.
		if len(row) > 0 {
			s.rows = append(s.rows, make([][]string, n-s.first-len(s.rows))...)
			s.rows = append(s.rows, row)
		}
		if len(s.rows) > maxRows {
			return nil, fmt.Errorf("more than %d rows", maxRows)
		}
	}
	if err := stream.Error(); err != nil {
		return nil, errSheet
	}
	return s, nil
}

// visibleColumns leaves hidden columns out where a visible one has the same title: they
// hold what somebody put away.
func (s *sheet) visibleColumns(f *excelize.File) {
	for column, places := range s.at {
		var shown []int
		for _, p := range places {
			name, err := excelize.ColumnNumberToName(p + 1)
			if visible, verr := f.GetColVisible(s.name, name); err == nil && verr == nil && visible {
				shown = append(shown, p)
			}
		}
		if len(shown) > 0 {
			s.at[column] = shown
		}
	}
}

// fillMerged gives each row what stands once for several, such as a date. A number, and
// what happened, belong to one row.
func (s *sheet) fillMerged(f *excelize.File) {
	merged, err := f.GetMergeCells(s.name)
	if err != nil {
		return
	}
	shared := map[int]bool{}
	for column, places := range s.at {
		if column > 2 {
			shared[places[0]] = true
		}
	}
	for _, m := range merged[:min(len(merged), maxRows)] {
		left, top, err := excelize.CellNameToCoordinates(m.GetStartAxis())
		_, bottom, err2 := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err != nil || err2 != nil || !shared[left-1] || top < s.first || top-s.first >= len(s.rows) || left > len(s.rows[top-s.first]) {
			continue
		}
		value := s.rows[top-s.first][left-1]
		for n := top + 1; n <= min(bottom, s.first+len(s.rows)-1); n++ {
			row := s.rows[n-s.first]
			if len(row) == 0 {
				continue
			}
			for len(row) < left {
				row = append(row, "")
			}
			if row[left-1] == "" {
				row[left-1] = value
			}
			s.rows[n-s.first] = row
		}
	}
}

// titlesOf maps columns 1 to 13 to their places in the last of some rows, nil when fewer
// than eight of them, or what happened, are there. A title may begin in the rows above.
func titlesOf(rows [][]string) map[int][]int {
	at := make(map[int][]int)
	known := make(map[string]int)
	for i, title := range register.Columns() {
		known[plainTitle(title)] = i + 1
	}
	last := len(rows) - 1
	for i := range rows[last] {
		title := ""
		for up := last; up >= max(0, last-3); up-- {
			if i < len(rows[up]) {
				title = rows[up][i] + "\n" + title
			}
			if n := known[plainTitle(title)]; n > 0 {
				at[n] = append(at[n], i)
				break
			}
		}
	}
	if len(at[2]) == 0 || len(at) < 8 {
		return nil
	}
	return at
}

// plainTitle keeps the letters: it forgets case, line breaks, hyphens at line ends, stops
// and numbers, and the misspelling of one published title.
func plainTitle(s string) string {
	s = strings.ReplaceAll(strings.ToLower(strings.ReplaceAll(s, "\u00ad", "")), "-\n", "")
	words := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\r\n\u00a0?:.,*()0123456789", r) })
	return strings.ReplaceAll(strings.Join(words, " "), "berundelse", "begrundelse")
}
