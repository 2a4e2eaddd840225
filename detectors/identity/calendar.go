package identity

import (
	"slices"
	"time"
)

// oldestYears is the age above which an unlabelled number is taken for something
// else: nobody in Denmark has been older.
const oldestYears = 120

// weights of the CPR office's modulus 11 check.
var weights = [10]int{4, 3, 2, 7, 6, 5, 4, 3, 2, 1}

// modulus11 reports whether ten digits pass the check. Since 1 October 2007 valid
// numbers are issued that do not, so it may confirm a number but never veto one.
func modulus11(d *[10]byte) bool {
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

// birth is a date of birth as the digits give it.
type birth struct{ year, month, day int }

// birthOf reads the date of ten digits. ok is false when there is no such day.
// raised tells a replacement number, whose day is raised by 60.
func birthOf(d *[10]byte) (b birth, raised, ok bool) {
	b.day = int(d[0])*10 + int(d[1])
	b.month = int(d[2])*10 + int(d[3])
	b.year = century(int(d[4])*10+int(d[5]), int(d[6]))
	if b.day > 60 {
		b.day -= 60
		raised = true
	}
	return b, raised, b.exists()
}

func (b birth) exists() bool {
	return b.month >= 1 && b.month <= 12 && b.day >= 1 && b.day <= daysIn(b.month, b.year)
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

// days numbers dates so that they can be compared.
func (b birth) days() int { return b.year*10000 + b.month*100 + b.day }

// daysOf is days of a time. The zero time is 0, which bounds nothing: a caller that
// forgets the day must not silence every number.
func daysOf(t time.Time) int {
	if t.IsZero() {
		return 0
	}
	return birth{t.Year(), int(t.Month()), t.Day()}.days()
}

// BirthDate reads the date of birth from ten normalised digits, for rules that
// look at age. A replacement number's day is lowered again. ok is false when
// value10 is not ten digits, holds no real date, or a date after asOf.
func BirthDate(value10 string, asOf time.Time) (date time.Time, ok bool) {
	d, ok := digitsOf(value10)
	if !ok {
		return time.Time{}, false
	}
	b, _, ok := birthOf(&d)
	if !ok || !asOf.IsZero() && b.days() > daysOf(asOf) {
		return time.Time{}, false
	}
	return time.Date(b.year, time.Month(b.month), b.day, 0, 0, 0, 0, time.UTC), true
}

// Age is the age in whole years of the person with this number on a day.
func Age(value10 string, asOf time.Time) (years int, ok bool) {
	born, ok := BirthDate(value10, asOf)
	if !ok {
		return 0, false
	}
	years = asOf.Year() - born.Year()
	if daysOf(asOf)%10000 < daysOf(born)%10000 {
		years--
	}
	return years, true
}

func digitsOf(s string) (d [10]byte, ok bool) {
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

// ExceptionDatesAsOf is the day the CPR office's page with the list below was
// last updated. The office says that the list may be incomplete, so a site can
// add to it (Config.ExceptionDates).
const ExceptionDatesAsOf = "2023-05-10"

// exceptionYears are the years on whose 1 January numbers without a check digit
// have been issued (cpr.dk, "Personnumre uden kontrolciffer").
var exceptionYears = [...]int{
	1960, 1962, 1964, 1965, 1966, 1967, 1969,
	1970, 1974, 1975, 1978,
	1980, 1981, 1982, 1983, 1984, 1985, 1986, 1987, 1988, 1989,
	1990, 1991, 1992, 1994, 1995,
}

// TestNumbersAsOf is the day of MedCom's national list of test persons, made on
// the CPR office's instruction.
const TestNumbersAsOf = "2016-11-23"

// testNumbers are MedCom's list, then the two persons of the official Digital
// Post examples and a common filler.
var testNumbers = []string{
	"0104909995", "0104909989", "0107729995", "0108589995", "0108629996", "0201609995",
	"0201609996", "0201919990", "0201919995", "0201919996", "0211223989", "0212159995",
	"0504909989", "0504909995", "0506889996", "1007059995", "1110109996", "1310169995",
	"1310169996", "1502779995", "1502799995", "1502829995", "1509819996", "2103009996",
	"2311143995", "2509479989", "2512489996", "2911829996", "3001749995", "3103979995",
	"2211771212", "2512169996", "1111111118",
}

// Config is what a site adds to the rules. The zero value is the rules as published.
type Config struct {
	ExceptionDates []time.Time // further birth dates with numbers lacking modulus 11
	TestNumbers    []string    // further numbers that stand for nobody, ten digits
	TestIsReal     bool        // judge known test numbers like any other
	// Known reports whether ten digits are the number of a citizen whom the site
	// knows; nil knows nobody. It must be safe for several goroutines.
	Known func(value string) bool
}

// rules are the published tables and the site's additions.
type rules struct {
	extra []int // days of further exception dates
	test  map[[10]byte]bool
	last  [100]bool // the last two digits of those
	known func(string) bool
}

// isTest reports whether the digits stand for nobody.
func (r *rules) isTest(c *candidate) bool {
	return r.last[c.d[8]*10+c.d[9]] && r.test[c.d]
}

func newRules(cfg Config) *rules {
	r := &rules{test: make(map[[10]byte]bool), known: cfg.Known}
	for _, t := range cfg.ExceptionDates {
		r.extra = append(r.extra, daysOf(t))
	}
	if cfg.TestIsReal {
		return r
	}
	for _, list := range [][]string{testNumbers, cfg.TestNumbers} {
		for _, s := range list {
			if d, ok := digitsOf(s); ok {
				r.test[d] = true
				r.last[d[8]*10+d[9]] = true
			}
		}
	}
	return r
}

// exception reports whether numbers of this date may lack a check digit. near is
// true for a 1 January that is not listed yet but of the kind that is.
func (r *rules) exception(b birth) (listed, near bool) {
	if slices.Contains(r.extra, b.days()) {
		return true, false
	}
	if b.month != 1 || b.day != 1 || b.year < 1960 || b.year > 1999 {
		return false, false
	}
	if slices.Contains(exceptionYears[:], b.year) {
		return true, false
	}
	return false, true
}
