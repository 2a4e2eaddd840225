package list

import (
	"slices"
	"strings"

	"brevvagt/detectors/subject"
)

// This file tells what columns hold by what stands in them, where no heading says it.

// officers are headings, folded, of those who write the letters.
var officers = []string{"sagsbehandler", "raadgiver", "kontakt", "leder", "laege", "medarbejder", "visitator", "konsulent", "afsender", "underskriver", "team"}

// unheaded finds the names of a list in a column whose heading says nothing, where no other
// has them: nearly all its cells are names, and nearly every one another's.
func (t *table) unheaded(h *head, heads int) {
	if h.has(fullName) || h.has(lastName) || h.has(firstName) {
		return
	}
	rows := t.rows[heads+1:]
	rows = rows[:min(len(rows), guessRows)]
	for _, col := range h.order {
		heading := subject.Fold(t.cells[t.rows[heads]][col])
		if h.is[col] != nothing || slices.ContainsFunc(officers, func(w string) bool { return strings.Contains(heading, w) }) {
			continue
		}
		names, seen := 0, make(map[string]bool)
		for _, row := range rows {
			if text := strings.TrimSpace(t.cells[row][col]); kindOf(text) == fullName {
				names++
				seen[text] = true
			}
		}
		if names >= guessFrom && names*10 >= len(rows)*8 && len(seen)*10 >= names*8 {
			h.is[col], h.rank[col] = fullName, 2
			return
		}
	}
}

// guessRows is how many rows are looked at, and guessFrom how many a table without
// headings must have.
const guessRows, guessFrom = 40, 3

// guess tells the columns of a table without headings by what they hold: nine of
// ten cells of a column agree.
func (t *table) guess() head {
	h := newHead()
	rows := t.rows[:min(len(t.rows), guessRows)]
	if len(rows) < guessFrom {
		return h
	}
	used := make(map[column]bool)
	for _, col := range t.columns() {
		votes, filled := make(map[column]int), 0
		for _, row := range rows {
			if text := strings.TrimSpace(t.cells[row][col]); text != "" {
				filled++
				votes[kindOf(text)]++
			}
		}
		for c, n := range votes {
			if c != nothing && n*10 >= filled*9 && filled*2 >= len(rows) && !used[c] {
				used[c] = true
				h.is[col], h.rank[col] = c, 2
			}
		}
	}
	return h
}

// kindOf tells what a cell holds by its form.
func kindOf(text string) column {
	fields := strings.Fields(text)
	dot := strings.LastIndexByte(text, '.')
	switch {
	case IsNumber(text):
		return cprNumber
	case dot > 0 && len(text)-dot <= 5 && slices.Contains([]string{".pdf", ".docx", ".doc", ".odt", ".rtf", ".html", ".txt", ".xml"}, strings.ToLower(text[dot:])):
		return fileName
	case len(text) == 4 && strings.Trim(text, "0123456789") == "":
		return postCode
	case strings.ContainsAny(text, "0123456789"):
		if len(fields) > 1 && !subject.NewPlace(splitPost(text)).Empty() {
			return address
		}
	case len(fields) >= 2 && len(fields) <= 6 && slices.ContainsFunc(fields, func(w string) bool { return subject.Forename(strings.Trim(w, ",")) }):
		return fullName
	}
	return nothing
}

// IsNumber reports whether a text is a CPR number by its form and date.
func IsNumber(text string) bool {
	d := Digits(text)
	if d == "" || strings.Trim(text, "0123456789- ") != "" {
		return false
	}
	day, month := int(d[0]-'0')*10+int(d[1]-'0'), d[2:4]
	return (day >= 1 && day <= 31 || day >= 61 && day <= 91) && month >= "01" && month <= "12"
}
