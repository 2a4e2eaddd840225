package compare

import (
	"slices"
	"strings"

	"brevvagt/detectors/subject"
)

// firmWithin is how far into a letter a company's number and name are looked for, in
// bytes, and maxFirmLines how many lines.
const firmWithin, maxFirmLines = 6000, 60

// firm finds the company on the list whose letter this is: by its CVR number, then
// by a line that is its name.
func (r *run) firm(l *letter) (row int, ok bool) {
	if len(r.byCVR) == 0 {
		return -1, false
	}
	text := l.beginning(firmWithin)
	for n := range eights(text) {
		if row, ok := r.byCVR[n]; ok {
			return row, true
		}
	}
	for i, line := range strings.Split(text, "\n") {
		if i == maxFirmLines {
			break
		}
		line = subject.LeftOfReference(strings.TrimSpace(line))
		if row, ok := r.byFirm[subject.Fold(strings.TrimPrefix(line, "Til "))]; ok && line != "" {
			return row, true
		}
	}
	return -1, false
}

// eights gives the numbers of eight digits in a text, written together or in pairs.
func eights(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		var digits []byte
		for i := 0; i <= len(text); i++ {
			switch {
			case i < len(text) && text[i] >= '0' && text[i] <= '9':
				digits = append(digits, text[i])
				continue
			case i < len(text) && text[i] == ' ' && len(digits) > 0 && len(digits) < 8:
				continue
			}
			if len(digits) == 8 && !yield(string(digits)) {
				return
			}
			digits = digits[:0]
		}
	}
}

// judgeCompany compares a letter with a company.
func (r *run) judgeCompany(l *letter, p *recipient) result {
	row, ok := r.firm(l)
	switch {
	case ok && r.people[row] == p:
		return match
	case ok:
		return wrongPerson
	case p.number != "" && slices.Contains(l.numbers, p.number), p.lives(l.info.Address):
		return match
	case len(p.places) > 0 && !l.info.Address.Empty():
		return wrongPerson
	}
	return unknown
}
