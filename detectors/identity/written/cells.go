package written

import (
	"strings"

	"brevvagt/detectors/identity/label"
	"brevvagt/detectors/identity/verdict"
)

// halvesUnderHeadings reports whether the date and the serial stand in two columns
// that are called so: "Født | Løbenr."
func (f *finder) halvesUnderHeadings(first int) bool {
	date, serial := f.Row.Runs[first].Start, f.Row.Runs[first+1].Start
	return f.ColumnLabel(date).Kind == label.CPR && f.UnderSerial(serial)
}

// matchCells judges four digits in a column that is called one of last digits, with
// the date in a column that is called one of birth: "22.06.2045;7026".
func (f *finder) matchCells() bool {
	last := &f.Row.Runs[f.Row.Count-1]
	if !f.AloneInColumn(last.Start, last.End) {
		return false
	}
	f.ColumnLabel(last.Start) // looks at the table
	if f.Table.Head == "" || !f.UnderSerial(last.Start) {
		return false
	}
	from, to, _ := verdict.Line(f.Text, last.Start)
	sep := string(f.Table.Sep)
	for at := from; at < to; {
		cell, _, more := strings.Cut(f.Text[at:to], sep)
		lead := len(cell) - len(strings.TrimLeft(cell, " \""))
		if m := verdict.SpokenDate.FindStringSubmatchIndex(cell); m != nil && f.ColumnLabel(at+lead).Kind == label.CPR {
			c, ok := f.SpokenNumber(at, m, [4]byte(last.Digit[:4]))
			if c.End = last.End; (ok || m[6] >= 0 && m[7]-m[6] == 2 && c.Real()) && c.Start < c.End {
				return f.Take(c)
			}
		}
		if at += len(cell) + 1; !more {
			break
		}
	}
	return false
}
