package list

import (
	"slices"
	"strconv"
	"strings"

	"brevvagt/detectors/subject"
)

// table is a sheet as rows of cells.
type table struct {
	path  string
	cells map[int]map[string]string // row → column letters → text
	rows  []int
}

func (t *table) put(cell, text string) {
	col := strings.TrimRight(strings.ReplaceAll(cell, "$", ""), "0123456789")
	row, err := strconv.Atoi(cell[strings.LastIndexFunc(cell, func(r rune) bool { return r < '0' || r > '9' })+1:])
	if err != nil {
		return
	}
	if t.cells[row] == nil {
		t.cells[row] = make(map[string]string)
		t.rows = append(t.rows, row)
	}
	t.cells[row][col] = text
}

// maxColumns bounds the columns of a text that is read as a table.
const maxColumns = 26

// bare reads the lines of a text as a table: an export without headings, which no
// reader takes for one. All its lines have the same number of fields.
func bare(at string, lines []string) (*table, bool) {
	lines = slices.DeleteFunc(lines, func(l string) bool { return strings.TrimSpace(l) == "" })
	if len(lines) < guessFrom {
		return nil, false
	}
	for _, d := range []string{"\t", ";", "|"} {
		want := strings.Count(lines[0], d)
		if want < 1 || want >= maxColumns || slices.ContainsFunc(lines, func(l string) bool { return strings.Count(l, d) != want }) {
			continue
		}
		t := &table{path: at, cells: make(map[int]map[string]string)}
		for row, l := range lines {
			for col, text := range strings.Split(l, d) {
				t.put(string(rune('A'+col))+strconv.Itoa(row+1), strings.Trim(text, " \""))
			}
		}
		return t, true
	}
	return nil, false
}

// headingRows is how far down a sheet its headings may stand.
const headingRows = 10

// head is what the columns of a table hold.
type head struct {
	is    map[string]column // by the column's letters
	who   map[string]string // of names, numbers and addresses
	rank  map[string]int    // of who
	also  map[string]string // the other name that a heading has for a person → who
	order []string          // all columns from left to right
}

func newHead() head {
	return head{make(map[string]column), make(map[string]string), make(map[string]int), make(map[string]string), nil}
}

// column takes note of what a column's heading says.
func (h *head) column(col, heading string, is column) {
	who, also, rank := role(heading)
	h.is[col], h.who[col], h.rank[col] = is, who, rank
	if also != "" {
		h.also[also] = who
	}
}

// person is who a column is of, by one name.
func (h *head) person(col string) string {
	who := h.who[col]
	if one, ok := h.also[who]; ok {
		return one
	}
	return who
}

// read makes recipients of a table's rows. A list names people or their numbers,
// and has at least two known columns. One without headings is known by what its
// columns hold.
func (t *table) read() (List, bool) {
	slices.Sort(t.rows)
	best, h := -1, head{}
	for i, row := range t.rows[:min(len(t.rows), headingRows)] {
		next := newHead()
		for col, text := range t.cells[row] {
			if c := columnOf(text); c != nothing {
				next.column(col, text, c)
			}
		}
		if len(next.is) > len(h.is) {
			best, h = i, next
		}
	}
	list := List{Path: t.path}
	if !h.people() {
		if guessed := t.guess(); guessed.people() {
			best, h = -1, guessed
		} else if list.Homes = h.homes(); !list.Homes {
			return list, false
		}
	}
	h.order = t.columns()
	if best >= 0 {
		t.unheaded(&h, best)
	}
	list.HasFiles = h.has(fileName)
	for _, row := range t.rows[best+1:] {
		if r := h.row(t.cells[row]); (r.Name != "" || r.Number != "" || r.Company != "" || list.Homes && r.Address != "") && !r.sum() {
			list.Rows = append(list.Rows, r)
		}
	}
	list.HasPages = h.has(firstPage) && paged(list.Rows)
	return list, len(list.Rows) > 0 && (!list.Homes || len(list.Rows) >= guessFrom)
}

// sums are the words that a row begins with, folded, that counts the others.
var sums = []string{"ialt", "total", "totalt", "sum", "antal", "samlet", "slut", "antalmodtagere", "antalbreve", "antalraekker", "antalposter", "slutpaaliste"}

// sum reports whether a row is the count or sum below a list and nobody's: its first
// cell says so, and it has neither number nor address. A row that is left out is
// found all the same should a letter be made out for it: nobody is to have that.
func (r *Row) sum() bool {
	if r.Number != "" || r.Company != "" || strings.TrimSpace(r.Address) != "" {
		return false
	}
	for _, c := range r.Cells {
		if c != "" {
			return slices.Contains(sums, strings.TrimRight(subject.Fold(c), "0123456789"))
		}
	}
	return false
}

func (h *head) has(c column) bool {
	for _, is := range h.is {
		if is == c {
			return true
		}
	}
	return false
}

// people reports whether these are the columns of a list of people.
func (h *head) people() bool {
	return len(h.is) >= 2 && (h.has(fullName) || h.has(lastName) || h.has(cprNumber))
}

// homes reports whether these are the columns of a list of addresses: a road and a house,
// and the town or the letters that go there.
func (h *head) homes() bool {
	return h.has(address) && (h.has(postCode) || h.has(fileName))
}

// paged reports whether the pages of the rows are where their letters begin, and not how
// many each has: no two rows begin on one page, and some row does so behind the last row.
func paged(rows []Row) bool {
	seen, last := make(map[int]bool), 0
	for i := range rows {
		n := rows[i].Page
		if n <= 0 || seen[n] {
			return false
		}
		seen[n], last = true, max(last, n)
	}
	return len(rows) > 1 && last >= len(rows)
}

// pageOf is the first number of a cell such as "3", "s. 3-4" or "side 3"; 0 for none.
func pageOf(text string) int {
	at := strings.IndexAny(text, "0123456789")
	if at < 0 || at > len("sidenr. ") {
		return 0
	}
	digits := text[at:]
	if k := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); k >= 0 {
		digits = digits[:k]
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n > maxPage {
		return 0
	}
	return n
}

// maxPage is the highest page that a list may name.
const maxPage = 1_000_000

// columns are the letters of all columns from left to right: "B" stands before "AA".
func (t *table) columns() []string {
	seen := make(map[string]bool)
	var out []string
	for _, cells := range t.cells {
		for col := range cells {
			if !seen[col] {
				seen[col] = true
				out = append(out, col)
			}
		}
	}
	slices.SortFunc(out, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return out
}

// group is one of the people of a row.
type group struct {
	who  string
	rank int
	by   map[column]string
}

// row reads one row. Of several people the one who gets the letter is the
// recipient, by the words of the headings; the others are declared beside.
func (h *head) row(cells map[string]string) Row {
	var groups []*group
	of := func(col string) *group {
		for _, g := range groups {
			if g.who == h.person(col) {
				g.rank = min(g.rank, h.rank[col])
				return g
			}
		}
		groups = append(groups, &group{h.person(col), h.rank[col], make(map[column]string)})
		return groups[len(groups)-1]
	}
	var out Row
	for _, col := range h.order {
		text := strings.TrimSpace(cells[col])
		out.Cells = append(out.Cells, text)
		if c := h.is[col]; c != nothing && text != "" {
			by := of(col).by
			if by[c] != "" && by[c] != text {
				text = by[c] + sep(c) + text
			}
			by[c] = text
		}
	}
	slices.SortStableFunc(groups, func(a, b *group) int { return a.rank - b.rank })
	var rest *group
	for _, g := range groups {
		p := Person{g.name(), Digits(g.by[cprNumber])}
		switch {
		case p.Name == "" && p.Number == "":
			if rest == nil {
				rest = g
			}
		case out.Name == "" && out.Number == "":
			out.Name, out.Number, out.Address = p.Name, p.Number, g.address()
		case out.Name == "" && p.Number == "" && g.who == "", out.Number == "" && p.Name == "" && g.who == "":
			// "Modtager" beside a plain "CPR": one person.
			out.Name, out.Number = out.Name+p.Name, out.Number+p.Number
		default:
			out.Others = append(out.Others, p)
		}
		out.Files = append(out.Files, refsOf(g.by[fileName])...)
		if out.Page == 0 {
			out.Page = pageOf(g.by[firstPage])
		}
		if n := eightDigits(g.by[cvrNumber]); n != "" {
			out.Company = n
		}
		if c := g.by[careOf]; c != "" {
			for _, mark := range []string{"c/o", "C/O", "C/o", "co "} {
				c = strings.TrimPrefix(c, mark)
			}
			if c = strings.TrimSpace(c); len(strings.Fields(c)) > 1 && !strings.ContainsAny(c, "0123456789") {
				out.Others = append(out.Others, Person{Name: c})
			}
		}
	}
	for _, g := range groups {
		if out.Address == "" {
			out.Address = g.address()
		}
		if out.Name == "" && rest != nil && out.Company != "" {
			out.Name = g.name()
		}
	}
	return out
}

func (g *group) name() string {
	if n := g.by[fullName]; n != "" {
		if g.by[firstName] != "" && g.by[lastName] == "" && !strings.Contains(n, " ") {
			return g.by[firstName] + " " + n
		}
		return n
	}
	return strings.TrimSpace(g.by[firstName] + " " + g.by[lastName])
}

func (g *group) address() string {
	at := g.by[address]
	if g.by[houseNumber] != "" {
		at += " " + g.by[houseNumber]
	}
	if g.by[postCode] != "" {
		at += "\n" + strings.TrimSpace(g.by[postCode]+" "+g.by[town])
	}
	return at
}

func sep(c column) string {
	switch c {
	case firstName, lastName:
		return " "
	case fileName:
		return ";"
	}
	return "\n"
}

// eightDigits are the digits of a CVR number, "" when it is none.
func eightDigits(s string) string {
	d := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
	if len(d) != 8 {
		return ""
	}
	return d
}
