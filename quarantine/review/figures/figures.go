// Package figures is the page with the year's figures, which is also the yearly
// report: what was stopped, what became of it, and how often each rule was right;
// and the page with what Datatilsynet asks for against wrong recipients.
package figures

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/paper"
	"brevvagt/quarantine/review/words"
	"brevvagt/quarantine/stats"
)

// Pages are the handlers.
type Pages struct {
	*frame.Frame
	Of func(ctx context.Context, year int) (*stats.Year, error)
	// Rules gives the rules of the policy in force; nil says that none is known.
	Rules func() []RuleState
}

type view struct {
	Year, Previous, Next int
	Total                *stats.Year
	Median, Slowest      string
	Months               []monthRow
	Rules                []ruleRow
	Units                []stats.Unit
}

type monthRow struct {
	Name string
	stats.Month
}

type ruleRow struct {
	Label     string
	Precision string
	stats.Rule
}

// Show is the report of the year in the address, this year by default.
func (s *Pages) Show(w http.ResponseWriter, r *http.Request) {
	u, _ := s.User(r)
	l := frame.Language(r)
	this := s.Now().In(words.Zone()).Year()
	year, err := strconv.Atoi(r.URL.Query().Get("aar"))
	if err != nil || year < 2000 || year > this {
		year = this
	}
	y, err := s.Of(r.Context(), year)
	if err != nil {
		s.Broken(w, r, "count the year", err)
		return
	}
	if r.URL.Query().Get("som") == "pdf" {
		s.pdf(w, r, y)
		return
	}
	v := view{Year: year, Previous: year - 1, Total: y, Units: y.Units, Median: words.Minutes(l, int(y.Median)), Slowest: words.Minutes(l, int(y.Slowest))}
	if year < this {
		v.Next = year + 1
	}
	for i, m := range y.Months {
		v.Months = append(v.Months, monthRow{words.Month(l, time.Month(i+1)), m})
	}
	for _, rule := range y.Rules {
		row := ruleRow{Label: words.Known(l, "rule", rule.ID), Rule: rule, Precision: "–"}
		if p := rule.Precision(); p >= 0 {
			row.Precision = fmt.Sprintf("%d %%", p)
		}
		v.Rules = append(v.Rules, row)
	}
	for i := range v.Units {
		v.Units[i].Name = paper.UnitName(l, v.Units[i])
	}
	p := s.NewPage(r, &u, words.Text(l, "stats.title", year))
	p.Data = v
	s.Render(w, http.StatusOK, "stats", p)
}

// pdf sends the report as a file.
func (s *Pages) pdf(w http.ResponseWriter, r *http.Request, y *stats.Year) {
	var b bytes.Buffer
	if err := paper.Year(&b, paper.About{Lang: frame.Language(r), Organisation: s.Organisation, Now: s.Now()}, y); err != nil {
		s.Broken(w, r, "print the year", err)
		return
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="aarsrapport-%d.pdf"`, y.Year))
	if _, err := b.WriteTo(w); err != nil {
		s.Log.Debug("report not delivered", "err", err)
	}
}
