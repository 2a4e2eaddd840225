package identity

import "strings"

// This file reads the headings of tables that stand in the text of a mail: pasted
// from a spreadsheet (tabs, semicolons) or drawn with strokes. A document's own
// tables come with their headings (Segment.Label).

// maxTableLine and maxTableBack bound, in bytes, a row and the way up to its heading.
const (
	maxTableLine = 400
	maxTableBack = 64 << 10
)

// table is the one looked at last: its first line and how far it is known to go on,
// so that a long table is walked once.
type table struct {
	sep      byte
	head     string // its first line
	from, to int    // from the end of the first line to the end of the last row seen
}

// row gives the line around s[i] without its end; ok is false when it is no short line.
func row(s string, i int) (from, to int, ok bool) {
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

// separator tells which sign parts the cells of a line, 0 when it is no row.
func separator(line string) byte {
	for _, sep := range [...]byte{'|', '\t', ';'} {
		if strings.IndexByte(line, sep) >= 0 {
			return sep
		}
	}
	return 0
}

// columnLabel reads the heading of the column that s[start] stands in, if it stands
// below one.
func (f *finder) columnLabel(start int) label {
	from, to, ok := row(f.text, start)
	if !ok || from == 0 {
		return label{}
	}
	sep := separator(f.text[from:to])
	if sep == 0 || !f.findTable(sep, from) {
		return label{}
	}
	head, column := f.table.head, strings.Count(f.text[from:start], string(sep))
	for ; column > 0; column-- {
		n := strings.IndexByte(head, sep)
		if n < 0 {
			return label{}
		}
		head = head[n+1:]
	}
	if n := strings.IndexByte(head, sep); n >= 0 {
		head = head[:n]
	}
	if len(head) > 40 || strings.ContainsAny(head, "0123456789") && !strings.ContainsAny(head, "abcdefghijklmnopqrstuvwxyz") {
		return label{}
	}
	return headingLabel(head)
}

// findTable finds the first line of the rows that reach without a gap from the one at
// byte from upwards.
func (f *finder) findTable(sep byte, from int) bool {
	t := &f.table
	if t.sep == sep && from > t.from && from >= t.to && t.to > 0 && rows(f.text[t.to:from], sep) {
		t.to = from
		return true
	}
	if t.sep == sep && from > t.from && from <= t.to {
		return true
	}
	low, head, end := max(0, from-maxTableBack), -1, from
	for at := from; at > low; {
		line, stop, ok := row(f.text, at-1)
		if !ok || !parted(f.text[line:stop], sep) && !rule(f.text[line:stop]) {
			break
		}
		if parted(f.text[line:stop], sep) && !rule(f.text[line:stop]) {
			head, end = line, stop
		}
		at = line
	}
	if head < 0 {
		return false
	}
	*t = table{sep: sep, head: f.text[head:end], from: end, to: from}
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
var besideCell = signSet("|\t;\n \"'`*\r")

// aloneInColumn reports whether nothing but blanks and quotes stands beside
// s[start:end] in its cell.
func (f *finder) aloneInColumn(start, end int) bool {
	if end < len(f.text) && !besideCell[f.text[end]] || start > 0 && (!besideCell[f.text[start-1]] || f.text[start-1] == '\r') {
		return false // by the sign beside it, as most
	}
	if start > 1 && f.text[start-1] == ' ' && lower[f.text[start-2]&0x7f] != 0 && f.text[start-2] < 0x80 {
		return false // behind a word
	}
	left := strings.TrimRight(f.text[max(0, start-12):start], " \"'`*")
	if left == "" && start > 12 || left != "" && strings.IndexByte("|\t;\n", left[len(left)-1]) < 0 {
		return false
	}
	right := strings.TrimLeft(f.text[end:min(len(f.text), end+12)], " \"'`*\r")
	return (right == "" || strings.IndexByte("|\t;\n", right[0]) >= 0) && !strings.ContainsAny(f.text[start:end], "|\t;")
}

// serialWords are how a column of last digits is called.
var serialWords = []string{"sidste", "løbe", "loebe", "lbnr", "lb.nr", "kontrolcif", "cpr", "4 cif", "fire cif", "serial"}

// halvesUnderHeadings reports whether the date and the serial stand in two columns
// that are called so: "Født | Løbenr."
func (f *finder) halvesUnderHeadings(first int) bool {
	date, serial := f.row.Runs[first].Start, f.row.Runs[first+1].Start
	return f.columnLabel(date).kind == labelCPR && f.underSerial(serial)
}

// underSerial reports whether s[i] stands in a column that is called one of last
// digits, in the table that columnLabel looked at.
func (f *finder) underSerial(i int) bool {
	from, _, _ := row(f.text, i)
	head := f.table.head
	for range strings.Count(f.text[from:i], string(f.table.sep)) {
		_, head, _ = strings.Cut(head, string(f.table.sep))
	}
	head, _, _ = strings.Cut(head, string(f.table.sep))
	return saysSerial(head)
}

func saysSerial(head string) bool {
	head = strings.ToLower(head)
	for _, w := range serialWords {
		if strings.Contains(head, w) {
			return true
		}
	}
	return false
}

// matchCells judges four digits in a column that is called one of last digits, with
// the date in a column that is called one of birth: "22.06.2045;7026".
func (f *finder) matchCells() bool {
	last := &f.row.Runs[f.row.Count-1]
	if !f.aloneInColumn(last.Start, last.End) {
		return false
	}
	f.columnLabel(last.Start) // looks at the table
	if f.table.head == "" || !f.underSerial(last.Start) {
		return false
	}
	from, to, _ := row(f.text, last.Start)
	sep := string(f.table.sep)
	for at := from; at < to; {
		cell, _, more := strings.Cut(f.text[at:to], sep)
		lead := len(cell) - len(strings.TrimLeft(cell, " \""))
		if m := spokenDate.FindStringSubmatchIndex(cell); m != nil && f.columnLabel(at+lead).kind == labelCPR {
			c, ok := f.spokenNumber(at, m, [4]byte(last.Digit[:4]))
			if c.end = last.End; (ok || m[6] >= 0 && m[7]-m[6] == 2 && c.real()) && c.start < c.end {
				return f.take(c)
			}
		}
		if at += len(cell) + 1; !more {
			break
		}
	}
	return false
}
