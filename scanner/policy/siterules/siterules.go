// Package siterules makes the policy of one site: the shipped rules with what its
// configuration changes, and rules of its own, whose conditions are expressions in
// CEL (cel.dev), a language that always ends and touches nothing outside.
package siterules

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"brevvagt/detectors/custom"
	"brevvagt/internal/fault"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/policy/setting"
)

// Make gives the rules of a site. Every setting that cannot be meant is an error
// that names the rule, and its line where it has one.
func Make(site policy.Site) ([]policy.Definition, error) {
	rules := policy.Default()
	lang, err := newLanguage()
	if err != nil {
		return nil, err
	}
	var errs []error
	for i, d := range site.Custom {
		rule, err := leaving(d)
		if err != nil {
			errs = append(errs, fault.In(fmt.Sprintf("custom.%d.leaving", i), fmt.Errorf("custom detector %q: %w", d.ID, err)))
			continue
		}
		rules = append(rules, rule)
	}
	seen := make(map[string]int)
	for i, s := range site.Rules {
		at := fmt.Sprintf("rules.%d", i)
		if first, twice := seen[s.ID]; twice {
			errs = append(errs, fault.In(at+".id", fmt.Errorf("rule %q is set twice, first by number %d of the list", s.ID, first+1)))
			continue
		}
		seen[s.ID] = i
		if rules, err = lang.apply(rules, s); err != nil {
			errs = append(errs, fault.In(at, fmt.Errorf("rule %q: %w", s.ID, err)))
		}
	}
	return rules, errors.Join(errs...)
}

// apply changes every rule with the setting's id (letters have rules of the same
// id), or adds one.
func (l *language) apply(rules []policy.Definition, s setting.Rule) ([]policy.Definition, error) {
	if err := check(s); err != nil {
		return rules, err
	}
	when, err := l.compile(s.When)
	if err != nil {
		return rules, fault.In("when", err)
	}
	unless, err := l.compile(s.Unless)
	if err != nil {
		return rules, fault.In("unless", err)
	}
	known := false
	for i := range rules {
		if rules[i].ID != s.ID {
			continue
		}
		known = true
		change(&rules[i], s, when, unless)
	}
	if known {
		if s.Text != "" || s.English != "" {
			return rules, in("text", "text and english belong to rules of the site's own; shipped rules say by themselves what they saw")
		}
		return rules, nil
	}
	own, err := ownRule(rules, s, when, unless)
	if err != nil {
		return rules, err
	}
	return append(rules, own), nil
}

func check(s setting.Rule) error {
	if s.ID == "" {
		return in("id", "id is missing: that of a shipped rule, or a new one")
	}
	if s.Action != "" && policy.Action(s.Action).Rank() < 0 {
		return in("action", fmt.Sprintf("action is %q, must be pass, warn, hold or reject", s.Action))
	}
	if s.Approvers < 0 || s.Approvers > 2 {
		return in("approvers", fmt.Sprintf("approvers is %d, must be 1 or 2", s.Approvers))
	}
	if s.SenderMayRelease && s.Approvers > 1 {
		return in("sender_may_release", "sender_may_release and two approvers do not go together")
	}
	return nil
}

// change sets what the setting names on a shipped rule.
func change(d *policy.Definition, s setting.Rule, when, unless *condition) {
	if s.Action != "" {
		d.Action = policy.Action(s.Action)
		if d.Action.Rank() <= policy.Warn.Rank() {
			d.Softer = nil
		}
	}
	if s.Approvers > 0 {
		d.Approvers = s.Approvers
	}
	d.DryRun = d.DryRun || s.DryRun
	d.Route, d.SenderMayRelease = s.Route, s.SenderMayRelease
	shipped := d.Fires
	d.Fires = func(site policy.Site, f *policy.Facts) (string, string, bool) {
		da, en, ok := shipped(site, f)
		// A condition that cannot be worked out never lets anything through.
		return da, en, ok && d.Action != policy.Pass && when.holds(site, f, true) && !unless.holds(site, f, false)
	}
}

// in is an error of one key of a setting.
func in(key, what string) error { return fault.In(key, errors.New(what)) }

// idsOf are the ids of rules, each once.
func idsOf(rules []policy.Definition) string {
	var ids []string
	for _, r := range rules {
		if !slices.Contains(ids, r.ID) {
			ids = append(ids, r.ID)
		}
	}
	slices.Sort(ids)
	return strings.Join(ids, ", ")
}

// ownRule makes a rule that the site wrote.
func ownRule(shipped []policy.Definition, s setting.Rule, when, unless *condition) (policy.Definition, error) {
	switch {
	case when == nil:
		return policy.Definition{}, in("id", "no shipped rule has this id, and a rule of the site's own needs when; the ids are "+idsOf(shipped))
	case strings.TrimSpace(s.Text) == "":
		return policy.Definition{}, in("text", "text is missing: one Danish sentence that says what the rule saw")
	case s.Action == "" && s.Route != "":
		s.Action = string(policy.Hold) // where the route cannot be taken
	case s.Action == "":
		return policy.Definition{}, in("action", "action is missing: warn, hold or reject")
	}
	english := s.English
	if english == "" {
		english = s.Text
	}
	return policy.Definition{ID: s.ID, Title: s.Text, Action: policy.Action(s.Action), Approvers: s.Approvers, DryRun: s.DryRun, Route: s.Route, SenderMayRelease: s.SenderMayRelease,
		Fires: func(site policy.Site, f *policy.Facts) (string, string, bool) {
			return s.Text, english, when.holds(site, f, true) && !unless.holds(site, f, false)
		}}, nil
}

// leaving makes the rule of a custom detector: what it finds goes to somebody
// outside without a secure connection.
func leaving(d custom.Definition) (policy.Definition, error) {
	action := policy.Action(d.Leaving)
	if d.Leaving == "" {
		action = policy.Warn
	}
	if action.Rank() < 0 {
		return policy.Definition{}, fmt.Errorf("leaving is %q, must be pass, warn, hold or reject", d.Leaving)
	}
	return policy.Definition{ID: d.ID, Title: d.Title, Action: action,
		Fires: func(_ policy.Site, f *policy.Facts) (string, string, bool) {
			if action == policy.Pass || f.Kind == "file" || len(f.Channel.Unprotected) == 0 {
				return "", "", false
			}
			if !slices.ContainsFunc(f.Findings, func(x finding) bool { return x.Detector == d.ID }) {
				return "", "", false
			}
			return d.Title + " til en modtager uden sikker forbindelse", d.Title + " to a recipient without a secure connection", true
		}}, nil
}
