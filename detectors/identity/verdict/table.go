package verdict

import (
	"strings"

	"brevvagt/detectors/identity/label"
)

// This file reads the headings of tables that stand in the text of a mail: pasted
// from a spreadsheet (tabs, semicolons) or drawn with strokes. A document's own
// tables come with their headings (Segment.Label).

// maxTableLine and maxTableBack bound, in bytes, a row and the way up to its heading.
const (
	maxTableLine = 400
	maxTableBack = 64 << 10
)

// Table is the one looked at last: its first line and how far it is known to go on,
// so that a long table is walked once.
type Table struct {
	Sep      byte
	Head     string // its first line
	from, to int    // from the end of the first line to the end of the last row seen
}

// Line gives the line around s[i] without its end; ok is false when it is no short line.
func Line(s string, i int) (from, to int, ok bool) {
	from, to = max(0, i-maxTableLine), min(len(s), i+maxTableLine)
	if n := strings.LastIndexByte(s[from:i], '\n'); n >= 0 {
		from += n + 1
	} else if from > 0 {
		return from, to, false
	}
	if n := strings.IndexByte(s[i:to], '\n'); n >= 0 {
		to = i + n
	}
	return from, to, true
}

// Separator tells which sign parts the cells of a line, 0 when it is no row.
func Separator(line string) byte {
	for _, sep := range [...]byte{'|', '\t', ';'} {
		if strings.IndexByte(line, sep) >= 0 {
			return sep
		}
	}
	return 0
}

// ColumnLabel reads the heading of the column that s[start] stands in, if it stands
// below one.
func (f *Judge) ColumnLabel(start int) label.Label {
	from, to, ok := Line(f.Text, start)
	if !ok || from == 0 {
		return label.Label{}
	}
	sep := Separator(f.Text[from:to])
	if sep == 0 || !f.FindTable(sep, from) {
		return label.Label{}
	}
	head, column := f.Table.Head, strings.Count(f.Text[from:start], string(sep))
	for ; column > 0; column-- {
		n := strings.IndexByte(head, sep)
		if n < 0 {
			return label.Label{}
		}
		head = head[n+1:]
	}
	if n := strings.IndexByte(head, sep); n >= 0 {
		head = head[:n]
	}
	if len(head) > 40 || strings.ContainsAny(head, "0123456789") && !strings.ContainsAny(head, "abcdefghijklmnopqrstuvwxyz") {
		return label.Label{}
	}
	return label.Heading(head)
}

// FindTable finds the first line of the rows that reach without a gap from the one at
// byte from upwards.
func (f *Judge) FindTable(sep byte, from int) bool {
	t := &f.Table
	if t.Sep == sep && from > t.from && from >= t.to && t.to > 0 && rows(f.Text[t.to:from], sep) {
		t.to = from
		return true
	}
	if t.Sep == sep && from > t.from && from <= t.to {
		return true
	}
	low, head, end := max(0, from-maxTableBack), -1, from
	for at := from; at > low; {
		line, stop, ok := Line(f.Text, at-1)
		if !ok || !parted(f.Text[line:stop], sep) && !rule(f.Text[line:stop]) {
			break
		}
		if parted(f.Text[line:stop], sep) && !rule(f.Text[line:stop]) {
			head, end = line, stop
		}
		at = line
	}
	if head < 0 {
		return false
	}
	*t = Table{Sep: sep, Head: f.Text[head:end], from: end, to: from}
	return true
}

// rows reports whether every line holds the sign that parts cells.
func rows(s string, sep byte) bool {
	for line := range strings.Lines(s) {
		if !parted(line, sep) && !rule(strings.TrimRight(line, "\r\n")) {
			return false
		}
	}
	return true
}

// parted reports whether a line holds the sign that parts cells; two blanks stand for
// a sign of ' '.
func parted(line string, sep byte) bool {
	if sep == ' ' {
		return strings.Contains(line, "  ")
	}
	return strings.IndexByte(line, sep) >= 0
}

// rule tells a line that is only drawn: "|---|---|", "+-----+".
func rule(line string) bool {
	return strings.Trim(line, "|+-=: \t\r") == "" && len(line) > 2
}

// besideCell has the signs that may stand beside what is alone in its cell.
var besideCell = label.SignSet("|\t;\n \"'`*\r")

// AloneInColumn reports whether nothing but blanks and quotes stands beside
// s[start:end] in its cell.
func (f *Judge) AloneInColumn(start, end int) bool {
	if end < len(f.Text) && !besideCell[f.Text[end]] || start > 0 && (!besideCell[f.Text[start-1]] || f.Text[start-1] == '\r') {
		return false // by the sign beside it, as most
	}
	if start > 1 && f.Text[start-1] == ' ' && label.Lower[f.Text[start-2]&0x7f] != 0 && f.Text[start-2] < 0x80 {
		return false // behind a word
	}
	left := strings.TrimRight(f.Text[max(0, start-12):start], " \"'`*")
	if left == "" && start > 12 || left != "" && strings.IndexByte("|\t;\n", left[len(left)-1]) < 0 {
		return false
	}
	right := strings.TrimLeft(f.Text[end:min(len(f.Text), end+12)], " \"'`*\r")
	return (right == "" || strings.IndexByte("|\t;\n", right[0]) >= 0) && !strings.ContainsAny(f.Text[start:end], "|\t;")
}

// serialWords are how a column of last digits is called.
var serialWords = []string{"sidste", "løbe", "loebe", "lbnr", "lb.nr", "kontrolcif", "cpr", "4 cif", "fire cif", "serial"}

// UnderSerial reports whether s[i] stands in a column that is called one of last
// digits, in the table that columnLabel looked at.
func (f *Judge) UnderSerial(i int) bool {
	from, _, _ := Line(f.Text, i)
	head := f.Table.Head
	for range strings.Count(f.Text[from:i], string(f.Table.Sep)) {
		_, head, _ = strings.Cut(head, string(f.Table.Sep))
	}
	head, _, _ = strings.Cut(head, string(f.Table.Sep))
	return SaysSerial(head)
}

// SaysSerial reports whether a heading calls a column one of last digits.
func SaysSerial(head string) bool {
	head = strings.ToLower(head)
	for _, w := range serialWords {
		if strings.Contains(head, w) {
			return true
		}
	}
	return false
}

// Alone reports whether nothing but blanks and quotes stands beside s[start:end].
func (f *Judge) Alone(start, end int) bool {
	for i := range len(f.Text) {
		if i >= start && i < end {
			continue
		}
		switch f.Text[i] {
		case ' ', '\t', '\r', '\n', '"', '\'':
		default:
			return false
		}
	}
	return true
}
