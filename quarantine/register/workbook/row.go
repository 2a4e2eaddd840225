package workbook

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"brevvagt/quarantine/register"
)

// reader makes entries of rows.
type reader struct {
	register *register.Register
	from1904 bool // Excel counts days from then, as on old Macs
	sheet    int
	seen     map[string]bool
	drafts   []register.Draft
	wrong    []RowError
}

func (r *reader) read(s *sheet) {
	for i, row := range s.rows {
		cell := func(column int) string {
			if places := s.at[column]; len(places) > 0 && places[0] < len(row) {
				return strings.TrimSpace(strings.ReplaceAll(row[places[0]], "\r\n", "\n"))
			}
			return ""
		}
		if strings.TrimSpace(strings.Join(row, "")) == "" || total(cell) {
			continue
		}
		d, err := r.entry(cell)
		if err == nil && d.No != "" && r.seen[d.No] {
			err = register.ErrExists
		}
		if err == nil {
			err = r.register.CheckAll(&d)
		}
		if err != nil {
			r.wrong = append(r.wrong, RowError{r.sheet, s.first + i, err})
			continue
		}
		r.seen[d.No] = true
		r.drafts = append(r.drafts, d)
	}
}

var sum = regexp.MustCompile(`(?i)^(?:i alt|total|sum|antal)\b`)

// total reports a line that adds the others up: it has neither a date nor words of what
// happened.
func total(cell func(int) string) bool {
	what := cell(2)
	if sum.MatchString(cell(1)) && cell(3) == "" && cell(4) == "" {
		return true
	}
	if _, err := strconv.Atoi(what); what != "" && err != nil && !sum.MatchString(what) {
		return false
	}
	return cell(3) == "" && (sum.MatchString(cell(1)) || sum.MatchString(what))
}

func (r *reader) entry(cell func(int) string) (register.Draft, error) {
	d := register.Draft{Fields: register.Fields{What: cell(2), Type: cell(5), Consequences: cell(7), Notify: cell(8), NotifyReason: cell(9),
		Measures: cell(10), Informed: cell(11), InformedReason: cell(12), Ruling: cell(13)}}
	if d.What == "" {
		return d, register.ErrEmpty
	}
	var err error
	if d.Registered, err = r.time(cell(3)); err != nil {
		return d, err
	}
	if d.Start, err = r.time(cell(4)); err != nil {
		return d, err
	}
	if d.No, err = r.number(cell(1), d.Registered); err != nil {
		return d, err
	}
	if d.Registered.IsZero() {
		return d, register.ErrDates
	}
	if d.Start.IsZero() {
		d.Start = d.Registered
	}
	d.DataTypes = dataTypes(cell(6))
	decision(&d.Notify, &d.NotifyReason)
	decision(&d.Informed, &d.InformedReason)
	d.Status = statusOf(&d)
	return d, nil
}

// dataTypes takes a list of kinds of data apart: at commas, and at line ends where a kind
// stands on each line, not where a long one was only broken.
func dataTypes(cell string) (list []string) {
	known := func(s string) bool {
		return slices.ContainsFunc(register.DataTypeValues(), func(v string) bool { return strings.EqualFold(v, strings.TrimSpace(s)) })
	}
	for part := range strings.FieldsFuncSeq(cell, func(c rune) bool { return c == ',' || c == ';' }) {
		lines := strings.FieldsFunc(part, func(c rune) bool { return c == '\n' })
		if !slices.ContainsFunc(lines, func(s string) bool { return !known(s) }) {
			for _, s := range lines {
				list = append(list, strings.TrimSpace(s))
			}
			continue
		}
		list = append(list, strings.Join(strings.Fields(part), " "))
	}
	return list
}

var answer = regexp.MustCompile(`(?is)^(ja|nej)\b[ .,;:–-]*(.*)$`)

// decision reads what column 8 or 11 says; what somebody added to a no is its reason.
func decision(column, why *string) {
	if *column == "" {
		*column = register.Undecided
	}
	m := answer.FindStringSubmatch(*column)
	switch {
	case m == nil:
	case m[2] == "":
		*column = strings.ToUpper(m[1][:1]) + strings.ToLower(m[1][1:])
	case *why == "" && strings.EqualFold(m[1], "nej"):
		*column, *why = "Nej", m[2]
	}
}

// statusOf reads the state of an entry that comes without one.
func statusOf(d *register.Draft) register.Status {
	text := strings.ToLower(d.What + " " + d.Consequences + " " + d.NotifyReason)
	for _, s := range []string{"ikke et brud", "ikke et sikkerhedsbrud", "ikke brud", "standset, før den forlod", "afværget"} {
		if strings.Contains(text, s) {
			return register.Averted
		}
	}
	if register.Decided(d.Notify) {
		return register.Breach
	}
	return register.Possible
}

// time reads a cell with a date: text, or Excel's count of days.
func (r *reader) time(s string) (time.Time, error) {
	if t, ok := r.counted(s); ok {
		if t.Hour() == 0 && t.Minute() == 0 {
			t = t.Add(12 * time.Hour)
		}
		return register.Earlier(time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, r.register.Zone())).UTC(), nil
	}
	return r.register.ReadTime(s)
}

func (r *reader) counted(s string) (time.Time, bool) {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n <= 20_000 || n >= 80_000 {
		return time.Time{}, false
	}
	t, err := excelize.ExcelDateToTime(n, r.from1904)
	return t.Round(time.Minute), err == nil
}

// How registers number their entries.
var (
	yearThenNo = regexp.MustCompile(`(?i)^(?:nr\.? ?)?(\d{4}|\d{2}) ?[-–/. ] ?(\d{1,5})$`)
	noThenYear = regexp.MustCompile(`(?i)^(?:nr\.? ?)?(\d{1,3}) ?[-–/. ] ?(\d{4})$`)
	noAlone    = regexp.MustCompile(`(?i)^(?:nr\.? ?)?(\d{1,3})\.?$`)
)

// number writes the number of an entry as ours are. Excel makes a date of "2025-01" when
// somebody types it; a number without a year is one of the year of registration.
func (r *reader) number(s string, registered time.Time) (string, error) {
	if s == "" {
		return "", nil
	}
	year := registered.In(r.register.Zone()).Year()
	running := 0
	if t, ok := r.counted(s); ok && t.Day() == 1 && t.Hour() == 0 {
		year, running = t.Year(), int(t.Month())
	} else if m := noThenYear.FindStringSubmatch(s); m != nil {
		running, _ = strconv.Atoi(m[1])
		year, _ = strconv.Atoi(m[2])
	} else if m := yearThenNo.FindStringSubmatch(s); m != nil {
		y, _ := strconv.Atoi(m[1])
		if len(m[1]) == 2 && 2000+y != year {
			return "", register.ErrNumber // "01-17" of another year could be anything
		}
		if year = y; len(m[1]) == 2 {
			year = 2000 + y
		}
		running, _ = strconv.Atoi(m[2])
	} else if m := noAlone.FindStringSubmatch(s); m != nil && !registered.IsZero() {
		running, _ = strconv.Atoi(m[1])
	}
	no := fmt.Sprintf("%04d-%02d", year, running)
	if _, _, err := register.ParseNo(no); err != nil || year < 1970 {
		return "", register.ErrNumber
	}
	return no, nil
}
