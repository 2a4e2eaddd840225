// Package number says what the ten digits of a CPR number tell by themselves: the date of
// birth, the check digit, and whether they are one that the authorities have published as
// nobody's or as lacking its check digit.
package number

import "time"

// OldestYears is the age above which an unlabelled number is taken for something
// else: nobody in Denmark has been older.
const OldestYears = 120

// weights of the CPR office's modulus 11 check.
var weights = [10]int{4, 3, 2, 7, 6, 5, 4, 3, 2, 1}

// Modulus11 reports whether ten digits pass the check. Since 1 October 2007 valid
// numbers are issued that do not, so it may confirm a number but never veto one.
func Modulus11(d *[10]byte) bool {
	sum := 0
	for i, w := range weights {
		sum += w * int(d[i])
	}
	return sum%11 == 0
}

// century gives the full year of birth by the CPR office's table, from the year's
// two digits and the seventh digit of the number.
func century(yy, seventh int) int {
	switch {
	case seventh <= 3:
		return 1900 + yy
	case seventh == 4 || seventh == 9:
		if yy <= 36 {
			return 2000 + yy
		}
		return 1900 + yy
	case yy <= 57:
		return 2000 + yy
	default:
		return 1800 + yy
	}
}

// Birth is a date of birth as the digits give it: which need not be a day there is.
type Birth struct{ Year, Month, Day int }

// BirthOf reads the date of ten digits. ok is false when there is no such day.
// raised tells a replacement number, whose day is raised by 60.
func BirthOf(d *[10]byte) (b Birth, raised, ok bool) {
	b.Day = int(d[0])*10 + int(d[1])
	b.Month = int(d[2])*10 + int(d[3])
	b.Year = century(int(d[4])*10+int(d[5]), int(d[6]))
	if b.Day > 60 {
		b.Day -= 60
		raised = true
	}
	return b, raised, b.Exists()
}

// Exists reports whether there is such a day.
func (b Birth) Exists() bool {
	return b.Month >= 1 && b.Month <= 12 && b.Day >= 1 && b.Day <= daysIn(b.Month, b.Year)
}

func daysIn(month, year int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// Days numbers dates so that they can be compared.
func (b Birth) Days() int { return b.Year*10000 + b.Month*100 + b.Day }

// DaysOf is days of a time. The zero time is 0, which bounds nothing: a caller that
// forgets the day must not silence every number.
func DaysOf(t time.Time) int {
	if t.IsZero() {
		return 0
	}
	return Birth{t.Year(), int(t.Month()), t.Day()}.Days()
}

// BirthDate reads the date of birth from ten normalised digits, for rules that
// look at age. A replacement number's day is lowered again. ok is false when
// value10 is not ten digits, holds no real date, or a date after asOf.
func BirthDate(value10 string, asOf time.Time) (date time.Time, ok bool) {
	d, ok := DigitsOf(value10)
	if !ok {
		return time.Time{}, false
	}
	b, _, ok := BirthOf(&d)
	if !ok || !asOf.IsZero() && b.Days() > DaysOf(asOf) {
		return time.Time{}, false
	}
	return time.Date(b.Year, time.Month(b.Month), b.Day, 0, 0, 0, 0, time.UTC), true
}

// Age is the age in whole years of the person with this number on a day.
func Age(value10 string, asOf time.Time) (years int, ok bool) {
	born, ok := BirthDate(value10, asOf)
	if !ok {
		return 0, false
	}
	years = asOf.Year() - born.Year()
	if DaysOf(asOf)%10000 < DaysOf(born)%10000 {
		years--
	}
	return years, true
}

// DigitsOf reads ten plain digits. ok is false for anything else.
func DigitsOf(s string) (d [10]byte, ok bool) {
	if len(s) != 10 {
		return d, false
	}
	for i := range d {
		if s[i] < '0' || s[i] > '9' {
			return d, false
		}
		d[i] = s[i] - '0'
	}
	return d, true
}

// Swedish reports whether ten digits are a Swedish personnummer by date (YYMMDD)
// and Luhn check. One Danish number in ten with its day raised looks like that by
// chance, so it weakens and does not refuse.
func Swedish(value string) bool {
	d, ok := DigitsOf(value)
	if !ok {
		return false
	}
	month, day := int(d[2])*10+int(d[3]), int(d[4])*10+int(d[5])
	if month < 1 || month > 12 || day < 1 || day > 31 {
		return false
	}
	sum := 0
	for i, v := range d {
		n := int(v)
		if i%2 == 0 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

// ASCII writes up to twelve digits.
func ASCII(d []byte) string {
	var b [12]byte
	for i, v := range d {
		b[i] = '0' + v
	}
	return string(b[:len(d)])
}

var monthNames = []string{"jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec"}

// MonthOf gives the number of a month from the beginning of its name in small letters,
// 0 when it is none.
func MonthOf(name string) int {
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

// Pad writes a day or month in two digits.
func Pad(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// TwoDigits writes a number below 100.
func TwoDigits(n int) string { return string([]byte{'0' + byte(n/10), '0' + byte(n%10)}) }

// Value is the number that digits make.
func Value(d []byte) (n int) {
	for _, v := range d {
		n = n*10 + int(v)
	}
	return n
}
