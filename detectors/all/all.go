// Package all is the list of detector families.
package all

import (
	"slices"

	"brevvagt/detectors"
	"brevvagt/detectors/identity"
	"brevvagt/detectors/residue"
	"brevvagt/detectors/special"
)

// Detectors lists every detector of every family.
func Detectors() []detectors.Detector {
	return slices.Concat(
		[]detectors.Detector{identity.CPR(identity.Config{})},
		residue.Detectors(),
		special.Detectors(),
	)
}
