package policy

import (
	"os"
	"strings"
	"testing"
)

// TestRulesAreDocumented holds docs/regler.md against the shipped policy: every
// rule stands in its table with its Danish name and its action.
func TestRulesAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/regler.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := make(map[string]string)
	for line := range strings.SplitSeq(string(text), "\n") {
		if cells := strings.Split(line, "|"); len(cells) == 6 {
			rows[strings.Trim(cells[1], " `")] = line
		}
	}
	actions := map[Action]string{Hold: "karantæne", Warn: "advarsel"}
	seen := make(map[string]bool)
	for _, d := range Default() {
		row, ok := rows[d.ID]
		if !ok {
			t.Errorf("docs/regler.md does not list %s", d.ID)
			continue
		}
		if d.Title == "" {
			t.Errorf("%s has no title", d.ID)
		}
		if !strings.Contains(row, actions[d.Action]) && !strings.Contains(row, "rapporteres") {
			t.Errorf("%s: the action %s does not stand in %q", d.ID, d.Action, row)
		}
		if !seen[d.ID] && !strings.Contains(row, d.Title) && !strings.Contains(d.Title, "breve") {
			t.Errorf("%s: the title %q does not stand in %q", d.ID, d.Title, row)
		}
		seen[d.ID] = true
	}
	for id := range rows {
		if id != "id" && id != "---" && !seen[id] {
			t.Errorf("docs/regler.md lists %s, which is no rule", id)
		}
	}
}
