// Package identity finds the numbers that stand for one person: CPR numbers, the
// replacement numbers used in their place, and what remains of them when masked.
//
// Every spelling gives the same value, so that a number found in a mail, a scan
// and a spreadsheet counts as one person. Modulus 11 confirms and never vetoes:
// numbers without a check digit are issued since 2007. A label counts only for
// the number that follows it, and nothing silences a number with a label or in
// the form 6-4.
//
// The work lies below: number says what ten digits tell by themselves, label what the
// words beside them do, verdict judges a candidate by both, and said and written find the
// candidates in what is told in words and in what is typed. Here is what the numbers of a
// whole document say of each other.
package identity

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"brevvagt/detectors"
	"brevvagt/detectors/identity/number"
	"brevvagt/detectors/identity/said"
	"brevvagt/detectors/identity/verdict"
	"brevvagt/detectors/identity/written"
	"brevvagt/document"
)

// Config is what a site adds to the rules. The zero value is the rules as published.
type Config = number.Config

// CPR is the detector for CPR numbers. It is safe for use by several goroutines.
func CPR(cfg Config) detectors.Detector {
	r := number.NewRules(cfg)
	return detectors.Detector{
		ID:       verdict.IDCPR,
		Title:    "CPR-nummer",
		Category: verdict.Category,
		Find: func(seg document.Segment, env detectors.Env) []detectors.Span {
			_, spans := written.Read(r, &seg, env.AsOf, false)
			return spans
		},
		Across: func(doc *document.Document, env detectors.Env) []detectors.Placed { return said.Across(r, doc, env) },
		Settle: func(doc *document.Document, found []detectors.Finding, env detectors.Env) []detectors.Finding {
			return settle(r, doc, found, env)
		},
	}
}

// Read gives every candidate of a segment with its verdict, refusals included, in
// the order of their places. The readings hold values in clear.
func Read(seg document.Segment, asOf time.Time, cfg Config) []verdict.Reading {
	out, _ := written.Read(number.NewRules(cfg), &seg, asOf, true)
	slices.SortStableFunc(out, func(a, b verdict.Reading) int { return cmp.Compare(a.Start, b.Start) })
	return out
}

// ladder orders the verdicts, weightiest first.
var ladder = [...]verdict.Verdict{verdict.Known, verdict.Strong, verdict.ExceptionDate, verdict.NoMod11, verdict.Test, verdict.Replacement, verdict.ECPRX, verdict.ECPRD, verdict.Masked, verdict.Typo, verdict.Future, verdict.Old, verdict.Labelled, verdict.WeakRun, verdict.Placeholder}

// Classify gives the weightiest verdict of a text and the value it is about. It is
// for tests and explanation, and names placeholders too.
func Classify(text string, asOf time.Time) (verdict.Verdict, string) {
	readings := Read(document.Segment{Text: text}, asOf, Config{})
	for _, v := range ladder {
		for _, r := range readings {
			if r.Verdict == v && v != verdict.Placeholder {
				return v, r.Value
			}
		}
	}
	if placeholder(text) {
		return verdict.Placeholder, ""
	}
	return verdict.NotCPR, ""
}

// placeholder reports whether a text holds template residue in place of a number.
// It serves Classify alone: finding residue is the template rules' work.
func placeholder(s string) bool {
	low := strings.ToLower(s)
	for _, mark := range []string{"xxxxxx-xxxx", "ddmmåå-xxxx", "ddmmyy-xxxx", "000000-0000", "______-____"} {
		if strings.Contains(low, mark) {
			return true
		}
	}
	for _, pair := range [][2]string{{"«", "»"}, {"[", "]"}, {"{{", "}}"}, {"<<", ">>"}} {
		if _, rest, ok := strings.Cut(low, pair[0]); ok {
			if inside, _, ok := strings.Cut(rest, pair[1]); ok && strings.Contains(inside, "cpr") {
				return true
			}
		}
	}
	return false
}
