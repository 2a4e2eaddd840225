// Package report writes the results of a scan: a table for people, JSON lines by
// contract, SARIF for tools that read it. Nothing it writes holds a whole number
// unless the records were made to reveal.
package report

import (
	"fmt"
	"io"
	"strings"

	"brevvagt/detectors"
	"brevvagt/document"
	"brevvagt/scanner/policy"
)

// Reporter writes results in one of the output formats.
type Reporter interface {
	Item(r Record)
	// Unopened gives an item that could not be opened its place too, so that a
	// reader of the output alone never takes it for clean.
	Unopened(name string, err error)
	// Close writes what stands at the end and returns the first failed write.
	Close(t Tally) error
}

// Tally is the sum of a scan.
type Tally struct{ Items, Stopped, Warned, Gaps, Unopened int }

// Count adds a record.
func (t *Tally) Count(r Record) {
	t.Items++
	t.Gaps += len(r.Gaps)
	switch r.Verdict {
	case policy.Hold, policy.Reject:
		t.Stopped++
	case policy.Warn:
		t.Warned++
	}
}

// New makes the reporter of a format: table, jsonl or sarif.
func New(format string, w io.Writer, version string) (Reporter, error) {
	switch strings.ToLower(format) {
	case "table":
		return &tableReporter{w: w}, nil
	case "jsonl":
		return &jsonlReporter{w: w}, nil
	case "sarif":
		return &sarifReporter{w: w, version: version}, nil
	}
	return nil, fmt.Errorf("--format %q is none of table, jsonl, sarif", format)
}

type jsonlReporter struct {
	w   io.Writer
	err error
}

func (j *jsonlReporter) Item(r Record) {
	if j.err == nil {
		j.err = writeJSONL(j.w, r)
	}
}

func (j *jsonlReporter) Unopened(name string, _ error) {
	name = detectors.RedactNumbers(name)
	j.Item(Record{
		Item: name, Kind: "file", Verdict: policy.Warn,
		Rules:    []Rule{{ID: "uninspectable", Text: "Kunne ikke åbnes"}},
		Findings: []Found{},
		Gaps:     []document.Gap{{At: document.Location{Path: name}, Why: document.Damaged, Detail: "cannot be opened"}},
	})
}

func (j *jsonlReporter) Close(Tally) error { return j.err }
