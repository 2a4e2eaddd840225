package register

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// Limits of an imported workbook.
const (
	maxImportBytes   = 32 << 20 // unpacked
	maxImportRows    = 10_000
	maxImportColumns = 100
	maxTitleRow      = 30
)

var errSheet = errors.New("a sheet cannot be read")

// ErrNoRegister says that a workbook has no row of titles that we know.
var ErrNoRegister = errors.New("no sheet has the register's titles in a row")

// RowError says what is wrong with a row of an imported workbook; the row is not
// imported. It never quotes the row.
type RowError struct {
	Row int // as the spreadsheet counts
	Err error
}

func (e *RowError) Error() string { return fmt.Sprintf("row %d: %v", e.Row, e.Err) }

// Unwrap gives the reason.
func (e *RowError) Unwrap() error { return e.Err }

// ReadXLSX reads an existing register: a workbook in our own shape, or any whose
// row of titles spells the thirteen as Gladsaxe Kommune prints them, in any order
// and with line breaks inside. A register of the past has no clock; whether an
// entry is a breach is taken from its text ("ikke et brud") and else from column 8
// being decided. Rows that cannot be kept are returned beside the good ones.
func (r *Register) ReadXLSX(in io.Reader) ([]Draft, []RowError, error) {
	f, err := excelize.OpenReader(in, excelize.Options{UnzipSizeLimit: maxImportBytes, UnzipXMLSizeLimit: maxImportBytes})
	if err != nil {
		return nil, nil, errors.New("this is not an Excel workbook that can be read")
	}
	defer f.Close()
	for _, sheet := range f.GetSheetList() {
		at, rows, first, err := readSheet(f, sheet)
		if err != nil {
			return nil, nil, err
		}
		if at != nil {
			drafts, wrong := r.readRows(rows, at, first)
			return drafts, wrong, nil
		}
	}
	return nil, nil, ErrNoRegister
}

// readSheet reads a sheet row by row: at is nil when no row of titles stands near its
// top; first is the number of the row after them. Rows are bounded as they come, because
// a small file can hold a sheet that is endless, or rows as wide as Excel allows.
func readSheet(f *excelize.File, sheet string) (at map[int]int, rows [][]string, first int, err error) {
	stream, err := f.Rows(sheet)
	if err != nil {
		return nil, nil, 0, errSheet
	}
	defer stream.Close()
	bytes, cells := 0, 0
	for n := 1; stream.Next() && (at != nil || n <= maxTitleRow); n++ {
		row, err := stream.Columns()
		if err != nil {
			return nil, nil, 0, errSheet
		}
		cells += len(row) // a row is as long as its last cell is far out
		row = row[:min(len(row), maxImportColumns)]
		if at == nil {
			at, first = titlesOf(row), n+1
			continue
		}
		for _, cell := range row {
			bytes += len(cell)
		}
		if bytes > maxImportBytes || cells > maxImportRows*maxImportColumns {
			return nil, nil, 0, fmt.Errorf("more than %d cells or %d bytes of text", maxImportRows*maxImportColumns, maxImportBytes)
		}
		// Empty rows keep their place; those at the end are no rows.
		if len(row) > 0 {
			rows = append(rows, make([][]string, n-first-len(rows))...)
			rows = append(rows, row)
		}
		if len(rows) > maxImportRows {
			return nil, nil, 0, fmt.Errorf("more than %d rows", maxImportRows)
		}
	}
	if err := stream.Error(); err != nil {
		return nil, nil, 0, errSheet
	}
	return at, rows, first, nil
}

// titlesOf maps columns 1 to 13 to the cells of a row of titles, nil when fewer than
// eight of them, or no number or account of what happened, are there.
func titlesOf(row []string) map[int]int {
	at := make(map[int]int)
	for i, cell := range row {
		if n := slices.Index(plainColumns(), plainTitle(cell)); n >= 0 {
			at[n+1] = i
		}
	}
	if _, ok := at[2]; !ok || len(at) < 8 {
		return nil
	}
	return at
}

func plainColumns() []string {
	titles := Columns()
	for i := range titles {
		titles[i] = plainTitle(titles[i])
	}
	return titles
}

// plainTitle forgets case, line breaks, hyphens at line ends and the misspelling of
// one published title.
func plainTitle(s string) string {
	s = strings.ReplaceAll(strings.ToLower(strings.ReplaceAll(s, "\u00ad", "")), "-\n", "")
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "berundelse", "begrundelse")
}

func (r *Register) readRows(rows [][]string, at map[int]int, first int) ([]Draft, []RowError) {
	var drafts []Draft
	var wrong []RowError
	seen := make(map[string]bool)
	for i, row := range rows {
		cell := func(column int) string {
			if c, ok := at[column]; ok && c < len(row) {
				return strings.TrimSpace(strings.ReplaceAll(row[c], "\r\n", "\n"))
			}
			return ""
		}
		if strings.TrimSpace(strings.Join(row, "")) == "" {
			continue
		}
		d, err := r.readRow(cell)
		if err == nil && d.No != "" && seen[d.No] {
			err = ErrExists
		}
		if err == nil {
			err = r.checkAll(&d)
		}
		if err != nil {
			wrong = append(wrong, RowError{first + i, err})
			continue
		}
		seen[d.No] = true
		drafts = append(drafts, d)
	}
	return drafts, wrong
}

func (r *Register) readRow(cell func(int) string) (Draft, error) {
	d := Draft{No: cell(1), Fields: Fields{What: cell(2), Type: cell(5), Consequences: cell(7), Notify: cell(8), NotifyReason: cell(9),
		Measures: cell(10), Informed: cell(11), InformedReason: cell(12), Ruling: cell(13)}}
	if d.What == "" {
		return d, ErrEmpty
	}
	if d.No != "" {
		if _, _, err := parseNo(d.No); err != nil {
			return d, err
		}
	}
	for _, t := range strings.FieldsFunc(strings.ReplaceAll(cell(6), "\n", " "), func(c rune) bool { return c == ',' || c == ';' }) {
		d.DataTypes = append(d.DataTypes, strings.Join(strings.Fields(t), " "))
	}
	var err error
	if d.Registered, err = r.ReadTime(cell(3)); err != nil {
		return d, err
	}
	if d.Start, err = r.ReadTime(cell(4)); err != nil {
		return d, err
	}
	if d.Registered.IsZero() {
		return d, ErrDates
	}
	if d.Start.IsZero() {
		d.Start = d.Registered
	}
	for _, c := range []*string{&d.Notify, &d.Informed} {
		if *c == "" {
			*c = Undecided
		}
	}
	d.Status = statusOf(&d)
	return d, nil
}

// statusOf reads the state of an entry that comes without one.
func statusOf(d *Draft) Status {
	text := strings.ToLower(d.What + " " + d.Consequences + " " + d.NotifyReason)
	for _, s := range []string{"ikke et brud", "ikke et sikkerhedsbrud", "ikke brud", "standset, før den forlod", "afværget"} {
		if strings.Contains(text, s) {
			return Averted
		}
	}
	if Decided(d.Notify) {
		return Breach
	}
	return Possible
}

// ReadTime reads a date or time as Danes write it, as Excel or ISO show it, or as
// Excel's own count of days; "" is the zero time. A date alone is noon in Denmark.
func (r *Register) ReadTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{dateLayout, "2.1.2006", "02-01-2006", "2-1-2006", "02/01/2006", "2006-01-02", "2006-01-02 15:04:05", "02.01.2006 15.04", "02.01.2006 15:04", "02.01.2006 kl. 15.04", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, s, r.zone); err == nil {
			if t.Hour() == 0 && t.Minute() == 0 {
				t = t.Add(12 * time.Hour)
			}
			return t.UTC(), nil
		}
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil && n > 20_000 && n < 80_000 {
		if t, err := excelize.ExcelDateToTime(n, false); err == nil {
			return time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, r.zone).UTC(), nil
		}
	}
	return time.Time{}, ErrDates
}
