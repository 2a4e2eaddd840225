package report

import (
	"encoding/json"
	"io"
	"time"

	"brevvagt/detectors"
	"brevvagt/document"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
)

// Record is one line of `scan --format jsonl`. It is a contract: other programs
// read it, so a field is never renamed and never changes its meaning.
type Record struct {
	Item      string         `json:"item"`
	Kind      string         `json:"kind"` // mail, file, letter
	From      string         `json:"from,omitempty"`
	To        []string       `json:"to,omitempty"`
	Protected bool           `json:"protected"`
	Verdict   policy.Action  `json:"verdict"`
	Route     string         `json:"route,omitempty"`    // secure route that it goes by
	RouteTo   []string       `json:"route_to,omitempty"` // the recipients reached by it
	Rules     []Rule         `json:"rules"`
	DryRun    []Rule         `json:"dry_run,omitempty"` // rules tried out: counted, not acted on
	Subjects  int            `json:"subjects"`
	Findings  []Found        `json:"findings"`
	Gaps      []document.Gap `json:"gaps"`
	Ms        int64          `json:"ms"`
}

// Rule is a rule that fired, in the contract.
type Rule struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// Found is a finding in the contract, masked unless revealed.
type Found struct {
	Detector string            `json:"detector"`
	Category string            `json:"category"`
	Strength string            `json:"strength"`
	Value    string            `json:"value"`
	At       document.Location `json:"at"`
	Why      []string          `json:"why"`
}

// NewRecord makes a line of an outcome. With reveal the values are written as
// they stood; without, nothing in the line holds a whole number.
func NewRecord(name string, out *scanner.Outcome, reveal bool) Record {
	clean := detectors.RedactNumbers
	if reveal {
		clean = func(s string) string { return s }
	}
	r := Record{
		Item: clean(name), Kind: out.Kind, From: clean(out.From), Protected: out.Verdict.Protected, Verdict: out.Verdict.Action,
		Rules: []Rule{}, Subjects: len(out.Subjects), Findings: []Found{}, Gaps: []document.Gap{},
		Ms: int64(out.Took / time.Millisecond),
	}
	for _, a := range out.To {
		r.To = append(r.To, clean(a))
	}
	r.Route = out.Verdict.Route
	for _, a := range out.Verdict.RouteTo {
		r.RouteTo = append(r.RouteTo, clean(a))
	}
	for _, x := range out.Verdict.Rules {
		r.Rules = append(r.Rules, Rule{ID: x.ID, Text: x.Text})
	}
	for _, x := range out.Verdict.Trial {
		r.DryRun = append(r.DryRun, Rule{ID: x.ID, Text: x.Text})
	}
	for i := range out.Findings {
		f := &out.Findings[i]
		v := f.Value.String()
		if reveal {
			v = out.Document.Segments[f.Segment].Text[f.Start:f.End]
		}
		at := f.At
		at.Path = clean(at.Path)
		why := f.Why
		if why == nil {
			why = []string{}
		}
		r.Findings = append(r.Findings, Found{
			Detector: f.Detector, Category: f.Category, Strength: string(f.Strength), Value: v, At: at, Why: why,
		})
	}
	for _, g := range out.Gaps {
		g.At.Path = clean(g.At.Path)
		r.Gaps = append(r.Gaps, g)
	}
	return r
}

func writeJSONL(w io.Writer, r Record) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(r)
}
