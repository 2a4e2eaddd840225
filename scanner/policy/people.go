package policy

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"brevvagt/detectors"
	"brevvagt/detectors/special"
	"brevvagt/document"
)

// organisations counts the recipients outside; colleagues in one organisation that
// is reached over proven encryption count once, as they work with a matter together.
func (f *Facts) organisations(site Site) int {
	seen := make(map[string]bool)
	n := 0
	for _, a := range f.Channel.External {
		if site.Partner(a) {
			seen[Domain(a)] = true
			continue
		}
		n++
	}
	return n + len(seen)
}

// persons counts the subjects that are sure enough to act on. Those whose number is
// the address itself are recipients, not content.
func (f *Facts) persons(site Site) int {
	n := 0
	to := f.parties(site).Addressed()
	for i := range f.Subjects {
		if to[f.Subjects[i].ID] && len(f.Subjects[i].Findings) == 1 {
			continue
		}
		if slices.ContainsFunc(f.Subjects[i].Findings, func(k int) bool {
			return f.Findings[k].Strength.Rank() >= detectors.Medium.Rank()
		}) {
			n++
		}
	}
	return n
}

func lastName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// internalSpread: one citizen's private matter to more colleagues than need it
// (Gladsaxe 2025-04). A matter is private when it holds a CPR number, when it is a
// citizen's own mail that is passed on, or when it tells several sensitive things of
// somebody by name, a colleague's illness among them.
func internalSpread() Definition {
	return Definition{ID: "internal-spread", Title: "Borgers sag til mange kolleger", Action: Hold,
		Fires: func(site Site, f *Facts) (string, string, bool) {
			if f.Kind != "mail" || f.Channel.Members <= site.BulkLimitInternal || len(f.Channel.Internal) == 0 {
				return "", "", false
			}
			if f.numbers(detectors.Medium) == 0 && !(f.forwardedFromOutside(site) && (f.sensitive() > 0 || f.ownWords())) {
				who, ok := f.spread(site)
				if !ok {
					return "", "", false
				}
				return fmt.Sprintf("Følsomme oplysninger om %s til %d medarbejdere; grænsen er %d", who, f.Channel.Members, site.BulkLimitInternal),
					fmt.Sprintf("Sensitive data on %s to %d colleagues; the limit is %d", who, f.Channel.Members, site.BulkLimitInternal), true
			}
			return fmt.Sprintf("En borgers forhold til %d medarbejdere; grænsen er %d", f.Channel.Members, site.BulkLimitInternal),
				fmt.Sprintf("A citizen's matter to %d colleagues; the limit is %d", f.Channel.Members, site.BulkLimitInternal), true
		},
		Softer: func(site Site, f *Facts) bool {
			return f.numbers(detectors.Medium) == 0 && f.parties(site).Says(newsletters...)
		}}
}

// spread is somebody named, a colleague or a citizen, of whom a mail to many tells
// several sensitive things: that somebody is ill is said every day, of what is not.
func (f *Facts) spread(site Site) (who string, ok bool) {
	if f.sensitiveSure() < clearStems {
		return "", false
	}
	return f.parties(site).Spread(spreadGroups, clearStems)
}

// sensitive counts findings of special categories that are at least weak.
func (f *Facts) sensitive() int {
	n := 0
	for i := range f.Findings {
		switch f.Findings[i].Detector {
		case "special-category", "protected-address":
			n++
		}
	}
	return n
}

// forwardedFromOutside reports whether the mail passes on a mail that somebody
// outside wrote.
func (f *Facts) forwardedFromOutside(site Site) bool { return len(f.parties(site).Writers()) > 0 }

// ownWords reports whether the quoted part speaks of its writer, as a citizen's
// mail about his own affairs does and a circular does not: "jeg", "min" and their
// forms at least twice.
func (f *Facts) ownWords() bool {
	n := 0
	for i := range f.Doc.Segments {
		if f.Doc.Segments[i].At.Layer != document.Quoted {
			continue
		}
		for w := range strings.FieldsFuncSeq(strings.ToLower(f.Doc.Segments[i].Text), func(r rune) bool { return !unicode.IsLetter(r) }) {
			switch w {
			case "jeg", "mig", "min", "mit", "mine":
				n++
			}
		}
	}
	return n >= 2
}

// placeholders: merge marks left in what leaves stop it; weaker signs warn.
func placeholders() Definition {
	return Definition{ID: "placeholder", Title: "Pladsholder fra en skabelon", Action: Hold,
		Fires: func(site Site, f *Facts) (string, string, bool) {
			n := f.placeholders(site, detectors.Strong)
			if !f.outgoing() || n == 0 || len(f.Channel.External) == 0 {
				return "", "", false
			}
			return countDa(n, "pladsholder", "pladsholdere") + " fra en skabelon står stadig i brevet",
				countEn(n, "placeholder", "placeholders") + " of a template still in the letter", true
		},
		// A mail that hands over a template says so; a form is to be filled in.
		Softer: func(site Site, f *Facts) bool {
			return f.parties(site).Says("skabelon", "flettefelt", "brevfletning", "mail merge") || f.formsOnly()
		}}
}

func weakPlaceholders() Definition {
	return Definition{ID: "placeholder-weak", Title: "Mulig pladsholder fra en skabelon", Action: Warn,
		Fires: func(site Site, f *Facts) (string, string, bool) {
			strong := f.placeholders(site, detectors.Strong)
			n := f.placeholders(site, detectors.Medium)
			if weak := f.placeholders(site, detectors.Weak); n == 0 && (weak >= 2 || f.clearMask(site)) {
				n = weak
			}
			if !f.outgoing() || strong > 0 || n == 0 || len(f.Channel.External) == 0 {
				return "", "", false
			}
			return "Der står måske en pladsholder fra en skabelon i brevet", "There may be a template's placeholder in the letter", true
		}}
}

// placeholders counts different placeholders of at least the given strength; a mail
// says the same twice, as plain text and as HTML.
func (f *Facts) placeholders(site Site, atLeast detectors.Strength) int {
	twice := make(map[string]string) // value → path of the first
	n := 0
	for i := range f.Findings {
		x := &f.Findings[i]
		if x.Category != "placeholder" || x.Strength.Rank() < atLeast.Rank() || f.meantBlank(site, x) {
			continue
		}
		if first, ok := twice[x.Value.Digest()]; ok && first != x.At.Path {
			continue
		}
		twice[x.Value.Digest()] = x.At.Path
		n++
	}
	return n
}

// clearMask reports whether a weak placeholder is one by the words before it ("kl.
// xx.xx") or an error that Word printed: one of those is worth a warning by itself.
func (f *Facts) clearMask(site Site) bool {
	return slices.ContainsFunc(f.Findings, func(x detectors.Finding) bool {
		return x.Category == "placeholder" && !f.meantBlank(site, &x) && slices.ContainsFunc(x.Why, func(why string) bool {
			return why == "fejl fra et felt i Word" || strings.HasPrefix(why, "maske for ") && why != "maske for CPR-nummer"
		})
	})
}

// private reports whether somebody's life is told.
func (f *Facts) private() bool {
	return slices.ContainsFunc(f.Findings, func(x detectors.Finding) bool { return x.Category == special.Private })
}

func (f *Facts) sensitiveSure() int {
	n := 0
	for i := range f.Findings {
		x := &f.Findings[i]
		if x.Category != special.Private && (x.Detector == "special-category" || x.Detector == "protected-address") && x.Strength.Rank() >= detectors.Medium.Rank() {
			n++
		}
	}
	return n
}
