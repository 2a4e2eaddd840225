package register

import "errors"

// Severity is an assessment by the ENISA method of 2013: SE = DPC x EI + CB. The
// parts are kept in hundredths so that they are exact. It is a help for the DPO's
// own decision and never ticks Ja or Nej.
type Severity struct {
	Context      int `json:"dpc"` // DPC, data processing context: 100 simple, 200 behavioural, 300 financial, 400 sensitive, moved up or down for context
	Ease         int `json:"ei"`  // EI, ease of identification: 25, 50, 75 or 100
	Circumstance int `json:"cb"`  // CB, circumstances of the breach: the sum of the four below

	Confidentiality int `json:"confidentiality"` // 0, 25 known receivers, 50 an unknown number
	Integrity       int `json:"integrity"`       // 0, 25, 50
	Availability    int `json:"availability"`    // 0, 25, 50
	Malice          int `json:"malice"`          // 0 or 50
}

// Band is how severe a score is.
type Band string

// The bands of the method.
const (
	Low      Band = "lav"       // under 2
	Medium   Band = "mellem"    // 2 to under 3
	High     Band = "høj"       // 3 to under 4
	VeryHigh Band = "meget høj" // 4 and up
)

// Check refuses parts that the method does not know.
func (s Severity) Check() error {
	if s.Context < 100 || s.Context > 400 || s.Context%100 != 0 {
		return errors.New("the data processing context is 1 to 4")
	}
	if s.Ease < 25 || s.Ease > 100 || s.Ease%25 != 0 {
		return errors.New("the ease of identification is 0.25, 0.5, 0.75 or 1")
	}
	if s.Circumstance < 0 || s.Circumstance > 200 || s.Circumstance%25 != 0 {
		return errors.New("the circumstances add 0 to 2 in steps of 0.25")
	}
	return nil
}

// Score is SE in hundredths.
func (s Severity) Score() int { return s.Context*s.Ease/100 + s.Circumstance }

// Band is the band of the score.
func (s Severity) Band() Band {
	switch n := s.Score(); {
	case n < 200:
		return Low
	case n < 300:
		return Medium
	case n < 400:
		return High
	}
	return VeryHigh
}
