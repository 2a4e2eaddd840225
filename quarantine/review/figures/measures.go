package figures

import (
	"net/http"

	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/words"
	"brevvagt/quarantine/stats"
)

// RuleState is how a rule of the policy in force stands.
type RuleState struct {
	ID        string
	Action    string // pass, warn, hold or reject
	Trial     bool   // counted and shown, not acted on
	Approvers int    // people who must agree before a release
}

// measure is what Datatilsynet has asked for against wrong recipients, with the rules
// that stand for it here. Title, what brevvagt does and where it was said are phrases.
type measure struct {
	name  string
	rules []string
}

// measures are those with a public source; what only an organisation can do, such as
// teaching people, has none here.
var measures = []measure{
	{"merge", []string{"addressee-mismatch", "run-stopped", "addressee-unknown", "stale-letter"}},
	{"documents", []string{"foreign-person", "resent-attachment"}},
	{"complete", []string{"addressee-mismatch", "unusual-recipient", "visible-recipients", "bulk-persons"}},
	{"encryption", []string{"cpr-unprotected", "special-category", "protected-address"}},
	{"hidden", []string{"template-residue"}},
	{"recall", nil},
}

type measureRow struct {
	Name, Title, Text, Source string
	Rules                     []measureRule
}

type measureRule struct {
	Label, State string
	Tag          string // of the design system, for the state
	Cases, Hits  int
}

// Measures is the page that tells which of them are on, with the year's figures.
func (s *Pages) Measures(w http.ResponseWriter, r *http.Request) {
	u, _ := s.User(r)
	l := frame.Language(r)
	year := s.Now().In(words.Zone()).Year()
	y, err := s.Of(r.Context(), year)
	if err != nil {
		s.Broken(w, r, "count the year", err)
		return
	}
	counted := make(map[string]stats.Rule, len(y.Rules))
	for _, rule := range y.Rules {
		counted[rule.ID] = rule
	}
	states := s.states()
	var rows []measureRow
	for _, m := range measures {
		key := "measures." + m.name
		row := measureRow{Name: m.name, Title: words.Text(l, key), Text: words.Text(l, key+".text"), Source: words.Text(l, key+".source")}
		for _, id := range m.rules {
			c := counted[id]
			rule := measureRule{Label: words.Known(l, "rule", id), Cases: c.Cases, Hits: c.Hits}
			rule.State, rule.Tag = stateOf(l, states, id)
			row.Rules = append(row.Rules, rule)
		}
		rows = append(rows, row)
	}
	p := s.NewPage(r, &u, words.Text(l, "measures.title"))
	p.Data = struct {
		Year     int
		Measures []measureRow
	}{year, rows}
	s.Render(w, http.StatusOK, "measures", p)
}

func (s *Pages) states() map[string]RuleState {
	if s.Rules == nil {
		return nil
	}
	states := make(map[string]RuleState)
	for _, r := range s.Rules() {
		states[r.ID] = r
	}
	return states
}

// stateOf puts a rule's state into words; no states at all means that none is known. A rule that the policy lacks, or that lets
// everything pass, is off.
func stateOf(l words.Lang, states map[string]RuleState, id string) (text, tag string) {
	r, on := states[id]
	switch {
	case states == nil:
		return words.Text(l, "measures.unknown"), "info"
	case !on || r.Action == "pass":
		return words.Text(l, "measures.off"), "error"
	case r.Trial:
		return words.Text(l, "measures.trial"), "warning"
	case r.Action == "warn":
		return words.Text(l, "measures.warns"), "info"
	case r.Approvers > 1:
		return words.Text(l, "measures.two"), "success"
	}
	return words.Text(l, "measures.stops"), "success"
}
