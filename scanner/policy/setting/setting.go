// Package setting is what a site may write about rules and numbers in its
// configuration, as data: scanner/policy/siterules makes rules of it.
package setting

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// CPR is what a site adds to the rules for CPR numbers.
type CPR struct {
	// ExceptionDates are further birth dates (YYYY-MM-DD) for which the CPR office has
	// given out numbers that modulus 11 does not confirm.
	ExceptionDates []string `yaml:"exception_dates"`
	// TestNumbers are further numbers that stand for nobody.
	TestNumbers []string `yaml:"test_numbers"`
}

// Rule changes the shipped rule with its id, or adds one.
type Rule struct {
	ID string `yaml:"id"`
	// Text and English say in one sentence what a rule of the site's own saw.
	Text    string `yaml:"text"`
	English string `yaml:"english"`
	// Action is pass (a shipped rule is off), warn, hold or reject.
	Action string `yaml:"action"`
	// Approvers is how many people must agree to a release: 1 or 2.
	Approvers int `yaml:"approvers"`
	// DryRun counts and shows the rule without acting on it.
	DryRun bool `yaml:"dry_run"`
	// When is an expression that must hold for the rule to fire, Unless one that must
	// not. A rule of the site's own needs When.
	When   Expression `yaml:"when"`
	Unless Expression `yaml:"unless"`
}

// Expression is an expression of the configuration with its line.
type Expression struct {
	Text string
	Line int
}

// UnmarshalYAML reads the text and keeps its line for errors.
func (e *Expression) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: an expression is one text", n.Line)
	}
	e.Text, e.Line = strings.TrimSpace(n.Value), n.Line
	return nil
}
