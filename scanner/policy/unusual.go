package policy

import (
	"slices"
	"strings"

	"brevvagt/detectors"
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
				return "", "", false
			}
			return "Personoplysninger til en modtager, hvis domæne ligner et kendt, men er et andet",
				"Personal data to a recipient whose domain looks like a known one but is another", true
		},
		Softer: func(_ Site, f *Facts) bool { return f.certain() == 0 }}
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
			if likeDomain(d, strings.Trim(strings.ToLower(known), "*.")) {
				return true
			}
		}
	}
	return false
}

// minLabel is the shortest name that may be taken for another by one character:
// short ones differ by one without any ill meaning.
const minLabel = 5

func likeDomain(d, known string) bool {
	if known == "" || d == known || strings.HasSuffix(d, "."+known) {
		return false
	}
	if strings.HasPrefix(d, known+".") || strings.Contains(d, "."+known+".") {
		return true
	}
	name, ending := cutLast(known)
	other, otherEnding := cutLast(d)
	if len(name) < minLabel {
		return false
	}
	if name == other {
		return ending != otherEnding
	}
	return glyphs.Replace(name) == glyphs.Replace(other) || near(name, other) && ending == otherEnding
}

// cutLast splits a domain at its last dot.
func cutLast(d string) (name, ending string) {
	if i := strings.LastIndexByte(d, '.'); i >= 0 {
		return d[:i], d[i+1:]
	}
	return d, ""
}

// glyphs makes characters alike that look alike.
var glyphs = strings.NewReplacer("0", "o", "1", "l", "i", "l", "rn", "m", "vv", "w", "5", "s", "å", "aa", "ø", "oe", "æ", "ae", "-", "", "_", "")

// near reports whether one character was changed, added, left out, or swapped with
// its neighbour.
func near(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:] {
		return true
	}
	return i < len(a) && a[i+1:] == b[i+1:]
}
