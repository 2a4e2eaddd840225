package quarantine

import (
	"regexp"
	"strings"

	"brevvagt/detectors"
)

// redacted is d as it may be kept in clear: without receipt and pictures, and with
// every text gone over once more, whatever the bridge did before. Names and
// addresses keep time stamps and order numbers, running text does not.
func redacted(d Deposit) Deposit {
	names, texts := redactName, detectors.Redact
	r := d
	r.Receipt, r.Pictures, r.Notice = nil, nil, nil // Clear stays until it is sealed; it has no JSON form
	r.ItemID, r.Name, r.From, r.MessageID = names(d.ItemID), names(d.Name), names(d.From), names(d.MessageID)
	r.Subject = texts(d.Subject)
	r.To, r.Gaps, r.DataTypes = each(d.To, names), each(d.Gaps, names), each(d.DataTypes, texts)
	r.Rules = make([]Rule, len(d.Rules))
	for i, rule := range d.Rules {
		rule.Danish, rule.English = texts(rule.Danish), texts(rule.English)
		r.Rules[i] = rule
	}
	r.Evidence = make([]Evidence, len(d.Evidence))
	for i, e := range d.Evidence {
		r.Evidence[i] = redactEvidence(e)
	}
	return r
}

// pairs is a number written two digits at a time, day and month first, which
// RedactNumbers leaves alone.
var pairs = regexp.MustCompile(`(?:^|\D)(?:[06][1-9]|[1278]\d|[39][01])\D{1,3}(?:0[1-9]|1[0-2])\D{1,3}\d\d\D{1,3}\d\d\D{1,3}\d\d(?:\D|$)`)

// redactName masks numbers in a name, path, address or id.
func redactName(s string) string {
	s = detectors.RedactNumbers(s)
	if pairs.MatchString(s) {
		return detectors.Redact(s)
	}
	return s
}

func redactEvidence(e Evidence) Evidence {
	e.Value, e.Path, e.Cell, e.Why = detectors.Redact(e.Value), redactName(e.Path), detectors.Redact(e.Cell), each(e.Why, detectors.Redact)
	// Made valid first: a character broken over a border would be counted twice.
	e.Before, e.Match, e.After = strings.ToValidUTF8(e.Before, "?"), strings.ToValidUTF8(e.Match, "?"), strings.ToValidUTF8(e.After, "?")
	// The three are one text to a reader, so a number may stand across their borders.
	joined := []rune(detectors.Redact(e.Before + e.Match + e.After))
	before, match := len([]rune(e.Before)), len([]rune(e.Match))
	e.Before, e.Match, e.After = string(joined[:before]), string(joined[before:before+match]), string(joined[before+match:])
	return e
}

func each(list []string, redact func(string) string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = redact(s)
	}
	return out
}
