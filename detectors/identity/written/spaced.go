package written

import (
	"strings"
	"unicode/utf8"

	"brevvagt/detectors/identity/verdict"
	"brevvagt/internal/columns"
)

// This file reads tables whose columns blanks set apart, as programs print them:
//
//	Navn           Født         Løbenr.
//	Bo Eksempel    22.06.2045   7026

// matchSpaced judges four digits in such a column with the date of birth in another,
// both under headings that say so.
func (f *finder) matchSpaced() bool {
	last := &f.Row.Runs[f.Row.Count-1]
	if last.Start < 2 || f.Text[last.Start-2:last.Start] != "  " || !strings.HasPrefix(f.Text[last.End:]+"  ", "  ") && f.Text[last.End] != '\n' && f.Text[last.End] != '\r' {
		return false
	}
	from, to, ok := verdict.Line(f.Text, last.Start)
	if !ok || from == 0 || verdict.Separator(f.Text[from:to]) != 0 || !f.FindTable(' ', from) || !verdict.SaysSerial(f.Table.Head) {
		return false
	}
	heads, cells := spacedCells(f.Table.Head), spacedCells(f.Text[from:to])
	placed := underHeads(heads, cells)
	names, values := make([]string, len(heads)), make([]string, len(heads))
	for i, h := range heads {
		names[i] = h.text
		if placed[i] >= 0 {
			values[i] = cells[placed[i]].text
		}
	}
	for _, j := range columns.Join(names, values) {
		c := verdict.Candidate{Start: from + cells[placed[j.From]].at, End: last.End, Form: verdict.FormParted, Spoken: true}
		number := strings.Replace(j.Text, "-", "", 1)
		if len(number) != len(c.Digits) || number[6:] != f.Text[last.Start:last.End] {
			continue
		}
		for i := range c.Digits {
			c.Digits[i] = number[i] - '0'
		}
		if c.Start < c.End && f.Take(c) {
			return true
		}
	}
	return false
}

// spacedCell is a cell of a row: its first byte there and the letters it takes.
type spacedCell struct {
	at          int
	left, right int
	text        string
}

// spacedCells cuts a row where two blanks stand.
func spacedCells(line string) (cells []spacedCell) {
	line = strings.TrimRight(line, " \r")
	for at := 0; at < len(line); {
		if line[at] == ' ' {
			at++
			continue
		}
		text, _, _ := strings.Cut(line[at:], "  ")
		left := utf8.RuneCountInString(line[:at])
		cells = append(cells, spacedCell{at, left, left + utf8.RuneCountInString(text), text})
		at += len(text)
	}
	return cells
}

// underHeads gives for each heading the cell below it, -1 for none: by their number
// where there is one cell for each, else by their place.
func underHeads(heads, cells []spacedCell) []int {
	list := make([]int, len(heads))
	for i, h := range heads {
		list[i] = -1
		if len(heads) == len(cells) {
			list[i] = i
			continue
		}
		for k, c := range cells {
			if c.left < h.right && h.left < c.right {
				list[i] = k
			}
		}
	}
	return list
}
