package plain

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"brevvagt/document"
	"brevvagt/internal/prose"
)

// Table reads comma, semicolon and tab separated values, a segment a cell.
type Table struct{}

// Name is the format's name.
func (Table) Name() string { return "csv" }

// Match goes by the name: by content a table cannot be told from prose.
func (Table) Match(head []byte, name string) bool {
	return hasExt(name, ".csv", ".tsv", ".tab") && isText(head)
}

// Read gives each cell the heading of its column as label, if the first row
// looks like headings.
func (Table) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	text := prose.Lines(prose.Decode(in.Data, declared(in.Type)))
	text = strings.TrimPrefix(text, "\ufeff")
	comma := delimiter(text)
	if first, rest, ok := strings.Cut(text, "\n"); ok && strings.HasPrefix(strings.ToLower(first), "sep=") {
		text = rest
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = comma, true, -1, true
	var headings []string
	for row := 1; ; row++ {
		if row%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if row == 1 && isHeading(cells) {
			headings = append(headings, cells...)
		}
		for i, cell := range cells {
			if !hasSign(cell) {
				continue
			}
			line, _ := r.FieldPos(i)
			s := document.Segment{Text: cell, At: document.Location{Line: line, Cell: column(i) + strconv.Itoa(row)}}
			if row > 1 && i < len(headings) {
				s.Label = strings.TrimSpace(headings[i])
			}
			out.Segment(s)
			if i > 0 && row > 1 && i < len(headings) {
				s.Text = twoColumns(headings[i-1:i+1], cells[i-1], cell)
				out.Segment(s)
			}
		}
	}
}

var (
	birthHeading  = regexp.MustCompile(`(?i)cpr|person|f[øo]d`)
	serialHeading = regexp.MustCompile(`(?i)cpr|l[øo]be|serie|kontrol`)
)

// twoColumns joins a number that has its date in one column and its serial in the
// next, "" if that is not so: any two columns of six and four digits are not enough.
func twoColumns(headings []string, date, serial string) string {
	date, serial = strings.TrimSpace(date), strings.TrimSpace(serial)
	if len(date) != 6 || len(serial) != 4 || !birthHeading.MatchString(headings[0]) || !serialHeading.MatchString(headings[1]) {
		return ""
	}
	return date + "-" + serial
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

// isHeading takes a row for headings when it has words and no long numbers.
func isHeading(cells []string) bool {
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
		if hasSign(c) && digits < len(c) {
			words++
		}
	}
	return words*2 > len(cells)
}

// column names a column as a spreadsheet does: A, B, … Z, AA.
func column(i int) string {
	var name []byte
	for i++; i > 0; i = (i - 1) / 26 {
		name = append(name, byte('A'+(i-1)%26))
	}
	for a, b := 0, len(name)-1; a < b; a, b = a+1, b-1 {
		name[a], name[b] = name[b], name[a]
	}
	return string(name)
}

// lineCounter gives the line of ever growing offsets.
type lineCounter struct {
	data []byte
	at   int
	line int
}

func (l *lineCounter) of(offset int64) int {
	to := min(int(offset), len(l.data))
	if to > l.at {
		l.line += bytes.Count(l.data[l.at:to], []byte("\n"))
		l.at = to
	}
	return l.line + 1
}
