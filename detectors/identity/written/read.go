// Package written finds CPR numbers in all the ways in which they are typed: in one, in
// parts, in cells, with the month's name, with letters for digits, masked, or as the
// replacement numbers of the health service.
package written

import (
	"strings"
	"time"

	"brevvagt/detectors"
	"brevvagt/detectors/identity/digits"
	"brevvagt/detectors/identity/label"
	"brevvagt/detectors/identity/number"
	"brevvagt/detectors/identity/said"
	"brevvagt/detectors/identity/verdict"
	"brevvagt/document"
	"brevvagt/internal/glance"
)

// Read judges every number in a segment, in order. The result is readings with
// explain and spans without.
func Read(r *number.Rules, seg *document.Segment, asOf time.Time, explain bool) ([]verdict.Reading, []detectors.Span) {
	f := finder{Reader: said.Reader{Judge: verdict.Judge{Text: seg.Text, Rules: r, Today: number.DaysOf(asOf), OCR: seg.At.OCR, Cell: seg.At.Cell != "", Hidden: seg.At.Layer == document.Metadata, Explain: explain}}}
	if seg.Label != "" {
		f.Heading = label.Heading(seg.Label)
	}
	met := digits.Scan(f.Text, &f.Row, f.match, f.meetFour, f.meetSign)
	f.ReadSpoken()
	named := met&glance.CP != 0 && label.MentionsCPR(f.Text)
	rare := met&glance.ONN != 0
	person := rare && len(f.Text) > said.MinLabelled && (strings.Contains(f.Text, "personn") || strings.Contains(f.Text, "Personn"))
	if named || person || rare && said.SaysZero(f.Text) {
		f.ReadSaid()
	}
	if named {
		f.ReadSaidBehind()
		f.ReadSpelled()
	}
	f.readFancy()
	if seg.At.OCR || named || person || f.Heading.Kind == label.CPR {
		f.readOCR()
	}
	f.readMistyped()
	return f.Out, f.Spans
}

// finder reads one text. It lives on the stack of one call.
type finder struct {
	said.Reader
	signs signs
}
