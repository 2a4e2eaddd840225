// Package filekey tells by the name of a file whose it is: by a column of a list that
// names files, by a number or name of a row within the file's name, or by nothing but
// the person it is named after.
package filekey

import (
	"iter"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"brevvagt/detectors/subject"
	"brevvagt/scanner/source/letters/list"
)

// maxWindow is how many parts of a file's name are put together to make a key.
const maxWindow = 8

// pieces splits a file's name at everything but letters and digits, and between the
// two: "Brev_2026-000123" is Brev, 2026, 000123.
func pieces(name string) []string {
	var out []string
	kind := func(r rune) int {
		switch {
		case unicode.IsDigit(r):
			return 1
		case unicode.IsLetter(r):
			return 2
		}
		return 0
	}
	start, now := 0, 0
	for i, r := range name {
		if k := kind(r); k != now {
			if now != 0 {
				out = append(out, name[start:i])
			}
			start, now = i, k
		}
	}
	if now != 0 {
		out = append(out, name[start:])
	}
	return out
}

// keysOf are the forms in which a cell may be part of a file's name, none when it says
// too little. serial tells a short number, which may only be the last of a name. Nine
// digits may be a CPR number that lost the zero in front, or a case number.
func keysOf(cell string) (keys []string, serial bool) {
	if digitsOnly(cell) && len(cell) < 5 {
		return []string{strings.TrimLeft(cell, "0")}, true
	}
	if d := list.Digits(cell); d != "" && strings.Trim(cell, "0123456789- ") == "" {
		keys = append(keys, d)
	}
	if f := strings.ReplaceAll(subject.Fold(cell), "/", ""); len(f) >= 3 && len(f) <= 40 && strings.ContainsAny(cell, "0123456789") && !slices.Contains(keys, f) {
		keys = append(keys, f)
	}
	return keys, false
}

func digitsOnly(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// keysIn gives the keys that a file's name may hold, the longest first.
func keysIn(parts []string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for n := min(maxWindow, len(parts)); n > 0; n-- {
			for i := 0; i+n <= len(parts); i++ {
				if k := subject.Fold(strings.Join(parts[i:i+n], "")); len(k) >= 3 && strings.ContainsAny(k, "0123456789") && !yield(k) {
					return
				}
			}
		}
	}
}

// Column is the rows of a list by the keys in one column.
type Column struct {
	files  [][]string
	rows   map[string]int
	names  people
	serial bool // the keys are short numbers, of which one place in a name has this row's
}

// NewColumn indexes the cells of one column, one a row, for files with names of these
// Pieces. A key on two rows tells neither, unless same says that they are one person's:
// then it is the first's.
func NewColumn(cells []string, same func(i, j int) bool, files [][]string) Column {
	out := Column{files: files, rows: make(map[string]int), names: newPeople(cells, same, files)}
	serials := 0
	for i, cell := range cells {
		keys, serial := keysOf(cell)
		if serial && keys[0] != "" {
			serials++
		}
		for _, k := range keys {
			if first, ok := out.rows[k]; k != "" && !ok {
				out.rows[k] = i
			} else if k != "" && first >= 0 && !same(first, i) {
				out.rows[k] = -1
			}
		}
	}
	out.serial = serials*10 >= len(cells)*9
	if !out.serial && serials > 0 {
		out.rows = nil
	}
	return out
}

// Rows finds the row of each file, -1 for none, and counts those found. The number of a row stands at one place in all names, before or behind
// other numbers: "0004_bilag2" and "2057 brev 4" are both the fourth's. Where a
// column is of such numbers, nearly all files must have one.
func (c Column) Rows() (rows []int, found int) {
	if !c.serial {
		return c.each(c.row)
	}
	rows, found = c.each(func(parts []string) (int, bool) { return c.numbered(slices.Backward(parts)) })
	first, n := c.each(func(parts []string) (int, bool) { return c.numbered(slices.All(parts)) })
	if n > found || n == found && most(first) < most(rows) {
		rows, found = first, n
	}
	if found*10 < len(c.files)*9 {
		found = 0
	}
	return rows, found
}

func (c Column) each(row func(parts []string) (int, bool)) (rows []int, found int) {
	rows = make([]int, len(c.files))
	for i, parts := range c.files {
		var ok bool
		if rows[i], ok = row(parts); ok {
			found++
		} else {
			rows[i] = -1
		}
	}
	return rows, found
}

// most is how many files the row has that has most of them: the number of an
// enclosure gives those of all to one.
func most(rows []int) int {
	count, out := make(map[int]int), 0
	for _, row := range rows {
		if row >= 0 {
			count[row]++
			out = max(out, count[row])
		}
	}
	return out
}

// numbered finds the row by the first number of a name that may be one of a row's.
func (c Column) numbered(parts iter.Seq2[int, string]) (int, bool) {
	for _, part := range parts {
		if digitsOnly(part) {
			row, ok := c.rows[strings.TrimLeft(part, "0")]
			return row, ok && row >= 0
		}
	}
	return 0, false
}

func (c Column) row(parts []string) (int, bool) {
	for k := range keysIn(parts) {
		if row, ok := c.rows[k]; ok && row >= 0 {
			return row, true
		}
	}
	return c.names.row(parts)
}

// Pieces are the parts of a file's name without its extension, or of a folder's, which
// ends with a slash.
func Pieces(at string) []string {
	if folder, ok := strings.CutSuffix(at, "/"); ok {
		return pieces(path.Base(folder))
	}
	name := path.Base(at)
	return pieces(strings.TrimSuffix(name, path.Ext(name)))
}

// Least numbers of files that are a run by their names alone.
const numbersFrom, namesFrom = 3, 5

// NamedAfter makes a list of files that are all named after the person they are for,
// by CPR number or by name; ok is false when they are not.
func NamedAfter(paths []string) (list.List, bool) {
	for _, by := range []struct {
		of   func([]string) list.Row
		from int
	}{{rowByNumber, numbersFrom}, {rowByName, namesFrom}} {
		var out list.List
		seen := make(map[string]bool)
		named := 0
		for _, p := range paths {
			row := by.of(Pieces(p))
			if row.Name == "" && row.Number == "" {
				continue
			}
			named++
			if id := row.Number + strings.ToLower(row.Name); !seen[id] {
				seen[id] = true
				row.Cells = []string{row.Number, row.Name}
				out.Rows = append(out.Rows, row)
			}
		}
		if len(out.Rows) >= by.from && named*10 >= len(paths)*9 && len(out.Rows)*2 >= named {
			return out, true
		}
	}
	return list.List{}, false
}

func rowByNumber(parts []string) list.Row {
	for i := range parts {
		for n := 1; n <= 2 && i+n <= len(parts); n++ {
			if s := strings.Join(parts[i:i+n], ""); len(s) == 10 && list.IsNumber(s) {
				return list.Row{Number: s}
			}
		}
	}
	return list.Row{}
}

// rowByName takes the row of words in capitals that begins with a first name.
func rowByName(parts []string) list.Row {
	var name []string
	for _, w := range parts {
		capital := unicode.IsUpper([]rune(w)[0])
		if capital && (len(name) > 0 || subject.Forename(w)) {
			name = append(name, w)
			continue
		}
		if len(name) > 1 {
			break
		}
		name = nil
	}
	if len(name) < 2 || len(name) > 6 {
		return list.Row{}
	}
	return list.Row{Name: strings.Join(name, " ")}
}

// Serial reports whether the names of files bear the numbers of a series, in front or
// behind all others: nearly every number once, and few left out. Case numbers and the
// years in them are no series.
func Serial(paths []string) bool {
	var front, back []string
	for _, p := range paths {
		var digits []string
		for _, part := range Pieces(p) {
			if digitsOnly(part) {
				digits = append(digits, part)
			}
		}
		if len(digits) == 0 {
			return false
		}
		front, back = append(front, digits[0]), append(back, digits[len(digits)-1])
	}
	return series(front) || series(back)
}

func series(numbers []string) bool {
	low, high, seen := 0, 0, make(map[int]bool)
	for i, s := range numbers {
		n, err := strconv.Atoi(s)
		if err != nil {
			return false
		}
		if i == 0 {
			low, high = n, n
		}
		low, high, seen[n] = min(low, n), max(high, n), true
	}
	return len(seen)*10 >= len(numbers)*9 && high-low < 2*len(numbers)
}
