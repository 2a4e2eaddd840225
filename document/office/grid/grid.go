// Package grid finds the label of each cell of a table and the numbers that a row spreads over
// neighbouring cells.
package grid

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/internal/columns"
)

// Cell is one cell of a table row.
type Cell struct {
	Col     int // from 0
	Text    string
	Heading bool // the file itself says that this is a heading
}

// Grid finds the label of each cell while rows pass by: the heading of its
// column or, in a form, the text of the cell to its left.
type Grid struct {
	head  map[int]string // headings of the row chosen as heading row
	weak  map[int]string // first text of each column
	names map[string]bool
	form  bool   // the first full row was name, value, name, value
	first []Cell // that row, until the next one tells that it was headings after all
}

// MaxColumns is how many columns of a table have headings; the cells of others have none.
const MaxColumns = 20_000

var words = regexp.MustCompile(`(?i)^[^\pL]*(?:navn|fornavn|efternavn|cpr|cvr|person|p-?nr|adresse|vej|post|by$|kommune|telefon|tlf|mobil|e-?mail|mail|sag|journal|dato|født|fødsel|alder|køn|id\b|nr|nummer|konto|reg|beløb|status|type|emne|afdeling|enhed|bemærk|note|kommentar|skole|klasse|barn|barnet|forælder|mor\b|far\b|borger|medarbejder|ansat|løn|stilling|diagnose|ydelse|periode|start|slut|name|address|phone|birth|ssn|date|number|account|amount)`)

// isName tells a text that begins like the name of a field. Labels repeat row by
// row, so the answers are kept.
func (g *Grid) isName(s string) bool {
	if known, ok := g.names[s]; ok {
		return known
	}
	is := words.MatchString(s)
	if len(s) < 100 && len(g.names) < 2000 {
		if g.names == nil {
			g.names = map[string]bool{}
		}
		g.names[s] = is
	}
	return is
}

// Row returns the label of each cell, "" for a heading or where there is none.
func (g *Grid) Row(cells []Cell) []string {
	labels := make([]string, len(cells))
	if g.head == nil {
		g.head, g.weak = map[int]string{}, map[int]string{}
	}
	first := g.first
	g.first = nil
	if g.heading(cells) {
		for _, c := range cells {
			if c.Col < MaxColumns {
				g.head[c.Col] = label(c.Text)
			}
		}
		return labels
	}
	g.reconsider(first, cells)
	left := ""
	for i, c := range cells {
		if strings.TrimSpace(c.Text) == "" {
			continue
		}
		above, weak := g.head[c.Col], g.weak[c.Col]
		switch {
		case left != "" && (above == "" || g.isName(left) && !g.isName(above)):
			labels[i] = left
		case above != "":
			labels[i] = above
		case weak != "" && weak != label(c.Text):
			labels[i] = weak
		}
		left = ""
		if Labelish(c.Text) {
			left = label(c.Text)
			if weak == "" && c.Col < MaxColumns && len(left) <= 40 {
				g.weak[c.Col] = left
			}
		}
	}
	return labels
}

// reconsider takes the first row of what looked like a form for headings when the
// next begins with a value, or has one below the name of a field: "Dato, Vikar,
// CPR-nr., Timer" over "02-11-2026, Vikarbureau, 010203-...".
func (g *Grid) reconsider(first, cells []Cell) {
	if first == nil {
		return
	}
	named, value, begun := map[int]bool{}, false, ""
	for _, c := range first {
		named[c.Col] = g.isName(c.Text)
	}
	for _, c := range cells {
		if strings.TrimSpace(c.Text) == "" {
			continue
		}
		if begun == "" {
			begun = c.Text
		}
		value = value || named[c.Col] && !Labelish(c.Text)
	}
	if begun == "" || g.isName(begun) || Labelish(begun) && !value {
		return
	}
	g.form, g.weak = false, map[int]string{}
	for _, c := range first {
		if c.Col < MaxColumns {
			g.head[c.Col] = label(c.Text)
		}
	}
}

// heading decides whether the row is the table's heading row.
func (g *Grid) heading(cells []Cell) bool {
	full, named, even, odd, evens := 0, 0, 0, 0, 0
	for _, c := range cells {
		if strings.TrimSpace(c.Text) == "" {
			continue
		}
		if c.Heading {
			return true
		}
		if !Labelish(c.Text) {
			return false
		}
		if full%2 == 0 {
			evens++
		}
		if g.isName(c.Text) {
			named++
			if full%2 == 0 {
				even++
			} else {
				odd++
			}
		} else if len(g.head) > 0 || g.form {
			return false // only a row of nothing but names replaces a heading
		}
		full++
	}
	if full < 2 {
		return false
	}
	if named == full {
		return true // also replaces the heading of a table above
	}
	if len(g.head) > 0 || g.form {
		return false
	}
	if full == 2 || even == evens && odd == 0 {
		g.form, g.first = true, slices.Clone(cells)
		return false
	}
	return true
}

// Labelish tells a text that may name a column or field from a value.
func Labelish(s string) bool {
	if len(s) > 240 || utf8.RuneCountInString(s) > 80 {
		return false
	}
	letters, run := 0, 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			if run++; run >= 4 {
				return false
			}
			continue
		}
		run = 0
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters >= 2 && !strings.Contains(s, "@")
}

func label(s string) string {
	return strings.TrimRight(strings.Join(strings.Fields(s), " "), " :")
}

// Comb returns CPR numbers that a row spreads over neighbouring cells: one digit
// a cell as in a form's boxes, or the date, whole or in pairs, apart from the
// serial; labels tell two columns that need not be neighbours. From is the index of
// the first cell.
func Comb(cells []Cell, labels []string) (found []Joined) {
	pairs := false
	for i := 0; i < len(cells); i++ {
		digits, j, size, even := 0, i, 0, true
		var b strings.Builder
		for j < len(cells) && digits < 10 && even && (j == i || cells[j].Col == cells[j-1].Col+1) {
			t := strings.TrimSpace(cells[j].Text)
			n := digitCount(t)
			if n < 0 || n == 6 && strings.Contains(strings.Trim(t, "-"), "-") {
				break // a date "07-06-58" needs its heading, see columns.Join
			}
			switch {
			case n == 0: // a dash of its own
			case digits < 6: // the date: cells of one size, ending with it
				even = (size == 0 || n == size) && (n == 1 || n == 2 || n == 6)
				size = n
			default:
				even = n == 1 || n == 4
			}
			b.WriteString(t)
			digits += n
			j++
		}
		if digits == 10 && even && j-i > 1 {
			found = append(found, Joined{From: i, Text: b.String()})
			i, pairs = j-1, pairs || size == 2
		}
	}
	if len(found) > 0 && !pairs || len(cells) < 2 || len(labels) == 0 {
		return found
	}
	values := make([]string, len(cells))
	for i, c := range cells {
		values[i] = c.Text
	}
	return append(found, columns.Join(labels, values)...) // headings tell day, month and year
}

// Joined is a number put together from cells of one row.
type Joined = columns.Joined

// digitCount is the number of digits of a text made of digits and dashes only,
// -1 for any other.
func digitCount(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] >= '0' && s[i] <= '9':
			n++
		case s[i] == '-':
		default:
			return -1
		}
	}
	return n
}
