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
	"brevvagt/detectors/subject"
	"brevvagt/internal/fault"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/policy/parties"
	"brevvagt/scanner/policy/siterules"
)

// judging is what a site's settings make of detectors and rules.
type judging struct {
	detectors []detectors.Detector
	rules     []policy.Definition
	citizens  *known.List // nil where the site names no list
	key       detectors.Key
}

// newJudging makes the detectors and rules of a site. Its errors name the setting.
func newJudging(site policy.Site, key detectors.Key) (*judging, error) {
	var j judging
	var errs []error
	cpr := identity.Config{TestNumbers: site.CPR.TestNumbers}
	for i, text := range site.CPR.ExceptionDates {
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			errs = append(errs, fault.In(fmt.Sprintf("cpr.exception_dates.%d", i), fmt.Errorf("%q is no date such as 1965-01-01", text)))
		}
		cpr.ExceptionDates = append(cpr.ExceptionDates, day)
	}
	if len(site.KnownCitizens) > 0 {
		j.citizens, j.key = known.New(key, func(name string) []string { return subject.NewName(name).Words(key) }), key
		cpr.Known = j.citizens.Number
	}
	for i, path := range site.KnownCitizens {
		if err := readCitizens(j.citizens, path); err != nil {
			errs = append(errs, fault.In(fmt.Sprintf("known_citizens.%d", i), fmt.Errorf("known_citizens: %s: %w", path, err)))
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

// into has a pipeline judge by it.
func (j *judging) into(p *scanner.Pipeline, site policy.Site, key detectors.Key) {
	p.Site, p.Rules, p.Owners = site, j.rules, j.owners()
	p.Detectors = &detectors.Set{List: j.detectors, Key: key}
}

// owners tells whose mailbox an address is; nil where nobody is known.
func (j *judging) owners() parties.Owners {
	if j.citizens == nil {
		return nil
	}
	return mailboxes{j.citizens, j.key}
}

// mailboxes is the lists of known citizens as the rules ask them.
type mailboxes struct {
	*known.List
	key detectors.Key
}

// Shared is part of parties.Owners.
func (m mailboxes) Shared(address string, n subject.Name) (words int, ok bool) {
	return m.List.Shared(address, n.Words(m.key))
}
