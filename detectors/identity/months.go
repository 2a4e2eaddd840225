package identity

import (
	"strings"

	"brevvagt/detectors/identity/digits"
)

// This file reads dates whose month has its name, with the serial behind them:
// "22. juni 2045-7026".

var monthNames = []string{"jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec"}

// monthOf gives the number of a month from the beginning of its name in small letters,
// 0 when it is none.
func monthOf(name string) int {
	if len(name) < 3 {
		return 0
	}
	for i, n := range monthNames {
		if name[:3] == n {
			return i + 1
		}
	}
	switch name[:3] {
	case "may":
		return 5
	case "oct":
		return 10
	}
	return 0
}

// maxMonth bounds, in bytes, the name of a month with what stands beside it.
const maxMonth = 16

// matchMonth judges a year and four digits behind the name of a month: with a hyphen,
// or a blank behind a label. A year behind a year is a span of time.
func (f *finder) matchMonth(first int, dash bool) bool {
	year, serial := f.row.Runs[first], f.row.Runs[first+1]
	if year.N != 4 && year.N != 2 || first > 0 || !dash && serial.Gap != digits.Space {
		return false
	}
	start, day, month := dayMonth(f.text, year.Start)
	if month == 0 {
		return false
	}
	c := candidate{start: start, end: serial.End, form: formParted, dashed: dash}
	c.d = [10]byte{byte(day / 10), byte(day % 10), byte(month / 10), byte(month % 10), year.Digit[year.N-2], year.Digit[year.N-1]}
	copy(c.d[6:], serial.Digit[:4])
	lab := f.labelOf(start, serial.End)
	labelled := lab.kind == labelCPR && lab.name != bornLabel
	born, raised, ok := birthOf(&c.d)
	if !ok || !labelled && (!dash || year.N == 2 || value(serial.Digit[:2]) == 19 || value(serial.Digit[:2]) == 20) {
		return false
	}
	if year.N == 4 && born.year != value(year.Digit[:4]) && !raised {
		return false
	}
	return f.take(c)
}

// dayMonth reads "22. juni " before s[i]; month is 0 when it does not stand there.
func dayMonth(s string, i int) (start, day, month int) {
	low := max(0, i-maxMonth)
	k := i
	for k > low && (s[k-1] == ' ' || s[k-1] == '.') {
		k--
	}
	end := k
	for k > low && digits.Letter(s[k-1]) {
		k--
	}
	if end == i || end-k < 3 {
		return 0, 0, 0
	}
	if month = monthOf(strings.ToLower(s[k:end])); month == 0 {
		return 0, 0, 0
	}
	for k > low && (s[k-1] == ' ' || s[k-1] == '.') {
		k--
	}
	end = k
	for k > 0 && digits.Digit(s[k-1]) && end-k < 3 {
		k--
	}
	if end == k || end-k > 2 {
		return 0, 0, 0
	}
	for _, c := range []byte(s[k:end]) {
		day = day*10 + int(c-'0')
	}
	return k, day, month
}
