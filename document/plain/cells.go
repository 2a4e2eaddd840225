package plain

import (
	"golang.org/x/net/html/atom"

	"brevvagt/document"
)

// cellData reads what a cell's attributes say of it: the number behind a rounded one
// that Excel shows, and the column's name that a page made for telephones repeats.
func (p *page) cellData(tag atom.Atom, attrs map[string]string) {
	if tag != atom.Td && tag != atom.Th {
		return
	}
	if n := attrs["x:num"]; tenDigits(n) || len(n) == 9 && tenDigits("0"+n) {
		s := document.Segment{Text: n, At: p.cellAt(max(0, p.table.column), "")}
		for _, heads := range [...][]string{p.table.headings, p.table.likely} {
			if p.table.column >= 0 && p.table.column < len(heads) {
				s.Label = heads[p.table.column]
			}
		}
		p.out.Segment(s)
	}
	if p.table.column >= 0 && p.table.column < maxColumns && cprWord.MatchString(attrs["data-label"]) {
		p.table.repeated = p.table.column + 1
	}
}
