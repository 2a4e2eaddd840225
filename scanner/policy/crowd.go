package policy

import (
	"fmt"
	"slices"

	"brevvagt/scanner/policy/parties"
	"brevvagt/scanner/policy/wording"
)

// The limits of the matrix people × recipients: five people to one recipient or
// one person to five (Aarhus Universitet's published rule for outgoing mail).
const (
	manyPeople     = 5
	manyRecipients = 5
)

// bulkPersons: many people's data to somebody outside, or one person's to many.
// People are counted by number, or by a name with a birthday, home or case beside it.
func bulkPersons() Definition {
	return Definition{ID: "bulk-persons", Title: "Mange personer eller mange modtagere", Action: Hold,
		Fires: func(site Site, f *Facts) (string, string, bool) {
			people, to := f.persons(site), f.organisations(site)
			if !f.outgoing() || to == 0 || f.delivers(site) {
				return "", "", false
			}
			if n := f.toCitizens(site); n > 0 && people < manyPeople {
				return fmt.Sprintf("En liste med oplysninger om %s, som ikke er modtageren selv, til en borger", countDa(n, "person", "personer")),
					fmt.Sprintf("A list with data on %s, not the recipient, to a citizen", countEn(n, "person", "people")), true
			}
			if people == 0 || people < manyPeople && to < manyRecipients {
				listed := f.listed(site)
				if people += listed; listed == 0 || people < manyPeople {
					return "", "", false
				}
			}
			return fmt.Sprintf("Oplysninger om %s til %s uden for kommunen", countDa(people, "person", "personer"), countDa(to, "modtager", "modtagere")),
				fmt.Sprintf("Data on %s to %s outside", countEn(people, "person", "people"), countEn(to, "recipient", "recipients")), true
		},
		Softer: func(site Site, f *Facts) bool { return f.toCitizens(site) == 0 && f.mereList(site) }}
}

// othersListed is how many other people's benefits, illnesses or debts a list must hold
// that goes to a citizen: one may be a relative's.
const othersListed = 2

// toCitizens counts the people on lists that a citizen gets though they are others'; 0
// for fewer than othersListed.
func (f *Facts) toCitizens(site Site) int {
	if !f.leaves() {
		return 0
	}
	if n := f.parties(site).Listed(); n >= othersListed {
		return n
	}
	return 0
}

// listed counts the people whom a mail names with a birthday, a home or a case and no
// number, readers and staff left out. Those who work with citizens and are reached
// over proven encryption get such lists every day.
func (f *Facts) listed(site Site) int {
	if !f.leaves() || len(f.Channel.Unprotected) == 0 && f.parties(site).AtWork() {
		return 0
	}
	n := 0
	for i := range f.Subjects {
		if s := &f.Subjects[i]; s.NameOnly && s.Told.Any() && !f.parties(site).Own(i) {
			n++
		}
	}
	return n
}

// mereList reports whether people are many only when those without a number are
// counted, and nothing tells more of them than where they live, or the way is secure.
func (f *Facts) mereList(site Site) bool {
	people, to := f.persons(site), f.organisations(site)
	if people >= manyPeople || people > 0 && to >= manyRecipients {
		return false
	}
	if len(f.Channel.Unprotected) == 0 {
		return true
	}
	if f.sensitive() > 0 || f.parties(site).CaseWords() {
		return false
	}
	born := 0
	for i := range f.Subjects {
		if t := f.Subjects[i].Told; t.Born || t.Case {
			born++
		}
	}
	return born < manyPeople
}

// fewCitizens is how many must see each other where the mail tells of an illness or a
// benefit that they have in common.
const fewCitizens = 3

// visibleRecipients: citizens who see each other's addresses in "To" and "Cc", as
// when a department writes to everybody in a course or in arrears.
func visibleRecipients() Definition {
	return Definition{ID: "visible-recipients", Title: "Borgere kan se hinandens mailadresser", Action: Hold,
		Fires: func(site Site, f *Facts) (string, string, bool) {
			if f.Kind != "mail" || len(f.Channel.External) < 2 {
				return "", "", false
			}
			it := f.parties(site)
			n := len(it.Citizens())
			if all := len(it.Scattered()); all >= fewCitizens && it.Group() != wording.NoGroup {
				return fmt.Sprintf("%d borgere, som har noget følsomt til fælles, kan se hinandens mailadresser i Til og Cc; brug Bcc", max(n, all)),
					fmt.Sprintf("%d citizens with something sensitive in common see each other's addresses in To and Cc; use Bcc", max(n, all)), true
			}
			if n < 2 || it.Says(committees...) {
				return "", "", false
			}
			if few := n < manyRecipients; few && !(n >= fewCitizens && it.GroupMatter() || f.sensitiveSure() > 0 && it.Shared()) {
				return "", "", false
			}
			return fmt.Sprintf("%d private mailadresser er synlige for hinanden i Til og Cc; brug Bcc", n),
				fmt.Sprintf("%d private addresses are visible to each other in To and Cc; use Bcc", n), true
		},
		Softer: func(site Site, f *Facts) bool {
			it := f.parties(site)
			if len(it.Scattered()) >= fewCitizens && it.Group() == wording.CitizensGroup {
				return false
			}
			return it.Says(newsletters...) || f.sensitive() == 0 && !it.CaseWords() && !it.GroupMatter()
		}}
}

// newsletters are words of what is written to everybody: that such a mail names an
// illness says nothing of those who get it.
var newsletters = []string{"nyhedsbrev", "newsletter", "pressemeddelelse", "åbent hus"}

// committees are words of a mail to people who know each other by their office.
var committees = []string{"bestyrelse", "rådet", "rådsmedlem", "udvalg", "medlem", "frivillig", "kollega", "kolleger", "dagsorden", "formand", "foreningen", "trænere", "kandidat", "arbejdsgruppe", "projektgruppe", "styregruppe", "holdleder", "dommere", "valgtilforordnede"}

// forwardedCitizens: the mails of several citizens passed on to somebody who is none
// of them.
func forwardedCitizens() Definition {
	return Definition{ID: "forwarded-citizens", Title: "Flere borgeres mails sendt videre", Action: Hold,
		Fires: func(site Site, f *Facts) (string, string, bool) {
			n := f.passedOn(site)
			if n < 2 {
				return "", "", false
			}
			return fmt.Sprintf("Mails fra %d borgere sendes videre i én mail", n), fmt.Sprintf("Mails of %d citizens are passed on in one mail", n), true
		},
		Softer: func(site Site, f *Facts) bool { return f.passedOn(site) < 3 && f.sensitive() == 0 }}
}

// passedOn counts the citizens whose mails are quoted to readers outside. A reader who
// wrote one of them mostly takes part in the thread.
func (f *Facts) passedOn(site Site) int {
	if !f.leaves() || len(f.Channel.Unprotected) == 0 && f.parties(site).AtWork() {
		return 0
	}
	n := 0
	for _, w := range f.parties(site).Writers() {
		if slices.Contains(f.Channel.External, w.Address) {
			return 0
		}
		if parties.Private(w.Address) {
			n++
		}
	}
	return n
}
