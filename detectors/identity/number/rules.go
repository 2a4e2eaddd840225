package number

import (
	"slices"
	"time"
)

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

// Rules are the published tables and the site's additions.
type Rules struct {
	extra []int // days of further exception dates
	test  map[[10]byte]bool
	last  [100]bool // the last two digits of those
	Known func(string) bool
}

// IsTest reports whether the digits stand for nobody.
func (r *Rules) IsTest(d *[10]byte) bool {
	return r.last[d[8]*10+d[9]] && r.test[*d]
}

// NewRules makes the rules of a site.
func NewRules(cfg Config) *Rules {
	r := &Rules{test: make(map[[10]byte]bool), Known: cfg.Known}
	for _, t := range cfg.ExceptionDates {
		r.extra = append(r.extra, DaysOf(t))
	}
	if cfg.TestIsReal {
		return r
	}
	for _, list := range [][]string{testNumbers, cfg.TestNumbers} {
		for _, s := range list {
			if d, ok := DigitsOf(s); ok {
				r.test[d] = true
				r.last[d[8]*10+d[9]] = true
			}
		}
	}
	return r
}

// Exception reports whether numbers of this date may lack a check digit. near is
// true for a 1 January that is not listed yet but of the kind that is.
func (r *Rules) Exception(b Birth) (listed, near bool) {
	if slices.Contains(r.extra, b.Days()) {
		return true, false
	}
	if b.Month != 1 || b.Day != 1 || b.Year < 1960 || b.Year > 1999 {
		return false, false
	}
	if slices.Contains(exceptionYears[:], b.Year) {
		return true, false
	}
	return false, true
}
