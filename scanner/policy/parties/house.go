package parties

import (
	"slices"
	"strings"

	"brevvagt/scanner/policy/house"
)

// passedOn are stems of what a mail says that hands on papers which were written to others:
// who moves takes them along, and some get a copy.
var passedOn = []string{"skift", "flyt", "overdrag", "overlever", "overgang", "ny skole", "nye skole", "tidligere", "nuværende", "kopi", "orienter", "videresend", "videregiv", "aktindsigt", "hidtil", "starter hos", "begynder hos", "indskriv", "indmeld", "overgår", "modtaget fra", "fra den anden"}

// anotherHouse finds a paper with somebody's data that is made out for a school, a nursing
// home or another house, in a mail to other houses of its kind alone. It is in doubt where
// the site does not know the house as a partner of its own, and where the mail names it.
func (it *Item) anotherHouse() (Odd, bool) {
	if it.Doc.Mail == nil || !it.Personal {
		return Odd{}, false
	}
	b := it.bundle()
	for i := range b.papers {
		p := &b.papers[i]
		if p.body || p.page > 0 || len(p.people) == 0 && !it.sensitiveAt(p.path) {
			continue
		}
		text := it.visible(b.paths[p.path])
		h, ok := house.Of(text)
		if !ok || hasAny(it.bodyText(), passedOn) || !slices.ContainsFunc(it.External, func(a string) bool { return h.Like(it.display(a), a) }) {
			continue
		}
		known, other := false, true
		for _, a := range it.External {
			_, domain, _ := strings.Cut(a, "@")
			other = other && h.Like(it.display(a), a) && !h.Is(it.display(a), a)
			known = known || slices.ContainsFunc(h.Domains(domain), func(d string) bool { return it.Partner("post@" + d) })
		}
		if other {
			return Odd{Where: p.name(), Who: h.Another, Person: -1, Weak: !known || h.Is(it.bodyText(), "")}, true
		}
	}
	return Odd{}, false
}
