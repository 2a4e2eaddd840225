package detectors

// RedactNumbers blacks out the last four digits of what is written as a CPR
// number: ten digits in a row, or a date of six or eight digits (also in pairs)
// and four more, whose first four make a day and a month. It is for names, paths
// and addresses, which must stay recognisable where they hold a time stamp or an
// order number; for running text around a finding use the broader Redact.
func RedactNumbers(s string) string {
	runes := []rune(s)
	runs := digitRuns(runes)
	masked := false
	for i := 0; i < len(runs); i++ {
		if n := stamped(runes, runs[i:]); n > 0 {
			i += n - 1
			continue
		}
		if serial, ok := serialOf(runes, runs[i:]); ok {
			masked = true
			for p := serial; p < serial+4; p++ {
				runes[p] = 'x'
			}
			continue
		}
		for _, p := range scattered(runes, runs[i:]) {
			masked = true
			runes[p] = 'x'
		}
	}
	if !masked {
		return s
	}
	return string(runes)
}

// run is a maximal row of digits: rune positions [start, end).
type run struct{ start, end int }

func (r run) len() int { return r.end - r.start }

func digitRuns(runes []rune) []run {
	var out []run
	for i := 0; i < len(runes); i++ {
		if digitValue(runes[i]) < 0 {
			continue
		}
		start := i
		for i < len(runes) && digitValue(runes[i]) >= 0 {
			i++
		}
		out = append(out, run{start, i})
	}
	return out
}

// stamped reports how many runs make a date, the year first, and a time of day with
// seconds, as programs name pictures of a screen and scans: "2026-11-05 101512",
// "2026-11-05 10.15.12". 0 when the row of runs begins otherwise.
func stamped(runes []rune, runs []run) int {
	number := func(from, n int) (v int) {
		for k := range n {
			v = v*10 + digitValue(runes[from+k])
		}
		return v
	}
	if len(runs) < 4 || runs[0].len() != 4 || runs[1].len() != 2 || runs[2].len() != 2 {
		return 0
	}
	year, month, day := number(runs[0].start, 4), number(runs[1].start, 2), number(runs[2].start, 2)
	if year < 1990 || year > 2099 || month < 1 || month > 12 || day < 1 || day > 31 {
		return 0
	}
	last := 3
	clock := [3]int{}
	switch {
	case runs[3].len() == 6:
		clock = [3]int{runs[3].start, runs[3].start + 2, runs[3].start + 4}
	case len(runs) > 5 && runs[3].len() == 2 && runs[4].len() == 2 && runs[5].len() == 2:
		last = 5
		clock = [3]int{runs[3].start, runs[4].start, runs[5].start}
	default:
		return 0
	}
	for k := 1; k <= last; k++ {
		if !separated(runes, runs[k-1], runs[k]) {
			return 0
		}
	}
	if number(clock[0], 2) > 23 || number(clock[1], 2) > 59 || number(clock[2], 2) > 59 || last+1 < len(runs) && separated(runes, runs[last], runs[last+1]) {
		return 0 // what goes on behind it may be a serial number
	}
	return last + 1
}

// serialOf gives the position of the four digits of serial number when the row
// of runs begins with one of the spellings of a CPR number.
func serialOf(runes []rune, runs []run) (int, bool) {
	first := runs[0]
	switch first.len() {
	case 10:
		return first.end - 4, dayMonth(runes[first.start:first.end])
	case 6, 8:
		if len(runs) > 1 && runs[1].len() == 4 && separated(runes, first, runs[1]) {
			return runs[1].start, dayMonth(runes[first.start:first.end])
		}
	case 2:
		if len(runs) > 3 && runs[1].len() == 2 && (runs[2].len() == 2 || runs[2].len() == 4) && runs[3].len() == 4 &&
			separated(runes, first, runs[1]) && separated(runes, runs[1], runs[2]) && separated(runes, runs[2], runs[3]) {
			pair := append(append([]rune(nil), runes[first.start:first.end]...), runes[runs[1].start:runs[1].end]...)
			return runs[3].start, dayMonth(pair)
		}
	}
	return 0, false
}

// scattered gives the places of the last four digits when the row of runs begins
// with ten digits in other groups: pairs, boxes, an invisible character inside. A
// year of four digits as third group makes a date and a clock of it.
func scattered(runes []rune, runs []run) []int {
	var at []int
	for k, r := range runs {
		if len(at) >= 10 || k > 0 && !separated(runes, runs[k-1], r) || k == 2 && r.len() == 4 && len(at) == 4 {
			break
		}
		for p := r.start; p < r.end && len(at) <= 10; p++ {
			at = append(at, p)
		}
	}
	if len(at) != 10 {
		return nil
	}
	first := make([]rune, 4)
	for k := range first {
		first[k] = runes[at[k]]
	}
	if !dayMonth(first) {
		return nil
	}
	return at[6:]
}

// separated reports whether one to three characters, none a letter, stand
// between two runs.
func separated(runes []rune, a, b run) bool {
	gap := runes[a.end:b.start]
	if len(gap) < 1 || len(gap) > 3 {
		return false
	}
	for _, r := range gap {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return false
		}
	}
	return true
}

// dayMonth reports whether the first four digits make a day, plain or raised by
// 60 as in replacement numbers, and a month.
func dayMonth(d []rune) bool {
	day := digitValue(d[0])*10 + digitValue(d[1])
	month := digitValue(d[2])*10 + digitValue(d[3])
	if day > 60 {
		day -= 60
	}
	return day >= 1 && day <= 31 && month >= 1 && month <= 12
}
