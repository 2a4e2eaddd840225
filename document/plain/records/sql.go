package records

import (
	"regexp"
	"strings"
)

var (
	sqlName   = `(?:[\w$.]|"[^"\n]+"|` + "`[^`\n]+`" + `|\[[^\]\n]+\])+`
	createRow = regexp.MustCompile(`(?i)^\s*CREATE\s+(?:TEMP\w*\s+|GLOBAL\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(` + sqlName + `)\s*\(?\s*(.*)$`)
	insertRow = regexp.MustCompile(`(?i)\bINSERT\s+(?:IGNORE\s+)?(?:INTO\s+)?(` + sqlName + `)\s*(\([^()\n]+\))?\s*VALUES\b`)
	copyRow   = regexp.MustCompile(`(?i)^COPY\s+(` + sqlName + `)\s*\(([^()\n]+)\)\s+FROM\s+stdin`)
	bareName  = strings.NewReplacer("`", "", `"`, "", "[", "", "]", "")
)

// maxTables bounds what is remembered of a dump.
const maxTables = 2000

// sql reads the rows of a dump: the names of their columns stand in the statement, or
// where the table was made.
func (f *finder) sql(text string) {
	if !holdsFold(text, "insert") && !holdsFold(text, "copy ") {
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
		d.columns, d.copied = namesOf(m[2]), true
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
		if d.columns = nil; m[4] >= 0 {
			d.columns = namesOf(line[m[4]+1 : m[5]-1])
		} else {
			d.columns = d.tables[nameOf(line[m[2]:m[3]])]
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
	person := false
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
			}
		}
	}
}

func (d *dump) value(i int, v string) {
	v = strings.TrimSpace(v)
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
