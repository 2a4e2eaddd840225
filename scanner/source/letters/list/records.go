package list

import (
	"slices"
	"strings"

	"brevvagt/document"
)

// recordsFrom is the least number of records that make a list.
const recordsFrom = 3

// recordLists reads files whose texts are labelled fields, in records one after the
// other: the job file of a print system, or a table in a Word document.
func recordLists(doc *document.Document) []List {
	byPath := make(map[string][]int)
	var order []string
	for i := range doc.Segments {
		s := &doc.Segments[i]
		if s.Label == "" || s.At.Layer == document.Metadata || s.At.Layer == document.Comment || !slices.ContainsFunc(records, func(e string) bool { return strings.HasSuffix(strings.ToLower(s.At.Path), e) }) {
			continue
		}
		if byPath[s.At.Path] == nil {
			order = append(order, s.At.Path)
		}
		byPath[s.At.Path] = append(byPath[s.At.Path], i)
	}
	var found []List
	for _, path := range order {
		if list, ok := readRecords(doc, path, byPath[path]); ok && !within(path, doc) {
			found = append(found, list)
		}
	}
	return found
}

// maxField is how much of the fields of one record that share a label is kept, in bytes.
const maxField = 16 << 10

// readRecords cuts the fields of one file into records: each begins with the first
// label that stands as often as the numbers, files or names do.
func readRecords(doc *document.Document, path string, fields []int) (List, bool) {
	labels := make([]string, len(fields))
	count := make(map[string]int)
	people := 0
	for k, i := range fields {
		words := strings.Fields(doc.Segments[i].Label)
		labels[k] = words[len(words)-1]
		if IsTable(path) || !IsJob(path) {
			labels[k] = doc.Segments[i].Label // a heading
		}
		count[labels[k]]++
	}
	// Numbers and files stand once a record; a name may stand before the first, too.
	for _, c := range []column{cprNumber, fileName, lastName, fullName} {
		for _, l := range labels {
			if people == 0 && columnOf(l) == c {
				people = count[l]
			}
		}
	}
	first := slices.IndexFunc(labels, func(l string) bool { return count[l] == people })
	if people < recordsFrom || first < 0 {
		return List{}, false
	}
	h := newHead()
	for _, l := range labels {
		if c := columnOf(l); c != nothing && count[l]*2 >= people && h.is[l] == nothing {
			h.column(l, l, c)
		}
		if !slices.Contains(h.order, l) && len(h.order) < 100 {
			h.order = append(h.order, l)
		}
	}
	list := List{Path: path, HasFiles: h.has(fileName)}
	if !h.people() {
		return list, false
	}
	var cells map[string]string
	add := func() {
		if r := h.row(cells); r.Name != "" || r.Number != "" || r.Company != "" {
			list.Rows = append(list.Rows, r)
		}
	}
	for k := first; k < len(fields); k++ {
		l, text := labels[k], doc.Segments[fields[k]].Text
		if l == labels[first] {
			add()
			cells = make(map[string]string)
		}
		switch old := cells[l]; {
		case len(old) > maxField: // no record: a table whose rows have no end
			text = old
		case old != "":
			text = old + ";" + text
		}
		cells[l] = text
	}
	add()
	return list, len(list.Rows) >= recordsFrom
}
