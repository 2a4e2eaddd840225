// Package fieldcheck refuses texts that would keep a citizen in the breach register:
// it runs the scanner's own detectors over every field that a person writes. A full
// CPR number is always refused, and so are names, addresses, telephone numbers and
// private mailboxes that the detectors know.
package fieldcheck

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"brevvagt/detectors"
	"brevvagt/detectors/contact"
	"brevvagt/detectors/identity"
	"brevvagt/detectors/special"
	"brevvagt/document"
	"brevvagt/quarantine/register"
)

// What was found; each is a register.ErrPersonalData as well.
var (
	ErrNumber  = fmt.Errorf("%w", register.ErrPersonalData)
	ErrName    = fmt.Errorf("the text holds what looks like a person's name: %w", register.ErrPersonalData)
	ErrContact = fmt.Errorf("the text holds what looks like an address, telephone number or private mailbox: %w", register.ErrPersonalData)
)

// Check refuses a text with personal data; the error never quotes it.
func Check(text string) error {
	text = plain(text)
	// A name or number may stand over the end of a line.
	flat := strings.Join(strings.Fields(text), " ")
	if number(text) || number(flat) || spelledNumber(flat) {
		return ErrNumber
	}
	if special.HasName(flat) || surname.MatchString(flat) || spelledName(flat) {
		return ErrName
	}
	if street.MatchString(flat) {
		return ErrContact
	}
	seg := document.Segment{Text: flat}
	for _, d := range contact.Detectors() {
		if len(d.Find(seg, detectors.Env{})) > 0 {
			return ErrContact
		}
	}
	return nil
}

// number asks both the black-out of numbers, which takes every spelling with a day
// and month, and the detector, which knows labels; the broader black-out for the
// surroundings of findings would refuse "31-10-2024 - 24-01-2025".
func number(text string) bool {
	if detectors.RedactNumbers(text) != text {
		return true
	}
	for _, s := range identity.CPR(identity.Config{}).Find(document.Segment{Text: text}, detectors.Env{}) {
		if s.Strength.Rank() >= detectors.Weak.Rank() {
			return true
		}
	}
	return false
}

// surname is a capital word before a Danish patronymic, whatever the first name:
// "Xenia Jensen", "X. Y. Jensen".
var surname = regexp.MustCompile(`\b\p{Lu}(?:\p{Ll}+|\.)(?:[ -]\p{Lu}(?:\p{Ll}+|\.))* \p{Lu}\p{Ll}+sen\b`)

// plain takes out what would hide a name or a number between its letters.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		if r == '_' {
			return ' '
		}
		return r
	}, s)
}
