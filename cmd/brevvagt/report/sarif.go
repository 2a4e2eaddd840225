package report

import (
	"encoding/json"
	"io"

	"brevvagt/detectors"
	"brevvagt/scanner/policy"
)

// sarifReporter writes SARIF 2.1.0 (OASIS) for tools that read it.
type sarifReporter struct {
	w       io.Writer
	version string
	results []sarifResult
	rules   map[string]bool
}

type sarifResult struct {
	RuleID    string          `json:"ruleId"`
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifLocation struct {
	Physical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
	} `json:"physicalLocation"`
}

func (s *sarifReporter) Item(r Record) {
	level := map[policy.Action]string{policy.Pass: "note", policy.Warn: "warning", policy.Hold: "error", policy.Reject: "error"}[r.Verdict]
	for _, rule := range r.Rules {
		s.add(rule.ID, level, rule.Text, r.Item)
	}
}

func (s *sarifReporter) Unopened(name string, _ error) {
	s.add("uninspectable", "warning", "Kunne ikke åbnes", detectors.RedactNumbers(name))
}

func (s *sarifReporter) add(rule, level, text, uri string) {
	if s.rules == nil {
		s.rules = make(map[string]bool)
	}
	s.rules[rule] = true
	res := sarifResult{RuleID: rule, Level: level, Message: sarifText{text}, Locations: make([]sarifLocation, 1)}
	res.Locations[0].Physical.Artifact.URI = uri
	s.results = append(s.results, res)
}

func (s *sarifReporter) Close(Tally) error {
	type ruleMeta struct {
		ID   string    `json:"id"`
		Name sarifText `json:"shortDescription"`
	}
	var rules []ruleMeta
	for _, d := range policy.Default() {
		rules = append(rules, ruleMeta{d.ID, sarifText{d.Title}})
	}
	results := s.results
	if results == nil {
		results = []sarifResult{}
	}
	enc := json.NewEncoder(s.w)
	enc.SetIndent("", "  ")
	return enc.Encode(map[string]any{
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json",
		"version": "2.1.0",
		"runs": []any{map[string]any{
			"tool":    map[string]any{"driver": map[string]any{"name": "brevvagt", "version": s.version, "rules": rules}},
			"results": results,
		}},
	})
}
