package records

import (
	"regexp"
	"slices"
	"strings"

	"brevvagt/internal/columns"
)

var (
	sqlName   = `(?:[\w$.]|"[^"\n]+"|` + "`[^`\n]+`" + `|\[[^\]\n]+\])+`
	createRow = regexp.MustCompile(`(?i)^\s*CREATE\s+(?:TEMP\w*\s+|GLOBAL\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(` + sqlName + `)\s*\(?\s*(.*)$`)
	insertRow = regexp.MustCompile(`(?i)\bINSERT\s+(?:IGNORE\s+)?(?:INTO\s+)?(` + sqlName + `)\s*(\([^()\n]+\))?\s*VALUES\b`)
	updateRow = regexp.MustCompile(`(?i)\b(?:UPDATE\s+` + sqlName + `|INSERT\s+INTO\s+` + sqlName + `)\s+SET\s`)
	assigned  = regexp.MustCompile("(?i)([\\w.`\\[\\]\"]{1,80})\\s*=\\s*(?:N?'([^'\\n]{0,40})'|(\\d{1,10})\\b|CAST\\(N?'([^'\\n]{0,40})')")
	copyRow   = regexp.MustCompile(`(?i)^COPY\s+(` + sqlName + `)\s*\(([^()\n]+)\)\s+FROM\s+stdin`)
	bareName  = strings.NewReplacer("`", "", `"`, "", "[", "", "]", "")
)

// maxTables bounds what is remembered of a dump.
const maxTables = 2000

// sql reads the rows of a dump: the names of their columns stand in the statement, or
// where the table was made.
func (f *finder) sql(text string) {
	if !mayDump(text) {
		return
	}
	d := dump{finder: f, tables: map[string][]string{}}
	for line := range strings.Lines(text) {
		d.n++
		if len(line) <= maxLine {
			d.line(strings.TrimRight(line, "\n"))
		} else {
			d.long(line)
		}
	}
}

// mayDump reports whether a text holds the words of a statement that adds or sets rows,
// each asked for only where the one before it stands: first the mark that none of them
// is without, which most prose has not.
func mayDump(text string) bool {
	return strings.IndexByte(text, '(') >= 0 && (holdsFold(text, "insert") && holdsFold(text, "values") || holdsFold(text, "copy ") && holdsFold(text, "stdin")) ||
		strings.IndexByte(text, '=') >= 0 && holdsFold(text, " set ") && (holdsFold(text, "update ") || holdsFold(text, "insert"))
}

// holdsFold reports whether a text holds a word in small or large letters.
func holdsFold(text, word string) bool {
	return strings.Contains(text, strings.ToUpper(word)) || strings.Contains(text, word) ||
		strings.Contains(text, strings.ToUpper(word[:1])+word[1:])
}

// dump is the state of one: which table is being made, which rows are being read.
type dump struct {
	*finder
	n       int
	tables  map[string][]string
	making  string   // table whose columns are being listed
	columns []string // of the rows that follow
	copied  bool     // they are tab separated
	rows    bool     // they are in brackets
	halves  bool     // a date of birth and last digits are among them
	row     []string // their values so far
}

// under says of which columns the rows that follow are.
func (d *dump) under(names []string) {
	d.columns = names
	d.halves = slices.ContainsFunc(names, columns.Birth) && slices.ContainsFunc(names, columns.Ending)
}

func (d *dump) line(line string) {
	switch {
	case d.copied:
		if line == `\.` {
			d.copied = false
			return
		}
		for i, v := range strings.Split(line, "\t") {
			d.value(i, v)
		}
		d.rowEnd()
	case d.making != "":
		d.column(line)
	case createRow.MatchString(line):
		m := createRow.FindStringSubmatch(line)
		if len(d.tables) < maxTables {
			d.making = nameOf(m[1])
			d.tables[d.making] = nil
			if m[2] != "" {
				d.inline(m[2])
			}
		}
	case copyRow.MatchString(line):
		m := copyRow.FindStringSubmatch(line)
		d.under(namesOf(m[2]))
		d.copied = true
	case strings.IndexByte(line, '=') >= 0 && updateRow.MatchString(line):
		d.assignments(line)
	default:
		d.long(line)
	}
}

// long reads the statements of a line that add rows.
func (d *dump) long(line string) {
	if d.rows && strings.HasPrefix(strings.TrimLeft(line, " \t,"), "(") {
		d.tuples(line)
		return
	}
	d.rows = false
	all := insertRow.FindAllStringSubmatchIndex(line, -1)
	for k, m := range all {
		if m[4] >= 0 {
			d.under(namesOf(line[m[4]+1 : m[5]-1]))
		} else {
			d.under(d.tables[nameOf(line[m[2]:m[3]])])
		}
		end := len(line)
		if k+1 < len(all) {
			end = all[k+1][0]
		}
		d.tuples(line[m[1]:end])
	}
}

// tuples reads "(1,'a',NULL),(2,'b',3);".
func (d *dump) tuples(s string) {
	d.rows = true
	person := d.halves
	for _, c := range d.columns {
		person = person || personColumn.MatchString(c)
	}
	if !person {
		return
	}
	column, start, depth := 0, 0, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\'':
			for i++; i < len(s) && s[i] != '\''; i++ {
				if s[i] == '\\' {
					i++
				}
			}
		case c == '(':
			if depth++; depth == 1 {
				column, start = 0, i+1
			}
		case c == ',' && depth == 1:
			d.value(column, s[start:i])
			column, start = column+1, i+1
		case c == ')':
			if depth--; depth == 0 {
				d.value(column, s[start:i])
				d.rowEnd()
			}
		}
	}
}

// assignments reads "UPDATE t SET a = 'x', b = 1".
func (d *dump) assignments(line string) {
	var names, values []string
	for _, m := range assigned.FindAllStringSubmatch(line, maxAssigned) {
		name := bareName.Replace(m[1])
		names, values = append(names, name), append(values, m[2]+m[3]+m[4])
	}
	d.under(names)
	for i, v := range values {
		d.value(i, v)
	}
	d.rowEnd()
}

// maxAssigned bounds the columns that one statement sets.
const maxAssigned = 200

// rowEnd puts the halves of a number together that stand in two columns of the row.
func (d *dump) rowEnd() {
	for _, j := range columns.Join(d.columns, d.row) {
		d.add(d.n, d.columns[j.From], j.Text)
	}
	d.row = d.row[:0]
}

func (d *dump) value(i int, v string) {
	v = strings.TrimSpace(v)
	if d.halves && i == len(d.row) && i < len(d.columns) {
		half := v
		if from := strings.IndexByte(half, '\''); from >= 0 { // N'x', CAST('x' AS Date)
			half, _, _ = strings.Cut(half[from+1:], "'")
		}
		d.row = append(d.row, half)
	}
	v = strings.TrimPrefix(v, "N'")
	if v = strings.Trim(v, `'"`); i < len(d.columns) && number(v) && personColumn.MatchString(d.columns[i]) {
		d.add(d.n, d.columns[i], v)
	}
}

// column reads one line of a table's definition.
func (d *dump) column(line string) {
	line = strings.TrimSpace(line)
	if line == "(" || line == "" {
		return
	}
	if strings.HasPrefix(line, ")") {
		d.making = ""
		return
	}
	word, rest, ok := strings.Cut(strings.TrimPrefix(line, "("), " ")
	switch strings.ToUpper(word) {
	case "PRIMARY", "KEY", "UNIQUE", "CONSTRAINT", "INDEX", "FOREIGN", "CHECK", "FULLTEXT":
	default:
		if ok && len(d.tables[d.making]) < 4000 {
			d.tables[d.making] = append(d.tables[d.making], bareName.Replace(word))
		}
	}
	if strings.HasSuffix(rest, ";") {
		d.making = ""
	}
}

// inline reads a definition that stands in one line.
func (d *dump) inline(list string) {
	depth, start := 0, 0
	ended := strings.Contains(list, ";")
	list = strings.TrimRight(list, "; ")
	ended = ended || strings.Count(list, "(") < strings.Count(list, ")")
	for i := 0; i <= len(list); i++ {
		switch {
		case i == len(list) || list[i] == ',' && depth == 0:
			d.column(list[start:i] + " ")
			start = i + 1
		case list[i] == '(':
			depth++
		case list[i] == ')':
			depth--
		}
	}
	if ended {
		d.making = ""
	}
}

// nameOf is the name of a table without its schema.
func nameOf(s string) string {
	s = bareName.Replace(s)
	return strings.ToLower(s[strings.LastIndexByte(s, '.')+1:])
}

func namesOf(list string) (names []string) {
	for n := range strings.SplitSeq(list, ",") {
		names = append(names, strings.TrimSpace(bareName.Replace(n)))
	}
	return names
}
