package compare

import (
	"slices"
	"strings"

	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/scanner/source/letters/list"
)

// This file compares what a list says beside a person with what stands in the letter: the
// amount to pay, the number of a case, bill or property. A letter with the right name may
// have another row's.

// figuresFrom is the least number of rows by which a column counts as what letters say, and
// figureShare the part of them, so many of ten, whose letters hold a figure of it.
const figuresFrom, figureShare = 5, 8

// maxFigures bounds the figures of one letter that are looked up.
const maxFigures = 5000

// figures finds letters with the right head in which the figure of another row stands in
// place of the recipient's own.
func (r *run) figures() {
	columns := 0
	for _, p := range r.people {
		columns = max(columns, len(p.cells))
	}
	var told []map[string]bool // of the pairs that are right, else nil
	in := make(map[string]int) // figure → letters that hold it
	for i := range r.pairs {
		p := &r.pairs[i]
		if p.result.wrong() || r.people[p.row].strict {
			told = append(told, nil)
			continue
		}
		told = append(told, p.letter.figures())
		for f := range told[i] {
			in[f]++
		}
	}
	for c := range columns {
		r.compareColumn(c, told, in)
	}
}

// compareColumn compares the figures of one column, where the letters of most rows hold
// their own or another row's. One that more letters hold than maxMentions is a template's.
func (r *run) compareColumn(c int, told []map[string]bool, in map[string]int) {
	own, rows := r.column(c)
	if len(rows) < figuresFrom {
		return
	}
	asked, known := make(map[int]bool), make(map[int]bool) // rows
	other := make(map[int]int)                             // pair → row
	for i := range r.pairs {
		row := r.pairs[i].row
		if told[i] == nil || own[row] == "" {
			continue
		}
		asked[row] = true
		if told[i][own[row]] || r.holdsFigure(told[i], rows, row) {
			known[row] = true
			continue
		}
		for f := range told[i] {
			k, ok := rows[f]
			if !ok || k < 0 || in[f] > maxMentions {
				continue
			}
			if old, ok := other[i]; !ok || k < old {
				other[i] = k
			}
			known[row] = true
		}
	}
	if len(asked) < figuresFrom || len(known)*10 < len(asked)*figureShare {
		return
	}
	for i, k := range other {
		p := &r.pairs[i]
		p.result, p.target, p.inside = wrongInside, k, "et beløb eller nummer fra rækken til "+r.people[k].label
	}
}

// column gives the figure of each row in a column, and whose each is, -1 for several
// people's: none of a column in which many have the same, as a rate.
func (r *run) column(c int) (own []string, rows map[string]int) {
	own, rows = make([]string, len(r.people)), make(map[string]int)
	filled := 0
	for i, p := range r.people {
		if c >= len(p.cells) || list.IsNumber(p.cells[c]) || len(p.places) > 0 && p.cells[c] == p.places[0].String() {
			continue
		}
		f := figure(p.cells[c])
		if f == "" {
			continue
		}
		own[i] = f
		filled++
		if k, ok := rows[f]; !ok {
			rows[f] = i
		} else if k >= 0 && !r.onePerson(k, i) {
			rows[f] = -1
		}
	}
	if len(rows)*10 < filled*figureShare {
		return own, nil
	}
	return own, rows
}

// holdsFigure reports whether a letter holds the figure of a row of the same person.
func (r *run) holdsFigure(told map[string]bool, rows map[string]int, row int) bool {
	for f := range told {
		if k, ok := rows[f]; ok && k >= 0 && r.onePerson(k, row) {
			return true
		}
	}
	return false
}

// onePerson reports whether two rows are of the same person.
func (r *run) onePerson(i, j int) bool {
	a, b := r.people[i], r.people[j]
	switch {
	case i == j, a.number != "" && a.number == b.number, a.cvr != "" && a.cvr == b.cvr:
		return true
	case a.number != "" && b.number != "":
		return false
	}
	return a.name.Same(b.name)
}

// figures are the figures that stand in a letter.
func (l *letter) figures() map[string]bool {
	out := make(map[string]bool)
	for i := range l.parts {
		if l.parts[i].At.Layer == document.Metadata {
			continue
		}
		for w := range strings.FieldsSeq(l.parts[i].Text) {
			if strings.ContainsAny(w, "0123456789") && len(out) < maxFigures {
				if f := figure(w); f != "" {
					out[f] = true
				}
			}
		}
	}
	return out
}

// The least digits and the greatest length of a figure that tells rows apart, in bytes.
const leastDigits, maxFigure = 3, 30

// figure is the form in which an amount or a number is compared, "" for what is neither or
// too short to tell rows apart: "1.234,00 kr." and "1234" are one.
func figure(text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(text, "kr."), "kr"), "dkk"))
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(text, "kr."), "kr"), "dkk"))
	text = strings.Trim(strings.TrimSuffix(text, ",-"), ".,:;()[]!?\"'-–#")
	if len(text) > maxFigure || strings.ContainsAny(text, " \n\t") {
		return ""
	}
	digits := 0
	for _, c := range []byte(text) {
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	if digits < leastDigits {
		return ""
	}
	if whole, ok := amount(text); ok {
		return whole
	}
	return subject.Fold(text)
}

// amount is a number of whole crowns as digits alone, with the hundredths behind a comma
// unless there are none. A point before one or two digits at the end parts these, too.
func amount(text string) (string, bool) {
	if strings.Trim(text, "0123456789.,") != "" || text == "" {
		return "", false
	}
	whole, part, ok := strings.Cut(text, ",")
	if !ok {
		if at := strings.LastIndexByte(text, '.'); at >= 0 && len(text)-at <= 3 && strings.Count(text, ".") == 1 {
			whole, part = text[:at], text[at+1:]
		}
	}
	groups := strings.Split(whole, ".")
	if slices.ContainsFunc(groups[1:], func(g string) bool { return len(g) != 3 }) || len(part) > 2 || strings.Contains(part, ".") {
		return "", false
	}
	whole = strings.TrimLeft(strings.Join(groups, ""), "0")
	if part = strings.TrimRight(part, "0"); part != "" {
		whole += "," + part
	}
	return whole, whole != ""
}
