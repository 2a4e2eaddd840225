package paper

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"brevvagt/quarantine/review/words"
	"brevvagt/quarantine/stats"
)

// Year writes the yearly report: counts only, no content.
func Year(w io.Writer, a About, y *stats.Year) error {
	l := a.Lang
	s, err := newSheet(a, words.Text(l, "stats.title", y.Year), false)
	if err != nil {
		return err
	}
	s.heading(words.Text(l, "stats.title", y.Year))
	for _, p := range []struct {
		key   string
		value string
	}{
		{"stats.stopped", strconv.Itoa(y.Stopped)}, {"stats.left", strconv.Itoa(y.Left)}, {"tab.rejected", strconv.Itoa(y.Rejected)}, {"tab.released", strconv.Itoa(y.Released)},
		{"tab.closed", strconv.Itoa(y.Expired)}, {"tab.waiting", strconv.Itoa(y.Waiting)}, {"stats.median", words.Minutes(l, int(y.Median))}, {"stats.p90", words.Minutes(l, int(y.Slowest))},
		{"stats.register", words.Text(l, "stats.register.text", y.Register.Averted, y.Register.Possible, y.Register.Breach, y.Register.Notified)},
	} {
		s.pair(words.Text(l, p.key), p.value)
	}
	s.heading(words.Text(l, "stats.months"))
	s.table([]string{words.Text(l, "stats.month"), words.Text(l, "stats.stopped"), words.Known(l, "status", "afværget hændelse"), words.Known(l, "status", "muligt brud"), words.Known(l, "status", "brud")}, true)
	for i, m := range y.Months {
		s.table([]string{words.Month(l, time.Month(i+1)), strconv.Itoa(m.Stopped), strconv.Itoa(m.Averted), strconv.Itoa(m.Possible), strconv.Itoa(m.Breach)}, false)
	}
	if len(y.Rules) > 0 {
		s.heading(words.Text(l, "stats.rules"))
		s.paragraph(words.Text(l, "stats.rules.lead"))
		s.table([]string{words.Text(l, "filter.rule"), words.Text(l, "stats.cases"), words.Text(l, "stats.hits"), words.Text(l, "stats.misses"), words.Text(l, "stats.precision")}, true)
	}
	for i := range y.Rules {
		r := &y.Rules[i]
		precision := "–"
		if p := r.Precision(); p >= 0 {
			precision = fmt.Sprintf("%d %%", p)
		}
		s.table([]string{words.Known(l, "rule", r.ID), strconv.Itoa(r.Cases), strconv.Itoa(r.Hits), strconv.Itoa(r.Misses), precision}, false)
	}
	if len(y.Units) > 0 {
		s.heading(words.Text(l, "stats.units"))
		s.paragraph(words.Text(l, "stats.units.lead"))
		s.table([]string{words.Text(l, "stats.unit"), words.Text(l, "stats.stopped"), words.Known(l, "status", "afværget hændelse"), words.Known(l, "status", "muligt brud"), words.Known(l, "status", "brud")}, true)
	}
	for _, u := range y.Units {
		s.table([]string{UnitName(l, u), strconv.Itoa(u.Cases), strconv.Itoa(u.Averted), strconv.Itoa(u.Possible), strconv.Itoa(u.Breach)}, false)
	}
	return s.write(w)
}

// UnitName is a unit's name as it is shown.
func UnitName(l words.Lang, u stats.Unit) string {
	switch {
	case u.Rest:
		return words.Text(l, "stats.others")
	case u.Name == "":
		return words.Text(l, "stats.nounit")
	}
	return words.Clean(u.Name, words.Short)
}

// table is a row of a name and four figures.
func (s *sheet) table(values []string, bold bool) {
	rest := int(s.width) - 4*30
	cells := []cell{{values[0], rest, bold}}
	for _, v := range values[1:] {
		cells = append(cells, cell{v, 30, bold})
	}
	s.line(body, true, cells...)
}
