package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"brevvagt/detectors"
	detectorlist "brevvagt/detectors/all"
	"brevvagt/detectors/custom"
	"brevvagt/detectors/identity"
	"brevvagt/detectors/known"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/policy/siterules"
)

// judging is what a site's settings make of detectors and rules.
type judging struct {
	detectors []detectors.Detector
	rules     []policy.Definition
	citizens  *known.List // nil where the site names no list
}

// newJudging makes the detectors and rules of a site. Its errors name the setting.
func newJudging(site policy.Site, key detectors.Key) (*judging, error) {
	var j judging
	var errs []error
	cpr := identity.Config{TestNumbers: site.CPR.TestNumbers}
	for _, text := range site.CPR.ExceptionDates {
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			errs = append(errs, fmt.Errorf("cpr.exception_dates: %q is no date such as 1965-01-01", text))
		}
		cpr.ExceptionDates = append(cpr.ExceptionDates, day)
	}
	if len(site.KnownCitizens) > 0 {
		j.citizens = known.New(key)
		cpr.Known = j.citizens.Number
	}
	for _, path := range site.KnownCitizens {
		if err := readCitizens(j.citizens, path); err != nil {
			errs = append(errs, fmt.Errorf("known_citizens: %s: %w", path, err))
		}
	}
	own, err := custom.New(site.Custom)
	errs = append(errs, err)
	j.detectors = append(detectorlist.With(cpr), own...)
	j.rules, err = siterules.Make(site)
	return &j, errors.Join(append(errs, err)...)
}

func readCitizens(list *known.List, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return list.Read(f)
}

// owner gives the keyed number of the citizen whose mailbox an address is; nil
// where nobody is known.
func (j *judging) owner() func(address string) (id string, ok bool) {
	if j.citizens == nil {
		return nil
	}
	return j.citizens.Owner
}
