package policy

import (
	"fmt"

	"brevvagt/detectors/contact"
	"brevvagt/scanner/policy/parties"
)

// People is the item as a question of people, for those who look it up in a memory.
func People(site Site, f *Facts) *parties.Item { return f.parties(site) }

// People is the same where a rule has asked for it, nil where none did.
func (f *Facts) People() *parties.Item { return f.once.people }

// forOthers reports whether the papers may be wrong for the readers at all: those who
// work with a case get papers about others every day.
func (f *Facts) forOthers(site Site) bool { return f.leaves() && !f.parties(site).AtWork() }

// shifted: letters and recipients of a run are displaced against each other, as when
// a list was merged one row off.
func (f *Facts) shifted(site Site) bool { return f.Past.Run.Shifted && f.forOthers(site) }

// exception: every other letter of the run was its recipient's own.
func (f *Facts) exception(site Site) bool { return f.Past.Run.Exception() && f.forOthers(site) }

func (f *Facts) elsewhere(site Site) []parties.Odd {
	// Who reads it is worked out only where something is remembered.
	if len(f.Past.Elsewhere) == 0 || !f.forOthers(site) {
		return nil
	}
	return f.Past.Elsewhere
}

// pastMismatch is the voice of addressee-mismatch for what only earlier mails tell.
func (f *Facts) pastMismatch(site Site) (string, string, bool) {
	if f.shifted(site) {
		return "Brev og modtager er forskudt: brevet er til en anden modtager i samme kørsel", "Letters and recipients are displaced: the letter is for another recipient of the same run", true
	}
	if f.exception(site) {
		return "Brevet er til en anden end modtageren; alle de øvrige i kørslen passer", "The letter is for another than the recipient; all others of the run fit", true
	}
	return sayOdd(f.elsewhere(site), "Papirerne handler om en anden end den, denne adresse plejer at få breve om", "The papers are about another than the one this address usually gets letters about")
}

// sureOfPast reports whether earlier mails alone are ground enough to hold a mail as
// made out for another: a displaced run, a number that belongs to another address, or
// a doubtful letter in a run whose others all were the reader's own.
func (f *Facts) sureOfPast(site Site) bool {
	r := f.Past.Run
	return f.shifted(site) || f.exception(site) || f.doubtfulAgain(site) || f.elsewhereAgain(site) || !allWeak(f.elsewhere(site)) ||
		len(f.mismatches(site)) > 0 && !r.Again && r.Own >= parties.RunByHand-1 && r.Own == r.Sent && !f.parties(site).Family()
}

// doubtfulAgain: letters before this one in the run were doubtful, too, more than
// were right. One may be a pet name or a daughter's mailbox; three in a row are a list
// that was merged wrongly.
func (f *Facts) doubtfulAgain(site Site) bool {
	r := f.Past.Run
	return r.Doubtful >= 2 && r.Doubtful > r.Own && !r.Again && len(f.mismatches(site)) > 0 && !f.parties(site).Family()
}

// elsewhereAgain: the second letter in a run that goes past the address where its
// person's papers have always gone. One may be somebody's new address.
func (f *Facts) elsewhereAgain(site Site) bool {
	r := f.Past.Run
	return r.Doubtful >= 1 && !r.Again && len(f.elsewhere(site)) > 0 && !f.parties(site).Family()
}

// runStopped: one letter for somebody else stops the rest of the run (Aarhus: 274
// people got others' letters). What was sent before cannot be called back; the case
// says how much it was.
func runStopped() Definition {
	return Definition{ID: "run-stopped", Title: "Resten af en kørsel efter et forkert brev", Action: Hold,
		Fires: func(site Site, f *Facts) (string, string, bool) {
			r := f.Past.Run
			if !f.leaves() || !r.Going() {
				return "", "", false
			}
			// The wrong letter itself says so, too, when it is part of a run.
			if r.Wrong == 0 && !f.misdirected(site) {
				return "", "", false
			}
			return fmt.Sprintf("Kørslen er standset, fordi et brev i den er til en anden end modtageren: %d sendt, %d tilbageholdt", r.Sent, r.Held+1),
				fmt.Sprintf("The run is stopped because a letter in it is for another than its recipient: %d sent, %d held", r.Sent, r.Held+1), true
		}}
}

// misdirected reports whether the mail is surely made out for somebody else.
func (f *Facts) misdirected(site Site) bool {
	return !allWeak(f.mismatches(site)) || f.sureOfPast(site)
}

// resentAttachment: an attachment about somebody that went to another recipient
// before. It stops a mail only where the person is known to belong to that other one,
// or where it now goes to a third.
func resentAttachment() Definition {
	return Definition{ID: "resent-attachment", Title: "Samme bilag til en ny modtager", Action: Hold,
		Fires: func(site Site, f *Facts) (string, string, bool) {
			return sayOdd(f.resent(site), "Bilaget er før sendt til en anden modtager udenfor", "The attachment was sent to another recipient outside before")
		},
		Softer: func(site Site, f *Facts) bool { return f.parties(site).AtWork() || allWeak(f.resent(site)) }}
}

// resent leaves out partners, since several authorities work with one case, and the
// person's own papers: people have a mailbox at work and one at home.
func (f *Facts) resent(site Site) []parties.Odd {
	if len(f.Past.Resent) == 0 || !f.leaves() || len(f.Channel.External) > 0 && len(f.Channel.Unprotected) == 0 && f.parties(site).AtWork() {
		return nil
	}
	it := f.parties(site)
	var others []parties.Odd
	for _, o := range f.Past.Resent {
		if !it.OwnPaper(o) {
			others = append(others, o)
		}
	}
	return others
}

func (f *Facts) pastResidue(site Site) []parties.Odd {
	if len(f.Past.Residue) == 0 || !f.forOthers(site) {
		return nil
	}
	return f.Past.Residue
}

// bulkOverTime: the papers of many people from one sender to one recipient outside, a
// mail at a time.
func bulkOverTime() Definition {
	return Definition{ID: "bulk-over-time", Title: "Mange borgeres papirer til én modtager", Action: Hold,
		Fires: func(_ Site, f *Facts) (string, string, bool) {
			if !f.leaves() || f.Past.Bulk < manyPeople {
				return "", "", false
			}
			return fmt.Sprintf("Samme afsender har inden for et døgn sendt oplysninger om %d personer til samme modtager udenfor", f.Past.Bulk),
				fmt.Sprintf("The same sender has sent data on %d people to the same recipient outside within a day", f.Past.Bulk), true
		},
		Softer: func(_ Site, f *Facts) bool {
			for _, a := range f.Channel.External {
				if contact.Private(Domain(a)) {
					return false
				}
			}
			return true
		}}
}

// unusual tells what is unusual about the domains of the recipients, by the traffic
// that was learned.
func (f *Facts) unusual() (danish, english string, ok bool) {
	switch {
	case f.Past.Alike > 0:
		return "Personoplysninger til et nyt domæne, der ligner et, som kommunen plejer at skrive til", "Personal data to a new domain that looks like one usually written to", true
	case f.Past.New > 0 && f.Past.Settled && (f.certain() > 0 || f.sensitiveSure() > 0):
		return "Personoplysninger til et domæne, som ingen i kommunen har skrevet til før", "Personal data to a domain that nobody here has written to before", true
	}
	return "", "", false
}
