package paper

import (
	"errors"
	"io"

	"brevvagt/quarantine/register"
	"brevvagt/quarantine/review/words"
)

// MostEntries bounds a register on paper; a year of a large municipality has hundreds.
const MostEntries = 3000

// ErrTooMany asks for a year.
var ErrTooMany = errors.New("too many entries for one PDF: choose a year")

// tableSize is the size of the thirteen columns' text, in points.
const tableSize = 6.5

// columnWidths are those of the thirteen columns, in mm; together the width of A4 across.
func columnWidths() []int { return []int{12, 35, 17, 16, 19, 24, 33, 17, 24, 28, 17, 21, 18} }

// Register writes entries as a table of the thirteen columns on A4 across, their titles at
// the head of every page.
func Register(w io.Writer, a About, reg *register.Register, drafts []*register.Draft) error {
	if len(drafts) > MostEntries {
		return ErrTooMany
	}
	s, err := newSheet(a, words.Text(a.Lang, "register.title"), true, columns(register.Columns(), true)...)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		s.line(tableSize, true, columns(reg.Row(d), false)...)
	}
	if a.Head != "" {
		s.heading(words.Text(a.Lang, "print.head"))
		s.paragraph(a.Head)
	}
	return s.write(w)
}

func columns(values []string, bold bool) []cell {
	cells := make([]cell, len(values))
	for i, width := range columnWidths() {
		cells[i] = cell{words.CleanLines(values[i], 20000), width, bold}
	}
	return cells
}
