// Package stats counts what the quarantine did in a year, for the yearly report and
// for those who tend the rules: by month, by unit, by rule with its precision, and
// how long decisions took. It counts rows and reads no content.
package stats

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"brevvagt/internal/store"
	"brevvagt/quarantine/units"
)

// Year is the report of one Danish calendar year.
type Year struct {
	Year     int       `json:"year"`
	Months   [12]Month `json:"months"`
	Rules    []Rule    `json:"rules"`
	Units    []Unit    `json:"units"`
	Stopped  int       `json:"stopped"`
	Left     int       `json:"left"` // of Stopped: had left before they were seen
	Released int       `json:"released"`
	Rejected int       `json:"rejected"`
	Expired  int       `json:"expired"` // expired or gone
	Waiting  int       `json:"waiting"`
	Median   Minutes   `json:"median_minutes"` // from stop to decision
	Slowest  Minutes   `json:"p90_minutes"`    // nine of ten decisions were faster
	Register Entries   `json:"register"`
}

// Minutes is a time to decide; -1 when nothing was decided.
type Minutes int

// Month counts what was stopped, and the register's entries by their state.
type Month struct {
	Stopped int `json:"stopped"`
	Entries
}

// Entries counts register entries.
type Entries struct {
	Averted  int `json:"averted"`
	Possible int `json:"possible"`
	Breach   int `json:"breach"`
	Notified int `json:"notified"` // column 8 is Ja
}

// Rule counts the cases in which a rule fired. It was right where the case was rejected,
// released by a secure route or to some of the recipients only, or became a breach; it was
// not where everybody got the item as it was sent, or somebody noted a false alarm. Cases
// without a decision count for neither.
type Rule struct {
	ID      string `json:"rule"`
	Cases   int    `json:"cases"`
	Hits    int    `json:"hits"`
	Misses  int    `json:"misses"`
	Decided int    `json:"decided"`
}

// Precision is the share of decided cases that were hits, in per cent; -1 for none.
func (r *Rule) Precision() int {
	if r.Decided == 0 {
		return -1
	}
	return (100*r.Hits + r.Decided/2) / r.Decided
}

// Unit counts the cases of the senders of one unit, and what the register says of them.
// Name is "" for cases without a sender and entries without a case; Rest is what did
// not fit into the list.
type Unit struct {
	Name  string `json:"unit"`
	Cases int    `json:"cases"`
	Rest  bool   `json:"rest,omitempty"`
	Entries
}

// maxUnits bounds the list; the rest is one line.
const maxUnits = 20

// Of counts a year; zone is where its days begin.
func Of(ctx context.Context, db *store.DB, year int, zone *time.Location) (*Year, error) {
	y := &Year{Year: year}
	from, to := time.Date(year, 1, 1, 0, 0, 0, 0, zone), time.Date(year+1, 1, 1, 0, 0, 0, 0, zone)
	units := make(map[string]*Unit)
	err := db.View(ctx, func(tx *sql.Tx) error {
		if err := y.cases(ctx, tx, from, to, units); err != nil {
			return err
		}
		return y.entries(ctx, tx, from, to, units)
	})
	y.list(units)
	return y, err
}

// fact is what is counted of a case.
type fact struct {
	From, Unit   string
	Left, Canary bool
	Rules        []struct {
		ID string `json:"id"`
	}
}

func (y *Year) cases(ctx context.Context, tx *sql.Tx, from, to time.Time, units map[string]*Unit) error {
	rows, err := tx.QueryContext(ctx, `SELECT c.held_at, c.state, c.decided_at, CASE WHEN c.brief <> '' THEN c.brief ELSE c.facts END, c.wish,
		EXISTS (SELECT 1 FROM case_notes n WHERE n.case_id = c.id AND n.kind = 'false-alarm'), COALESCE(d.status, '')
		FROM cases c LEFT JOIN register_drafts d ON d.no = c.draft_no AND c.draft_no <> '' WHERE c.held_at >= $1 AND c.held_at < $2 ORDER BY c.held_at`, store.Millis(from), store.Millis(to))
	if err != nil {
		return fmt.Errorf("cannot count cases: %w", err)
	}
	defer rows.Close()
	rules := map[string]*Rule{}
	var waits []time.Duration
	for rows.Next() {
		var held, decided int64
		var state, text, wish, status string
		var alarm bool
		if err := rows.Scan(&held, &state, &decided, &text, &wish, &alarm, &status); err != nil {
			return fmt.Errorf("cannot count cases: %w", err)
		}
		var f fact
		if err := json.Unmarshal([]byte(text), &f); err != nil {
			return fmt.Errorf("cannot count cases: %w", err)
		}
		if f.Canary {
			continue // proves the way, and nobody's data was at risk
		}
		y.Stopped++
		if f.Left {
			y.Left++
		}
		y.Months[store.Time(held).In(from.Location()).Month()-1].Stopped++
		unit(units, f.unit()).Cases++
		if decided > 0 && (state == "released" || state == "rejected") {
			waits = append(waits, store.Time(decided).Sub(store.Time(held)))
		}
		y.state(state)
		was := verdict(state, wish, status, alarm)
		for _, r := range f.Rules {
			if rules[r.ID] == nil {
				rules[r.ID] = &Rule{ID: r.ID}
			}
			rules[r.ID].count(was)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("cannot count cases: %w", err)
	}
	y.sum(rules, waits)
	return nil
}

func (y *Year) state(state string) {
	switch state {
	case "released":
		y.Released++
	case "rejected":
		y.Rejected++
	case "expired", "gone":
		y.Expired++
	default:
		y.Waiting++
	}
}

// verdict is what became of a case says of its rules: 1 that they were right, -1 that they
// were not, 0 nothing yet. wish is how it was released, status what the register says.
func verdict(state, wish, status string, alarm bool) int {
	switch {
	case alarm:
		return -1
	case status == "brud", state == "rejected":
		return 1
	case state == "released" && (strings.Contains(wish, `"route":`) || strings.Contains(wish, `"to":`)):
		return 1
	case state == "released":
		return -1
	}
	return 0
}

func (r *Rule) count(verdict int) {
	r.Cases++
	switch verdict {
	case 1:
		r.Hits++
		r.Decided++
	case -1:
		r.Misses++
		r.Decided++
	}
}

func (y *Year) sum(rules map[string]*Rule, waits []time.Duration) {
	for _, r := range rules {
		y.Rules = append(y.Rules, *r)
	}
	slices.SortFunc(y.Rules, func(a, b Rule) int { return cmp.Or(b.Cases-a.Cases, strings.Compare(a.ID, b.ID)) })
	y.Median, y.Slowest = Took(waits)
}

// Took is how long decisions took, by how long each waited: the median, and what nine of
// ten were faster than; -1 for no decisions.
func Took(waits []time.Duration) (median, slowest Minutes) {
	if len(waits) == 0 {
		return -1, -1
	}
	slices.Sort(waits)
	return Minutes(middle(waits).Minutes()), Minutes(waits[len(waits)*9/10].Minutes())
}

// middle is the median of sorted times: of an even number, half way between the two in the
// middle.
func middle(sorted []time.Duration) time.Duration {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// list sorts the units, the one with the most cases first, and adds up those that are
// too many.
func (y *Year) list(units map[string]*Unit) {
	for _, u := range units {
		y.Units = append(y.Units, *u)
	}
	slices.SortFunc(y.Units, func(a, b Unit) int {
		return cmp.Or(b.Cases-a.Cases, b.Breach-a.Breach, strings.Compare(a.Name, b.Name))
	})
	if len(y.Units) <= maxUnits {
		return
	}
	rest := Unit{Rest: true}
	for _, u := range y.Units[maxUnits:] {
		rest.Cases += u.Cases
		rest.Averted, rest.Possible, rest.Breach, rest.Notified = rest.Averted+u.Averted, rest.Possible+u.Possible, rest.Breach+u.Breach, rest.Notified+u.Notified
	}
	y.Units = append(y.Units[:maxUnits], rest)
}

func unit(units map[string]*Unit, name string) *Unit {
	if units[name] == nil {
		units[name] = &Unit{Name: name}
	}
	return units[name]
}

// unit is what the case was given when it was stopped; cases of earlier versions have
// the domain. A person's mailbox is never counted by itself.
func (f *fact) unit() string {
	if f.Unit != "" {
		return f.Unit
	}
	return (*units.Map)(nil).Of(f.From)
}

func (y *Year) entries(ctx context.Context, tx *sql.Tx, from, to time.Time, units map[string]*Unit) error {
	rows, err := tx.QueryContext(ctx, `SELECT d.created, d.status, d.columns, COALESCE(CASE WHEN c.brief <> '' THEN c.brief ELSE c.facts END, '{}')
		FROM register_drafts d LEFT JOIN cases c ON c.id = d.case_id AND d.case_id <> '' WHERE d.created >= $1 AND d.created < $2`, store.Millis(from), store.Millis(to))
	if err != nil {
		return fmt.Errorf("cannot count the register: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var created int64
		var status, columns, caseText string
		if err := rows.Scan(&created, &status, &columns, &caseText); err != nil {
			return fmt.Errorf("cannot count the register: %w", err)
		}
		var text struct {
			Notify string `json:"notify"`
		}
		if err := json.Unmarshal([]byte(columns), &text); err != nil {
			return fmt.Errorf("cannot count the register: %w", err)
		}
		var f fact
		if err := json.Unmarshal([]byte(caseText), &f); err != nil {
			return fmt.Errorf("cannot count the register: %w", err)
		}
		for _, e := range []*Entries{&y.Register, &y.Months[store.Time(created).In(from.Location()).Month()-1].Entries, &unit(units, f.unit()).Entries} {
			switch status {
			case "brud":
				e.Breach++
			case "muligt brud":
				e.Possible++
			default:
				e.Averted++
			}
			if text.Notify == "Ja" {
				e.Notified++
			}
		}
	}
	return rows.Err()
}
