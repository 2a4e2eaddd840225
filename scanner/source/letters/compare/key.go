package compare

import (
	"slices"
	"strings"

	"brevvagt/document"
	"brevvagt/scanner/source/letters/filekey"
	"brevvagt/scanner/source/letters/list"
)

// maxKeyed bounds the names of files that are compared with the columns of a list.
const maxKeyed = 200_000

// byKey pairs by what the names of the files hold of the list: a CPR number, a case
// number, a serial number, or a name. It is false when less than half of the names
// hold anything of one column.
func (r *run) byKey(letters []*letter) bool {
	var files []*file
	for _, l := range letters {
		if len(files) == 0 || files[len(files)-1] != l.file {
			files = append(files, l.file)
		}
	}
	columns := 0
	for _, p := range r.people {
		columns = max(columns, len(p.cells))
	}
	parts := make([][]string, len(files))
	for i, f := range files {
		parts[i] = filekey.Pieces(f.path)
	}
	var best []int
	most := 0
	for c := 0; c < columns && (c+1)*len(files) <= maxKeyed; c++ {
		cells := make([]string, len(r.people))
		for i, p := range r.people {
			if c < len(p.cells) {
				cells[i] = p.cells[c]
			}
		}
		index := filekey.NewColumn(cells, func(i, j int) bool { return r.people[i].number != "" && r.people[i].number == r.people[j].number })
		rows, n := make([]int, len(files)), 0
		for i := range files {
			var ok bool
			if rows[i], ok = index.Row(parts[i]); ok {
				n++
			} else {
				rows[i] = -1
			}
		}
		if index.Serial && n*10 < len(files)*9 {
			continue
		}
		if n > most {
			best, most = rows, n
		}
	}
	telling := 0
	for _, l := range letters {
		if _, firm := r.firm(l); firm || l.named() || !l.info.Salutation.Empty() || len(l.sure) > 0 {
			telling++
		}
	}
	if most < 2 || most*2 < len(files) || telling*2 < len(letters) {
		return false
	}
	r.keyed(files, best)
	return true
}

// keyed pairs files with the rows found for them; a file without one goes to whom its
// letter is made out for.
func (r *run) keyed(files []*file, rows []int) {
	served := make([]bool, len(r.people))
	for i, f := range files {
		for _, l := range f.letters {
			row := rows[i]
			if row < 0 {
				row = r.target(l)
			}
			switch {
			case row >= 0:
				served[row] = true
				r.pair(l, row)
			case l.named():
				r.extra = append(r.extra, l.where())
			}
		}
	}
	for _, ok := range served {
		if !ok {
			r.without++
		}
	}
}

// namedAfter finds a list in the names of the files of an item.
func namedAfter(doc *document.Document) (list.List, bool) {
	o := ownersOf(doc)
	var paths []string
	for _, f := range o.order {
		if !Ignored(base(f.path)) {
			paths = append(paths, f.path)
		}
	}
	return filekey.NamedAfter(paths)
}

// numbered reports whether every file's name has a number in it.
func numbered(letters []*letter) bool {
	return !slices.ContainsFunc(letters, func(l *letter) bool { return !strings.ContainsAny(base(l.file.path), "0123456789") })
}
