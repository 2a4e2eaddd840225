// Package identity finds the numbers that stand for one person: CPR numbers, the
// replacement numbers used in their place, and what remains of them when masked.
//
// Every spelling gives the same value, so that a number found in a mail, a scan
// and a spreadsheet counts as one person. Modulus 11 confirms and never vetoes:
// numbers without a check digit are issued since 2007. A label counts only for
// the number that follows it, and nothing silences a number with a label or in
// the form 6-4.
package identity

import (
	"cmp"
	"slices"
	"time"

	"brevvagt/detectors"
	"brevvagt/document"
)

// Detectors and categories of the spans.
const (
	IDCPR         = "cpr"
	IDReplacement = "cpr-replacement"
	IDTest        = "cpr-test"
	IDMasked      = "cpr-masked"
	IDTypo        = "cpr-typo"

	Category     = "national-id"
	CategoryHint = "national-id-hint"
)

// CPR is the detector for CPR numbers. It is safe for use by several goroutines.
func CPR(cfg Config) detectors.Detector {
	r := newRules(cfg)
	return detectors.Detector{
		ID:       IDCPR,
		Title:    "CPR-nummer",
		Category: Category,
		Find: func(seg document.Segment, env detectors.Env) []detectors.Span {
			_, spans := r.read(&seg, env.AsOf, false)
			return spans
		},
		Across: r.across,
		Settle: r.settle,
	}
}

// Read gives every candidate of a segment with its verdict, refusals included, in
// the order of their places. The readings hold values in clear.
func Read(seg document.Segment, asOf time.Time, cfg Config) []Reading {
	out, _ := newRules(cfg).read(&seg, asOf, true)
	slices.SortStableFunc(out, func(a, b Reading) int { return cmp.Compare(a.Start, b.Start) })
	return out
}

// ladder orders the verdicts, weightiest first.
var ladder = [...]Verdict{Known, Strong, ExceptionDate, NoMod11, Test, Replacement, ECPRX, ECPRD, Masked, Typo, Future, Old, Labelled, WeakRun, Placeholder}

// Classify gives the weightiest verdict of a text and the value it is about. It is
// for tests and explanation, and names placeholders too.
func Classify(text string, asOf time.Time) (Verdict, string) {
	readings := Read(document.Segment{Text: text}, asOf, Config{})
	for _, v := range ladder {
		for _, r := range readings {
			if r.Verdict == v && v != Placeholder {
				return v, r.Value
			}
		}
	}
	if placeholder(text) {
		return Placeholder, ""
	}
	return NotCPR, ""
}

// span says of a reading what may leave the detector.
func (r *Reading) span() detectors.Span {
	display := [...]byte{6: '-', 7: 'x', 8: 'x', 9: 'x', 10: 'x'}
	copy(display[:6], r.Value)
	sp := detectors.Span{
		Start: r.Start, End: r.End, Value: r.Value, Display: string(display[:]),
		Detector: IDCPR, Category: Category, Strength: detectors.Strong, Why: r.why(),
	}
	labelled := r.Label != ""
	switch r.Verdict {
	case Strong, ExceptionDate, Known:
		if r.OCR && !labelled && !r.Person && !r.Disguised || r.Doubtful {
			sp.Strength = detectors.Medium
		}
	case NoMod11:
		switch {
		case r.Near && !labelled && !r.Parted, r.OCR:
			sp.Strength = detectors.Weak
		case !labelled && !(r.Person && r.Parted):
			sp.Strength = detectors.Medium
		}
	case Replacement:
		sp.Detector, sp.Strength = IDReplacement, r.replacementStrength()
	case ECPRX, ECPRD:
		sp.Detector, sp.Strength = IDReplacement, detectors.Medium
		if labelled && !r.OCR {
			sp.Strength = detectors.Strong
		}
	case Future:
		sp.Strength = detectors.Weak
	case Test:
		sp.Detector, sp.Category, sp.Strength = IDTest, CategoryHint, detectors.Info
	case Masked:
		sp.Detector, sp.Category, sp.Strength = IDMasked, CategoryHint, detectors.Info
	case Typo:
		sp.Detector, sp.Category, sp.Strength = IDTypo, CategoryHint, detectors.Info
	}
	return sp
}

// The reasons of most numbers, shared by them and changed by nobody.
var (
	plainReasons  = []string{"dato", "modulus 11"}
	partedReasons = []string{"dato", "modulus 11", "form 6-4"}
)

// replacementStrength weighs a number whose day is raised by 60. Organisations make them
// up themselves, with or without a check digit; a label, a word for a person or the check
// digit in the form 6-4 confirms them. By chance one number in 300 of that form has both.
func (r *Reading) replacementStrength() detectors.Strength {
	d, _ := digitsOf(r.Value)
	switch {
	case r.Label == "" && swedish(r.Value) && !(r.Person && r.Parted && modulus11(&d)):
		return detectors.Weak
	case r.OCR || r.Doubtful:
		return detectors.Medium
	case r.Label != "" || r.Parted && (r.Person || modulus11(&d)):
		return detectors.Strong
	}
	return detectors.Medium
}

// Reasons that are asked for again when the document has been read.
const (
	zeroRestored = "foranstillet nul gendannet" // the number had nine digits
	besidePerson = "ved et ord for en person"
	labelReason  = "label: "
)

// why gives the evidence in Danish.
func (r *Reading) why() []string {
	if r.Verdict == Strong && r.Label == "" && !r.Person && !r.Zero && !r.Doubtful && !r.OCR { // most
		if r.Parted {
			return partedReasons
		}
		return plainReasons
	}
	out := make([]string, 0, 4)
	switch r.Verdict {
	case Known:
		out = append(out, "kendt borger")
	case Strong:
		out = append(out, "dato", "modulus 11")
	case ExceptionDate:
		out = append(out, "dato", "undtagelsesdato")
	case NoMod11:
		out = append(out, "dato", "uden modulus 11")
		if r.Near {
			out = append(out, "1. januar")
		}
	case Replacement:
		out = append(out, "erstatningsnummer: dag + 60")
		if r.Label == "" && swedish(r.Value) {
			out = append(out, "ligner svensk personnummer")
		}
	case ECPRX:
		out = append(out, "nationalt erstatningsnummer (X-eCPR)")
	case ECPRD:
		out = append(out, "decentralt erstatningsnummer (D-eCPR)")
	case Test:
		out = append(out, "kendt testnummer")
	case Masked:
		out = append(out, "dato", "løbenummer maskeret")
	case Typo:
		out = append(out, "datoen findes ikke")
	case Future:
		out = append(out, "fødselsdato i fremtiden")
	}
	if r.Label != "" {
		out = append(out, labelReason+r.Label)
	}
	if r.Person {
		out = append(out, besidePerson)
	}
	if r.Parted {
		out = append(out, "form 6-4")
	}
	if r.Zero {
		out = append(out, zeroRestored)
	}
	if r.Doubtful {
		out = append(out, "ved et ord for noget andet eller som et tidspunkt")
	}
	if r.Disguised {
		out = append(out, "cifre skrevet som bogstaver")
	} else if r.OCR {
		out = append(out, "OCR-rettet")
	}
	return out
}

// swedish reports whether ten digits are a Swedish personnummer by date (YYMMDD)
// and Luhn check. One Danish number in ten with its day raised looks like that by
// chance, so it weakens and does not refuse.
func swedish(value string) bool {
	d, ok := digitsOf(value)
	if !ok {
		return false
	}
	month, day := int(d[2])*10+int(d[3]), int(d[4])*10+int(d[5])
	if month < 1 || month > 12 || day < 1 || day > 31 {
		return false
	}
	sum := 0
	for i, v := range d {
		n := int(v)
		if i%2 == 0 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}
