package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"brevvagt/cmd/brevvagt/cases"
	"brevvagt/scanner/policy"
)

func tableOf(t *testing.T, text string) (*cases.Table, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cases.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return cases.Load(path)
}

func TestMessage(t *testing.T) {
	table, err := tableOf(t, "cases:\n- {name: et, from: a@x.example, to: [b@y.example], subject: \"Blåbær\\r\\nBcc: c@z.example\", text: Hej, attachments: {brev.txt: Kære}, expect: pass}\n")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := table.Message(&table.Cases[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"To: b@y.example\r\n", "=?utf-8?q?Bl=C3=A5b=C3=A6r", "filename=brev.txt", "SGVq\r\n"} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("%q is not in %q", want, raw)
		}
	}
	if strings.Contains(string(raw), "\nBcc:") {
		t.Error("the subject made a header line of its own")
	}
	_, err = tableOf(t, "cases:\n- {name: et, mail: nowhere/x.eml, expect: pass}\n")
	if err == nil || !strings.Contains(err.Error(), "line 2: cases.0.mail") {
		t.Errorf("a missing file: %v", err)
	}
}

func TestWrong(t *testing.T) {
	c := cases.Case{Expect: policy.Hold, Rules: []string{"a", "b"}, NotRules: []string{"c"}}
	v := policy.Verdict{Action: policy.Warn, Rules: []policy.Rule{{ID: "a"}, {ID: "c"}}}
	if got := c.Wrong(v); got != "ventet hold, blev warn; b slog ikke til; c slog til" {
		t.Errorf("%q", got)
	}
	if got := c.Wrong(policy.Verdict{Action: policy.Hold, Rules: []policy.Rule{{ID: "a"}, {ID: "b"}}}); got != "" {
		t.Errorf("%q", got)
	}
}

func TestWrongTables(t *testing.T) {
	for text, want := range map[string]string{
		"cases:\n- &a {name: x, from: a, to: [b], expect: pass}\n- *a\n- *a": "case 3 \"x\": the name is used twice, first by case 1",
		"cases: []":                                               "no cases",
		"cases:\n- {name: x, form: a}":                            "line 2",
		"cases:\n- {from: a, to: [b], expect: pass}":              "name is missing",
		"cases:\n- {name: x, from: a, to: [b], expect: stop}":     `expect is "stop"`,
		"cases:\n- {name: x, expect: pass}":                       "from and to",
		"cases:\n- {name: x, mail: a.eml, text: y, expect: pass}": "in place of",
	} {
		if _, err := tableOf(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: want %q, got %v", text, want, err)
		}
	}
}

// Errors come in one order, whatever a map's is.
func TestUnknownRules(t *testing.T) {
	table, err := tableOf(t, "cases:\n- {name: x, from: a, to: [b], expect: pass, rules: [r1], not_rules: [r2]}\n")
	if err != nil {
		t.Fatal(err)
	}
	first := table.CheckRules([]string{"r"})
	if first == nil || strings.Index(first.Error(), `"r1"`) > strings.Index(first.Error(), `"r2"`) {
		t.Error(first)
	}
	for range 20 {
		if got := table.CheckRules([]string{"r"}); got.Error() != first.Error() {
			t.Fatalf("%v, and then %v", first, got)
		}
	}
}
