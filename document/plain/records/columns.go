package records

import (
	"strings"
	"unicode/utf8"
)

// maxUnder is how many lines a heading goes on for.
const maxUnder = 100_000

// columns reads tables of fixed width: a number of ten digits that begins, or ends, just
// where a heading does.
func (f *finder) columns(text string) {
	if !namesPerson(text) {
		return
	}
	var begin, end, since int
	label := ""
	n := 0
	for line := range strings.Lines(text) {
		n++
		if len(line) > 1000 {
			continue
		}
		line = strings.TrimRight(strings.TrimPrefix(line, "\f"), "\n\r")
		if namesPerson(line) && personColumn.MatchString(line) {
			if b, e, name, ok := fixedHeading(line); ok {
				begin, end, label, since = b, e, name, n
				continue
			}
		}
		if label == "" || n-since > maxUnder {
			continue
		}
		for from := 0; from < len(line); {
			i := strings.IndexAny(line[from:], "0123456789")
			if i < 0 {
				break
			}
			i += from
			for from = i; from < len(line) && line[from] >= '0' && line[from] <= '9'; {
				from++
			}
			if from-i != 10 || i > 0 && line[i-1] != ' ' || from < len(line) && line[from] != ' ' {
				continue
			}
			if at := utf8.RuneCountInString(line[:i]); at == begin || at+10 == end {
				f.add(n, label, line[i:from])
			}
		}
	}
}

// namesPerson tells whether personColumn can be anywhere in a text, at a fraction of
// its cost: all of its names have one of three parts.
func namesPerson(s string) bool {
	for i := 1; i < len(s); i++ {
		switch s[i] | 0x20 {
		case 'p': // cpr
			if s[i-1]|0x20 == 'c' && i+1 < len(s) && s[i+1]|0x20 == 'r' {
				return true
			}
		case 'n', 'e': // pnr, pers
			if s[i-1]|0x20 == 'p' && i+1 < len(s) && s[i+1]|0x20 == 'r' {
				return true
			}
		}
	}
	return false
}

// fixedHeading tells a line of names that two blanks or more part, one of which is a
// person's number, and where that stands, in letters.
func fixedHeading(line string) (begin, end int, name string, ok bool) {
	if digitsOf(line) > 3 || strings.ContainsAny(line, "|;\t") {
		return 0, 0, "", false
	}
	cells := 0
	for from := 0; from < len(line); {
		for from < len(line) && line[from] == ' ' {
			from++
		}
		to := len(line)
		if i := strings.Index(line[from:], "  "); i >= 0 {
			to = from + i
		}
		cell := strings.TrimRight(line[from:to], " ")
		if len(cell) > 60 {
			return 0, 0, "", false
		}
		if cell != "" {
			cells++
			for at := 0; ; { // names of columns may stand one blank apart
				word, _, more := strings.Cut(cell[at:], " ")
				if personColumn.MatchString(word) && !ok {
					begin, ok = utf8.RuneCountInString(line[:from+at]), true
					end, name = begin+utf8.RuneCountInString(word), word
				}
				if at += len(word) + 1; !more {
					break
				}
			}
		}
		from = to
	}
	return begin, end, name, ok && cells > 1
}
