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
	Text string
}

var (
	birthHeading  = regexp.MustCompile(`(?i)cpr|person|f(?:ø|oe?)d|f\.?dato|f\.?dag|birth`)
	serialHeading = regexp.MustCompile(`(?i)cpr|l(?:ø|oe?)be|serie|kontrol|sidste|fire|last`)
	serialForSure = regexp.MustCompile(`(?i)l(?:ø|oe?)be|kontrol|(?:sidste|de) (?:4|fire)|cpr`)
)

// farthest is how many columns away from the date the four digits may stand: a
// name may come between.
const farthest = 3

// Join looks for the two under their headings. Any two columns of six and four
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
		date, last := "", i
		switch size := len(values[i]); {
		case size >= 5:
			if date = birth(strings.TrimSpace(values[i])); date == "" || !birthHeading.MatchString(headings[i]) {
				continue
			}
		case size > 0 && size <= 2 && i+3 < n: // most cells: nothing dearer is asked of them
			if date, last = parts(headings[i:i+3], values[i:i+3]), i+2; date == "" {
				continue
			}
		default:
			continue
		}
		for j := last + 1; j < min(n, last+1+farthest); j++ {
			serial := strings.TrimSpace(values[j])
			if !digits(serial, 1, 4) || !serialHeading.MatchString(headings[j]) || j > last+1 && !serialForSure.MatchString(headings[j]) {
				continue
			}
			text := date + "-" + serial
			if len(serial) < 4 {
				text = date + strings.Repeat("0", 4-len(serial)) + serial
			}
			found = append(found, Joined{i, text})
			break
		}
	}
	return found
}

var (
	dayHeading   = regexp.MustCompile(`(?i)\bda(?:g|y)|dag$`)
	monthHeading = regexp.MustCompile(`(?i)m(?:å|aa|a)ned|(?:\b|_)m(?:d|dr)\b|month`)
	yearHeading  = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:å|aa)r|(?:å|aa)r(?:stal)?$|year`)
)

// parts is the date of a day, a month and a year in three columns, "" if they are none.
func parts(headings, values []string) string {
	if !dayHeading.MatchString(headings[0]) || !monthHeading.MatchString(headings[1]) || !yearHeading.MatchString(headings[2]) {
		return ""
	}
	day, month, year := strings.TrimSpace(values[0]), strings.TrimSpace(values[1]), strings.TrimSpace(values[2])
	if !digits(day, 1, 2) || !digits(month, 1, 2) || !digits(year, 2, 4) || len(year) == 3 {
		return ""
	}
	two := func(s string) string { return ("0" + s)[len(s)-1:] }
	date := two(day) + two(month) + year[len(year)-2:]
	if _, err := time.Parse("020106", date); err != nil {
		return ""
	}
	return date
}

var layouts = []string{"02-01-2006", "2-1-2006", "02.01.2006", "2.1.2006", "02/01/2006", "2/1/2006", "2006-01-02", "02-01-06", "02.01.06", "02/01/06", "20060102", "02012006"}

// longest is the length of a date with a time of day and blanks around it.
const longest = 24

// birth is the date as six digits, "" if it is none. A number of five digits has
// lost its zero.
func birth(s string) string {
	if digits(s, 5, 6) {
		return strings.Repeat("0", 6-len(s)) + s
	}
	if len(s) < 8 || s[0] < '0' || s[0] > '9' || s[1] > '9' {
		return ""
	}
	s, _, _ = strings.Cut(s, " ") // a time of day
	s, _, _ = strings.Cut(s, "T")
	for _, l := range layouts {
		if t, err := time.Parse(l, s); err == nil {
			return t.Format("020106")
		}
	}
	return ""
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
