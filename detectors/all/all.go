// Package all is the list of detector families.
package all

import (
	"slices"

	"brevvagt/detectors"
	"brevvagt/detectors/identity"
	"brevvagt/detectors/residue"
	"brevvagt/detectors/special"
)

// Detectors lists every detector of every family, with the rules as published.
func Detectors() []detectors.Detector { return With(identity.Config{}) }

// With is Detectors with what a site adds to the rules for CPR numbers.
func With(cpr identity.Config) []detectors.Detector {
	return slices.Concat(
		[]detectors.Detector{identity.CPR(cpr)},
		residue.Detectors(),
		special.Detectors(),
	)
}
