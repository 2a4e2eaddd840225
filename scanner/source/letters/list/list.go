// Package list reads lists of recipients: tables with columns such as Navn, CPR,
// Adresse and Fil, in any order and under many headings or under none, tables in a
// Word document, and the job files of print systems in XML or JSON.
package list

import (
	"maps"
	"path"
	"slices"
	"strings"

	"brevvagt/document"
)

// List is a list of recipients that was read.
type List struct {
	Path     string
	Rows     []Row
	HasFiles bool // one column names files
	HasPages bool // one column says on which page of a merged file a row's letter begins
	Homes    bool // it has addresses and nobody's name or number
}

// Row is one recipient as written.
type Row struct {
	Name    string
	Number  string   // ten digits, "" without one
	Company string   // CVR number, eight digits, "" for a person
	Address string   // in lines
	Files   []string // the cell with the file's name, then its parts if it may name several
	Others  []Person // who else the row names, as a child beside its parent
	Cells   []string // all cells in the order of the columns, "" for none
	Page    int      // on which its letter begins in a merged file, where the list has pages
}

// Person is somebody whom a row names beside its recipient.
type Person struct{ Name, Number string }

// sheets end the names of files that are tables, exports those of texts that often
// are; records those that may be lists of records.
var (
	sheets  = []string{".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}
	exports = []string{".txt", ".dat", ".skv", ".asc", ".prn"}
	records = []string{".xml", ".json", ".jsonl", ".docx", ".odt", ".rtf", ".html", ".htm"}
)

// IsTable reports whether a file is a table by its name.
func IsTable(name string) bool {
	return slices.Contains(sheets, strings.ToLower(path.Ext(name)))
}

// IsExport reports whether a file may be a table by its name, as exports are that
// bear the name of a text.
func IsExport(name string) bool {
	return slices.Contains(exports, strings.ToLower(path.Ext(name)))
}

// IsJob reports whether a file may be the job file of a print system by its name.
func IsJob(name string) bool {
	return slices.Contains([]string{".xml", ".json", ".jsonl"}, strings.ToLower(path.Ext(name)))
}

// IsPaper reports whether a file may be a document that holds a table, by its name.
func IsPaper(name string) bool {
	return !IsJob(name) && slices.Contains(records, strings.ToLower(path.Ext(name)))
}

// Of finds the one list of recipients of an item; ok is false when there is
// none, or more than one. Tables go before exports, and these before records.
func Of(doc *document.Document) (List, bool) {
	for _, read := range []func(*document.Document) []List{sheetLists(IsTable), sheetLists(IsExport), recordLists} {
		if found := people(read(doc)); len(found) > 0 {
			return found[0], len(found) == 1
		}
	}
	return List{}, false
}

// people leaves out the lists of mere addresses where there are others.
func people(found []List) []List {
	named := slices.DeleteFunc(slices.Clone(found), func(l List) bool { return l.Homes })
	if len(named) > 0 {
		return named
	}
	return found
}

// sheetLists reads the sheets of an item in the files of one kind; of a workbook's
// the longest list counts.
func sheetLists(kind func(name string) bool) func(*document.Document) []List {
	return func(doc *document.Document) []List { return listsIn(doc, kind) }
}

func listsIn(doc *document.Document, kind func(name string) bool) []List {
	all := make(map[string]*table)
	var order []string
	texts := make(map[string][]string)
	for i := range doc.Segments {
		s := &doc.Segments[i]
		if !kind(s.At.Path) || s.At.Layer == document.Comment {
			continue
		}
		if s.At.Cell == "" {
			if IsExport(s.At.Path) && s.At.Layer == document.Visible {
				texts[s.At.Path] = append(texts[s.At.Path], strings.Split(s.Text, "\n")...)
			}
			continue
		}
		sheet, cell, ok := strings.Cut(s.At.Cell, "!")
		if !ok {
			sheet, cell = "", s.At.Cell
		}
		id := s.At.Path + "\x00" + sheet
		if all[id] == nil {
			all[id] = &table{path: s.At.Path, cells: make(map[int]map[string]string)}
			order = append(order, id)
		}
		all[id].put(cell, s.Text)
	}
	for _, at := range slices.Sorted(maps.Keys(texts)) {
		if t, ok := bare(at, texts[at]); ok && all[at+"\x00"] == nil {
			all[at+"\x00"] = t
			order = append(order, at+"\x00")
		}
	}
	var found []List
	for _, id := range order {
		list, ok := all[id].read()
		switch last := len(found) - 1; {
		case !ok || within(list.Path, doc):
		case last >= 0 && found[last].Path == list.Path:
			if len(list.Rows) > len(found[last].Rows) {
				found[last] = list
			}
		default:
			found = append(found, list)
		}
	}
	return found
}

// within reports whether a table lies inside another document, such as a sheet in
// a letter: it is then that document's and lists nobody's recipients.
func within(at string, doc *document.Document) bool {
	for i := range doc.Parts {
		p := &doc.Parts[i]
		if strings.HasPrefix(at, p.Path+"/") && !slices.Contains([]string{"zip", "tar", "7z", "rar", "compressed"}, p.Type) && (p.Type != "mail" || strings.Contains(p.Path, "/")) {
			return true
		}
	}
	return false
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
