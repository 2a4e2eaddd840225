package policy

import (
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/scanner/policy/lookalike"
)

// unusualRecipient: personal data to a domain that looks like one of ours or a
// partner's but is none: a slip of the finger, or somebody who hopes for one.
func unusualRecipient() Definition {
	return Definition{ID: "unusual-recipient", Title: "Modtager, der ligner en anden", Action: Hold,
		Fires: func(site Site, f *Facts) (string, string, bool) {
			if !f.outgoing() || f.numbers(detectors.Weak) == 0 && f.sensitiveSure() == 0 && len(f.Subjects) == 0 {
				return "", "", false
			}
			if !slices.ContainsFunc(f.Channel.External, site.lookalike) {
				return f.unusual()
			}
			return "Personoplysninger til en modtager, hvis domæne ligner et kendt, men er et andet",
				"Personal data to a recipient whose domain looks like a known one but is another", true
		},
		Softer: func(site Site, f *Facts) bool {
			return f.certain() == 0 || f.Past.Alike == 0 && !slices.ContainsFunc(f.Channel.External, site.lookalike)
		}}
}

// lookalike reports whether an address's domain is none of the known ones but can
// be taken for one: one character differs, or is another that looks the same, or
// a known domain stands in front or has another ending.
func (s Site) lookalike(address string) bool {
	d := Domain(address)
	if d == "" || s.Internal(address) || s.Partner(address) {
		return false
	}
	for _, list := range [][]string{s.InternalDomains, s.PartnerDomains} {
		for _, known := range list {
			if lookalike.Domain(d, strings.Trim(strings.ToLower(known), "*.")) {
				return true
			}
		}
	}
	return false
}
