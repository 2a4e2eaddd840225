package main

import (
	"testing"

	"brevvagt/quarantine/review/words"
	"brevvagt/scanner/policy"
)

// TestEveryRuleHasAName holds the rules of the policy against the words of the pages,
// which know nothing of each other.
func TestEveryRuleHasAName(t *testing.T) {
	for _, r := range policy.Default() {
		if !words.Has("rule." + r.ID) {
			t.Errorf("rule %s has no name on the pages", r.ID)
		}
	}
}
