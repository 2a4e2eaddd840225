package verdict

import (
	"brevvagt/detectors"
	"brevvagt/detectors/identity/number"
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
	d, _ := number.DigitsOf(r.Value)
	switch {
	case r.Label == "" && number.Swedish(r.Value) && !(r.Person && r.Parted && number.Modulus11(&d)):
		return detectors.Weak
	case r.OCR || r.Doubtful:
		return detectors.Medium
	case r.Label != "" || r.Parted && (r.Person || number.Modulus11(&d)):
		return detectors.Strong
	}
	return detectors.Medium
}

// Reasons that are asked for again when the document has been read.
const (
	ZeroRestored = "foranstillet nul gendannet" // the number had nine digits
	BesidePerson = "ved et ord for en person"
	LabelReason  = "label: "
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
		if r.Label == "" && number.Swedish(r.Value) {
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
		out = append(out, LabelReason+r.Label)
	}
	if r.Person {
		out = append(out, BesidePerson)
	}
	if r.Parted {
		out = append(out, "form 6-4")
	}
	if r.Zero {
		out = append(out, ZeroRestored)
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
