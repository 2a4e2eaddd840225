package fault_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"brevvagt/internal/fault"
)

type file struct {
	Limit int    `yaml:"limit"`
	Rules []rule `yaml:"rules"`
}

type rule struct {
	ID     string `yaml:"id"`
	Action string `yaml:"action"`
}

const text = "limit: 3\nrules:\n  - id: a\n    action: stop\n  - id: b\n"

func TestPlace(t *testing.T) {
	err := errors.Join(
		fault.In("rules.0", fmt.Errorf("rule a: %w", fault.In("action", errors.New("must be hold")))),
		fault.In("rules.1.action", errors.New("is missing")),
		fault.In("rules", errors.Join(fault.In("0.id", errors.New("one")), fault.In("1.id", errors.New("two")))),
		errors.New("no path"), fault.In("limit", nil), fault.In("nowhere", errors.New("lost")),
	)
	want := "f.yaml: line 4: rules.0.action: rule a: must be hold\nf.yaml: line 5: rules.1.action: is missing\nf.yaml: line 3: rules.0.id: one\nf.yaml: line 5: rules.1.id: two\nf.yaml: no path\nf.yaml: line 1: nowhere: lost"
	if got := fault.Place("f.yaml", []byte(text), "", nil, err).Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := fault.Place("f.yaml", []byte("site:\n  limit: x\n"), "site", nil, fault.In("limit", errors.New("bad"))).Error(); got != "f.yaml: line 2: limit: bad" {
		t.Error(got)
	}
	if got := fault.Place("f.yaml", []byte("lists:\n  a@b.example: 1\n  a@b.example.org: -1\n"), "", nil, fault.In("lists.a@b.example.org", errors.New("bad"))).Error(); got != "f.yaml: line 3: lists.a@b.example.org: bad" {
		t.Error("a key with full stops:", got)
	}
	if fault.Place("f.yaml", nil, "", nil, nil) != nil {
		t.Error("no error became one")
	}
}

// What the YAML library says is completed with what is allowed.
func TestExplained(t *testing.T) {
	for wrong, want := range map[string][]string{
		"rules:\n  - id: a\n    acton: hold\n": {"f.yaml", "line 3", "acton", "the keys are action, id"},
		"limit: many\n":                        {"f.yaml", "line 1", "limit must be a whole number"},
		"limits: 3\n":                          {"line 1", "the keys are limit, rules"},
		"rules:\n  - 2512489996\n":             {"f.yaml", "line 2", "this must be"},
		"limit: 251248-9996\n":                 {"line 1", "limit must be a whole number"},
		"rules: [\n":                           {"f.yaml"},
	} {
		var into file
		err := yaml.Load([]byte(wrong), &into, yaml.WithKnownFields())
		got := fmt.Sprint(fault.Place("f.yaml", []byte(wrong), "", into, err))
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%q: %s lacks %q", wrong, got, w)
			}
		}
		if strings.Contains(got, "251248") {
			t.Errorf("%q: %s shows the value", wrong, got)
		}
	}
}
