// Package table reads tables that are files of their own: comma and semicolon
// separated values, SYLK, DIF, dBASE and SQLite.
package table

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"brevvagt/document"
	"brevvagt/document/plain/looks"
	"brevvagt/internal/columns"
	"brevvagt/internal/prose"
)

// Formats lists the formats of this package in the order they are to be asked.
func Formats() []document.Format {
	return []document.Format{CSV{}, Sylk{}, Dif{}, DBase{}, SQLite{}}
}

// errUnsound says that a file breaks the rules of its format somewhere.
var errUnsound = errors.New("malformed table")

// CSV reads comma, semicolon and tab separated values, a segment a cell.
type CSV struct{}

// Name is the format's name.
func (CSV) Name() string { return "csv" }

// Match goes by the name, and by content where a heading stands over several rows of
// as many fields: many an export is called .txt, .dat or .xls.
func (CSV) Match(head []byte, name string) bool {
	if looks.Ext(name, ".csv", ".tsv", ".tab") {
		return looks.Text(head)
	}
	rows := head[:min(len(head), 8<<10)]
	return mayPart(rows) && looks.Text(head) && tabular(prose.Lines(prose.Decode(rows, "")))
}

// mayPart reports whether a sign between cells may be among the bytes: 0xef begins the
// signs of full width, which count as the others, and a text with 0 may be UTF-16.
func mayPart(rows []byte) bool {
	for _, sign := range []byte{'\t', ';', '|', 0xef, 0} {
		if bytes.IndexByte(rows, sign) >= 0 {
			return true
		}
	}
	return false
}

// tabular tells a table by its first rows: a heading of two columns at least and
// rows with as many fields each.
func tabular(text string) bool {
	lines := strings.Split(strings.Trim(text, "\ufeff\n"), "\n")
	if len(lines) > 2 {
		lines = lines[:min(len(lines)-1, 10)] // the last may be cut off
	}
	if len(lines) < 2 {
		return false
	}
	for _, d := range []rune{'\t', ';', '|'} {
		want := fieldsOf(lines[0], d)
		same := want > 1
		for _, l := range lines[1:] {
			same = same && fieldsOf(l, d) == want
		}
		if same && IsHeading(strings.Split(lines[0], string(d))) {
			return true
		}
	}
	return false
}

// Read gives each cell the heading of its column as label, if the first row
// looks like headings.
func (CSV) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	text := prose.DecodeLines(in.Data, looks.Charset(in.Type))
	text = strings.TrimPrefix(text, "\ufeff")
	comma := delimiter(text)
	if first, rest, ok := strings.Cut(text, "\n"); ok && strings.HasPrefix(strings.ToLower(first), "sep=") {
		text = rest
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = comma, true, -1, true
	w := rows{out: out}
	for {
		if w.row%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		w.add(cells, func(i int) int { line, _ := r.FieldPos(i); return line }, "")
	}
}

// rows makes segments of the rows of a table; the first row may be headings.
type rows struct {
	out      *document.Builder
	row      int
	headings []string
	at       int    // the row they stand in
	fixed    bool   // they are known, and no row is one of headings
	sheet    string // name of the table, "" where the file is one
	pieces   int    // of the rows so far
}

// manyPieces is how many cells of a table are segments of their own whatever they
// hold. A gigabyte of tiny cells has a hundred million: behind that a row in which no
// number can stand is one segment.
const manyPieces = 20_000

// hugePieces is how many cells may be segments even if they hold less than a name.
const hugePieces = 400_000

// lateHeading is the last row that is taken for headings: exports begin with a title
// and the day of the export.
const lateHeading = 30

// named gives the columns their names, which no row has.
func (w *rows) named(names []string) {
	w.headings, w.fixed = names, true
}

// learn takes a row for headings when it looks so and names more columns than any
// before, or names one of persons' numbers, wherever it stands: below one table there
// may be another.
func (w *rows) learn(cells []string) {
	person := namesPerson(cells)
	if !person && (w.row > lateHeading || filled(cells) <= filled(w.headings)) {
		return
	}
	names := cells
	if person { // empty cells behind a narrow table say nothing
		names = slices.DeleteFunc(slices.Clone(cells), func(c string) bool { return strings.TrimSpace(c) == "" })
	}
	if !IsHeading(names) {
		return
	}
	w.headings, w.at = nil, w.row
	for _, c := range cells {
		w.headings = append(w.headings, strings.TrimSpace(c))
	}
}

// namesPerson tells a row of two names of columns at least, one of them that of persons'
// numbers.
func namesPerson(cells []string) bool {
	person, names := false, 0
	for _, c := range cells {
		if len(c) > 40 {
			return false
		}
		if looks.Sign(c) {
			names++
		}
		person = person || mayName(c) && personRow.MatchString(c)
	}
	return person && names > 1
}

// mayName spares most cells the dearer question: a name begins with its c or p, or with
// a sign.
func mayName(cell string) bool {
	if len(cell) < 3 {
		return false
	}
	switch c := cell[0] | 0x20; {
	case c == 'c', c == 'p':
		return true
	default:
		return (c < 'a' || c > 'z') && (c < '0' || c > '9')
	}
}

func filled(cells []string) (n int) {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			n++
		}
	}
	return n
}

// add takes the next row. line tells where a cell stands in the file, 0 for unknown.
func (w *rows) add(cells []string, line func(i int) int, layer document.Layer) {
	w.row++
	if !w.fixed {
		w.learn(cells)
	}
	at := func(i int) document.Location {
		return document.Location{Line: line(i), Cell: w.sheet + looks.Column(i) + strconv.Itoa(w.row), Layer: layer}
	}
	joined := columns.Join(w.headings, cells)
	if w.pieces > manyPieces && len(joined) == 0 {
		if row := strings.Join(cells, "; "); !document.MayHoldNumber([]byte(row)) {
			w.out.Segment(document.Segment{Text: row, At: at(0)})
			return
		}
	}
	for i, cell := range cells {
		if !looks.Sign(cell) || w.pieces > hugePieces && len(cell) < 5 {
			continue
		}
		w.pieces++
		s := document.Segment{Text: unquoted(cell), At: at(i)}
		if w.row > w.at && i < len(w.headings) {
			s.Label = w.headings[i]
		}
		if i > 0 && len(s.Text) == 10 && personRow.MatchString(cells[0]) && !personRow.MatchString(s.Label) {
			s.Label = cells[0] // a table that lies on its side
		}
		w.out.Segment(s)
	}
	if w.row == w.at {
		return
	}
	for _, j := range joined {
		w.out.Segment(document.Segment{Text: j.Text, Label: w.headings[j.From], At: at(j.From)})
	}
}

// personRow is how a row with persons' numbers begins.
var personRow = regexp.MustCompile(`(?i)^\W*(?:cpr|person-?n(?:umme)?r)[\s.-]*(?:n(?:umme)?r)?\W*$`)

// number is a whole number as programs export it that took it for an amount: 1234567890.0,
// 1,23456789E+09 or 1.234.567.890.
var number = regexp.MustCompile(`^"?([1-9]\d{8,9})[.,]0+"?$|^"?([1-9])[.,](\d{1,9})[eE]\+?0?([89])"?$|^"?([1-9]\d{0,2})([.,  ])(\d{3})([.,  ])(\d{3})(?:([.,  ])(\d{3}))?"?$`)

// whole undoes that for numbers of nine and ten digits: a CPR number may be one.
func whole(cell string) (string, bool) {
	if len(cell) < 10 || len(cell) > 20 {
		return "", false
	}
	m := number.FindStringSubmatch(cell)
	switch {
	case m == nil:
		return "", false
	case m[1] != "":
		return m[1], true
	case m[2] != "":
		exp := int(m[4][0] - '0')
		if len(m[3]) > exp {
			return "", false
		}
		return m[2] + m[3] + strings.Repeat("0", exp-len(m[3])), true
	}
	n := m[5] + m[7] + m[9] + m[11]
	return n, m[6] == m[8] && (m[10] == "" || m[10] == m[8]) && (len(n) == 9 || len(n) == 10)
}

// unquoted takes the formula off a number that was written ="0102030004" to keep
// its zero.
func unquoted(cell string) string {
	if n, ok := whole(cell); ok {
		return n
	}
	if inner, ok := strings.CutPrefix(cell, `="`); ok && strings.HasSuffix(inner, `"`) {
		return strings.TrimSuffix(inner, `"`)
	}
	return cell
}

// delimiter is the character that parts the first lines into the most even
// number of fields; semicolon where none does, as Danish Excel writes it.
func delimiter(text string) rune {
	head := text[:min(len(text), 16<<10)]
	first, _, _ := strings.Cut(head, "\n")
	if rest, ok := strings.CutPrefix(strings.ToLower(first), "sep="); ok && len(strings.TrimSpace(rest)) == 1 && rest[0] != '"' {
		return rune(strings.TrimSpace(rest)[0])
	}
	lines := strings.SplitN(head, "\n", 12)
	if len(lines) > 1 {
		lines = lines[:len(lines)-1] // the last may be cut off
	}
	best, score := ';', 0
	for _, d := range []rune{';', '\t', ',', '|'} {
		same, want := 0, fieldsOf(lines[0], d)
		for _, l := range lines {
			if fieldsOf(l, d) == want {
				same++
			}
		}
		if want > 1 && same*100+want > score {
			best, score = d, same*100+want
		}
	}
	return best
}

func fieldsOf(line string, d rune) int {
	n, quoted := 1, false
	for _, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case c == d && !quoted:
			n++
		}
	}
	return n
}

// IsHeading takes a row for headings when it has words and no long numbers.
func IsHeading(cells []string) bool {
	words := 0
	for _, c := range cells {
		digits := 0
		for _, r := range c {
			if r >= '0' && r <= '9' {
				digits++
			}
		}
		if digits >= 4 || strings.Contains(c, "@") || len(c) > 100 {
			return false
		}
		if looks.Sign(c) && digits < len(c) {
			words++
		}
	}
	return words*2 > len(cells)
}
