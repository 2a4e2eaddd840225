package main

import (
	"bytes"
	"strings"
	"testing"

	"brevvagt/cmd/brevvagt/report"
	"brevvagt/document"
)

// TestTableShowsWhatMattersFirst: whoever does not belong stands first however many
// findings there are, what a mail says twice is shown once, and a mail that goes is
// one line.
func TestTableShowsWhatMattersFirst(t *testing.T) {
	found := func(detector, category, value, path string) report.Found {
		return report.Found{Detector: detector, Category: category, Value: value, At: document.Location{Path: path}}
	}
	var many []report.Found
	for _, p := range strings.Fields("a b c d e f g h i j") {
		many = append(many, found("special-category", "helbred", "syg…", "m.eml/"+p+".docx"))
	}
	many = append(many, found("cpr", "national-id", "120346-xxxx", "m.eml"), found("cpr", "national-id", "120346-xxxx", "m.eml/del-2.html"),
		found("foreign-person", "wrong-person", "T. E.", "m.eml/z.docx"))
	var b bytes.Buffer
	rep, err := report.New("table", &b, "")
	if err != nil {
		t.Fatal(err)
	}
	rep.Item(report.Record{Item: "m.eml", Kind: "mail", Verdict: "hold", Findings: many})
	lines := strings.Split(b.String(), "\n")
	if len(lines) != 11 || !strings.Contains(lines[1], "T. E.") || !strings.Contains(lines[2], "120346-xxxx") || !strings.Contains(lines[9], "… og 4 fund til") {
		t.Errorf("got %d lines:\n%s", len(lines), b.String())
	}
	b.Reset()
	rep.Item(report.Record{Item: "n.eml", Kind: "mail", Verdict: "pass", Protected: true, To: []string{"a@b.example"}, Findings: many})
	if got := b.String(); got != "sendes     n.eml (13 fund, sikker forbindelse)\n" {
		t.Errorf("got %q", got)
	}
}
