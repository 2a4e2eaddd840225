// Package list reads lists of recipients: tables with columns such as Navn, CPR,
// Adresse and Fil, in any order and under many headings.
package list

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"brevvagt/detectors/subject"
	"brevvagt/document"
)

// column is what a column of a list holds.
type column byte

const (
	nothing column = iota
	fullName
	firstName
	lastName
	cprNumber
	address
	houseNumber
	postCode
	town
	fileName
)

// headings are column headings, folded. What is not here is tried by its parts.
var headings = map[string]column{
	"navn": fullName, "fuldenavn": fullName, "fuldtnavn": fullName, "modtager": fullName, "modtagernavn": fullName, "modtagersnavn": fullName,
	"borger": fullName, "borgernavn": fullName, "borgersnavn": fullName, "name": fullName, "fullname": fullName, "recipient": fullName, "adressat": fullName, "person": fullName,
	"fornavn": firstName, "fornavne": firstName, "mellemnavn": firstName, "firstname": firstName, "givenname": firstName,
	"efternavn": lastName, "lastname": lastName, "surname": lastName,
	"adresse": address, "adr": address, "vej": address, "gade": address, "vejnavn": address, "gadenavn": address, "address": address, "street": address,
	"husnr": houseNumber, "husnummer": houseNumber, "nrbogstav": houseNumber,
	"postnr": postCode, "postnummer": postCode, "postcode": postCode, "zip": postCode, "zipcode": postCode, "postnrby": postCode, "postnrogby": postCode,
	"by": town, "bynavn": town, "postdistrikt": town, "city": town, "town": town,
	"fil": fileName, "file": fileName, "brev": fileName, "pdf": fileName, "sti": fileName, "dokument": fileName, "bilag": fileName, "document": fileName, "letter": fileName, "filer": fileName,
}

// parts tell a heading by a part of it, in this order.
var parts = []struct {
	part string
	is   column
}{
	{"cpr", cprNumber}, {"personnummer", cprNumber}, {"personnr", cprNumber}, {"filnavn", fileName}, {"filename", fileName}, {"dokument", fileName},
	{"vedhaeft", fileName}, {"brevfil", fileName}, {"filsti", fileName}, {"pdffil", fileName}, {"adresse", address}, {"postnr", postCode}, {"fornavn", firstName}, {"efternavn", lastName},
	{"modtagernavn", fullName}, {"borgernavn", fullName},
}

func columnOf(heading string) column {
	f := strings.ReplaceAll(subject.Fold(heading), "/", "")
	if strings.HasPrefix(f, "email") || strings.HasPrefix(f, "mail") || len(f) > 40 {
		return nothing
	}
	if c, ok := headings[f]; ok {
		return c
	}
	for _, p := range parts {
		if strings.Contains(f, p.part) {
			return p.is
		}
	}
	return nothing
}

// List is a list of recipients that was read.
type List struct {
	Path     string
	Rows     []Row
	HasFiles bool // one column names files
}

// Row is one recipient as written.
type Row struct {
	Name    string
	Number  string   // ten digits, "" without one
	Address string   // in lines
	Files   []string // the cell with the file's name, then its parts if it may name several
}

// tableNames end the names of files that can be lists.
var tableNames = []string{".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}

// IsTable reports whether a file can be a list by its name.
func IsTable(name string) bool {
	return slices.Contains(tableNames, strings.ToLower(path.Ext(name)))
}

// Of finds the one list of recipients of an item; ok is false when there is
// none, or more than one.
func Of(doc *document.Document) (List, bool) {
	tables := make(map[string]*table)
	var order []string
	for i := range doc.Segments {
		s := &doc.Segments[i]
		if s.At.Cell == "" || !IsTable(s.At.Path) || s.At.Layer == document.Comment {
			continue
		}
		sheet, cell, ok := strings.Cut(s.At.Cell, "!")
		if !ok {
			sheet, cell = "", s.At.Cell
		}
		id := s.At.Path + "\x00" + sheet
		if tables[id] == nil {
			tables[id] = &table{path: s.At.Path, cells: make(map[int]map[string]string)}
			order = append(order, id)
		}
		tables[id].put(cell, s.Text)
	}
	var found []List
	for _, id := range order {
		list, ok := tables[id].read()
		switch last := len(found) - 1; {
		case !ok || within(list.Path, doc):
		case last >= 0 && found[last].Path == list.Path:
			// Of a workbook's sheets the longest list counts.
			if len(list.Rows) > len(found[last].Rows) {
				found[last] = list
			}
		default:
			found = append(found, list)
		}
	}
	if len(found) != 1 {
		return List{}, false
	}
	return found[0], true
}

// within reports whether a table lies inside another document, such as a sheet in
// a letter: it is then that document's and lists nobody's recipients.
func within(at string, doc *document.Document) bool {
	for i := range doc.Parts {
		p := &doc.Parts[i]
		if strings.HasPrefix(at, p.Path+"/") && !slices.Contains([]string{"zip", "tar", "7z", "rar", "compressed"}, p.Type) {
			return true
		}
	}
	return false
}

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

// headingRows is how far down a sheet its headings may stand.
const headingRows = 10

// read makes recipients of a table's rows. A list names people or their numbers,
// and has at least two known columns.
func (t *table) read() (List, bool) {
	slices.Sort(t.rows)
	best, known := -1, map[string]column(nil)
	for i, row := range t.rows[:min(len(t.rows), headingRows)] {
		columns := make(map[string]column)
		for col, text := range t.cells[row] {
			if c := columnOf(text); c != nothing {
				columns[col] = c
			}
		}
		if len(columns) > len(known) {
			best, known = i, columns
		}
	}
	list := List{Path: t.path}
	has := make(map[column]bool)
	for _, c := range known {
		has[c] = true
	}
	list.HasFiles = has[fileName]
	if len(known) < 2 || !(has[fullName] || has[lastName] || has[cprNumber]) {
		return list, false
	}
	for _, row := range t.rows[best+1:] {
		if r := t.row(row, known); r.Name != "" || r.Number != "" {
			list.Rows = append(list.Rows, r)
		}
	}
	return list, len(list.Rows) > 0
}

func (t *table) row(row int, known map[string]column) Row {
	by := make(map[column]string)
	cols := make([]string, 0, len(known))
	for col := range known {
		cols = append(cols, col)
	}
	// "B" stands before "AA".
	slices.SortFunc(cols, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	for _, col := range cols {
		if text := strings.TrimSpace(t.cells[row][col]); text != "" {
			c := known[col]
			if by[c] != "" {
				text = by[c] + sep(c) + text
			}
			by[c] = text
		}
	}
	name := by[fullName]
	if name == "" {
		name = strings.TrimSpace(by[firstName] + " " + by[lastName])
	}
	at := by[address]
	if by[houseNumber] != "" {
		at += " " + by[houseNumber]
	}
	if by[postCode] != "" {
		at += "\n" + strings.TrimSpace(by[postCode]+" "+by[town])
	}
	return Row{Name: name, Number: Digits(by[cprNumber]), Address: at, Files: refsOf(by[fileName])}
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

// Digits are the ten digits of a CPR number; a spreadsheet may have lost the zero
// in front. "" when it is none.
func Digits(s string) string {
	d := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
	if len(d) == 9 {
		d = "0" + d
	}
	if len(d) != 10 {
		return ""
	}
	return d
}

// refsOf gives the cell of a file's name, and its parts when it may name several.
func refsOf(s string) []string {
	if s = strings.TrimSpace(s); s == "" {
		return nil
	}
	out := []string{s}
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ';' || r == '|' || r == '\n' || r == ',' }) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}
