package compare

import (
	"path"
	"strings"

	"brevvagt/document"
	"brevvagt/scanner/source/letters/filekey"
	"brevvagt/scanner/source/letters/list"
)

// maxKeyed bounds the names of files that are compared with the columns of a list.
const maxKeyed = 200_000

// byKey pairs by what the names of the files, or else of the folders they lie in, hold
// of the list: a CPR number, a case number, a serial number, or a name. It is false
// when less than half of the names hold anything of one column.
func (r *run) byKey(letters []*letter) bool {
	var files []*file
	telling := 0
	for _, l := range letters {
		if len(files) == 0 || files[len(files)-1] != l.file {
			files = append(files, l.file)
		}
		if _, firm := r.firm(l); firm || l.named() || !l.info.Salutation.Empty() || len(l.sure) > 0 {
			telling++
		}
	}
	for _, of := range []func(string) string{func(at string) string { return at }, folderOf} {
		rows, found := r.keys(files, of)
		if found < 2 || found*2 < len(files) {
			continue
		}
		// Of a letter with enclosures the letter alone tells whose it is.
		if telling*2 < min(len(letters), distinct(rows)) {
			return false
		}
		r.keyed(files, rows)
		return true
	}
	return false
}

// folderOf is the folder of a file below that of the run, "" for a file in the latter.
func folderOf(at string) string {
	if dir := path.Dir(at); strings.Contains(dir, "/") {
		return dir + "/"
	}
	return ""
}

// keys finds the row of each file by the column of which most names hold something.
func (r *run) keys(files []*file, of func(string) string) (best []int, most int) {
	columns := 0
	for _, p := range r.people {
		columns = max(columns, len(p.cells))
	}
	parts := make([][]string, len(files))
	for i, f := range files {
		parts[i] = filekey.Pieces(of(f.path))
	}
	same := func(i, j int) bool { return r.people[i].number != "" && r.people[i].number == r.people[j].number }
	// The last is the name that first name and surname make together.
	for c := 0; c <= columns && (c+1)*len(files) <= maxKeyed; c++ {
		cells := make([]string, len(r.people))
		for i, p := range r.people {
			if c < len(p.cells) {
				cells[i] = p.cells[c]
			} else if c == columns {
				cells[i] = p.written
			}
		}
		if rows, n := filekey.NewColumn(cells, same, parts).Rows(); n > most {
			best, most = rows, n
		}
	}
	return best, most
}

// distinct counts the rows that are found.
func distinct(rows []int) int {
	seen := make(map[int]bool)
	for _, row := range rows {
		if row >= 0 {
			seen[row] = true
		}
	}
	return len(seen)
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
			default:
				r.unlisted(l)
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
