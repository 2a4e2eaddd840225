package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/document"
	"brevvagt/scanner/policy"
)

// ActionWords are the verdicts in the words of the user interface.
func ActionWord(a policy.Action) string {
	switch a {
	case policy.Pass:
		return "sendes"
	case policy.Warn:
		return "advarsel"
	case policy.Hold:
		return "karantæne"
	case policy.Reject:
		return "afvises"
	}
	return string(a)
}

// tableReporter is the output for people: a line an item, and under it why.
type tableReporter struct {
	w     io.Writer
	clean int
}

const maxFindingsShown = 8

func (t *tableReporter) Item(r Record) {
	if r.Verdict == policy.Pass && len(r.Findings) == 0 {
		t.clean++
		return
	}
	if r.Verdict == policy.Pass && r.Kind == "mail" && len(r.DryRun)+len(r.Gaps) == 0 {
		// Nothing is to be done about it: one line, the rest is in the JSON.
		safe := ""
		if r.Protected {
			safe = ", sikker forbindelse"
		}
		printf(t.w, "%-10s %s (%d fund%s)\n", ActionWord(r.Verdict), r.Item, len(r.Findings), safe)
		return
	}
	printf(t.w, "%-10s %s\n", ActionWord(r.Verdict), r.Item)
	if r.Kind == "mail" && len(r.To) > 0 {
		printf(t.w, "           fra %s til %s\n", Dash(r.From), Some(r.To, 3))
	}
	for _, rule := range r.Rules {
		printf(t.w, "           - %s (%s)\n", rule.Text, rule.ID)
	}
	for _, rule := range r.DryRun {
		printf(t.w, "           - prøvekørsel: %s (%s)\n", rule.Text, rule.ID)
	}
	shown := worthFirst(r.Findings)
	for i, f := range shown {
		if i == maxFindingsShown {
			printf(t.w, "             … og %d fund til\n", len(shown)-i)
			break
		}
		printf(t.w, "             %s  %s  %s\n", f.Value, where(f.At), strings.Join(f.Why, ", "))
	}
	for _, g := range r.Gaps {
		printf(t.w, "             ikke læst: %s (%s)\n", g.At.Path, policy.ReasonDa(g.Why))
	}
}

// worthFirst orders findings for a reader who sees only the first: whoever stands
// where another was to be expected, then numbers, then the rest. What a mail says
// twice, as plain text and as HTML, is shown once.
func worthFirst(found []Found) []Found {
	seen := make(map[[3]string]bool)
	var out []Found
	for _, f := range found {
		root, part, _ := strings.Cut(f.At.Path, "/")
		if !strings.HasPrefix(part, "del-") {
			root = f.At.Path
		}
		key := [3]string{f.Detector, f.Value, root}
		if root != f.At.Path && seen[key] {
			continue
		}
		seen[key] = true
		out = append(out, f)
	}
	weight := func(f Found) int {
		switch f.Category {
		case "wrong-person":
			return 0
		case "national-id", "placeholder":
			return 1
		}
		return 2
	}
	slices.SortStableFunc(out, func(a, b Found) int { return weight(a) - weight(b) })
	return out
}

func (t *tableReporter) Unopened(name string, _ error) {
	printf(t.w, "%-10s %s\n", "ikke åbnet", detectors.RedactNumbers(name))
}

func (t *tableReporter) Close(n Tally) error {
	_, err := fmt.Fprintf(t.w, "\n%d læst: %d ville blive standset, %d %s, %d uden fund; %d %s kunne ikke læses, %d kunne ikke åbnes\n",
		n.Items, n.Stopped, n.Warned, warnings(n.Warned), t.clean, n.Gaps, parts(n.Gaps), n.Unopened)
	return err
}

func warnings(n int) string {
	if n == 1 {
		return "advarsel"
	}
	return "advarsler"
}

func parts(n int) string {
	if n == 1 {
		return "del"
	}
	return "dele"
}

// Dash stands for an address that is not known.
func Dash(s string) string {
	if s == "" {
		return "(ukendt)"
	}
	return s
}

// Some lists the first n of a list and counts the rest.
func Some(list []string, n int) string {
	if len(list) <= n {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s og %d andre", strings.Join(list[:n], ", "), len(list)-n)
}

// where is a place in Danish words.
func where(at document.Location) string {
	parts := []string{at.Path}
	if at.Page > 0 {
		parts = append(parts, fmt.Sprintf("side %d", at.Page))
	}
	if at.Line > 0 {
		parts = append(parts, fmt.Sprintf("linje %d", at.Line))
	}
	if at.Cell != "" {
		parts = append(parts, "celle "+at.Cell)
	}
	if w := layerDa(at.Layer); w != "" {
		parts = append(parts, w)
	}
	if at.OCR {
		parts = append(parts, "billede")
	}
	return strings.Join(parts, ", ")
}

func layerDa(l document.Layer) string {
	return map[document.Layer]string{
		document.Comment: "kommentar", document.Inserted: "indsat tekst", document.Deleted: "slettet tekst",
		document.Hidden: "skjult", document.Covered: "overstreget", document.Metadata: "egenskaber", document.Quoted: "citeret mail",
		document.Header: "hoved", document.Earlier: "tidligere version",
	}[l]
}

// printf writes where a failed write (a closed pipe) is no reason to stop: Close
// reports it in the end.
func printf(w io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(w, format, args...)
}
