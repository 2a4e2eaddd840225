package register

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What people write for a date and a time of day, once names of months are numbers.
var (
	dayFirst  = regexp.MustCompile(`^(\d{1,2})[./ -]+(\d{1,2})[./ -]+(\d{4}|\d{2})(?:[ ,]+(?:kl\.? ?)?(\d{1,2})(?:[.:](\d{2}))?(?:[.:]\d{2})?)?$`)
	yearFirst = regexp.MustCompile(`^(\d{4})[./-](\d{1,2})[./-](\d{1,2})(?:[ t,]+(?:kl\.? ?)?(\d{1,2})(?:[.:](\d{2}))?(?:[.:]\d{2})?)?$`)
	weekday   = regexp.MustCompile(`^(?:(?:man|tirs|ons|tors|fre|lør|søn)(?:dag)?\.?,? +)?(?:den |d\. ?)?`)
	month     = regexp.MustCompile(`(?:januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|okt|nov|dec)\b\.?`)
)

// ReadTime reads a date or time as Danes write it, the day before the month, or as ISO
// has it; "" is the zero time. A date alone is noon in Denmark. An hour that comes twice,
// in the night when clocks go back, is the first of the two.
func (r *Register) ReadTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	s = strings.ToLower(strings.Join(strings.Fields(s), " "))
	s = month.ReplaceAllStringFunc(weekday.ReplaceAllString(s, ""), func(name string) string {
		names := []string{"jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec"}
		return strconv.Itoa(slices.Index(names, name[:3])+1) + "."
	})
	var parts []string
	if parts = yearFirst.FindStringSubmatch(s); parts == nil {
		if parts = dayFirst.FindStringSubmatch(s); parts == nil {
			return time.Time{}, ErrDates
		}
		parts[1], parts[3] = parts[3], parts[1]
	}
	n := make([]int, len(parts))
	for i, p := range parts[1:] {
		n[i+1], _ = strconv.Atoi(p) // digits or nothing
	}
	year, hour := n[1], n[4]
	if len(parts[1]) == 2 {
		year += 2000
	}
	if parts[4] == "" {
		hour = 12
	}
	t := time.Date(year, time.Month(n[2]), n[3], hour, n[5], 0, 0, r.zone)
	if year < 1900 || t.Day() != n[3] || t.Month() != time.Month(n[2]) || hour > 23 || n[5] > 59 {
		return time.Time{}, ErrDates
	}
	return Earlier(t).UTC(), nil
}

// Earlier is the first of the two moments that a time of day can mean in the night when
// clocks go back, and else the moment itself: of two deadlines the safe one.
func Earlier(t time.Time) time.Time {
	const wall = "2006-01-02 15:04"
	if e := t.Add(-time.Hour); e.Format(wall) == t.Format(wall) {
		return e
	}
	return t
}
