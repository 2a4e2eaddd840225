package written

import (
	"strings"

	"brevvagt/detectors/identity/digits"
	"brevvagt/detectors/identity/label"
	"brevvagt/detectors/identity/number"
	"brevvagt/detectors/identity/verdict"
)

// This file reads dates whose month has its name, with the serial behind them:
// "22. juni 2045-7026".

// maxMonth bounds, in bytes, the name of a month with what stands beside it.
const maxMonth = 16

// matchMonth judges a year and four digits behind the name of a month: with a hyphen,
// or a blank behind a label. A year behind a year is a span of time.
func (f *finder) matchMonth(first int, dash bool) bool {
	year, serial := f.Row.Runs[first], f.Row.Runs[first+1]
	if year.N != 4 && year.N != 2 || first > 0 || !dash && serial.Gap != digits.Space {
		return false
	}
	start, day, month := dayMonth(f.Text, year.Start)
	if month == 0 {
		return false
	}
	c := verdict.Candidate{Start: start, End: serial.End, Form: verdict.FormParted, Dashed: dash}
	c.Digits = [10]byte{byte(day / 10), byte(day % 10), byte(month / 10), byte(month % 10), year.Digit[year.N-2], year.Digit[year.N-1]}
	copy(c.Digits[6:], serial.Digit[:4])
	lab := f.LabelOf(start, serial.End)
	labelled := lab.Kind == label.CPR && lab.Name != label.Born
	born, raised, ok := number.BirthOf(&c.Digits)
	if !ok || !labelled && (!dash || year.N == 2 || number.Value(serial.Digit[:2]) == 19 || number.Value(serial.Digit[:2]) == 20) {
		return false
	}
	if year.N == 4 && born.Year != number.Value(year.Digit[:4]) && !raised {
		return false
	}
	return f.Take(c)
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
	if month = number.MonthOf(strings.ToLower(s[k:end])); month == 0 {
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
