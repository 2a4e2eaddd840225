// Package columns puts a CPR number together again that a table keeps in two
// columns: the date of birth in one, the four digits that follow in another.
package columns

import (
	"regexp"
	"strings"
	"time"
)

// Joined is a number put together from two cells of a row.
type Joined struct {
	From int // index of the cell with the date
	Last int // index of the cell with the four digits
	Text string
}

var (
	birthHeading  = regexp.MustCompile(`(?i)cpr|person|f(?:ø|oe?)d|f\.?dato|f\.?dag|birth|bday|\bdob\b`)
	serialHeading = regexp.MustCompile(`(?i)cpr|l(?:ø|oe?)be|lb[._ ]*nr|^x{4}$|serie|serial|kontrol|sidste|fire|last|ci(?:fre|ffer)`)
	serialForSure = regexp.MustCompile(`(?i)l(?:ø|oe?)be|lb[._ ]*nr|^x{4}$|kontrol|sidste[ _]?(?:4|fire)|\bde[ _](?:4|fire)|(?:4|fire)[ _]sidste|cpr`)
	maskHeading   = regexp.MustCompile(`(?i)(?:^|[^\pL])dd[-./ ]?mm[-./ ]?(?:å|aa|y){2,4}(?:$|[^\pL])`)
	otherHeading  = regexp.MustCompile(`(?i)kort|konto|visa|card|account|telefon|tlf|mobil|phone|faktura|ordre`)
)

// Limits of one row.
const (
	farthest   = 3 // columns from the date to the four digits, at most: a name may come between
	oldestYear = 1858
)

// Serial reports whether a heading calls what stands below it, without a doubt, the last
// four digits of a number.
func Serial(heading string) bool {
	return serialForSure.MatchString(heading) && !otherHeading.MatchString(heading)
}

// Ending reports whether a heading may call what stands below it the last digits.
func Ending(heading string) bool {
	return serialHeading.MatchString(heading) && !otherHeading.MatchString(heading)
}

// Birth reports whether a heading calls what stands below it a date of birth.
func Birth(heading string) bool { return birthHeading.MatchString(heading) }

// Join looks for the two under their headings, the digits before the date only where
// their heading leaves no doubt. Any two columns of six and four
// digits are not enough. A serial that lost its zeros is written without a hyphen,
// so that it counts as a number of persons only with a right check digit: a
// running number of the list looks the same.
func Join(headings, values []string) []Joined {
	var found []Joined
	n := min(len(headings), len(values))
	for i := 0; i < n; i++ {
		if headings[i] == "" || len(values[i]) > longest {
			continue
		}
		var d date
		last := i
		switch size := len(values[i]); {
		case size >= 5:
			if d = birth(strings.TrimSpace(values[i])); d.day == "" || !d.under(headings[i]) {
				continue
			}
		case size > 0 && size <= 4 && i+2 < n && len(values[i+1]) <= 2: // most cells: nothing dearer is asked of them
			if d = parts(headings[i:i+3], values[i:i+3]); d.day == "" {
				continue
			}
			last = i + 2
		default:
			continue
		}
		if j := serialBeside(headings[:n], values[:n], i, last, d); j >= 0 {
			if d.century != "" && strings.Trim(headings[j], " -–") == "" {
				d.masked = true // a date as a spreadsheet keeps it, and four digits that nothing names
			}
			found = append(found, Joined{i, j, d.with(strings.TrimSpace(values[j]))})
		}
	}
	return found
}

// serialBeside is the index of the four digits that belong to the date d in the cells
// from first to last, -1 for none.
func serialBeside(headings, values []string, first, last int, d date) int {
	for j := last + 1; j < min(len(values), last+1+farthest); j++ {
		if !digits(strings.TrimSpace(values[j]), 1, 4) {
			continue
		}
		split := j == last+1 && len(values[j]) == 4 && strings.Trim(headings[j], " -–") == "" && strings.Contains(strings.ToLower(headings[first]), "cpr")
		fits := Ending(headings[j]) && (j == last+1 && !d.masked || serialForSure.MatchString(headings[j]))
		if (fits || split) && d.tells(strings.TrimSpace(values[j])) && !(d.masked && len(strings.TrimSpace(values[j])) < 4) {
			return j
		}
	}
	for j := first - 1; j >= max(0, first-farthest); j-- {
		if v := strings.TrimSpace(values[j]); digits(v, 3, 4) && Serial(headings[j]) && d.tells(v) {
			return j
		}
	}
	return -1
}

// Whole is the number of a date of birth and the serial of four digits behind it, "" where
// they cannot be one person's.
func Whole(born, serial string) string {
	d := birth(strings.TrimSpace(born[:min(len(born), longest+1)]))
	if d.day == "" || !digits(serial, 4, 4) || !d.tells(serial) {
		return ""
	}
	return d.with(serial)
}

// Completed is Join for values that come one by one, one at least: what the last of them
// completes.
func Completed(headings, values []string) []Joined {
	last := len(values) - 1
	if v := values[last]; v == "" || len(v) > longest || v[0] < '0' || v[0] > '9' || !serialHeading.MatchString(headings[last]) && !mayEndDate(headings[last]) {
		return nil
	}
	var found []Joined
	for _, j := range Join(headings, values) {
		if j.Last == last || j.Last < j.From && (j.From == last || j.From == last-2 && len(values[j.From]) <= 4) {
			found = append(found, j)
		}
	}
	return found
}

// mayEndDate reports whether a heading may be that of a date, or of its last part.
func mayEndDate(heading string) bool {
	return birthHeading.MatchString(heading) || maskHeading.MatchString(heading) || yearHeading.MatchString(heading) || dayHeading.MatchString(heading)
}

// date is a day in six digits, with the century where the year was written out.
type date struct {
	day, century string
	loose        bool // single letters name its parts: the check digit must tell
	masked       bool // nothing says that it is one of birth: the check digit must tell, too
}

// recentYear is the year of a century up to which a date may be a day of our time.
const recentYear = "36"

// under reports whether the heading says that the date is one of birth, or asks for a date
// in the digits of a number, "Dato (ddmmåå)", and the day is none of our time.
func (d *date) under(heading string) bool {
	if birthHeading.MatchString(heading) {
		return true
	}
	d.masked = true
	return maskHeading.MatchString(heading) && d.day[4:] > recentYear && d.century != "20"
}

// with is the number with the serial s.
func (d date) with(s string) string {
	switch {
	case len(s) < 4:
		return d.day + strings.Repeat("0", 4-len(s)) + s
	case d.loose || d.masked:
		return d.day + s
	}
	return d.day + "-" + s
}

// tells reports whether a serial tells the century of the date, where that is known. It
// is the seventh digit that does.
func (d date) tells(serial string) bool {
	if d.century == "" {
		return true
	}
	century, seventh := "19", byte('0')
	if len(serial) == 4 {
		seventh = serial[0]
	}
	switch yy := d.day[4:]; {
	case seventh <= '3':
	case seventh == '4' || seventh == '9':
		if yy <= "36" {
			century = "20"
		}
	case yy <= "57":
		century = "20"
	default:
		century = "18"
	}
	return century == d.century
}

var (
	dayHeading   = regexp.MustCompile(`(?i)\bda(?:g|y)|dag$|\bdd?$`)
	monthHeading = regexp.MustCompile(`(?i)m(?:å|aa|a)ned|(?:\b|_)m(?:d|dr)\b|month|\bmm?$`)
	yearHeading  = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:å|aa)r|(?:å|aa)r(?:stal)?$|year|\b(?:yy|yyyy|y|å|åå|åååå|aaaa)$`)
	letterOnly   = regexp.MustCompile(`(?i)\b(?:dd?|mm?|y{1,4}|å{1,4})$`)
)

// parts is the date of a day, a month and a year in three columns, in this order or the
// other way round.
func parts(headings, values []string) date {
	for _, v := range values {
		if !digits(strings.TrimSpace(v), 1, 4) {
			return date{}
		}
	}
	day, month, year := 0, 1, 2
	if yearHeading.MatchString(headings[0]) {
		day, year = 2, 0
	}
	if !dayHeading.MatchString(headings[day]) || !monthHeading.MatchString(headings[month]) || !yearHeading.MatchString(headings[year]) {
		return date{}
	}
	d, m, y := strings.TrimSpace(values[day]), strings.TrimSpace(values[month]), strings.TrimSpace(values[year])
	if !digits(d, 1, 2) || !digits(m, 1, 2) || !digits(y, 2, 4) || len(y) == 3 {
		return date{}
	}
	two := func(s string) string { return ("0" + s)[len(s)-1:] }
	out := date{day: two(d) + two(m) + y[len(y)-2:], century: y[:len(y)-2]}
	if _, err := time.Parse("020106", out.day); err != nil {
		return date{}
	}
	for _, h := range headings {
		out.loose = out.loose || letterOnly.MatchString(h) && !birthHeading.MatchString(h)
	}
	return out
}

var layouts = []string{"02-01-2006", "2-1-2006", "02.01.2006", "2.1.2006", "02/01/2006", "2/1/2006", "2006-01-02", "02-01-06", "02.01.06", "02/01/06", "20060102", "02012006"}

// longest is the length of a date with a time of day and blanks around it.
const longest = 24

// Date is the day of a text that is nothing but a date, as six digits, and the century
// where the year is written out.
func Date(s string) (day, century string) {
	d := birth(strings.TrimSpace(s[:min(len(s), longest+1)]))
	return d.day, d.century
}

// birth is the date in a text. A number of five digits has
// lost its zero.
func birth(s string) date {
	if digits(s, 5, 6) {
		return date{day: strings.Repeat("0", 6-len(s)) + s}
	}
	if len(s) < 8 || s[0] < '0' || s[0] > '9' || s[1] > '9' {
		return date{}
	}
	s, _, _ = strings.Cut(s, " ") // a time of day
	s, _, _ = strings.Cut(s, "T")
	for _, l := range layouts {
		t, err := time.Parse(l, s)
		switch {
		case err != nil || t.Year() < oldestYear:
		case strings.Contains(l, "2006"):
			return date{day: t.Format("020106"), century: t.Format("2006")[:2]}
		default:
			return date{day: t.Format("020106")}
		}
	}
	return date{}
}

func digits(s string, low, high int) bool {
	if len(s) < low || len(s) > high {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
