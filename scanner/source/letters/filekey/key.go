// Package filekey tells by the name of a file whose it is: by a column of a list that
// names files, by a number or name of a row within the file's name, or by nothing but
// the person it is named after.
package filekey

import (
	"path"
	"slices"
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

// keyOf is the form of a cell in which it may be part of a file's name, "" when it
// says too little. serial tells a short number, which may only be the last of a name.
func keyOf(cell string) (key string, serial bool) {
	if d := list.Digits(cell); d != "" && strings.Trim(cell, "0123456789- ") == "" {
		return d, false
	}
	if digitsOnly(cell) && len(cell) < 5 {
		return strings.TrimLeft(cell, "0"), true
	}
	if !strings.ContainsAny(cell, "0123456789") {
		return nameKey(pieces(cell)), false
	}
	if f := subject.Fold(cell); len(f) >= 3 && len(f) <= 40 {
		return strings.ReplaceAll(f, "/", ""), false
	}
	return "", false
}

func digitsOnly(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// nameKey is a name whatever the order of its words; it needs two of them.
func nameKey(words []string) string {
	if len(words) < 2 || len(words) > 6 {
		return ""
	}
	var folded []string
	for _, w := range words {
		folded = append(folded, subject.Fold(w))
	}
	slices.Sort(folded)
	return strings.Join(folded, " ")
}

// keysIn gives the keys that a file's name may hold, the longest first.
func keysIn(parts []string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for n := min(maxWindow, len(parts)); n > 0; n-- {
			for i := 0; i+n <= len(parts); i++ {
				window := parts[i : i+n]
				if k := subject.Fold(strings.Join(window, "")); len(k) >= 3 && strings.ContainsAny(k, "0123456789") && !yield(k) {
					return
				}
				if k := nameKey(window); k != "" && !strings.ContainsAny(k, "0123456789") && !yield(k) {
					return
				}
			}
		}
	}
}

// Column is the rows of a list by the keys in one column.
type Column struct {
	rows map[string]int
	// Serial says that the keys are short numbers, which may only be the last of a name.
	Serial bool
}

// Row finds the row whose key is in the name of a file, by its Pieces.
func (c Column) Row(parts []string) (int, bool) {
	if c.Serial {
		for i := len(parts) - 1; i >= 0; i-- {
			if digitsOnly(parts[i]) {
				row, ok := c.rows[strings.TrimLeft(parts[i], "0")]
				return row, ok && row >= 0
			}
		}
		return 0, false
	}
	for k := range keysIn(parts) {
		if row, ok := c.rows[k]; ok && row >= 0 {
			return row, true
		}
	}
	return 0, false
}

// NewColumn indexes the cells of one column, one a row. A key on two rows tells
// neither, unless same says that they are one person's: then it is the first's.
func NewColumn(cells []string, same func(i, j int) bool) Column {
	out := Column{rows: make(map[string]int)}
	serials := 0
	for i, cell := range cells {
		k, serial := keyOf(cell)
		if k == "" {
			continue
		}
		if serial {
			serials++
		}
		if first, ok := out.rows[k]; !ok {
			out.rows[k] = i
		} else if first >= 0 && !same(first, i) {
			out.rows[k] = -1
		}
	}
	out.Serial = serials*10 >= len(cells)*9
	if !out.Serial && serials > 0 {
		out.rows = nil
	}
	return out
}

// Pieces are the parts of a file's name without its extension.
func Pieces(at string) []string {
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
