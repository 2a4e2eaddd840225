package table

import (
	"regexp"
	"strconv"
	"strings"

	"brevvagt/document"
)

// maxRelations is how many tables of one database are read, maxVirtual how many virtual
// ones are asked for a table's name.
const (
	maxRelations = 10_000
	maxVirtual   = 1000
)

// declare takes a row of the schema: (type, name, table, page, statement).
func (db *database) declare(cells []value, found []*relation) []*relation {
	if len(cells) < 5 {
		db.damaged = true
		return found
	}
	sql := cells[4].text
	// A statement keeps the remarks and the constants of who wrote it.
	db.out.Segment(document.Segment{Text: sql, At: document.Location{Layer: document.Metadata}})
	if len(db.virtual) < maxVirtual && created.MatchString(sql) && strings.Contains(strings.ToLower(sql[:min(len(sql), 30)]), "virtual") {
		db.virtual = append(db.virtual, cells[1].text+"_")
	}
	root, err := strconv.Atoi(cells[3].text)
	if err != nil || root == 0 {
		return found // a view, a trigger, a virtual table
	}
	if len(found) >= maxRelations {
		db.damaged = true
		return found
	}
	r := &relation{rows: rows{out: db.out, sheet: cells[1].text + "!"}, root: root, key: -1}
	if cells[0].text == "table" {
		var keys []string
		r.columns, keys = columnsOf(sql)
		if withoutRow.MatchString(sql) {
			r.columns = keysFirst(r.columns, keys)
		} else {
			r.key = rowKey(r.columns)
		}
		for _, v := range db.virtual {
			r.shadow = r.shadow || strings.HasPrefix(cells[1].text, v)
		}
		r.rows.named(namesOf(r.columns))
	} else {
		r.row = func([]value) {} // an index says again what its table says
	}
	return append(found, r)
}

var (
	created    = regexp.MustCompile(`(?i)^\s*create\s+(?:temp(?:orary)?\s+)?(?:virtual\s+)?table\b`)
	withoutRow = regexp.MustCompile(`(?i)\)[^)]*\bwithout\s+rowid\b[^)]*$`)
	rowNumber  = regexp.MustCompile(`(?i)^\s*integer\b.*\bprimary\s+key\b`)
	primary    = regexp.MustCompile(`(?i)\bprimary\s+key\b`)
	remark     = regexp.MustCompile(`(?s)--[^\n]*|/\*.*?\*/`)
	constraint = regexp.MustCompile(`(?i)^(?:constraint|primary\s+key|unique|check|foreign\s+key)\b`)
)

// column is a column as its table declares it.
type column struct{ name, rest string }

func namesOf(list []column) []string {
	names := make([]string, len(list))
	for i, c := range list {
		names[i] = c.name
	}
	return names
}

// rowKey is the column that has the row's own number: it is stored as nothing.
func rowKey(list []column) int {
	for i, c := range list {
		if rowNumber.MatchString(c.rest) {
			return i
		}
	}
	return -1
}

// columnsOf reads the columns of a CREATE TABLE, and its key where that is a clause.
func columnsOf(sql string) (list []column, keys []string) {
	_, body, _ := strings.Cut(remark.ReplaceAllString(sql, " "), "(")
	for _, item := range clauses(body) {
		item = strings.TrimSpace(item)
		if m := constraint.FindString(item); m != "" {
			if _, inner, ok := strings.Cut(item, "("); ok && primary.MatchString(item) {
				for _, k := range clauses(inner) {
					name, _ := identifier(strings.TrimSpace(k))
					keys = append(keys, name)
				}
			}
			continue
		}
		if name, rest := identifier(item); name != "" && len(list) < maxColumns {
			list = append(list, column{name, rest})
		}
	}
	return list, keys
}

// clauses splits what stands in a bracket, up to its end, at the commas.
func clauses(s string) (list []string) {
	depth, start, quote := 0, 0, byte(0)
	for i := range len(s) {
		c := s[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '[':
			quote = ']'
		case c == '(':
			depth++
		case c == ')' && depth == 0:
			return append(list, s[start:i])
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			list, start = append(list, s[start:i]), i+1
		}
	}
	return append(list, s[start:])
}

// identifier takes the name off the front of a clause.
func identifier(s string) (name, rest string) {
	if s == "" {
		return "", ""
	}
	if i := strings.IndexByte("\"'`[", s[0]); i >= 0 {
		if end := strings.IndexByte(s[1:], "\"'`]"[i]); end >= 0 {
			return s[1 : 1+end], s[2+end:]
		}
	}
	if i := strings.IndexAny(s, " \t\r\n("); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// keysFirst puts the columns in the order in which a table without row numbers has them.
func keysFirst(list []column, keys []string) []column {
	at := make(map[string]int, len(list))
	for i, c := range list {
		at[strings.ToLower(c.name)] = i
	}
	used := make([]bool, len(list))
	var first, others []column
	for _, k := range keys {
		if i, ok := at[strings.ToLower(k)]; ok && !used[i] {
			used[i] = true
			first = append(first, list[i])
		}
	}
	for i, c := range list {
		switch {
		case used[i]:
		case len(keys) == 0 && primary.MatchString(c.rest):
			first = append(first, c)
		default:
			others = append(others, c)
		}
	}
	return append(first, others...)
}
